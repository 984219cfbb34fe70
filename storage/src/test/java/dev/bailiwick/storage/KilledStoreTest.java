package dev.bailiwick.storage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bailiwick.engine.Engine;
import dev.bailiwick.schema.Id128;
import dev.bailiwick.schema.RootId;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kills a process that writes, again and again, and adds everything up: the ledger is exact to the byte, no reference is lost or left
 * over, what was acknowledged is there, and what ends with a session is gone.
 */
class KilledStoreTest {
    private static final RootId CACHE = new RootId(new Id128(10, 3));
    private static final int KILLS = 4;
    private static final String[] PATHS = {"a", "b", "d/a", "d/b", "d/e/a"};

    @TempDir
    Path directory;

    @Test
    void everyLedgerIsExactAfterEveryKill() throws IOException, InterruptedException {
        long seed = new Random().nextLong();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        RocksDirectory.create(directory.resolve("store")).close();
        Map<String, String> acknowledged = new HashMap<>();
        for (int kill = 0; kill < KILLS; kill++) {
            runAndKill(random.nextLong(), 20 + random.nextInt(150), acknowledged);
            try (Engine engine = RocksDirectory.reopen(directory.resolve("store"))) {
                assertThat(new StorageVerifier(engine).verify().findings()).isEmpty();
                Store store = new Store(engine);
                store.namespaces.sweepSessionRoots();
                assertThat(new StorageVerifier(engine).verify().findings()).isEmpty();
                assertThat(store.namespaces.info(Store.TMP)).isEmpty();
                Namespace home = store.home(2000);
                assertThat(home.usage().usedBytes()).isEqualTo(bytesIn(home, "") + snapshotBytes(home));
                acknowledged.forEach((path, content) -> {
                    assertThat(Store.text(home, "kept/" + path)).as(path).isEqualTo(content);
                });
            }
        }
    }

    private void runAndKill(long seed, int operations, Map<String, String> acknowledged)
            throws IOException, InterruptedException {
        Process process = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Victim.class.getName(),
                        directory.resolve("store").toString(),
                        Long.toString(seed)))
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (int i = 0; i < operations; i++) {
                String line = lines.readLine();
                assertThat(line).as("the process still writes").isNotNull();
                if (line.startsWith("kept ")) {
                    String[] words = line.split(" ", 3);
                    acknowledged.put(words[1], words[2]);
                }
            }
            process.destroyForcibly();
        }
        process.waitFor();
    }

    private static long bytesIn(Namespace namespace, String path) {
        long sum = 0;
        String after = "";
        do {
            ListResult result = namespace.list(path, after, 0);
            if (!(result instanceof ListResult.Page page)) {
                throw new AssertionError(Store.code(result));
            }
            for (EntryInfo entry : page.entries()) {
                sum += switch (entry) {
                    case EntryInfo.OfBlob blob -> blob.size();
                    case EntryInfo.OfNamespace inner ->
                        bytesIn(namespace, path.isEmpty() ? inner.name() : path + "/" + inner.name());
                };
            }
            after = page.next();
        } while (!after.isEmpty());
        return sum;
    }

    private static long snapshotBytes(Namespace home) {
        if (!(home.snapshots() instanceof SnapshotsResult.Listed listed)) {
            throw new AssertionError();
        }
        return listed.snapshots().stream()
                .mapToLong(snapshot -> {
                    if (!(home.openSnapshot(snapshot.id()) instanceof SubResult.Opened opened)) {
                        throw new AssertionError();
                    }
                    assertThat(bytesIn(opened.namespace(), "")).isEqualTo(snapshot.bytes());
                    return snapshot.bytes();
                })
                .sum();
    }

    /** Writes until it is killed; says what was acknowledged. */
    static final class Victim {
        private Victim() {}

        public static void main(String... arguments) {
            Random random = new Random(Long.parseLong(arguments[1]));
            Store store = new Store(RocksDirectory.reopen(Path.of(arguments[0])));
            store.namespaces.sweepSessionRoots();
            Namespace home = store.home(2000);
            Namespace tmp = store.tmp();
            store.namespaces.ensureRoot(CACHE, Store.ALICE, Durability.DURABLE);
            Namespace cache = store.open(CACHE, new Quota("cacheQuotaBytes", 150, Overflow.EVICT));
            for (int i = 0; ; i++) {
                String path = PATHS[random.nextInt(PATHS.length)];
                String content = Integer.toString(random.nextInt(20)).repeat(1 + random.nextInt(20));
                switch (random.nextInt(7)) {
                    case 0 -> {
                        // Written once, so what was acknowledged is what has to be there.
                        if (i < 12) {
                            String name = "only-" + arguments[1] + "-" + i;
                            PutResult result = home.put("kept/" + name, Store.bytes(content), Expectation.absent());
                            if (result instanceof PutResult.Stored) {
                                System.out.println("kept " + name + " " + content);
                            }
                        }
                    }
                    case 1 -> home.put("work/" + path, Store.bytes(content), Expectation.any());
                    case 2 -> home.remove("work/" + path, Expectation.any());
                    case 3 -> {
                        if (home.snapshots() instanceof SnapshotsResult.Listed listed) {
                            if (listed.snapshots().size() > 1) {
                                home.dropSnapshot(listed.snapshots().getFirst().id());
                            } else {
                                home.snapshot("work");
                            }
                        }
                    }
                    case 4 -> cache.put(path, Store.bytes(content), Expectation.any());
                    case 5 -> {
                        try (BlobWriter writer = home.writer("work/" + path, Expectation.any())) {
                            writer.write(ByteBuffer.wrap(content.getBytes(StandardCharsets.UTF_8)));
                            writer.write(ByteBuffer.wrap(content.getBytes(StandardCharsets.UTF_8)));
                            if (random.nextBoolean()) {
                                writer.commit();
                            }
                        }
                    }
                    default -> tmp.put(path, Store.bytes(content), Expectation.any());
                }
                System.out.println("done");
                System.out.flush();
            }
        }
    }
}
