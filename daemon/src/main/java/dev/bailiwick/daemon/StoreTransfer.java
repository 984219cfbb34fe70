package dev.bailiwick.daemon;

import dev.bailiwick.accountstore.AccountStore;
import dev.bailiwick.accountstore.Actor;
import dev.bailiwick.accountstore.AnchorMode;
import dev.bailiwick.accountstore.ExportCredentials;
import dev.bailiwick.accountstore.ExportSummary;
import dev.bailiwick.accountstore.ImportSummary;
import dev.bailiwick.accountstore.KeptManifest;
import dev.bailiwick.accountstore.RecoverySummary;
import dev.bailiwick.accountstore.RecoveryTerms;
import dev.bailiwick.accountstore.StoreFiles;
import dev.bailiwick.accountstore.StoreImport;
import dev.bailiwick.accountstore.StoreRecovery;
import dev.bailiwick.broker.KeyringSecret;
import dev.bailiwick.engine.Engine;
import dev.bailiwick.engine.EngineException;
import dev.bailiwick.engine.RocksOptions;
import dev.bailiwick.engine.SalvageScan;
import dev.bailiwick.engine.StoreHold;
import dev.bailiwick.engine.Table;
import dev.bailiwick.profiles.SeedPlan;
import dev.bailiwick.storage.StorageTables;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves whole stores: out to a file, in from one, and from what is left of one into the next epoch. All of it is the act of whoever
 * has the directory. Stateless.
 */
public final class StoreTransfer {
    private static final Logger LOG = LoggerFactory.getLogger(StoreTransfer.class);

    private static final int BUFFER_BYTES = 1 << 20;
    private static final int ROWS_AT_ONCE = 256;

    private StoreTransfer() {}

    // ---- out ----

    /**
     * Writes an export to a new file of mode 0600. It appears under its name only when it is whole and synced. With credentials it is audited
     * first, so the store is opened for writing.
     *
     * @param uid whoever does this, unsigned
     * @throws DaemonException if the store cannot be opened or is damaged, or the file is there already or cannot be written; with
     *     credentials also if the store cannot be written
     */
    public static ExportSummary export(StoreLocation location, Path file, ExportCredentials credentials, int uid) {
        return StoreProblems.explaining(() -> {
            if (Files.exists(file)) {
                throw new DaemonException(DaemonException.Code.FILE_EXISTS, "there is a file \"" + file + "\" already");
            }
            RocksOptions.Mode mode = switch (credentials) {
                case WITHHELD -> RocksOptions.Mode.READ_ONLY;
                case INCLUDED -> RocksOptions.Mode.READ_WRITE;
            };
            try (OpenedStore store =
                    OpenedStore.open(location, mode, Optional.empty(), InstantSource.system(), unused())) {
                return write(store.accounts(), file, credentials, uid);
            } catch (IOException e) {
                throw new UncheckedIOException("cannot write \"" + file + "\": " + e.getMessage(), e);
            }
        });
    }

    /** Neither reading nor auditing draws ids. */
    private static RandomGenerator unused() {
        return () -> {
            throw new IllegalStateException("an export draws nothing");
        };
    }

