package dev.bailiwick.capnp.rpc;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channel;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.capnproto.DecodeException;

/**
 * A connection to another vat over a pair of byte channels: a Unix-domain socket ({@link UnixConnection},
 * {@link UnixListener}), a TCP socket, TLS, a pipe. Takes one virtual thread for reading, and one for writing while there is
 * something to write.
 *
 * <p>Safe for use by any thread.
 */
public final class RpcConnection implements AutoCloseable {
    /** Bytes read at once. Small, for every idle connection keeps such a buffer. */
    private static final int READ_BYTES = 4096;

    /** How long the last messages, an abort's reason among them, may take to go out once a connection was ended. */
    private static final long LINGER_SECONDS = 2;

    private final ReadableByteChannel in;
    private final WritableByteChannel out;
    private final ChannelWriter writer;
    private final VatConnection vat;
    private final FrameReader frames;
    private final CompletableFuture<RpcException> ended = new CompletableFuture<>();

    private RpcConnection(ReadableByteChannel in, WritableByteChannel out, ClientHook ownedBootstrap, Limits limits) {
        this.in = in;
        this.out = out;
        this.writer = new ChannelWriter(out, this::drained, this::finish);
        this.vat = new VatConnection(ownedBootstrap, writer, limits);
        this.frames = new FrameReader(limits);
    }

    /**
     * Starts a connection that offers nothing to the peer. The channels must block, and belong to the connection, which closes
     * them; they may be one object.
     */
    public static RpcConnection open(ReadableByteChannel in, WritableByteChannel out, Limits limits) {
        return start(in, out, new BrokenClient(RpcException.unimplemented("this side offers no capability")), limits);
    }

    /** As {@link #open(ReadableByteChannel, WritableByteChannel, Limits)}, and offers that object; closes its reference. */
    public static RpcConnection open(
            ReadableByteChannel in, WritableByteChannel out, CapabilityClient bootstrap, Limits limits) {
        try (bootstrap) {
            return start(in, out, bootstrap.hook().addRef(), limits);
        }
    }

    private static RpcConnection start(
            ReadableByteChannel in, WritableByteChannel out, ClientHook bootstrap, Limits limits) {
        RpcConnection connection = new RpcConnection(in, out, bootstrap, limits);
        Thread.ofVirtual().name("capnp-reader").start(connection::read);
        return connection;
    }

    /**
     * The object the peer offers, as a client that the caller closes. Returns at once: calls on it may be made before the peer
     * has answered.
     */
    public <T extends CapabilityClient> T bootstrap(CapabilityFactory<T> factory) {
        return factory.client(vat.bootstrap());
    }

    /** Ends the connection: all that depends on it fails as disconnected. Does nothing the second time. */
    @Override
    public void close() {
        vat.close(RpcException.disconnected("connection was closed"));
    }

    /** Completes with the reason when the connection has ended, whichever side ended it, and its channels are closed. */
    public CompletionStage<RpcException> ended() {
        return ended;
    }

    VatConnection vat() {
        return vat;
    }

    private void drained() {
        vat.drained();
    }

    private void read() {
        ByteBuffer input = ByteBuffer.allocate(READ_BYTES);
        try {
            while (vat.closedBecause() == null) {
                vat.awaitReadable();
                input.clear();
                if (in.read(input) < 0) {
                    vat.close(RpcException.disconnected(
                            frames.isBetweenMessages()
                                    ? "peer closed the connection"
                                    : "peer closed the connection in the middle of a message"));
                } else {
                    frames.feed(input.flip(), vat::handle);
                }
            }
        } catch (DecodeException malformed) {
            vat.abort("malformed message: " + malformed.getMessage());
        } catch (IOException broken) {
            vat.close(RpcException.disconnected("connection broke: " + broken.getMessage()));
        } catch (RuntimeException unforeseen) { // whatever bytes set off must cost their sender, and nobody else
            vat.abort(RpcException.of(unforeseen).reason());
        } finally {
            vat.close(RpcException.disconnected("connection ended"));
        }
    }

    /** Closes the channels once the last messages are out, or have had their time; called when the connection has ended. */
    private void finish() {
        var _ = writer.finished().orTimeout(LINGER_SECONDS, TimeUnit.SECONDS).whenComplete((ignored, late) -> {
            closeQuietly(in);
            closeQuietly(out);
            RpcException reason = vat.closedBecause();
            ended.complete(reason != null ? reason : RpcException.disconnected("connection ended"));
        });
    }

    private static void closeQuietly(Channel channel) {
        try {
            channel.close();
        } catch (IOException ignored) { // it is gone either way
        }
    }
}
