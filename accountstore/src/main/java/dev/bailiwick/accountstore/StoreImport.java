package dev.bailiwick.accountstore;

import dev.bailiwick.engine.Engine;
import dev.bailiwick.schema.StoreId;
import dev.bailiwick.schema.TransactionId;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.random.RandomGenerator;

/**
 * Takes an export over into an empty engine, as the next epoch of the store it was made of. Nothing of it counts before
 * {@link #into} has returned: whoever calls it keeps the engine's directory out of sight until then.
 */
public final class StoreImport {
    private static final int ACCOUNTS_AT_ONCE = 128;

    private StoreImport() {}

    /**
     * Reads an export and makes a store of it, with a key of its own.
     *
     * @param in the export
     * @param engine holds nothing yet
     * @param files where the key is to be; the anchor is only read, and the caller moves it
     * @param verifierKey the verifier key line of whom the export must be signed by; empty to take the export's own word for it
     * @param uid whoever does this, unsigned
     * @throws ExportRefusedException if it is no sound export, or not one of that key, or the anchor knows of newer entries,
     *     or of others
     * @throws AnchorException if there is an anchor and it is damaged or another store's
     * @throws ClockSetBackException if the clock is before its last entry by more than clocks are corrected by in good order
     */
    public static ImportSummary into(
            Engine engine,
            InputStream in,
            StoreFiles files,
            Optional<String> verifierKey,
            int uid,
            InstantSource clock,
            RandomGenerator random) {
        ExportReader reader = ExportReader.open(in);
        AnchoredHead exported = reader.head().head();
        String origin = Checkpoint.originOf(exported.storeId(), exported.storeEpoch());
        String signer = new CheckpointKey.Named(origin, reader.head().publicKey()).line();
        if (verifierKey.isPresent() && !verifierKey.get().strip().equals(signer)) {
            throw new ExportRefusedException(
                    ExportRefusedException.Code.KEY,
                    "the export is signed by " + signer + ", not by "
                            + verifierKey.get().strip());
        }
        Optional<AnchoredHead> anchored = RollbackAnchor.readIfThere(files);
        anchored.ifPresent(known -> requireNewest(exported, known, files));
        Actor actor = new Actor.Offline(uid);
        IdSource ids = new IdSource(random);
        StoreKey key = newKey(files, random);
        StoreId store = exported.storeId();
        NewEpoch epoch = NewEpoch.begin(
                engine,
                store,
                exported.storeEpoch() + 1,
                0,
                NewEpoch.first(TransactionId.of(ids.next()), AccountStore.now(clock), actor, "store.import"),
                Optional.of(exported));
        takeOver(reader, anchored, epoch);
        requireClock(engine, clock);
        NewEpoch.nameKey(
                engine, key.publicKey(), TransactionId.of(ids.next()), AccountStore.now(clock), actor, "store.import");
        long withoutCredentials = reader.head().hasCredentials() ? 0 : withoutCredentials(engine, ids, actor, clock);
        VerifyReport report = Verifier.verify(engine, StoreKeys.inMemory(key)::signing, Optional.empty(), clock);
        if (!report.findings().isEmpty()) {
            Finding first = report.findings().getFirst();
            throw new ExportRefusedException(
                    ExportRefusedException.Code.DAMAGED,
                    "the export is damaged: " + first.what() + ": " + first.message());
        }
        return new ImportSummary(
                exported, engine.read(Anchoring::headOf), signer, report.recordVersions(), withoutCredentials);
    }

    /** Refuses what would be refused as soon as it is opened, when its anchor would have moved on already. */
    private static void requireClock(Engine engine, InstantSource clock) {
        Instant now = AccountStore.now(clock);
        Instant last = engine.read(AccountStore::lastTime);
        if (now.isBefore(last.minus(StoreLimits.CLOCK_CORRECTION))) {
            throw new ClockSetBackException(now, last);
        }
    }

    private static void takeOver(ExportReader reader, Optional<AnchoredHead> anchored, NewEpoch epoch) {
        try {
            reader.readTo(anchored, epoch::takeOver, epoch::takeOver);
            epoch.flush();
        } catch (CorruptStoreException e) {
            throw new ExportRefusedException(
                    ExportRefusedException.Code.DAMAGED, "the export is damaged: " + e.what() + ": " + e.why(), e);
        }
    }

    /** Refuses an export that ends before what the anchor knows. */
    private static void requireNewest(AnchoredHead exported, AnchoredHead expected, StoreFiles files) {
        if (!expected.storeId().equals(exported.storeId())) {
            throw new AnchorException(
                    AnchorException.Code.FOREIGN,
                    files.anchor(),
                    "the anchor \"" + files.anchor() + "\" belongs to store " + expected.storeId()
                            + ", but the export is of store " + exported.storeId());
        }
        boolean newest = expected.storeEpoch() == exported.storeEpoch()
                && expected.size() <= exported.size()
                && expected.auditSize() <= exported.auditSize();
        if (!newest) {
            throw new ExportRefusedException(
                    ExportRefusedException.Code.OLDER,
                    "the export ends with entry " + exported.size() + " of epoch " + exported.storeEpoch()
                            + ", but the anchor \"" + files.anchor() + "\" knows of entry " + expected.size()
                            + " of epoch " + expected.storeEpoch());
        }
    }

    private static StoreKey newKey(StoreFiles files, RandomGenerator random) {
        try {
            return StoreKey.create(files.key(), random);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Accounts whose credentials were withheld list none any more; their owners enrol again. Answers how many there were. */
    private static long withoutCredentials(Engine engine, IdSource ids, Actor actor, InstantSource clock) {
        long changed = 0;
        Optional<byte[]> after = Optional.empty();
        while (true) {
            byte[] from = after.orElse(Keys.index(Keys.Index.NAME));
            List<Stored<Account>> page = new ArrayList<>();
            byte[][] last = new byte[1][];
            engine.read(view -> {
                byte[] end = Keys.endOf(Keys.index(Keys.Index.NAME));
                Records records = new Records(view);
                view.scan(StoreTables.INDEX, from, end, (key, value) -> {
                    Stored<Account> account = Contents.as(Account.class, records.byIndexRow(key, value));
                    last[0] = key;
                    page.add(account);
                    return page.size() < ACCOUNTS_AT_ONCE;
                });
                return true;
            });
            if (page.isEmpty()) {
                return changed;
            }
            List<Mutation> mutations = page.stream()
                    .filter(account -> !account.content().credentialRefs().isEmpty())
                    .map(account -> Mutation.replace(account, account.content().withCredentialRefs(new TreeSet<>())))
                    .toList();
            if (!mutations.isEmpty()) {
                commit(
                        engine,
                        new Transaction(
                                TransactionId.of(ids.next()),
                                AccountStore.now(clock),
                                actor,
                                "store.import",
                                Optional.empty(),
                                mutations,
                                List.of()));
                changed += mutations.size();
            }
            after = Optional.of(Arrays.copyOf(last[0], last[0].length + 1));
        }
    }

    private static void commit(Engine engine, Transaction transaction) {
        StateMachine.Command command = StateMachine.Command.of(transaction);
        CommitResult result = engine.commit(txn -> {
            StateMachine.Transition transition = StateMachine.apply(txn, command);
            transition.rows().ifPresent(rows -> rows.writeTo(txn));
            return transition.result();
        });
        switch (result) {
            case CommitResult.Committed committed -> {}
            case CommitResult.Conflict conflict -> throw new IllegalStateException("nobody else writes to a new store");
            case CommitResult.Rejected(Rejection code, String message) ->
                throw new StoreRefusedException(code.text() + ": " + message);
        }
    }
}
