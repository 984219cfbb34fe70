package dev.bailiwick.storage;

import static dev.bailiwick.storage.Store.bytes;
import static dev.bailiwick.storage.Store.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.bailiwick.engine.Engine;
import dev.bailiwick.engine.RamEngine;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Random operations against {@link NamespaceModel}. Rerun a failure by adding its seed to a test's seeds. */
class NamespaceModelTest {
    private static final long QUOTA = 120;
    private static final String[] NAMES = {"a", "b", "c"};

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void inRamItDoesWhatTheModelDoes(long seed) {
        // A restart in RAM loses what the store knows and keeps what the engine does, as a crash would.
        new Run(seed, RamEngine.open(), engine -> engine).steps(400, 50);
    }

    @Test
    void itDoesWhatTheModelDoesOnAFreshSeed() {
        new Run(new Random().nextLong(), RamEngine.open(), engine -> engine).steps(400, 50);
    }

    @Test
    void onDiskItDoesWhatTheModelDoes(@TempDir Path temporary) {
        Path directory = temporary.resolve("store");
        new Run(9, RocksDirectory.create(directory), engine -> {
                    engine.close();
                    return RocksDirectory.reopen(directory);
                })
                .steps(150, 50);
    }

    /** One sequence of operations. */
    private static final class Run {
        private final long seed;
        private final Random random;
        private final UnaryOperator<Engine> reopen;
        private final NamespaceModel model = new NamespaceModel(QUOTA);
        private final List<Held> held = new ArrayList<>();
        private Store store;
        private Namespace home;

        /** An open blob and what it must read. */
        private record Held(Blob blob, String content) {}

        Run(long seed, Engine engine, UnaryOperator<Engine> reopen) {
            this.seed = seed;
            this.random = new Random(seed);
            this.reopen = reopen;
            this.store = new Store(engine);
            this.home = store.home(QUOTA);
        }

        void steps(int steps, int stepsPerRun) {
            for (int step = 1; step <= steps; step++) {
                step("seed " + seed + " step " + step);
                if (step % stepsPerRun == 0) {
                    compare("seed " + seed + " step " + step);
                    restart();
                    compare("seed " + seed + " after restart at step " + step);
                }
            }
            store.close();
        }

        private void step(String where) {
            String path = path();
            switch (random.nextInt(10)) {
                case 0, 1, 2 -> put(where + " put " + path, path);
                case 3, 4 -> write(where + " write " + path, path);
                case 5, 6 -> remove(where + " remove " + path, path);
                case 7 -> get(where + " get " + path, path);
                case 8 -> hold(path);
                default -> letGo(where);
            }
        }

        private void put(String where, String path) {
            String content = content();
            Expectation expectation = expectation(path);
            String wanted = model.put(path, content, expectation, Store.SMALL.entriesPerRoot());
            check(where, wanted, path, content, home.put(path, bytes(content), expectation));
        }

        private void write(String where, String path) {
            String content = content();
            Expectation expectation = expectation(path);
            try (BlobWriter writer = home.writer(path, expectation)) {
                for (int from = 0; from < content.length(); ) {
                    int to = Math.min(content.length(), from + 1 + random.nextInt(7));
                    writer.write(bytes(content.substring(from, to)));
                    from = to;
                }
                if (random.nextInt(4) > 0) {
                    String wanted = model.put(path, content, expectation, Store.SMALL.entriesPerRoot());
                    check(where, wanted, path, content, writer.commit());
                }
            }
        }

        private void check(String where, String wanted, String path, String content, PutResult result) {
            switch (result) {
                case PutResult.Stored(EntryInfo.OfBlob entry) -> {
                    assertThat("stored").as(where).isEqualTo(wanted);
                    assertThat(entry.version()).as(where).isGreaterThan(model.version(path));
                    model.stored(path, content, entry.version());
                }
                case Conflict(long current) ->
                    assertThat("conflict " + current).as(where).isEqualTo(wanted);
                case Denied denied -> assertThat(denied.code().text()).as(where).isEqualTo(wanted);
            }
        }

