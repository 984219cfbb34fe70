package dev.bailiwick.capnp.rpc;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channel;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import org.capnproto.DecodeException;

/**
 * Moves bytes over any pair of blocking channels: one virtual thread reads, and one writes while there is something to write.
 */
final class ThreadTransport extends Transport {
    /** Bytes read at once. Small, for every idle connection keeps such a buffer. */
    private static final int READ_BYTES = 4096;

    private final ReadableByteChannel in;
    private final WritableByteChannel out;
    private final ChannelWriter writer;
    private final FrameReader frames;

    private ThreadTransport(ReadableByteChannel in, WritableByteChannel out, ClientHook ownedBootstrap, Limits limits) {
        super(ownedBootstrap, limits, ListenerBudget.unbounded());
        this.in = in;
        this.out = out;
        this.frames = new FrameReader(limits);
        this.writer = new ChannelWriter(out, vat()::drained, this::writingFailed, this::finish);
        var _ = writer.finished().thenRun(this::writingEnded);
    }

    static Transport start(ReadableByteChannel in, WritableByteChannel out, ClientHook bootstrap, Limits limits) {
        ThreadTransport transport = new ThreadTransport(in, out, bootstrap, limits);
        Thread.ofVirtual().name("capnp-reader").start(transport::read);
        return transport;
    }

    @Override
    public void send(Frame message) {
        writer.send(message);
    }

    @Override
    public long backlog() {
        return writer.backlog();
    }

    @Override
    public void end() {
        writer.end();
    }

    private void read() {
        ByteBuffer input = ByteBuffer.allocate(READ_BYTES);
        VatConnection vat = vat();
        try {
            while (vat.closedBecause() == null) {
                vat.awaitReadable();
                input.clear();
                if (in.read(input) < 0) {
                    peerClosed(frames);
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

    @Override
    void closeChannels() {
        closeQuietly(in);
        closeQuietly(out);
    }

    private static void closeQuietly(Channel channel) {
        try {
            channel.close();
        } catch (IOException ignored) { // it is gone either way
        }
    }
}
