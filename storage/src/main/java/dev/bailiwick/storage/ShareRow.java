package dev.bailiwick.storage;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.bailiwick.schema.Id128;
import dev.bailiwick.schema.PrincipalId;
import dev.bailiwick.schema.RootId;
import java.nio.ByteBuffer;

/**
 * The row of a share; its key is the owner and the share's id.
 *
 * <pre>
 * body = recipient:16  root:16  node:8  access:1  createdAtMs:8  expiresAtMs:8  path:rest
 * </pre>
 */
final class ShareRow {
    private static final int FIXED_BYTES = 2 * Id128.BYTES + 1 + 3 * Long.BYTES;
    private static final byte FULL = 1;
    private static final byte READ_ONLY = 2;

    private ShareRow() {}

    /** owner:16 id:16, or in the other table recipient:16 id:16 */
    static byte[] key(PrincipalId principal, Id128 id) {
        return ByteBuffer.allocate(2 * Id128.BYTES)
                .put(principal.toBytes())
                .put(id.toBytes())
                .array();
    }

    static Id128 idOf(byte[] key) {
        byte[] id = new byte[Id128.BYTES];
        System.arraycopy(key, Id128.BYTES, id, 0, Id128.BYTES);
        return Id128.of(id);
    }

    static ByteBuffer body(Share share) {
        byte[] path = share.path().getBytes(UTF_8);
        return ByteBuffer.allocate(FIXED_BYTES + path.length)
                .put(share.recipient().toBytes())
                .put(share.root().toBytes())
                .putLong(share.node())
                .put(share.readOnly() ? READ_ONLY : FULL)
                .putLong(share.createdAtMs())
                .putLong(share.expiresAtMs())
                .put(path)
                .flip();
    }

    static Share decode(PrincipalId owner, byte[] key, ByteBuffer body) {
        Body.requireAtLeast(body, FIXED_BYTES);
        PrincipalId recipient = PrincipalId.of(Body.bytes(body, Id128.BYTES));
        RootId root = RootId.of(Body.bytes(body, Id128.BYTES));
        long node = body.getLong();
        byte access = body.get();
        if (access != FULL && access != READ_ONLY) {
            throw new BadRowException("unknown access " + access + " of a share");
        }
        long createdAtMs = body.getLong();
        long expiresAtMs = body.getLong();
        return new Share(
                idOf(key),
                owner,
                recipient,
                root,
                node,
                Body.text(body),
                access == READ_ONLY,
                createdAtMs,
                expiresAtMs);
    }
}
