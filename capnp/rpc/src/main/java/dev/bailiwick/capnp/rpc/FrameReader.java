package dev.bailiwick.capnp.rpc;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.Consumer;
import org.capnproto.DecodeException;
import org.jspecify.annotations.Nullable;

/**
 * Cuts a stream of bytes into messages (encoding specification, "Serialization Over a Stream"). Nothing a header claims is
 * believed beyond the limits, and memory is taken as bytes arrive, not as they are announced: none for
 * a header, and for a message at most sixteen times the bytes of it that came, or twice once that is more than 2 MiB.
 *
 * <p>Not thread-safe.
 */
final class FrameReader {
    /** How many times what has come is allocated for what is announced. Each step to more costs a copy of it. */
    private static final long GROWTH = 2;

    /** As {@link #GROWTH}, for what stays below {@link #EAGER_BYTES}: the first full buffer of a socket is enough for all of it. */
    private static final long EAGER_GROWTH = 16;

    /** More than the usual largest piece of a stream, 1 MiB, with the message around it. */
    private static final long EAGER_BYTES = 2 << 20;

    private final Limits limits;
    private final MessageValidator validator;
    private final @Nullable BufferPool pool;
    private ByteBuffer header = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
    private @Nullable ByteBuffer body; // null until its first byte comes
    private @Nullable OffHeap memory; // that the body lies in; null if that is the heap's
    private int bodyBytes;
    private boolean headerComplete;

    /** Where short messages are read, one after another; null if each is to have memory of its own. */
    private final @Nullable ByteBuffer shortBody;

    private final @Nullable MessageView shortView;

    /** A reader that takes memory as it needs it. */
    FrameReader(Limits limits) {
        this(limits, null, null);
    }

    /**
     * A reader for a vat: it takes the memory for large messages from that pool, and a {@linkplain ShortMessage#isOne short} one is
     * gone when it was passed on, for a vat keeps none of them.
     */
    static FrameReader forVat(Limits limits, BufferPool pool) {
        return new FrameReader(
                limits, pool, ByteBuffer.allocate(ShortMessage.BYTES).order(ByteOrder.LITTLE_ENDIAN));
    }

    private FrameReader(Limits limits, @Nullable BufferPool pool, @Nullable ByteBuffer shortBody) {
        this.limits = limits;
        this.pool = pool;
        this.validator = new MessageValidator(limits);
        this.shortBody = shortBody;
        this.shortView = shortBody == null ? null : new MessageView(shortBody);
    }

    /**
     * Takes all bytes of the input, and passes on each message that they complete.
     *
     * @throws DecodeException if the stream is malformed or beyond the limits; it cannot be read further
     */
    void feed(ByteBuffer input, Consumer<MessageView> messages) {
        while (input.hasRemaining()) {
            if (headerComplete) {
                ByteBuffer filling = room(input.remaining());
                transfer(input, filling);
                if (filling.position() == bodyBytes) {
                    finish(filling, messages);
                }
            } else {
                transfer(input, header);
                if (!header.hasRemaining()) {
                    headerFilled(messages);
                }
            }
        }
    }

    /**
     * Where bytes that come next may be put without being fed, which spares a copy of them; null if they are to be fed. They are
     * to be told by {@link #filled}.
     */
    @Nullable
    ByteBuffer direct() {
        ByteBuffer filling = body;
        return memory != null && filling != null && filling.hasRemaining() ? filling : null;
    }

    /**
     * Takes what was put where {@link #direct} said.
     *
     * @throws DecodeException as {@link #feed}
     */
    void filled(Consumer<MessageView> messages) {
        ByteBuffer filling = body;
        if (filling != null && filling.position() == bodyBytes) {
            finish(filling, messages);
        }
    }

    /** Bytes of memory that wait for the rest of a message. */
    int incomplete() {
        ByteBuffer filling = body;
        return header.capacity() + (filling == null ? 0 : filling.capacity());
    }

    /** Forgets the message of which a part has come; nothing may be fed after that. */
    void drop() {
        body = null;
        OffHeap dropped = memory;
        memory = null;
        if (dropped != null) {
            dropped.release();
        }
    }

    /** Whether the stream may end here without cutting a message in two. */
    boolean isBetweenMessages() {
        return !headerComplete && header.position() == 0;
    }

    private static void transfer(ByteBuffer from, ByteBuffer to) {
        int count = Math.min(from.remaining(), to.remaining());
        to.put(to.position(), from, from.position(), count);
        to.position(to.position() + count);
        from.position(from.position() + count);
    }

    private void headerFilled(Consumer<MessageView> messages) {
        int segments = segments();
        int needed = Frames.headerBytes(segments);
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
        headerComplete = true;
        if (bodyBytes == 0) {
            finish(ByteBuffer.allocate(0), messages);
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

    /** A buffer with room for some of the bytes that are here, no larger than what came so far allows. */
    private ByteBuffer room(int arriving) {
        ByteBuffer old = body;
        if (old != null && old.hasRemaining()) {
            return old;
        }
        if (bodyBytes == ShortMessage.BYTES && shortBody != null) {
            body = shortBody.clear();
            return shortBody;
        }
        int received = old == null ? 0 : old.position();
        long come = (long) received + arriving;
        long allowed = Math.max(Math.min(come * EAGER_GROWTH, EAGER_BYTES), come * GROWTH);
        int size = (int) Math.min(bodyBytes, allowed);
        OffHeap outside = pool == null ? OffHeap.zeroed(size) : OffHeap.toBeFilled(size, pool);
        ByteBuffer larger =
                outside == null ? ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN) : outside.bytes();
        if (old != null) {
            larger.put(0, old, 0, received).position(received);
        }
        drop();
        body = larger;
        memory = outside;
        return larger;
    }

    private void finish(ByteBuffer filled, Consumer<MessageView> messages) {
        int segments = segments();
        OffHeap outside = memory;
        MessageView view = view(filled, segments, outside);
        body = null;
        memory = null;
        headerComplete = false;
        if (header.capacity() > 8) {
            header = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
        } else {
            header.clear();
        }
        try {
            validator.validate(view);
            messages.accept(view);
        } finally {
            view.release(); // whoever keeps the message has retained it
        }
    }

    private MessageView view(ByteBuffer filled, int segments, @Nullable OffHeap outside) {
        ByteBuffer own = filled;
        if (shortView != null && bodyBytes == ShortMessage.BYTES) {
            if (segments == 1 && ShortMessage.isOne(filled)) {
                return shortView;
            }
            own = ByteBuffer.allocate(bodyBytes).order(ByteOrder.LITTLE_ENDIAN).put(0, filled, 0, bodyBytes);
        }
        return segments == 1 && own.capacity() == bodyBytes && outside == null
                ? new MessageView(own.clear())
                : new MessageView(slices(own, segments), outside);
    }

    private ByteBuffer[] slices(ByteBuffer filled, int segments) {
        ByteBuffer[] slices = new ByteBuffer[segments];
        int start = 0;
        for (int i = 0; i < segments; i++) {
            int bytes = header.getInt(4 + i * 4) * 8;
            slices[i] = filled.slice(start, bytes);
            start += bytes;
        }
        return slices;
    }
}
