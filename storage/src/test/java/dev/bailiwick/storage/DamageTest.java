package dev.bailiwick.storage;

import static dev.bailiwick.storage.Store.blob;
import static dev.bailiwick.storage.Store.bytes;
import static dev.bailiwick.storage.Store.put;
import static dev.bailiwick.storage.Store.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.bailiwick.engine.RamEngine;
import dev.bailiwick.engine.Table;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Whatever byte is changed below: verification finds it, and no read returns anything else than what was written. */
class DamageTest {
    private final long seed = new Random().nextLong();
    private Store store;

    /** One stored row. Not a record: arrays have no value equality. */
    private static final class Cell {
        private final Table table;
        private final byte[] key;
        private final byte[] value;

        Cell(Table table, byte[] key, byte[] value) {
            this.table = table;
            this.key = key;
            this.value = value;
        }

        @Override
        public String toString() {
            return table.name() + " key of " + key.length + " bytes";
        }
    }

    @BeforeEach
    void fillAStore() {
        store = new Store(RamEngine.open());
        Namespace home = store.home();
        put(home, "notes", "short");
        put(home, "space/big", "a content of several chunks");
        put(home, "space/copy", "a content of several chunks");
        put(home, "space/deep/x", "x");
        put(home, "removed", "nothing is left of this");
        home.remove("removed", Expectation.any());
        put(store.tmp(), "notes", "short");
        home.writer("unfinished", Expectation.any()).write(bytes("two chunks"));
        LogId log = LogId.of(Store.ALICE);
        store.logs.appendSession(log, Durability.DURABLE, "login");
        store.logs.appendApp(log, Durability.DURABLE, "a line", new LogQuota(100, 1000), store.gate);
        assertThat(findings()).isEmpty();
    }

    @AfterEach
    void closeTheStore() {
        store.close();
    }

    private List<StorageFinding> findings() {
        return new StorageVerifier(store.engine).verify().findings();
    }

    private List<Cell> cells() {
        return store.engine.read(view -> {
            List<Cell> cells = new ArrayList<>();
            for (Table table : StorageTables.all()) {
                view.scan(table, new byte[0], null, (key, value) -> cells.add(new Cell(table, key, value)));
            }
            return cells;
        });
    }

    private void set(Cell cell, byte[] value) {
        store.engine.commit(txn -> {
            txn.put(cell.table, cell.key.clone(), value.clone());
            return true;
        });
    }

    private void delete(Cell cell) {
        store.engine.commit(txn -> {
            txn.delete(cell.table, cell.key);
            return true;
        });
    }

    /** What every kind of read gives: its answer, or that it refused. */
    private Map<String, String> readEverything() {
        Map<String, String> answers = new TreeMap<>();
        Namespace home = store.open(Store.HOME, new Quota("homeQuotaBytes", Store.QUOTA));
        for (String space : List.of("", "space", "space/deep")) {
            answer(answers, "list " + space, () -> home.list(space, "", 0).toString());
        }
        for (String path : List.of("notes", "space/big", "space/copy", "space/deep/x")) {
            answer(answers, "stat " + path, () -> home.stat(path).toString());
            answer(answers, "get " + path, () -> text(home, path));
        }
        answer(answers, "sub", () -> text(Store.sub(home, "space"), "deep/x"));
        answer(answers, "usage", () -> home.usage().toString());
        answer(
                answers,
                "log",
                () -> store.logs.read(LogId.of(Store.ALICE), 0, 0).toString());
        return answers;
    }

    private static void answer(Map<String, String> answers, String question, Supplier<String> read) {
        try {
            answers.put(question, read.get());
        } catch (CorruptStorageException e) {
            answers.put(question, "refused");
        }
    }

    @Test
    void aChangedByteIsFoundAndNeverReadAsSomethingElse() {
        Random random = new Random(seed);
        Map<String, String> right = readEverything();
        for (Cell cell : cells()) {
            for (int at = 0; at < cell.value.length; at++) {
                byte[] damaged = cell.value.clone();
                damaged[at] ^= (byte) (1 << random.nextInt(Byte.SIZE));
                set(cell, damaged);
                String where = "seed " + seed + ", byte " + at + " of " + cell;
                assertThat(findings()).as(where).isNotEmpty();
                Map<String, String> answers = openOrRefuse(right);
                answers.forEach((question, answer) ->
                        assertThat(answer).as(where + ", " + question).isIn(right.get(question), "refused"));
            }
            set(cell, cell.value);
        }
        assertThat(findings()).isEmpty();
        assertThat(readEverything()).isEqualTo(right);
    }

