package dev.bailiwick.cli;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/**
 * A socket before the daemon's that keeps back every byte of the daemon's until the client has made so many calls. A client that needs an
 * answer before it can make all of them waits for ever: what goes through took one round trip. For one connection.
 */
final class HoldingRelay implements AutoCloseable {
    /** {@code Message.call} in rpc.capnp. */
    private static final short CALL = 2;

    private static final int WORD = 8;

    private final ServerSocketChannel listener;
    private final Path daemon;
    private final int wanted;
    private final CountDownLatch gate = new CountDownLatch(1);
    private final List<Long> calls = new ArrayList<>(); // guarded by this

    private HoldingRelay(ServerSocketChannel listener, Path daemon, int wanted) {
        this.listener = listener;
        this.daemon = daemon;
        this.wanted = wanted;
    }

    /** Listens at that socket, and keeps back what the daemon answers until {@code wanted} calls were made. */
    static HoldingRelay at(Path socket, Path daemon, int wanted) throws IOException {
        ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        listener.bind(UnixDomainSocketAddress.of(socket));
        HoldingRelay relay = new HoldingRelay(listener, daemon, wanted);
        Thread.ofVirtual().name("relay").start(relay::serve);
        return relay;
    }

    /** The interfaces of the calls that were made, in their order. */
    synchronized List<Long> calls() {
        return List.copyOf(calls);
    }

    private void serve() {
        try (SocketChannel client = listener.accept();
                SocketChannel server = SocketChannel.open(UnixDomainSocketAddress.of(daemon))) {
            Thread answers = Thread.ofVirtual().name("relay back").start(() -> bringBack(server, client));
            carry(client, server);
            gate.countDown();
            server.shutdownOutput();
            answers.join();
        } catch (IOException closed) {
            // The client or the test has gone.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void bringBack(SocketChannel server, SocketChannel client) {
        try {
            gate.await();
            Channels.newInputStream(server).transferTo(Channels.newOutputStream(client));
        } catch (IOException gone) {
            // Nobody is there to read it.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void carry(SocketChannel client, SocketChannel server) throws IOException {
        DataInputStream in = new DataInputStream(Channels.newInputStream(client));
        OutputStream out = Channels.newOutputStream(server);
        for (int first = in.read(); first >= 0; first = in.read()) {
            byte[] message = message(in, first);
            note(message);
            out.write(message);
            out.flush();
        }
    }

    /** One message in the stream's framing: the number of segments less one, their sizes in words, padding, the segments. */
    private static byte[] message(DataInputStream in, int first) throws IOException {
        byte[] count = new byte[4];
        count[0] = (byte) first;
        in.readFully(count, 1, 3);
        int segments = little(count).getInt() + 1;
        byte[] sizes = in.readNBytes((segments / 2 * 2 + 1) * 4);
        int words = 0;
        for (int i = 0; i < segments; i++) {
            words += little(sizes).getInt(4 * i);
        }
        byte[] body = in.readNBytes(words * WORD);
        return ByteBuffer.allocate(count.length + sizes.length + body.length)
                .put(count)
                .put(sizes)
                .put(body)
                .array();
    }

    private synchronized void note(byte[] message) {
        ByteBuffer all = little(message);
        int header = (all.getInt(0) / 2 + 1) * WORD;
        int data = target(all, header);
        if (all.getShort(data) == CALL) {
            // The union's one word of data, then its one pointer: to a call, whose second word is the interface.
            calls.add(all.getLong(target(all, data + WORD) + WORD));
        }
        if (calls.size() == wanted) {
            gate.countDown();
        }
    }

    /** Where the struct begins that the pointer at that byte leads to. */
    private static int target(ByteBuffer message, int pointer) {
        int offset = message.getInt(pointer);
        if ((offset & 3) != 0) {
            throw new UncheckedIOException(new IOException("the relay reads messages of one segment only"));
        }
        return pointer + WORD + (offset >> 2) * WORD;
    }

    private static ByteBuffer little(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    @Override
    public void close() throws IOException {
        gate.countDown();
        listener.close();
    }
}
