package dev.bailiwick.capnp.rpc;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.Consumer;
import org.capnproto.DecodeException;
import org.jspecify.annotations.Nullable;

/**
 * Cuts a stream of bytes into messages (encoding specification, "Serialization Over a Stream"). Nothing a header claims is
 * believed beyond the limits, and memory is taken as bytes arrive, not as they are announced.
 *
 * <p>Not thread-safe.
 */
final class FrameReader {
    /** The most that is allocated for a message none of whose bytes has come yet. */
    private static final int FIRST_BYTES = 128 << 10;

    /** How many times what has come may be allocated for what is announced; each step costs a copy. */
    private static final long GROWTH = 8;

    private final Limits limits;
    private ByteBuffer header = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
    private @Nullable ByteBuffer body;
    private int bodyBytes;

    FrameReader(Limits limits) {
        this.limits = limits;
    }

    /**
     * Takes all bytes of the input, and passes on each message that they complete.
     *
     * @throws DecodeException if the stream is malformed or beyond the limits; it cannot be read further
     */
    void feed(ByteBuffer input, Consumer<MessageView> messages) {
        while (input.hasRemaining()) {
            ByteBuffer filling = body;
            if (filling == null) {
                transfer(input, header);
                if (!header.hasRemaining()) {
                    headerFilled(messages);
                }
            } else {
                if (!filling.hasRemaining()) {
                    filling = grow(filling);
                }
                transfer(input, filling);
                if (filling.position() == bodyBytes) {
                    finish(filling, messages);
                }
            }
        }
    }

    /** Whether the stream may end here without cutting a message in two. */
    boolean isBetweenMessages() {
        return body == null && header.position() == 0;
    }

    private static void transfer(ByteBuffer from, ByteBuffer to) {
        int count = Math.min(from.remaining(), to.remaining());
        to.put(to.position(), from, from.position(), count);
        to.position(to.position() + count);
        from.position(from.position() + count);
    }

    private void headerFilled(Consumer<MessageView> messages) {
        int segments = segments();
        int needed = headerBytes(segments);
        if (header.capacity() < needed) {
            header = ByteBuffer.allocate(needed)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .put(0, header, 0, 8)
                    .position(8);
            return;
        }
        long words = 0;
        for (int i = 0; i < segments; i++) {
            words += Integer.toUnsignedLong(header.getInt(4 + i * 4));
        }
        if (words * 8 > limits.messageBytes()) {
            throw new DecodeException("message of " + words * 8 + " bytes is longer than the limit of "
                    + limits.messageBytes() + "; send it in parts");
        }
        bodyBytes = (int) words * 8;
        ByteBuffer empty = ByteBuffer.allocate(Math.min(bodyBytes, FIRST_BYTES)).order(ByteOrder.LITTLE_ENDIAN);
        if (bodyBytes == 0) {
            finish(empty, messages);
        } else {
            body = empty;
        }
    }

    private int segments() {
        long segments = Integer.toUnsignedLong(header.getInt(0)) + 1;
        if (segments > limits.segments()) {
            throw new DecodeException(
                    "message of " + segments + " segments has more than the limit of " + limits.segments());
        }
        return (int) segments;
    }

    private static int headerBytes(int segments) {
        return (4 + segments * 4 + 7) & ~7;
    }

    private ByteBuffer grow(ByteBuffer full) {
        int capacity = (int) Math.min(bodyBytes, full.capacity() * GROWTH);
        ByteBuffer larger = ByteBuffer.allocate(capacity).order(ByteOrder.LITTLE_ENDIAN);
        larger.put(0, full, 0, full.capacity()).position(full.capacity());
        body = larger;
        return larger;
    }

    private void finish(ByteBuffer filled, Consumer<MessageView> messages) {
        ByteBuffer[] slices = new ByteBuffer[segments()];
        int start = 0;
        for (int i = 0; i < slices.length; i++) {
            int bytes = header.getInt(4 + i * 4) * 8;
            slices[i] = filled.slice(start, bytes);
            start += bytes;
        }
        body = null;
        if (header.capacity() > 8) {
            header = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
        } else {
            header.clear();
        }
        MessageView view = new MessageView(slices, new CapTable());
        MessageValidator.validate(view, limits);
        messages.accept(view);
    }
}