    /** A root whose own row is damaged does not even open. */
    private Map<String, String> openOrRefuse(Map<String, String> right) {
        try {
            return readEverything();
        } catch (CorruptStorageException e) {
            Map<String, String> refused = new TreeMap<>(right);
            refused.replaceAll((question, answer) -> "refused");
            return refused;
        }
    }

    @Test
    void aMissingRowIsFound() {
        for (Cell cell : cells()) {
            delete(cell);
            if (!isStaged(cell)) {
                assertThat(findings()).as(cell.toString()).isNotEmpty();
            }
            set(cell, cell.value);
        }
    }

    /** Chunks of an unfinished writer are only waiting to be deleted. */
    private boolean isStaged(Cell cell) {
        return cell.table.equals(StorageTables.CHUNKS)
                && cells().stream()
                        .anyMatch(row -> row.table.equals(StorageTables.PENDING)
                                && Arrays.equals(row.key, Arrays.copyOf(cell.key, row.key.length)));
    }

    @Test
    void aShortenedOrEmptyRowIsFound() {
        for (Cell cell : cells()) {
            for (int length : new int[] {0, 1, cell.value.length - 1}) {
                set(cell, Arrays.copyOf(cell.value, length));
                assertThat(findings()).as(cell + " cut to " + length).isNotEmpty();
            }
            set(cell, cell.value);
        }
    }

    @Test
    void aRowUnderTheKeyOfAnotherIsFound() {
        List<Cell> cells = cells();
        for (Cell one : cells) {
            for (Cell other : cells) {
                if (!Arrays.equals(one.key, other.key)) {
                    set(one, other.value);
                    assertThat(findings())
                            .as(one + " with the value of " + other)
                            .isNotEmpty();
                }
            }
            set(one, one.value);
        }
    }

    @Test
    void aRefusedReadNamesRootAndPath() {
        for (Cell cell : cells()) {
            if (cell.table.equals(StorageTables.CHUNKS)) {
                byte[] damaged = cell.value.clone();
                damaged[1] ^= 1;
                set(cell, damaged);
            }
        }
        Namespace home = store.home();
        try (Blob blob = blob(home, "space/big")) {
            assertThatExceptionOfType(CorruptStorageException.class)
                    .isThrownBy(() -> blob.read(0, 1))
                    .satisfies(e -> assertThat(e.owner()).isEqualTo(Store.HOME.toString()))
                    .satisfies(e -> assertThat(e.path()).isEqualTo("space/big"));
        }
        assertThat(findings())
                .extracting(StorageFinding::what)
                .contains(Store.HOME + " \"notes\" chunk 0", Store.HOME + " \"space/deep/x\" chunk 0")
                .contains(Store.TMP + " \"notes\" chunk 0");
    }

    @Test
    void writingTheSameContentAgainMendsIt() {
        for (Cell cell : cells()) {
            if (cell.table.equals(StorageTables.CHUNKS)) {
                set(cell, new byte[] {1});
            }
        }
        Namespace home = store.home();
        put(home, "another", "a content of several chunks");
        assertThat(text(home, "space/big")).isEqualTo("a content of several chunks");
        assertThat(text(home, "space/copy")).isEqualTo("a content of several chunks");
    }

    @Test
    void oneDamagedRootDoesNotKeepTheOthersFromBeingSwept() {
        Store after = new Store(store.engine);
        for (Cell cell : cells()) {
            if (cell.table.equals(StorageTables.ROOTS) && Keys.rootOf(cell.key).equals(Store.TMP)) {
                set(cell, new byte[64]);
            }
        }
        assertThat(after.namespaces.sweepSessionRoots()).isEqualTo(new Swept(0, 1, 1));
        assertThat(findings()).extracting(StorageFinding::what).containsExactly(Store.TMP.toString());
    }
}
