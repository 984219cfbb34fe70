package dev.bailiwick.engine;

import dev.bailiwick.engine.EngineException.Code;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.rocksdb.AbstractNativeReference;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.CompressionType;
import org.rocksdb.DBOptions;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.LRUCache;
import org.rocksdb.Logger;
import org.rocksdb.Options;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Snapshot;
import org.rocksdb.Status;
import org.rocksdb.WALRecoveryMode;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/** RocksDB as a {@link Backend}. Only this file speaks to RocksDB. */
final class RocksBackend implements Backend {
    private static final long BLOCK_CACHE_BYTES = 64L << 20;
    private static final int FILTER_BITS_PER_KEY = 10;
    private static final long WRITE_AHEAD_LOG_BYTES = 64L << 20;
    private static final long INFO_LOG_BYTES = 1L << 20;
    private static final long INFO_LOG_FILES = 2;
    private static final int SALVAGE_OPEN_FILES = 64;

    /** Read at once where a table is read from end to end; more than this is not faster. */
    private static final long SWEEP_BYTES = 256L << 10;

    private final RocksDB db;
    private final Families families;
    private final WriteOptions synced;

    /** Read options that no snapshot uses at present, so that a commit need not make new ones. */
    private final SpareOptions spare;

    /** Of the batch that is being written; there is one at a time. */
    private final BatchBytes rows = new BatchBytes();

    /** Native objects to be closed after the database, newest first. */
    private final Deque<AbstractNativeReference> resources;

    private final Runnable whenClosed;

    private RocksBackend(
            RocksDB db,
            Families families,
            boolean verifyChecksums,
            Deque<AbstractNativeReference> resources,
            Runnable whenClosed) {
        this.spare = new SpareOptions(verifyChecksums);
        this.db = db;
        this.families = families;
        this.synced = new WriteOptions().setSync(true);
        this.resources = resources;
        this.whenClosed = whenClosed;
        resources.push(synced);
    }

    static Path databaseDirectory(Path store) {
        return store.resolve("db");
    }

    /** The file whose presence makes a directory a RocksDB database. */
    static Path currentFile(Path store) {
        return databaseDirectory(store).resolve("CURRENT");
    }

    static RocksBackend open(RocksOptions options, Runnable whenClosed) {
        return open(options, whenClosed, false);
    }

    static RocksBackend openReadOnly(RocksOptions options, Runnable whenClosed) {
        return open(options, whenClosed, true);
    }

    private static RocksBackend open(RocksOptions options, Runnable whenClosed, boolean readOnly) {
        LogFrames.requireReadable(databaseDirectory(options.directory()));
        RocksDB.loadLibrary();
        Deque<AbstractNativeReference> resources = new ArrayDeque<>();
        try {
            String path = databaseDirectory(options.directory()).toString();
            ColumnFamilyOptions familyOptions = familyOptions(resources);
            Set<String> names = new LinkedHashSet<>(List.of("default"));
            names.addAll(existingTables(options, path));
            if (!readOnly) {
                options.tables().forEach(table -> names.add(table.name()));
            }
            List<ColumnFamilyDescriptor> descriptors = names.stream()
                    .map(name -> new ColumnFamilyDescriptor(name.getBytes(StandardCharsets.UTF_8), familyOptions))
                    .toList();
            List<ColumnFamilyHandle> handles = new ArrayList<>();
            DBOptions dbOptions = databaseOptions(options, readOnly, resources);
            RocksDB db = readOnly
                    ? RocksDB.openReadOnly(dbOptions, path, descriptors, handles)
                    : RocksDB.open(dbOptions, path, descriptors, handles);
            Map<Table, ColumnFamilyHandle> families = new HashMap<>();
            int next = 0;
            for (String name : names) {
                ColumnFamilyHandle handle = handles.get(next++);
                if (!name.equals("default")) {
                    families.put(new Table(name), handle);
                }
            }
            return new RocksBackend(
                    db,
                    Families.of(families, Set.copyOf(options.tables())),
                    options.mode() != RocksOptions.Mode.SALVAGE,
                    resources,
                    whenClosed);
        } catch (RocksDBException e) {
            closeAll(resources);
            throw translated("cannot open store '" + options.directory() + "'", e);
        }
    }

    /** Read-only opening tolerates tables that are not there yet; opening for writing must name all that are. */
    private static List<String> existingTables(RocksOptions options, String path) throws RocksDBException {
        if (options.mode() == RocksOptions.Mode.CREATE) {
            return List.of();
        }
        try (Options listing = new Options()) {
            return RocksDB.listColumnFamilies(listing, path).stream()
                    .map(name -> new String(name, StandardCharsets.UTF_8))
                    .toList();
        }
    }

