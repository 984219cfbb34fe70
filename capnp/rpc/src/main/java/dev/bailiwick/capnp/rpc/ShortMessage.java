package dev.bailiwick.capnp.rpc;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** A message of two numbers. One goes with every call, so it is made of as little memory as can be. */
final class ShortMessage extends Frame {
    private static final int BYTES = 4 * 8;

    /** Message: which. Values of the protocol's union. */
    private static final int FINISH = 4;

    private static final int RELEASE = 6;

    private final int kind;
    private final long numbers;

    private ShortMessage(int kind, int low, int high) {
        this.kind = kind;
        this.numbers = Integer.toUnsignedLong(low) | ((long) high << 32);
    }

    static ShortMessage finish(int questionId, boolean releaseResultCaps) {
        return new ShortMessage(FINISH, questionId, releaseResultCaps ? 0 : 1); // stored inverted: true is the default
    }

    static ShortMessage release(int importId, int references) {
        return new ShortMessage(RELEASE, importId, references);
    }

    private long word(int index) {
        return switch (index) {
            case 0 -> Wire.struct(0, 1, 1); // root -> Message
            case 1 -> kind; //                 Message: which
            case 2 -> Wire.struct(0, 1, 0); //   -> Finish or Release
            default -> numbers; //             Finish: question, whether not; Release: import, count
        };
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
