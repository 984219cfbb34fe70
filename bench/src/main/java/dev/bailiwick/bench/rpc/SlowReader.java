package dev.bailiwick.bench.rpc;

import dev.bailiwick.capnp.rpc.Limits;
import dev.bailiwick.capnp.rpc.RpcConnection;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;

/** The receiving half of a socket, which takes its time: a kilobyte every ten milliseconds. */
final class SlowReader implements ReadableByteChannel {
    private static final int BYTES = 1024;
    private static final long PAUSE_NANOS = 10_000_000;

    private final SocketChannel socket;

    private SlowReader(SocketChannel socket) {
        this.socket = socket;
    }

    static RpcConnection connect(Path path) throws IOException {
        SocketChannel socket = SocketChannel.open(StandardProtocolFamily.UNIX);
        socket.connect(UnixDomainSocketAddress.of(path));
        return RpcConnection.open(new SlowReader(socket), socket, Limits.DEFAULT);
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
        LockSupport.parkNanos(PAUSE_NANOS);
        target.limit(Math.min(target.limit(), target.position() + BYTES));
        return socket.read(target);
    }

    @Override
    public boolean isOpen() {
        return socket.isOpen();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