    private static ExportSummary write(AccountStore accounts, Path file, ExportCredentials credentials, int uid)
            throws IOException {
        Path draft = file.resolveSibling(file.getFileName() + ".part");
        Files.deleteIfExists(draft);
        try (FileChannel channel = FileChannel.open(
                draft,
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
            OutputStream out = new BufferedOutputStream(Channels.newOutputStream(channel), BUFFER_BYTES);
            ExportSummary summary = switch (credentials) {
                case WITHHELD -> accounts.export(out);
                case INCLUDED -> accounts.exportWithCredentials(out, new Actor.Offline(uid), file.toString());
            };
            out.flush();
            channel.force(true);
            Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
            NextEpoch.sync(file.toAbsolutePath().getParent());
            return summary;
        } finally {
            Files.deleteIfExists(draft);
        }
    }

    // ---- in ----

    /**
     * Makes a store of an export, in a directory that does not exist or is empty. The directory appears only when everything in it is
     * proved and durable and the anchor holds it; a crash before leaves nothing that opens, and running it again starts over.
     *
     * @param verifierKey of whom the export must be signed by; empty to take its own word
     * @return what was imported; empty if an earlier, interrupted run had got so far that only its last steps were left
     * @throws DaemonException if the export is refused, something is there already, or it cannot be written
     */
    public static Optional<ImportSummary> importFrom(
            StoreLocation location,
            Path file,
            Optional<String> verifierKey,
            int uid,
            InstantSource clock,
            RandomGenerator random) {
        return StoreProblems.explaining(() -> {
            NextEpoch next = new NextEpoch(location, "importing");
            next.requireRoom();
            try (var _ = StoreHold.ofPlace(location.directory())) {
                next.requireAlone("recovering");
                if (next.isComplete()) {
                    next.finish();
                    return Optional.empty();
                }
                next.discard();
                ImportSummary summary = next.build(target -> {
                    try (InputStream in = new BufferedInputStream(Files.newInputStream(file), BUFFER_BYTES)) {
                        return StoreImport.into(target, in, next.files(), verifierKey, uid, clock, random);
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                });
                next.install(summary.head());
                takeOverEmergency(location, clock, random);
                return Optional.of(summary);
            }
        });
    }

    // ---- from what is left ----

    /**
     * What came of a recovery.
     *
     * @param summary of the accounts; empty if an earlier, interrupted run had got so far that only its last steps were left
     * @param setAside where the directory as it was is now; empty if there was none
     * @param codes for the people who have to enrol
     * @param fromRepair whether the directory did not open, and a repaired copy of it was read instead
     * @param storageRows rows of homes and logs that were carried over
     * @param storageGaps stretches of them that could not be read
     */
    public record Recovered(
            Optional<RecoverySummary> summary,
            Optional<Path> setAside,
            List<IssuedCode> codes,
            boolean fromRepair,
            long storageRows,
            long storageGaps) {
        /** Copies the list. */
        public Recovered {
            codes = List.copyOf(codes);
        }
    }

    /**
     * Makes the next epoch of a store out of what is left of it and of its manifest. The directory as it was is set aside and kept. A
     * crash leaves the old state, which is refused as before, or one that running this again completes.
     *
     * @param manifestAlone begin anew from the manifest if nothing of the store can be read
     * @throws DaemonException if a daemon holds the directory, the anchor is another store's, or it cannot be read or written;
     *     {@code UNREADABLE} if there is nothing to recover from and {@code manifestAlone} is false
     */
    public static Recovered recover(
            StoreLocation location,
            SeedPlan manifest,
            RecoveryTerms.Trust trust,
            boolean manifestAlone,
            int uid,
            InstantSource clock,
            RandomGenerator random) {
        return StoreProblems.explaining(() -> {
            NextEpoch next = new NextEpoch(location, "recovering");
            StoreHold place = StoreHold.ofPlace(location.directory());
            Optional<StoreHold> old = Optional.empty();
            try (place) {
                old = StoreHold.againstWriters(location.directory());
                next.requireAlone("importing");
                if (next.isComplete()) {
                    return new Recovered(Optional.empty(), next.finish(), List.of(), false, 0, 0);
                }
                next.discard();
                try (Salvage left = Salvage.of(location, manifestAlone)) {
                    return recover(next, left, manifest, trust, uid, clock, random);
                }
            } finally {
                old.ifPresent(StoreHold::close);
            }
        });
    }

    /**
     * What is left of what a store says of the manifest that it was made from, however damaged the store is. Nothing of the directory is
     * changed.
     *
     * @throws DaemonException if nothing of the store can be read, or a daemon holds the directory
     */
    public static Optional<KeptManifest> manifest(StoreLocation location) {
        return StoreProblems.explaining(() -> {
            try (var _ = StoreHold.ofPlace(location.directory());
                    Salvage left = Salvage.of(location, false)) {
                return left.engine().flatMap(engine -> StoreRecovery.manifestOf(engine, location.files()));
            }
        });
    }

    private static Recovered recover(
            NextEpoch next,
            Salvage left,
            SeedPlan manifest,
            RecoveryTerms.Trust trust,
            int uid,
            InstantSource clock,
            RandomGenerator random) {
        Seeding seeding = Seeding.of(manifest, Instant.ofEpochMilli(clock.millis()), random);
        long[] rows = new long[2];
        RecoverySummary summary = next.build(target -> {
            RecoveryTerms terms =
                    new RecoveryTerms(next.location().files(), next.files().key(), trust, seeding.records(), uid);
            RecoverySummary made = StoreRecovery.into(target, left.engine(), terms, clock, random);
            left.engine().ifPresent(from -> carryOver(from, target, rows));
            next.keep(KeyringSecret.FILE_NAME);
            return made;
        });
        left.close();
        Optional<Path> aside = next.install(summary.head());
        takeOverEmergency(next.location(), clock, random);
        Set<String> enrolling = enrolling(manifest, summary);
        List<IssuedCode> codes = seeding.codes().stream()
                .filter(code -> enrolling.contains(code.name()))
                .toList();
        return new Recovered(Optional.of(summary), aside, codes, left.repaired().isPresent(), rows[0], rows[1]);
    }

    /** What was recorded while the store was not served is of the new epoch's audit chain. */
    private static void takeOverEmergency(StoreLocation location, InstantSource clock, RandomGenerator random) {
        if (!Files.exists(EmergencyRecord.placeOf(location))) {
            return;
        }
        try (OpenedStore store =
                OpenedStore.open(location, RocksOptions.Mode.READ_WRITE, Optional.empty(), clock, random)) {
            EmergencyRecord.takeOver(location, store.accounts()).ifPresent(LOG::warn);
        } catch (EngineException e) {
            // The store is in place, and whoever serves it next does this; what it said must not take the codes with
            // it.
            LOG.warn("the emergency log is left to the daemon: {}", e.getMessage());
        }
    }

    private static Set<String> enrolling(SeedPlan manifest, RecoverySummary summary) {
        return manifest.accounts().stream()
                .filter(account -> summary.enrolling().contains(account.recordId()))
                .map(account -> account.name().text())
                .collect(Collectors.toSet());
    }

    /** Copies the rows of homes, logs and wrapped keys whose seals are whole. */
    private static void carryOver(Engine from, Engine to, long[] rowsAndGaps) {
        for (Table table : StorageTables.all()) {
            List<byte[][]> batch = new ArrayList<>();
            Runnable flush = () -> {
                List<byte[][]> rows = List.copyOf(batch);
                batch.clear();
                to.commit(txn -> {
                    rows.forEach(row -> txn.put(table, row[0], row[1]));
                    return true;
                });
            };
            rowsAndGaps[1] += from.read(view -> SalvageScan.scan(view, table, new byte[0], (key, value) -> {
                if (StorageTables.isWhole(table, key, value)) {
                    batch.add(new byte[][] {key, value});
                    rowsAndGaps[0]++;
                }
                if (batch.size() >= ROWS_AT_ONCE) {
                    flush.run();
                }
                return true;
            }));
            flush.run();
        }
    }

    /** Whether that location's anchor is wanted at all. */
    static boolean isAnchored(StoreLocation location) {
        return !(location.mode() instanceof AnchorMode.None);
    }

    /** Where files of a store in that directory are, with the anchor of another. */
    static StoreFiles filesIn(Path directory, StoreLocation like) {
        return StoreFiles.defaultsFor(directory).withAnchor(like.anchor()).withMode(like.mode());
    }
}
