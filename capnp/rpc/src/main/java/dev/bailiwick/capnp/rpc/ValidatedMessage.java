package dev.bailiwick.capnp.rpc;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.capnproto.AnyPointer;
import org.capnproto.DecodeException;
import org.capnproto.FromPointerReader;

/**
 * A message from a file, a database row or anybody at all, safe to be read: it was walked whole before anything else looked at
 * it, as messages of a connection are. The stock runtime's own readers believe what a header claims, and stumble over malformed
 * pointers with whatever exception their buffers throw; here there is one, {@link DecodeException}, both from the methods of this
 * class and from the accessors of what they give.
 *
 * <pre>{@code
 * Slot.Reader slot = ValidatedMessage.framed(ByteBuffer.wrap(bytes), Limits.DEFAULT).root(Slot.factory);
 * }</pre>
 *
 * <p>Of the {@link Limits}, those of a single message count: bytes, segments, nesting, amplification. The buffers are not copied
 * and must not change as long as the message is read. It carries no capabilities: pointers to such read as broken ones.
 *
 * <p>Immutable, hence safe for use by any thread.
 */
public final class ValidatedMessage {
    private final MessageView view;
    private final Limits limits;

    private ValidatedMessage(MessageView view, Limits limits) {
        this.view = view;
        this.limits = limits;
    }

    /**
     * The message at the buffer's position, framed by its table of segments (encoding specification, "Serialization Over a
     * Stream"). The position moves behind it, where the next may begin.
     *
     * @throws DecodeException if it is cut off, malformed or beyond the limits; then the position is as it was
     */
    public static ValidatedMessage framed(ByteBuffer bytes, Limits limits) {
        ByteBuffer frame = bytes.slice().order(ByteOrder.LITTLE_ENDIAN);
        require(frame.remaining() >= 8, "message is cut off in its table of segments");
        long count = Integer.toUnsignedLong(frame.getInt(0)) + 1;
        if (count > limits.segments()) {
            throw new DecodeException(
                    "message of " + count + " segments has more than the limit of " + limits.segments());
        }
        ByteBuffer[] segments = new ByteBuffer[(int) count];
        int start = Frames.headerBytes(segments.length);
        require(frame.remaining() >= start, "message is cut off in its table of segments");
        for (int i = 0; i < segments.length; i++) {
            long size = Integer.toUnsignedLong(frame.getInt(4 + i * 4)) * 8;
            require(size <= frame.remaining() - start, "message is cut off, or longer than it says");
            segments[i] = frame.slice(start, (int) size);
            start += (int) size;
        }
        ValidatedMessage message = segments(limits, segments);
        bytes.position(bytes.position() + start);
        return message;
    }

    /**
     * The message of these segments, each from its buffer's position to its limit.
     *
     * @throws DecodeException if it is malformed or beyond the limits
     */
    public static ValidatedMessage segments(Limits limits, ByteBuffer... segments) {
        require(segments.length > 0, "message has no segments");
        require(
                segments.length <= limits.segments(),
                "message has more segments than the limit of " + limits.segments());
        ByteBuffer[] slices = new ByteBuffer[segments.length];
        long bytes = 0;
        for (int i = 0; i < segments.length; i++) {
            slices[i] = segments[i].slice();
            bytes += slices[i].capacity();
            require(slices[i].capacity() % 8 == 0, "message has a segment that is not a whole number of words");
        }
        if (bytes > limits.messageBytes()) {
            throw new DecodeException(
                    "message of " + bytes + " bytes is longer than the limit of " + limits.messageBytes());
        }
        MessageView view = new MessageView(slices, new CapTable());
        new MessageValidator(limits).validate(view);
        return new ValidatedMessage(view, limits);
    }

    /**
     * The root as what the factory reads: a struct, a list, a text.
     *
     * @throws DecodeException if it is something else
     */
    public <T> T root(FromPointerReader<T> factory) {
        return new AnyPointer.Reader(view.segment(0), 0, limits.nesting()).getAs(factory);
    }

    private static void require(boolean condition, String otherwise) {
        if (!condition) {
            throw new DecodeException(otherwise);
        }
    }
}
