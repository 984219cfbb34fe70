package dev.bailiwick.storage;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;

/**
 * Where a namespace hangs. Its row exists as long as the namespace does, which is what keeps a view of a removed namespace
 * from writing into nowhere.
 *
 * <pre>
 * body = parent:8  depth:2  pathBytes:2  name:rest
 * </pre>
 *
 * @param parent the node it is an entry of; 0 for the root's own namespace
 * @param depth names from the root, 1 or more
 * @param pathBytes UTF-8 bytes of the path from the root
 */
record NodeRow(long parent, int depth, int pathBytes, String name) {
    private static final int FIXED_BYTES = Long.BYTES + 2 * Short.BYTES;

    ByteBuffer body() {
        byte[] utf8 = name.getBytes(UTF_8);
        return ByteBuffer.allocate(FIXED_BYTES + utf8.length)
                .putLong(parent)
                .putShort((short) depth)
                .putShort((short) pathBytes)
                .put(utf8)
                .flip();
    }

    static NodeRow decode(ByteBuffer body) {
        Body.requireAtLeast(body, FIXED_BYTES + 1);
        return new NodeRow(
                body.getLong(),
                Short.toUnsignedInt(body.getShort()),
                Short.toUnsignedInt(body.getShort()),
                Body.text(body));
    }
}
