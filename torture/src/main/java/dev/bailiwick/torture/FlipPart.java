package dev.bailiwick.torture;

import dev.bailiwick.engine.Engine;
import dev.bailiwick.engine.Table;
import dev.bailiwick.torture.Subject.Side;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * Single bits are flipped: each one of a stored record, beneath RocksDB's checksums, and sampled ones of the files. Each must be refused,
 * be reported by verification, or change nothing at all.
 */
final class FlipPart implements Part {
    private static final Table RECORDS = new Table("records");
    private static final int ACCOUNT_KIND = 0;

    @Override
    public String name() {
        return "flip";
    }

    @Override
    public Outcome run(Run run) throws IOException {
        SplittableRandom random = run.random(this);
        Path folder = run.folder(this);
        Specimen specimen = Specimen.make(folder, run.manifest(), random);
        List<String> failures = new ArrayList<>();
        String record = everyBitOfARecord(specimen, folder, failures);
        StringBuilder counts = new StringBuilder(record);
        int flips = run.times(25, 500);
        for (Specimen.FileKind kind : List.of(
                Specimen.FileKind.LOG,
                Specimen.FileKind.TABLE,
                Specimen.FileKind.MANIFEST,
                Specimen.FileKind.CURRENT)) {
            Tally tally = flips(specimen, kind, flips, random);
            counts.append("\n").append(kind.text()).append(": ").append(tally);
            failures.addAll(tally.failures());
        }
        return new Outcome(counts.toString(), failures);
    }

    /** Written through RocksDB, whose checksums are then right: only the store's own hashes can tell. */
    private static String everyBitOfARecord(Specimen specimen, Path folder, List<String> failures) throws IOException {
        Subject subject = specimen.copyTo(folder.resolve("record"));
        int refused = 0;
        int bits;
        try (Subject.Session session = subject.open(new SplittableRandom())) {
            // The newest version: that is the one readers are given.
            byte[] key = ByteBuffer.allocate(25)
                    .put((byte) ACCOUNT_KIND)
                    .put(Subject.account(0, Side.LEFT).toBytes())
                    .putLong(session.newest(0, Side.LEFT).version())
                    .array();
            byte[] whole = session.engine()
                    .<Optional<byte[]>>read(view -> Optional.ofNullable(view.get(RECORDS, key)))
                    .orElseThrow(() -> new IllegalStateException("the newest version of the account is gone"));
            bits = whole.length * Byte.SIZE;
            for (int bit = 0; bit < bits; bit++) {
                byte[] flipped = whole.clone();
                flipped[bit / Byte.SIZE] ^= (byte) (1 << bit % Byte.SIZE);
                put(session.engine(), key, flipped);
                boolean reported = !session.store().inspector().verify().sound();
                boolean served = isServed(session);
                if (!reported || served) {
                    failures.add("bit " + bit + " of a record: reported " + reported + ", served " + served);
                } else {
                    refused++;
                }
            }
            put(session.engine(), key, whole);
            if (!session.store().inspector().verify().sound()) {
                failures.add("the record is whole again, and verification still complains");
            }
        }
        Trees.delete(subject.directory());
        Files.delete(subject.files().anchor());
        return "every bit of a record: " + bits + " cases, " + refused + " refused to readers and reported";
    }

    private static void put(Engine engine, byte[] key, byte[] value) {
        engine.commit(txn -> {
            txn.put(RECORDS, key.clone(), value.clone());
            return true;
        });
    }

    /** Past the cache, as after a restart. */
    private static boolean isServed(Subject.Session session) {
        try {
            return session.store()
                    .<Boolean>read(snapshot -> snapshot.accounts()
                            .byId(Subject.account(0, Side.LEFT))
                            .isPresent());
        } catch (RuntimeException e) {
            if (Judge.refusal(e).isEmpty()) {
                throw e;
            }
            return false;
        }
    }

    private static Tally flips(Specimen specimen, Specimen.FileKind kind, int flips, SplittableRandom random)
            throws IOException {
        Tally tally = new Tally();
        List<Path> files = specimen.files(kind);
        for (int i = 0; i < flips; i++) {
            Path file = files.get(random.nextInt(files.size()));
            byte[] bytes = Files.readAllBytes(specimen.whole().resolve(file));
            int bit = random.nextInt(bytes.length * Byte.SIZE);
            bytes[bit / Byte.SIZE] ^= (byte) (1 << bit % Byte.SIZE);
            Subject subject = specimen.fresh();
            Files.write(subject.directory().resolve(file), bytes);
            tally.add("bit " + bit + " of " + file, specimen.judge().of(subject));
        }
        return tally;
    }
}
