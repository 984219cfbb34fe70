package dev.bailiwick.capnp.rpc;

import dev.bailiwick.capnp.rpc.wire.Message;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.capnproto.AnyPointer;
import org.capnproto.Text;
import org.jspecify.annotations.Nullable;

/** A peer on a real socket that sends what it likes, byte by byte, and reads what comes back. */
final class Intruder implements AutoCloseable {
    private final SocketChannel channel;
    private final FrameReader frames = new FrameReader(Limits.DEFAULT);
    private final Queue<MessageView> received = new ArrayDeque<>();
    private @Nullable String reason; // of the abort

    Intruder(Path socket) throws IOException {
        channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        channel.connect(UnixDomainSocketAddress.of(socket));
    }

    /** Sends a message; false if the other side has gone. */
    boolean tell(Consumer<Message.Builder> filler) {
        Draft draft = Draft.plain(32);
        filler.accept(draft.root().initAs(Message.factory));
        return send(Streams.bytes(draft));
    }

    /** Sends bytes; false if the other side has gone before it took them all. */
    boolean send(ByteBuffer bytes) {
        try {
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            return true;
        } catch (IOException gone) {
            return false;
        }
    }

    /** Reads until a message that is looked for, or an abort, or the end; empty at the end. */
    Optional<Message.Reader> await(Predicate<Message.Reader> wanted) {
        ByteBuffer input = ByteBuffer.allocate(64 << 10);
        while (true) {
            for (MessageView view = received.poll(); view != null; view = received.poll()) {
                Message.Reader message = new AnyPointer.Reader(view.segment(0), 0, 64).getAs(Message.factory);
                if (message.isAbort()) {
                    reason = message.getAbort().getReason().toString();
                }
                if (message.isAbort() || wanted.test(message)) {
                    return Optional.of(message);
                }
            }
            try {
                if (channel.read(input.clear()) < 0) {
                    return Optional.empty();
                }
            } catch (IOException reset) { // the other side went with bytes of ours unread
                return Optional.empty();
            }
            frames.feed(input.flip(), received::add);
        }
    }

    /** Reads until the abort, if it did not come before; its reason, or what came instead. */
    String awaitAbort() {
        if (reason == null) {
            var _ = await(message -> false);
        }
        return Objects.requireNonNullElse(reason, "the connection was closed without a word");
    }

    /** Whether a bootstrap with that question id is answered: the connection lives. */
    boolean isServed(int question) {
        return tell(message -> message.initBootstrap().setQuestionId(question))
                && await(message -> message.isReturn() && message.getReturn().getAnswerId() == question)
                        .filter(Message.Reader::isReturn)
                        .isPresent();
    }

    /** A text of that many characters, for what takes one. */
    static Text.Reader text(int length) {
        return new Text.Reader("x".repeat(length));
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
