package dev.bailiwick.torture;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.DBOptions;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;

/** A store's tables as RocksDB alone sees them: whoever holds the files can write any row anywhere. */
final class RawRows implements AutoCloseable {
    /** Those whose rows are records, or say which record is the newest, or are the chains. */
    private static final List<String> TABLES = List.of("records", "heads", "journal", "audit");

    private final RocksDB db;
    private final DBOptions options;
    private final List<ColumnFamilyHandle> families;

    private RawRows(RocksDB db, DBOptions options, List<ColumnFamilyHandle> families) {
        this.db = db;
        this.options = options;
        this.families = families;
    }

    static RawRows open(Path database) throws RocksDBException {
        RocksDB.loadLibrary();
        List<ColumnFamilyDescriptor> descriptors = new ArrayList<>();
        try (Options listing = new Options()) {
            for (byte[] name : RocksDB.listColumnFamilies(listing, database.toString())) {
                descriptors.add(new ColumnFamilyDescriptor(name));
            }
        }
        List<ColumnFamilyHandle> families = new ArrayList<>();
        DBOptions options = new DBOptions();
        return new RawRows(RocksDB.open(options, database.toString(), descriptors, families), options, families);
    }

    /** Copies the value of one row to another row of the same table, and answers what it did. Never writes what is there already. */
    String splice(SplittableRandom random) throws RocksDBException {
        String table = TABLES.get(random.nextInt(TABLES.size()));
        ColumnFamilyHandle family = family(table);
        List<byte[]> keys = new ArrayList<>();
        List<byte[]> values = new ArrayList<>();
        try (RocksIterator rows = db.newIterator(family)) {
            for (rows.seekToFirst(); rows.isValid(); rows.next()) {
                keys.add(rows.key());
                values.add(rows.value());
            }
        }
        int from;
        int to;
        do {
            from = random.nextInt(keys.size());
            to = random.nextInt(keys.size());
        } while (Arrays.equals(values.get(from), values.get(to)));
        db.put(family, keys.get(to), values.get(from));
        HexFormat hex = HexFormat.of();
        return "in " + table + " the value of " + hex.formatHex(keys.get(from)) + " written to "
                + hex.formatHex(keys.get(to));
    }

    private ColumnFamilyHandle family(String table) throws RocksDBException {
        for (ColumnFamilyHandle family : families) {
            if (new String(family.getName(), StandardCharsets.UTF_8).equals(table)) {
                return family;
            }
        }
        throw new IllegalStateException("the store has no table " + table);
    }

    @Override
    public void close() {
        families.forEach(ColumnFamilyHandle::close);
        db.close();
        options.close();
    }
}
