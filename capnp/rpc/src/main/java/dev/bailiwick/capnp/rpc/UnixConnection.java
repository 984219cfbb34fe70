package dev.bailiwick.capnp.rpc;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;

/** Connects to vats that listen on Unix-domain sockets. */
public final class UnixConnection {
    private UnixConnection() {}

    /**
     * Connects, offering nothing to the peer.
     *
     * @throws IOException if nobody listens there, or this process may not connect
     */
    public static RpcConnection connect(Path socket) throws IOException {
        return connect(socket, Limits.DEFAULT);
    }

    /** As {@link #connect(Path)}, with other limits to what the peer may take here. */
    public static RpcConnection connect(Path socket, Limits limits) throws IOException {
        IoLoop loop = IoLoop.ofClients();
        return RpcConnection.open(loop, open(socket), limits);
    }

    /**
     * Connects, offering that object to the peer; its reference is closed.
     *
     * @throws IOException if nobody listens there, or this process may not connect
     */
    public static RpcConnection connect(Path socket, CapabilityClient bootstrap, Limits limits) throws IOException {
        try (bootstrap) {
            IoLoop loop = IoLoop.ofClients();
            return RpcConnection.open(loop, open(socket), bootstrap.share(), limits);
        }
    }

    private static SocketChannel open(Path socket) throws IOException {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            channel.connect(UnixDomainSocketAddress.of(socket));
            return channel;
        } catch (IOException | RuntimeException refused) {
            channel.close();
            throw refused;
        }
    }
}
