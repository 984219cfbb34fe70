package dev.bailiwick.capnp.rpc;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.capnproto.AnyPointer;
import org.capnproto.DecodeException;

/**
 * Fuzz target: a stream of bytes is cut into messages, which are validated, read through every accessor of generated code, and
 * copied. {@link DecodeException} is the only failure allowed.
 */
public final class MessageFuzz {
    private static final Limits LIMITS = Limits.DEFAULT.withMessageBytes(1 << 20);
    private static final int MOST_READS = 1_000;

    private MessageFuzz() {}

    /** Called by the fuzzer, with one input after the other. */
    public static void fuzzerTestOneInput(byte[] input) {
        List<MessageView> views = new ArrayList<>();
        boolean isRefused = false;
        try {
            new FrameReader(LIMITS).feed(ByteBuffer.wrap(input), views::add);
        } catch (DecodeException refused) {
            isRefused = true;
        }
        expectSameVerdict(input, isRefused, views.size());
        for (MessageView view : views) {
            new ReadingAll(MOST_READS).of(new AnyPointer.Reader(view.segment(0), 0, LIMITS.nesting()));
            copy(view);
        }
    }

    /** What a connection takes from a stream, {@link ValidatedMessage} takes from a buffer. */
    private static void expectSameVerdict(byte[] input, boolean isRefused, int messages) {
        ByteBuffer rest = ByteBuffer.wrap(input);
        int read = 0;
        try {
            while (rest.hasRemaining()) {
                ValidatedMessage.framed(rest, LIMITS);
                read++;
            }
        } catch (DecodeException refused) { // or cut off, which a stream takes for a message yet to come
        }
        boolean isWhole = !rest.hasRemaining();
        if (read != messages || (isRefused && isWhole)) {
            throw new AssertionError("a stream gave " + messages + " messages, a buffer " + read);
        }
    }

    private static void copy(MessageView view) {
        Parcel parcel = Parcel.received(view, view.segment(0), 0);
        Draft draft = Draft.call();
        try {
            DeepCopy.content(draft, parcel, ClientHook::addRef);
        } catch (DecodeException tooDeep) { // a list of structs counts twice for whoever reads it
        }
        draft.caps().release();
    }
}