    private static ColumnFamilyOptions familyOptions(Deque<AbstractNativeReference> resources) {
        LRUCache cache = new LRUCache(BLOCK_CACHE_BYTES);
        resources.push(cache);
        BloomFilter filter = new BloomFilter(FILTER_BITS_PER_KEY);
        resources.push(filter);
        BlockBasedTableConfig blocks = new BlockBasedTableConfig()
                .setBlockCache(cache)
                .setFilterPolicy(filter)
                .setVerifyCompression(true);
        ColumnFamilyOptions options = new ColumnFamilyOptions()
                .setTableFormatConfig(blocks)
                .setCompressionType(CompressionType.LZ4_COMPRESSION)
                // Reads every new table file back and compares, so that bad memory or disk is caught while the log
                // lives.
                .setParanoidFileChecks(true)
                .setForceConsistencyChecks(true);
        resources.push(options);
        return options;
    }

    private static DBOptions databaseOptions(
            RocksOptions options, boolean readOnly, Deque<AbstractNativeReference> resources) {
        DBOptions result = new DBOptions()
                .setCreateIfMissing(options.mode() == RocksOptions.Mode.CREATE)
                .setCreateMissingColumnFamilies(!readOnly)
                .setParanoidChecks(options.mode() != RocksOptions.Mode.SALVAGE)
                .setWalRecoveryMode(WALRecoveryMode.TolerateCorruptedTailRecords)
                .setMaxTotalWalSize(WRITE_AHEAD_LOG_BYTES)
                .setMaxLogFileSize(INFO_LOG_BYTES)
                .setKeepLogFileNum(INFO_LOG_FILES);
        resources.push(result);
        if (options.mode() == RocksOptions.Mode.SALVAGE) {
            // With all files held open, one that is missing would keep the others from being read.
            result.setMaxOpenFiles(SALVAGE_OPEN_FILES).setSkipStatsUpdateOnDbOpen(true);
        }
        if (readOnly) {
            // RocksDB makes a LOG file even when it opens read-only, unless it is given a logger.
            SilentLogger silent = new SilentLogger();
            resources.push(silent);
            result.setLogger(silent);
        }
        return result;
    }

    @Override
    public Backend.PinnedView snapshot() {
        return new RocksSnapshot(db, families, spare);
    }

    @Override
    public void write(Map<Table, NavigableMap<byte[], byte @Nullable []>> changes) {
        rows.clear();
        for (Map.Entry<Table, NavigableMap<byte[], byte @Nullable []>> table : changes.entrySet()) {
            int family = families.idOf(table.getKey());
            for (Map.Entry<byte[], byte @Nullable []> row : table.getValue().entrySet()) {
                if (row.getValue() == null) {
                    rows.delete(family, row.getKey());
                } else {
                    rows.put(family, row.getKey(), row.getValue());
                }
            }
        }
        try (WriteBatch batch = new WriteBatch(rows.toBytes())) {
            db.write(synced, batch);
        } catch (RocksDBException e) {
            throw translated("cannot write the store", e);
        }
    }

    @Override
    public void verifyChecksums() {
        try {
            db.verifyChecksum();
        } catch (RocksDBException e) {
            throw translated("the store's files are damaged", e);
        }
    }

    @Override
    public void close() {
        try {
            families.handles().values().forEach(ColumnFamilyHandle::close);
            spare.close();
            db.close();
            closeAll(resources);
        } finally {
            whenClosed.run();
        }
    }

    private static void closeAll(Deque<AbstractNativeReference> resources) {
        while (!resources.isEmpty()) {
            resources.pop().close();
        }
    }

    /** The column families there are, and the tables the opener named; read-only, some of those may not be there. */
    private record Families(Map<Table, ColumnFamilyHandle> handles, Map<Table, Integer> ids, Set<Table> declared) {
        static Families of(Map<Table, ColumnFamilyHandle> handles, Set<Table> declared) {
            Map<Table, Integer> ids = new HashMap<>();
            handles.forEach((table, handle) -> ids.put(table, handle.getID()));
            return new Families(handles, ids, declared);
        }

        /** RocksDB's number of a table that is open for writing. */
        int idOf(Table table) {
            Integer id = ids.get(table);
            if (id == null) {
                throw new IllegalArgumentException(
                        "table '" + table.name() + "' was not named when the engine was opened");
            }
            return id;
        }

        Optional<ColumnFamilyHandle> of(Table table) {
            ColumnFamilyHandle handle = handles.get(table);
            if (handle == null && !declared.contains(table)) {
                throw new IllegalArgumentException(
                        "table '" + table.name() + "' was not named when the engine was opened");
            }
            return Optional.ofNullable(handle);
        }
    }

    static EngineException translated(String what, RocksDBException e) {
        String message = String.valueOf(e.getMessage());
        if (message.contains("No such file or directory")) {
            // RocksDB says "corruption" or "I/O error" as it goes, but a file that is gone has a cause of its own.
            return new EngineException(Code.LOST, what + ", a file of it is missing: " + message, e);
        }
        Code code = e.getStatus() != null && e.getStatus().getCode() == Status.Code.Corruption ? Code.CORRUPT : Code.IO;
        return new EngineException(code, what + ": " + message, e);
    }

