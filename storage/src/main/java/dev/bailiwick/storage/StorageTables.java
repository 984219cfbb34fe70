package dev.bailiwick.storage;

import dev.bailiwick.engine.Table;
import java.util.List;

/** The tables of namespaces, logs, wrapped keys and shares. Their names are part of the stored format. */
public final class StorageTables {
    static final Table ROOTS = new Table("storage.roots");
    static final Table NODES = new Table("storage.nodes");
    static final Table ENTRIES = new Table("storage.entries");
    static final Table BLOBS = new Table("storage.blobs");
    static final Table CHUNKS = new Table("storage.chunks");
    static final Table PENDING = new Table("storage.pending");
    static final Table SNAPSHOTS = new Table("storage.snapshots");
    static final Table SHARES = new Table("storage.shares");
    static final Table SHARES_RECEIVED = new Table("storage.shares-received");
    static final Table LOG_HEADS = new Table("storage.log-heads");
    static final Table LOG_LINES = new Table("storage.log-lines");

    static final Table KEYS = new Table("storage.keys");

    private static final List<Table> ALL = List.of(
            ROOTS,
            NODES,
            ENTRIES,
            BLOBS,
            CHUNKS,
            PENDING,
            LOG_HEADS,
            LOG_LINES,
            KEYS,
            SNAPSHOTS,
            SHARES,
            SHARES_RECEIVED);

    private StorageTables() {}

    /** Whether a row is as it was written, by its seal: for whoever copies what is left of a damaged store. */
    public static boolean isWhole(Table table, byte[] key, byte[] value) {
        try {
            Seal.open(table, key, value);
            return true;
        } catch (BadRowException damaged) {
            return false;
        }
    }

    /** All of them, for whoever opens the engine. */
    public static List<Table> all() {
        return ALL;
    }
}
