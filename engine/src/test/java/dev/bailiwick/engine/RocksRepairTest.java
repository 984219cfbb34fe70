package dev.bailiwick.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bailiwick.engine.EngineException.Code;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.DBOptions;
import org.rocksdb.FlushOptions;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;

/** A copy of a store whose files are there, but not what says which of them belong to it. */
class RocksRepairTest {
    private static final Table FIRST = new Table("first");
    private static final Table SECOND = new Table("second");
    private static final Table IN_THE_LOG_ALONE = new Table("third");
    private static final List<Table> TABLES = List.of(FIRST, SECOND, IN_THE_LOG_ALONE);

    @TempDir
    private Path folder;

    private Path store;
    private Map<String, String> rows = Map.of();

    private static RocksOptions options(Path directory, RocksOptions.Mode mode) {
        return new RocksOptions(
                directory, TABLES, mode, StoreOwner.thisProcess(Optional.empty()), EngineLimits.DEFAULT);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static void put(Engine engine, Table table, String key, String value) {
        engine.commit(txn -> {
            txn.put(table, bytes(key), bytes(value));
            return true;
        });
    }

    private static void delete(Engine engine, Table table, String key) {
        engine.commit(txn -> {
            txn.delete(table, bytes(key));
            return true;
        });
    }

    private static Map<String, String> all(Engine engine) {
        Map<String, String> found = new TreeMap<>();
        engine.read(view -> {
            for (Table table : TABLES) {
                view.scan(table, new byte[0], null, (key, value) -> {
                    found.put(
                            table.name() + "/" + new String(key, StandardCharsets.UTF_8),
                            new String(value, StandardCharsets.UTF_8));
                    return true;
                });
            }
            return true;
        });
        return found;
    }

    private void flush() throws RocksDBException {
        String path = RocksBackend.databaseDirectory(store).toString();
        List<ColumnFamilyDescriptor> families = new ArrayList<>();
        try (Options listing = new Options();
                DBOptions plain = new DBOptions()) {
            for (byte[] name : RocksDB.listColumnFamilies(listing, path)) {
                families.add(new ColumnFamilyDescriptor(name));
            }
            List<ColumnFamilyHandle> handles = new ArrayList<>();
            try (RocksDB db = RocksDB.open(plain, path, families, handles);
                    FlushOptions flush = new FlushOptions()) {
                db.flush(flush, handles);
                handles.forEach(ColumnFamilyHandle::close);
            }
        }
    }

    /** Rows in table files, of which some were written over or deleted since, in other files and in the log. */
    @BeforeEach
    void aStore() throws RocksDBException {
        store = folder.resolve("store");
        try (Engine engine = RocksEngine.open(options(store, RocksOptions.Mode.CREATE))) {
            for (int i = 0; i < 200; i++) {
                put(engine, FIRST, "key" + i, "old");
                put(engine, SECOND, "key" + i, "old");
            }
        }
        flush();
        try (Engine engine = RocksEngine.open(options(store, RocksOptions.Mode.READ_WRITE))) {
            put(engine, FIRST, "key1", "new");
            delete(engine, SECOND, "key2");
        }
        flush();
        try (Engine engine = RocksEngine.open(options(store, RocksOptions.Mode.READ_WRITE))) {
            put(engine, FIRST, "key3", "newest");
            delete(engine, SECOND, "key4");
            put(engine, IN_THE_LOG_ALONE, "key", "only");
            rows = all(engine);
        }
        assertThat(rows).hasSize(399);
    }

    private Path database() {
        return RocksBackend.databaseDirectory(store);
    }

    private List<Path> manifests() throws IOException {
        try (Stream<Path> files = Files.list(database())) {
            return files.filter(file -> file.getFileName().toString().startsWith("MANIFEST-"))
                    .toList();
        }
    }

    private static Map<String, String> contents(Path directory) throws IOException {
        Map<String, String> contents = new TreeMap<>();
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                contents.put(file.toString(), HexFormat.of().formatHex(Files.readAllBytes(file)));
            }
        }
        return contents;
    }

    private Map<String, String> repaired() throws IOException {
        Map<String, String> before = contents(store);
        Path copy = folder.resolve("copy");
        RocksRepair.copy(store, copy, TABLES);
        assertThat(contents(store)).isEqualTo(before);
        try (Engine engine = RocksEngine.open(options(copy, RocksOptions.Mode.SALVAGE))) {
            return all(engine);
        }
    }

    @Test
    void hasEveryRowAsItWasWithoutCurrent() throws IOException {
        Files.delete(database().resolve("CURRENT"));

        assertThat(repaired()).isEqualTo(rows);
    }

    @Test
    void hasEveryRowAsItWasWhereCurrentIsGarbage() throws IOException {
        Files.writeString(database().resolve("CURRENT"), "MANIFEST-999999\n");

        assertThat(repaired()).isEqualTo(rows);
    }

    @Test
    void hasEveryRowAsItWasWithoutAManifest() throws IOException {
        for (Path manifest : manifests()) {
            Files.delete(manifest);
        }

        assertThat(repaired()).isEqualTo(rows);
    }

    @Test
    void hasEveryRowAsItWasWhereTheManifestIsDamaged() throws IOException {
        for (Path manifest : manifests()) {
            byte[] bytes = Files.readAllBytes(manifest);
            for (int i = 0; i < bytes.length; i += 5) {
                bytes[i] ^= 0x55;
            }
            Files.write(manifest, bytes);
        }

        assertThat(repaired()).isEqualTo(rows);
    }

    @Test
    void ofNothingIsRefused() throws IOException {
        Path empty = Files.createDirectory(folder.resolve("empty"));
        Files.createDirectory(empty.resolve("db"));

        assertThatThrownBy(() -> RocksRepair.copy(empty, folder.resolve("copy"), TABLES))
                .isInstanceOfSatisfying(
                        EngineException.class, e -> assertThat(e.code()).isEqualTo(Code.MISSING));
    }
}
