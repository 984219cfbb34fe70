package dev.bailiwick.accountstore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bailiwick.engine.Engine;
import dev.bailiwick.engine.RocksOptions.Mode;
import dev.bailiwick.schema.AccountName;
import java.io.BufferedReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A child JVM under load is killed with SIGKILL again and again: nothing that it acknowledged is lost. */
class KillTest {
    private static final int CYCLES = Integer.getInteger("bailiwick.kill.cycles", 3);
    private static final int WRITERS = 4;

    @TempDir
    private Path directory;

    @Test
    void nothingAcknowledgedIsLost() throws Exception {
        long seed = Long.getLong("bailiwick.seed", System.nanoTime());
        System.out.println("seed " + seed + " (rerun with -Dbailiwick.seed=" + seed + ")");
        Random random = new Random(seed);
        Path store = directory.resolve("store");
        create(store);
        List<String> acknowledged = new ArrayList<>();
        for (int cycle = 0; cycle < CYCLES; cycle++) {
            acknowledged.addAll(runAndKill(store, cycle, 10 + random.nextInt(200)));
            assertNothingLost(store, acknowledged);
        }
        System.out.println(CYCLES + " kills, " + acknowledged.size() + " acknowledged commits, none lost");
    }

    private static void create(Path store) {
        try (Engine engine = Stores.rocks(store, Mode.CREATE)) {
            AccountStore.create(
                            engine,
                            StoreFiles.defaultsFor(store),
                            Stores.seeds(),
                            InstantSource.system(),
                            new SplittableRandom(1))
                    .close();
        }
    }

    /** Lets a child acknowledge {@code kills} commits, kills it, and answers all that it acknowledged. */
    private static List<String> runAndKill(Path store, int cycle, int kills) throws Exception {
        Process child = new ProcessBuilder(List.of(
                        ProcessHandle.current().info().command().orElseThrow(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Child.class.getName(),
                        store.toString(),
                        "cycle" + cycle))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        List<String> acknowledged = new ArrayList<>();
        try (BufferedReader lines = child.inputReader(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                acknowledged.add(line);
                if (acknowledged.size() == kills) {
                    // Through the handle, which leaves the pipe open: what is still in it was acknowledged too.
                    child.toHandle().destroyForcibly();
                }
            }
        }
        assertThat(child.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(acknowledged).hasSizeGreaterThanOrEqualTo(kills);
        // A line cut short by the kill acknowledges nothing.
        return acknowledged.stream().filter(line -> line.endsWith(".")).toList();
    }

    private static void assertNothingLost(Path store, List<String> acknowledged) {
        try (Engine engine = Stores.rocks(store, Mode.READ_WRITE);
                AccountStore opened = AccountStore.open(
                        engine, StoreFiles.defaultsFor(store), InstantSource.system(), new SplittableRandom())) {
            for (String line : acknowledged) {
                String name = line.substring(0, line.length() - 1);
                assertThat(opened.accounts().byName(Stores.key(name))).as(name).isPresent();
            }
            assertThat(opened.inspector().verify().findings()).isEmpty();
        }
    }

    /** Creates accounts with several writers, and prints each name with a full stop once it is acknowledged. */
    static final class Child {
        private Child() {}

        public static void main(String[] arguments) {
            Path path = Path.of(arguments[0]);
            Engine engine = Stores.rocks(path, Mode.READ_WRITE);
            AccountStore store = AccountStore.open(
                    engine, StoreFiles.defaultsFor(path), InstantSource.system(), new SplittableRandom());
            NewAccount model = Stores.localUser(store, "model");
            for (int writer = 0; writer < WRITERS; writer++) {
                String prefix = arguments[1] + "-" + writer + "-";
                Thread.ofPlatform().start(() -> {
                    for (int i = 0; true; i++) {
                        NewAccount account = new NewAccount(
                                AccountName.parse(prefix + i),
                                "",
                                model.kind(),
                                model.roles(),
                                model.resourceProfile(),
                                model.policyProfile(),
                                List.of(),
                                Optional.empty());
                        Stores.committed(store.accountManager().create(account, Stores.DAEMON));
                        synchronized (Child.class) {
                            System.out.println(prefix + i + ".");
                            System.out.flush();
                        }
                    }
                });
            }
        }
    }
}