    /** Keeps the read options of one closed snapshot for the next one. Thread-safe. */
    private static final class SpareOptions {
        private final boolean verifyChecksums;
        private final AtomicReference<@Nullable ReadOptions> spare = new AtomicReference<>();

        SpareOptions(boolean verifyChecksums) {
            this.verifyChecksums = verifyChecksums;
        }

        ReadOptions take() {
            ReadOptions kept = spare.getAndSet(null);
            return kept == null ? new ReadOptions().setVerifyChecksums(verifyChecksums) : kept;
        }

        void giveBack(ReadOptions options) {
            ReadOptions other = spare.getAndSet(options);
            if (other != null) {
                other.close();
            }
        }

        void close() {
            ReadOptions kept = spare.getAndSet(null);
            if (kept != null) {
                kept.close();
            }
        }
    }

    /** One RocksDB snapshot with the read options that select it; both may be shared by threads. */
    private static final class RocksSnapshot implements Backend.PinnedView {
        private final RocksDB db;
        private final Families families;
        private final @Nullable Snapshot snapshot;
        private final SpareOptions spare;
        private final ReadOptions options;

        RocksSnapshot(RocksDB db, Families families, SpareOptions spare) {
            this.db = db;
            this.families = families;
            this.spare = spare;
            this.options = spare.take();
            this.snapshot = db.getSnapshot();
            if (snapshot != null) {
                options.setSnapshot(snapshot);
            }
        }

        @Override
        public byte @Nullable [] get(Table table, byte[] key) {
            ColumnFamilyHandle family = families.of(table).orElse(null);
            if (family == null) {
                return null;
            }
            try {
                return db.get(family, options, key);
            } catch (RocksDBException e) {
                throw translated("cannot read table '" + table.name() + "'", e);
            }
        }

        @Override
        public void scan(Table table, byte[] fromInclusive, byte @Nullable [] toExclusive, RowVisitor visitor) {
            scan(table, fromInclusive, toExclusive, visitor, options);
        }

        @Override
        public void sweep(Table table, byte[] fromInclusive, byte @Nullable [] toExclusive, RowVisitor visitor) {
            try (ReadOptions sweeping = new ReadOptions(options)) {
                sweeping.setFillCache(false).setReadaheadSize(SWEEP_BYTES);
                scan(table, fromInclusive, toExclusive, visitor, sweeping);
            }
        }

        private void scan(
                Table table,
                byte[] fromInclusive,
                byte @Nullable [] toExclusive,
                RowVisitor visitor,
                ReadOptions reading) {
            ColumnFamilyHandle family = families.of(table).orElse(null);
            if (family == null) {
                return;
            }
            try (RocksIterator rows = db.newIterator(family, reading)) {
                boolean going = true;
                for (rows.seek(fromInclusive); going && rows.isValid(); rows.next()) {
                    byte[] key = rows.key();
                    if (toExclusive != null && Arrays.compareUnsigned(key, toExclusive) >= 0) {
                        break;
                    }
                    going = visitor.visit(key, rows.value());
                }
                rows.status();
            } catch (RocksDBException e) {
                throw translated("cannot read table '" + table.name() + "'", e);
            }
        }

        @Override
        public void scanReverse(Table table, byte[] fromInclusive, byte @Nullable [] toExclusive, RowVisitor visitor) {
            ColumnFamilyHandle family = families.of(table).orElse(null);
            if (family == null) {
                return;
            }
            try (RocksIterator rows = db.newIterator(family, options)) {
                seekBelow(rows, toExclusive);
                boolean going = true;
                for (; going && rows.isValid(); rows.prev()) {
                    byte[] key = rows.key();
                    if (Arrays.compareUnsigned(key, fromInclusive) < 0) {
                        break;
                    }
                    going = visitor.visit(key, rows.value());
                }
                rows.status();
            } catch (RocksDBException e) {
                throw translated("cannot read table '" + table.name() + "'", e);
            }
        }

        private static void seekBelow(RocksIterator rows, byte @Nullable [] toExclusive) {
            if (toExclusive == null) {
                rows.seekToLast();
                return;
            }
            rows.seekForPrev(toExclusive);
            if (rows.isValid() && Arrays.equals(rows.key(), toExclusive)) {
                rows.prev();
            }
        }

        @Override
        public void close() {
            // Read-only there is no snapshot to select, before or afterwards; otherwise the next one selects its own.
            spare.giveBack(options);
            if (snapshot != null) {
                db.releaseSnapshot(snapshot);
                snapshot.close();
            }
        }
    }

    /** Drops RocksDB's own chatter; what matters comes back as exceptions. */
    private static final class SilentLogger extends Logger {
        SilentLogger() {
            super(InfoLogLevel.FATAL_LEVEL);
        }

        @Override
        protected void log(InfoLogLevel level, String message) {
            // Nothing to keep: a read-only opener must not write.
        }
    }
}
