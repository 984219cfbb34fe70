package dev.bailiwick.bench.store;

import dev.bailiwick.accountstore.StoreTables;
import dev.bailiwick.engine.Table;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.rocksdb.AbstractNativeReference;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.CompressionType;
import org.rocksdb.DBOptions;
import org.rocksdb.LRUCache;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/** RocksDB as its Java interface gives it, with the tables and table options of the account store and nothing else. */
final class RawStore implements AutoCloseable {
    private static final long BLOCK_CACHE_BYTES = 64L << 20;

    private final RocksDB db;
    private final Map<Table, ColumnFamilyHandle> families = new HashMap<>();
    private final List<AbstractNativeReference> resources = new ArrayList<>();
    private final WriteOptions synced = new WriteOptions().setSync(true);
    private final ReadOptions reading = new ReadOptions().setVerifyChecksums(true);

    private RawStore(Path database, boolean readOnly) throws RocksDBException {
        RocksDB.loadLibrary();
        LRUCache cache = new LRUCache(BLOCK_CACHE_BYTES);
        BloomFilter filter = new BloomFilter(10);
        ColumnFamilyOptions options = new ColumnFamilyOptions()
                .setTableFormatConfig(
                        new BlockBasedTableConfig().setBlockCache(cache).setFilterPolicy(filter))
                .setCompressionType(CompressionType.LZ4_COMPRESSION);
        DBOptions dbOptions = new DBOptions().setCreateIfMissing(true).setCreateMissingColumnFamilies(true);
        List<ColumnFamilyDescriptor> descriptors = new ArrayList<>();
        descriptors.add(new ColumnFamilyDescriptor(RocksDB.DEFAULT_COLUMN_FAMILY, options));
        StoreTables.ALL.forEach(table ->
                descriptors.add(new ColumnFamilyDescriptor(table.name().getBytes(StandardCharsets.UTF_8), options)));
        List<ColumnFamilyHandle> handles = new ArrayList<>();
        this.db = readOnly
                ? RocksDB.openReadOnly(dbOptions, database.toString(), descriptors, handles)
                : RocksDB.open(dbOptions, database.toString(), descriptors, handles);
        for (int i = 0; i < StoreTables.ALL.size(); i++) {
            families.put(StoreTables.ALL.get(i), handles.get(i + 1));
        }
        resources.addAll(handles);
        resources.addAll(List.of(synced, reading, db, dbOptions, options, filter, cache));
    }

    /** A new, empty database. */
    static RawStore create(Path database) throws RocksDBException {
        return new RawStore(database, false);
    }

    /** A second look at a database that somebody else may have open. */
    static RawStore reading(Path database) throws RocksDBException {
        return new RawStore(database, true);
    }

    /** One synced batch. */
    void write(List<BenchRow> rows) {
        try (WriteBatch batch = new WriteBatch()) {
            for (BenchRow row : rows) {
                byte @Nullable [] value = row.value();
                ColumnFamilyHandle family = family(row.table());
                if (value == null) {
                    batch.delete(family, row.key());
                } else {
                    batch.put(family, row.key(), value);
                }
            }
            db.write(synced, batch);
        } catch (RocksDBException e) {
            throw new IllegalStateException(e);
        }
    }

    byte[] get(Table table, byte[] key) {
        try {
            byte @Nullable [] value = db.get(family(table), reading, key);
            if (value == null) {
                throw new IllegalStateException("a row of " + table.name() + " is missing");
            }
            return value;
        } catch (RocksDBException e) {
            throw new IllegalStateException(e);
        }
    }

    private ColumnFamilyHandle family(Table table) {
        ColumnFamilyHandle family = families.get(table);
        if (family == null) {
            throw new IllegalStateException("there is no table " + table.name());
        }
        return family;
    }

    /**
     * Reads every row and hashes its key and value, with as many threads; answers the number of rows.
     *
     * @param ahead bytes that are read ahead, past RocksDB's cache; 0 to leave both to RocksDB
     */
    long hashAll(int threads, long ahead) throws InterruptedException {
        try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
            List<Future<Long>> parts = new ArrayList<>();
            for (Table table : StoreTables.ALL) {
                for (Range range : ranges(table)) {
                    parts.add(pool.submit(() -> hash(table, range, ahead)));
                }
            }
            long rows = 0;
            for (Future<Long> part : parts) {
                rows += part.get();
            }
            return rows;
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Keys {@code from <= key < to}; null is the end of the table. */
    private static final class Range {
        final byte[] from;
        final byte @Nullable [] to;

        Range(byte[] from, byte @Nullable [] to) {
            this.from = from;
            this.to = to;
        }
    }

    /** Accounts are most of what there is, and their ids are spread evenly. */
    private static List<Range> ranges(Table table) {
        return switch (table.name()) {
            case "records", "changes", "heads" -> {
                List<Range> ranges = new ArrayList<>();
                for (int part = 0; part < 8; part++) {
                    byte[] from = part == 0 ? new byte[0] : new byte[] {0, (byte) (part * 32)};
                    byte[] to = part == 7 ? null : new byte[] {0, (byte) ((part + 1) * 32)};
                    ranges.add(new Range(from, to));
                }
                yield ranges;
            }
            default -> List.of(new Range(new byte[0], null));
        };
    }

    private long hash(Table table, Range range, long ahead) {
        try (ReadOptions options = new ReadOptions()
                        .setVerifyChecksums(true)
                        .setFillCache(ahead == 0)
                        .setReadaheadSize(ahead);
                RocksIterator rows = db.newIterator(family(table), options)) {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            long count = 0;
            for (rows.seek(range.from); rows.isValid(); rows.next()) {
                byte[] key = rows.key();
                if (range.to != null && Arrays.compareUnsigned(key, range.to) >= 0) {
                    break;
                }
                sha256.update(key);
                sha256.digest(rows.value());
                count++;
            }
            rows.status();
            return count;
        } catch (RocksDBException | NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        resources.forEach(AbstractNativeReference::close);
    }
}
