package dev.bailiwick.accountstore;

import dev.bailiwick.schema.Hash256;
import dev.bailiwick.schema.StoreId;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * The content of an export's first frame, numbers big-endian:
 *
 * <pre>
 *   0  store id          16
 *  16  store epoch        8
 *  24  policy epoch       8
 *  32  journal size       8
 *  40  journal root      32
 *  72  audit size         8
 *  80  audit root        32
 * 112  public key        32   that signs the checkpoint and the export
 * 144  credentials        1   1 if their records are in it, 0 if they are withheld
 * </pre>
 */
record ExportHead(AnchoredHead head, long policyEpoch, CheckpointKey publicKey, boolean hasCredentials) {
    static final int BYTES = 145;

    byte[] encode() {
        return ByteBuffer.allocate(BYTES)
                .put(head.storeId().toBytes())
                .putLong(head.storeEpoch())
                .putLong(policyEpoch)
                .putLong(head.size())
                .put(head.root().toBytes())
                .putLong(head.auditSize())
                .put(head.auditRoot().toBytes())
                .put(publicKey.toBytes())
                .put((byte) (hasCredentials ? 1 : 0))
                .array();
    }

    /** @throws IllegalArgumentException if it is not what {@link #encode} makes */
    static ExportHead decode(byte[] bytes) {
        if (bytes.length != BYTES || bytes[BYTES - 1] < 0 || bytes[BYTES - 1] > 1) {
            throw new IllegalArgumentException("the head is malformed");
        }
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        StoreId store = StoreId.of(next(buffer, 16));
        long storeEpoch = buffer.getLong();
        long policyEpoch = buffer.getLong();
        long size = buffer.getLong();
        Hash256 root = Hash256.of(next(buffer, Hash256.BYTES));
        long auditSize = buffer.getLong();
        Hash256 auditRoot = Hash256.of(next(buffer, Hash256.BYTES));
        return new ExportHead(
                new AnchoredHead(store, storeEpoch, size, root, auditSize, auditRoot),
                policyEpoch,
                CheckpointKey.of(next(buffer, CheckpointKey.BYTES)),
                Arrays.equals(next(buffer, 1), new byte[] {1}));
    }

    private static byte[] next(ByteBuffer from, int count) {
        byte[] bytes = new byte[count];
        from.get(bytes);
        return bytes;
    }
}