        private void remove(String where, String path) {
            Expectation expectation = expectation(path);
            String wanted = model.remove(path, expectation);
            String done = switch (home.remove(path, expectation)) {
                case RemoveResult.Removed() -> "removed";
                case Conflict(long current) -> "conflict " + current;
                case Denied denied -> denied.code().text();
            };
            assertThat(done).as(where).isEqualTo(wanted);
        }

        private void get(String where, String path) {
            String got = switch (home.get(path)) {
                case GetResult.Found found -> {
                    try (Blob blob = found.blob()) {
                        yield "content " + text(blob);
                    }
                }
                case Denied denied -> denied.code().text();
            };
            assertThat(got).as(where).isEqualTo(model.get(path));
        }

        private void hold(String path) {
            if (home.get(path) instanceof GetResult.Found(EntryInfo.OfBlob entry, Blob blob)) {
                held.add(new Held(blob, text(blob)));
            }
        }

        private void letGo(String where) {
            if (held.isEmpty()) {
                return;
            }
            Held one = held.remove(random.nextInt(held.size()));
            try (Blob blob = one.blob()) {
                // The bytes of replaced versions are kept only up to the quota, so they may be gone; never wrong.
                switch (blob.read(0, 16)) {
                    case ReadResult.Bytes(var data) ->
                        assertThat(data)
                                .as(where)
                                .isEqualTo(bytes(one.content()
                                        .substring(0, Math.min(16, one.content().length()))));
                    case Denied denied -> assertThat(denied.code()).as(where).isEqualTo(DenialCode.GONE);
                }
            }
        }

        /** As after a crash: writers and blobs that were open are not closed. */
        private void restart() {
            BlobWriter abandoned = home.writer("abandoned", Expectation.any());
            abandoned.write(bytes("some chunks that nobody commits"));
            held.clear();
            store = new Store(reopen.apply(store.engine));
            assertThat(store.namespaces.sweepSessionRoots().contents()).isPositive();
            assertThat(store.namespaces.sweepSessionRoots().contents()).isZero();
            home = store.home(QUOTA);
        }

        private void compare(String where) {
            Map<String, String> stored = new TreeMap<>();
            read(home, "", stored);
            assertThat(stored).as(where).isEqualTo(model.everything());
            assertThat(home.usage())
                    .as(where)
                    .isEqualTo(new Usage(
                            model.usedBytes(), QUOTA, model.everything().size()));
            assertThat(new StorageVerifier(store.engine).verify().findings())
                    .as(where)
                    .isEmpty();
        }

        private void read(Namespace namespace, String at, Map<String, String> stored) {
            String after = "";
            do {
                ListResult.Page page = (ListResult.Page) namespace.list(at, after, 1 + random.nextInt(4));
                for (EntryInfo entry : page.entries()) {
                    String path = at.isEmpty() ? entry.name() : at + "/" + entry.name();
                    switch (entry) {
                        case EntryInfo.OfBlob blob ->
                            stored.put(path, blob.version() + " content " + text(namespace, path));
                        case EntryInfo.OfNamespace space -> {
                            stored.put(path, space.version() + " namespace");
                            read(namespace, path, stored);
                        }
                    }
                }
                after = page.next();
            } while (!after.isEmpty());
        }

        private String path() {
            StringBuilder path = new StringBuilder(NAMES[random.nextInt(NAMES.length)]);
            while (random.nextInt(3) == 0) {
                path.append('/').append(NAMES[random.nextInt(NAMES.length)]);
            }
            return path.length() > 2 * Store.SMALL.depth() - 1
                    ? path.substring(0, 2 * Store.SMALL.depth() - 1)
                    : path.toString();
        }

        /** Few different contents, so that many are equal. */
        private String content() {
            return String.valueOf((char) ('x' + random.nextInt(3))).repeat(random.nextInt(5) * random.nextInt(9));
        }

        private Expectation expectation(String path) {
            return switch (random.nextInt(4)) {
                case 0 -> Expectation.version(model.version(path));
                case 1 -> Expectation.version(random.nextInt(20));
                default -> Expectation.any();
            };
        }
    }
}
