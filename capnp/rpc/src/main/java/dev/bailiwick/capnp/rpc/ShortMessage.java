package dev.bailiwick.capnp.rpc;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A message of two numbers. One goes with every call, so none is made for each: nobody keeps them once they are written, and then
 * they are used again. For the same reason a peer's need no memory of their own ({@link FrameReader}).
 */
final class ShortMessage extends Frame {
    /** Of a message of this form, which is that of every implementation which writes nothing but what the schema says. */
    static final int BYTES = 4 * 8;

    /** Message: which. Values of the protocol's union. */
    private static final int FINISH = 4;

    private static final int RELEASE = 6;
    private static final long ROOT = Wire.struct(0, 1, 1); // root -> Message
    private static final long BODY = Wire.struct(0, 1, 0); // Message -> Finish or Release

    private final Spare spare;
    private int kind;
    private long numbers;

    private ShortMessage(Spare spare) {
        this.spare = spare;
    }

    /** Makes messages, and takes them back: one is enough if each is written before the next is made. Safe for use by any thread. */
    static final class Spare {
        private final AtomicReference<@Nullable ShortMessage> written = new AtomicReference<>();

        ShortMessage finish(int questionId, boolean releaseResultCaps) {
            return message(FINISH, questionId, releaseResultCaps ? 0 : 1); // stored inverted: true is the default
        }

        ShortMessage release(int importId, int references) {
            return message(RELEASE, importId, references);
        }

        private ShortMessage message(int kind, int low, int high) {
            ShortMessage message = written.getAndSet(null);
            if (message == null) {
                message = new ShortMessage(this);
            }
            message.kind = kind;
            message.numbers = Integer.toUnsignedLong(low) | ((long) high << 32);
            return message;
        }
    }

    /** Whether a message of that size, of one segment, is one of these: then nobody keeps it. */
    static boolean isOne(ByteBuffer message) {
        if (message.getLong(0) != ROOT || message.getLong(16) != BODY) {
            return false;
        }
        short which = message.getShort(8);
        return which == FINISH || which == RELEASE;
    }

    private long word(int index) {
        return switch (index) {
            case 0 -> ROOT;
            case 1 -> kind; //                 Message: which
            case 2 -> BODY;
            default -> numbers; //             Finish: question, whether not; Release: import, count
        };
    }

    /** Whoever it was sent to has written it, or will not. */
    @Override
    void release() {
        spare.written.set(this);
    }

    @Override
    int segmentCount() {
        return 1;
    }

    @Override
    int segmentBytes(int segment) {
        return BYTES;
    }

    @Override
    int writeSegment(int segment, int offset, ByteBuffer to) {
        int count = Math.min(BYTES - offset, to.remaining());
        for (int i = offset; i < offset + count; i++) {
            to.put((byte) (word(i >>> 3) >>> ((i & 7) * 8)));
        }
        return count;
    }

    @Override
    ByteBuffer[] segments() {
        ByteBuffer bytes = ByteBuffer.allocate(BYTES).order(ByteOrder.LITTLE_ENDIAN);
        writeSegment(0, 0, bytes);
        return new ByteBuffer[] {bytes.flip()};
    }
}
