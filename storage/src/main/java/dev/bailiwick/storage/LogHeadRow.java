package dev.bailiwick.storage;

import java.nio.ByteBuffer;

/**
 * What a log holds and how much of its window is spent.
 *
 * <pre>
 * body = durability:1  nextSequence:8  window:8  windowBytes:8  sessionLines:8  sessionBytes:8  appLines:8  appBytes:8
 * </pre>
 *
 * @param window the start of the newest window anything was written in, in milliseconds since 1970
 * @param windowBytes bytes applications wrote in it
 */
record LogHeadRow(Durability durability, long nextSequence, long window, long windowBytes, Stream session, Stream app) {
    private static final int BYTES = 1 + 7 * Long.BYTES;

    /** What is kept of one source. */
    record Stream(long lines, long bytes) {
        Stream plus(int length) {
            return new Stream(lines + 1, bytes + length);
        }

        Stream minus(int length) {
            return new Stream(lines - 1, bytes - length);
        }
    }

    static LogHeadRow fresh(Durability durability) {
        return new LogHeadRow(durability, 1, 0, 0, new Stream(0, 0), new Stream(0, 0));
    }

    Stream stream(LogSource source) {
        return switch (source) {
            case SESSION -> session;
            case APP -> app;
        };
    }

    LogHeadRow withStream(LogSource source, Stream changed) {
        return switch (source) {
            case SESSION -> new LogHeadRow(durability, nextSequence, window, windowBytes, changed, app);
            case APP -> new LogHeadRow(durability, nextSequence, window, windowBytes, session, changed);
        };
    }

    LogHeadRow withSequence(long next) {
        return new LogHeadRow(durability, next, window, windowBytes, session, app);
    }

    LogHeadRow withWindow(long start, long spent) {
        return new LogHeadRow(durability, nextSequence, start, spent, session, app);
    }

    ByteBuffer body() {
        return ByteBuffer.allocate(BYTES)
                .put((byte) durability.code())
                .putLong(nextSequence)
                .putLong(window)
                .putLong(windowBytes)
                .putLong(session.lines())
                .putLong(session.bytes())
                .putLong(app.lines())
                .putLong(app.bytes())
                .flip();
    }

    static LogHeadRow decode(ByteBuffer body) {
        Body.requireLength(body, BYTES);
        return new LogHeadRow(
                Durability.ofCode(body.get()),
                body.getLong(),
                body.getLong(),
                body.getLong(),
                new Stream(body.getLong(), body.getLong()),
                new Stream(body.getLong(), body.getLong()));
    }
}
