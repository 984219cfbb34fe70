package dev.bailiwick.accountstore;

import dev.bailiwick.engine.View;
import dev.bailiwick.schema.StoreId;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The facts about a store as a whole, one row of {@code META} each, beside the heads of the two chains.
 *
 * @param format layout of everything in the tables; another one is refused
 * @param storeId the id of the transaction that initialised the store
 * @param storeEpoch that of the last journal entry, from 1
 * @param policyEpoch from 1; 0 only until the seeds, which move it, are written
 */
record Meta(long format, StoreId storeId, long storeEpoch, long policyEpoch) {
    /** The layout that {@code docs/format.md} describes. */
    static final long FORMAT = 2;

    static final String FORMAT_KEY = "format";
    static final String STORE_ID_KEY = "store-id";
    static final String STORE_EPOCH_KEY = "store-epoch";
    static final String POLICY_EPOCH_KEY = "policy-epoch";
    static final String PUBLIC_KEY_KEY = "public-key";

    static Meta load(View view) {
        long format = number(view, FORMAT_KEY);
        if (format != FORMAT) {
            throw new CorruptStoreException("store", "its format " + format + " is not known to this build");
        }
        byte[] id = row(view, STORE_ID_KEY);
        if (id.length != 16) {
            throw new CorruptStoreException("store id", "it has the wrong length");
        }
        return new Meta(format, StoreId.of(id), number(view, STORE_EPOCH_KEY), number(view, POLICY_EPOCH_KEY));
    }

    static byte[] row(View view, String key) {
        byte @Nullable [] row = view.get(StoreTables.META, Keys.utf8(key));
        if (row == null) {
            throw new CorruptStoreException("store", "its " + key + " is missing");
        }
        return row;
    }

    static long number(View view, String key) {
        byte[] row = row(view, key);
        if (row.length != Long.BYTES) {
            throw new CorruptStoreException("store", "its " + key + " has the wrong length");
        }
        return ByteBuffer.wrap(row).getLong();
    }

    /** The key that signs for the store. */
    static CheckpointKey publicKey(View view) {
        byte[] row = row(view, PUBLIC_KEY_KEY);
        if (row.length != CheckpointKey.BYTES) {
            throw new CorruptStoreException("store", "its " + PUBLIC_KEY_KEY + " has the wrong length");
        }
        return CheckpointKey.of(row);
    }

    static void writePublicKey(CheckpointKey key, Rows rows) {
        rows.put(StoreTables.META, Keys.utf8(PUBLIC_KEY_KEY), key.toBytes());
    }

    void write(Rows rows) {
        rows.put(StoreTables.META, Keys.utf8(FORMAT_KEY), Keys.number(format));
        rows.put(StoreTables.META, Keys.utf8(STORE_ID_KEY), storeId.toBytes());
        rows.put(StoreTables.META, Keys.utf8(STORE_EPOCH_KEY), Keys.number(storeEpoch));
        writePolicyEpoch(policyEpoch, rows);
    }

    static void writePolicyEpoch(long policyEpoch, Rows rows) {
        rows.put(StoreTables.META, Keys.utf8(POLICY_EPOCH_KEY), Keys.number(policyEpoch));
    }
}
