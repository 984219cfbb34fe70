package dev.bailiwick.storage;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;

/**
 * One stored line.
 *
 * <pre>
 * body = timeMs:8  text:rest
 * </pre>
 */
record LogLineRow(long timeMs, String text) {
    ByteBuffer body() {
        byte[] utf8 = text.getBytes(UTF_8);
        return ByteBuffer.allocate(Long.BYTES + utf8.length)
                .putLong(timeMs)
                .put(utf8)
                .flip();
    }

    static LogLineRow decode(ByteBuffer body) {
        Body.requireAtLeast(body, Long.BYTES);
        return new LogLineRow(body.getLong(), Body.text(body));
    }

    /** UTF-8 bytes of a sealed row's text, without opening it. */
    static int textBytes(byte[] sealed) {
        return Math.max(0, sealed.length - 1 - Long.BYTES - Sha256.BYTES);
    }
}
