package dev.bailiwick.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A recovery or an import whose process is killed, wherever it is: the store is as it was or whole, and running it again finishes. */
class KilledTransferTest {
    private static final int ACCOUNTS = 10;
    private static final int RANDOM_KILLS = 2;

    @TempDir
    Path directory;

    private Path store;
    private int made;

    /** When a process is killed. */
    private interface Moment {
        boolean hasCome() throws IOException;
    }

    @BeforeEach
    void aStore() {
        store = directory.resolve("store");
        TestHost.host()
                .bailiwick("init", "--store", store.toString(), "--manifest", Site.MANIFEST.toString())
                .ok();
        for (int i = 0; i < ACCOUNTS; i++) {
            admin("account", "create", "person-" + i).ok();
        }
    }

    /** A copy of the store and its anchor, made before anything was done to either: as good as another one, and sooner there. */
    private void another() {
        store = directory.resolve("store" + made++);
        Site.copy(directory.resolve("store"), store);
        Site.copy(directory.resolve("store.anchor"), beside(".anchor"));
    }

    private Path beside(String suffix) {
        return store.resolveSibling(store.getFileName() + suffix);
    }

    private TestHost.Ended admin(String... arguments) {
        List<String> words = new ArrayList<>(Arrays.asList(arguments));
        words.addAll(List.of("--store", store.toString()));
        return TestHost.host().accountAdmin(words.toArray(String[]::new));
    }

    /** Runs the program in a process of its own and kills it as soon as the moment has come; whether it was killed. */
    private boolean killed(Moment moment, String... arguments) throws Exception {
        List<String> words = OwnProgram.command(AccountAdmin.class);
        words.addAll(Arrays.asList(arguments));
        words.addAll(List.of("--store", store.toString()));
        Process child = new ProcessBuilder(words)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        while (child.isAlive() && !moment.hasCome()) {
            Thread.onSpinWait();
        }
        boolean killed = child.isAlive();
        child.destroyForcibly();
        assertThat(child.waitFor(30, TimeUnit.SECONDS)).isTrue();
        return killed;
    }

    private byte[] anchor() throws IOException {
        return Files.exists(beside(".anchor")) ? Files.readAllBytes(beside(".anchor")) : new byte[0];
    }

    /** The anchor has other bytes than when this was first asked. */
    private Moment anchorMoves() {
        byte[][] before = new byte[1][];
        return () -> {
            if (before[0] == null) {
                before[0] = anchor();
            }
            return !Arrays.equals(before[0], anchor());
        };
    }

    private List<Moment> moments(String building, Random random) {
        List<Moment> moments = new ArrayList<>(List.of(
                () -> Files.exists(beside(building)),
                () -> Files.exists(beside(building).resolve("db/CURRENT")),
                () -> Files.exists(beside(building).resolve("checkpoint.key")),
                anchorMoves(),
                () -> Files.exists(beside(".before-1")),
                () -> Files.exists(beside(".before-1")) && Files.exists(store)));
        for (int i = 0; i < RANDOM_KILLS; i++) {
            long end = random.nextLong(1_000_000_000L);
            long[] begun = new long[1];
            moments.add(() -> {
                if (begun[0] == 0 && Files.exists(beside(building))) {
                    begun[0] = System.nanoTime();
                }
                return begun[0] != 0 && System.nanoTime() - begun[0] > end;
            });
        }
        return moments;
    }

    private static Random seeded() {
        long seed = Long.getLong("bailiwick.seed", System.nanoTime());
        System.out.println("seed " + seed + " (rerun with -Dbailiwick.seed=" + seed + ")");
        return new Random(seed);
    }

    private void assertWhole(long epoch) throws IOException {
        Json.Obj head = (Json.Obj) admin("store", "head", "-o", "json").ok().json();
        assertThat(head.number("storeEpoch")).isEqualTo(epoch);
        admin("store", "verify").ok();
        assertThat(((Json.Arr) admin("account", "list", "-o", "json").ok().json()).objects())
                .extracting(account -> account.text("name"))
                .contains("operator", "recovery", "person-0", "person-" + (ACCOUNTS - 1));
        try (Stream<Path> left = Files.list(directory)) {
            assertThat(left.map(path -> path.getFileName().toString()))
                    .noneMatch(name ->
                            name.endsWith(".recovering") || name.endsWith(".importing") || name.endsWith(".repairing"));
        }
    }

    /** What somebody finds who looks after the kill. */
    private String found() {
        TestHost.Ended looked = admin("store", "head");
        if (looked.status() == 0) {
            Json.Obj head = (Json.Obj) admin("store", "head", "-o", "json").ok().json();
            return "epoch " + head.number("storeEpoch");
        }
        return looked.err().substring(0, looked.err().indexOf(':'));
    }

    @Test
    void aRecoveryIsDoneOrNotAndRunningItAgainFinishes() throws Exception {
        TreeMap<String, Integer> states = new TreeMap<>();
        for (Moment moment : moments(".recovering", seeded())) {
            another();
            killed(moment, "store", "recover", "--manifest", Site.MANIFEST.toString());

            String state = found();
            states.merge(state, 1, Integer::sum);
            assertThat(state).isIn("epoch 1", "epoch 2", "error[rolled-back]", "error[recovery-interrupted]");
            if (state.equals("epoch 1")) {
                admin("store", "verify").ok();
            }
            if (!state.equals("epoch 2")) {
                admin("store", "recover", "--manifest", Site.MANIFEST.toString())
                        .ok();
            }
            assertWhole(2);
        }
        System.out.println("recoveries that were killed left: " + states);
    }

    @Test
    void aRecoveryThroughARepairedCopyIsStartedOver() throws Exception {
        for (Moment moment :
                List.<Moment>of(() -> Files.exists(beside(".repairing")), () -> Files.exists(beside(".recovering")))) {
            another();
            Files.delete(store.resolve("db/CURRENT"));
            killed(moment, "store", "recover", "--manifest", Site.MANIFEST.toString());

            assertThat(found())
                    .isIn("error[file-missing]", "error[rolled-back]", "error[recovery-interrupted]", "epoch 2");
            if (!found().equals("epoch 2")) {
                admin("store", "recover", "--manifest", Site.MANIFEST.toString())
                        .ok();
            }
            assertWhole(2);
        }
    }

    @Test
    void anImportIsDoneOrNotAndRunningItAgainFinishes() throws Exception {
        Path export = directory.resolve("accounts.bwx");
        admin("store", "export", export.toString()).ok();
        TreeMap<String, Integer> states = new TreeMap<>();
        Random random = seeded();
        for (int i = 0; i < 4 + RANDOM_KILLS; i++) {
            store = directory.resolve("imported" + i);
            if (i % 2 == 1) {
                Files.createDirectory(
                        store, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            }
            List<Moment> moments = moments(".importing", random);
            Moment moment = i < 4 ? moments.get(i) : moments.getLast();
            killed(moment, "store", "import", export.toString());

            String state = found();
            states.merge(state, 1, Integer::sum);
            assertThat(state).isIn("error[store-missing]", "error[recovery-interrupted]", "epoch 2");
            if (!state.equals("epoch 2")) {
                admin("store", "import", export.toString()).ok();
            }
            assertWhole(2);
        }
        System.out.println("imports that were killed left: " + states);
    }
}
