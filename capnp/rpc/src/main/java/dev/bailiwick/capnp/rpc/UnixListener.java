package dev.bailiwick.capnp.rpc;

import java.io.IOException;
import java.net.BindException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Serves vats that connect to a Unix-domain socket. Each connection gets the object that the factory makes for its peer, and
 * fails alone. Takes three platform threads, however many connect. Safe for use by any thread.
 */
public final class UnixListener implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(UnixListener.class.getName());

    private final Path socket;
    private final ServerSocketChannel server;
    private final IoLoop loop;
    private final BootstrapFactory factory;
    private final Limits limits;
    private final int mostConnections;
    private final Set<RpcConnection> connections = ConcurrentHashMap.newKeySet();
    private final PeerCredentialsReader credentials = new PeerCredentialsReader(new SecureRandom());

    /** Makes the object that a connection offers to its peer. */
    @FunctionalInterface
    public interface BootstrapFactory {
        /**
         * The object for that peer, with a reference that the connection closes when it ends. Called on the accepting thread:
         * what takes long belongs into the object's methods.
         */
        CapabilityClient bootstrap(PeerCredentials peer);
    }

    private UnixListener(
            Path socket,
            ServerSocketChannel server,
            IoLoop loop,
            BootstrapFactory factory,
            Limits limits,
            int mostConnections) {
        this.socket = socket;
        this.server = server;
        this.loop = loop;
        this.factory = factory;
        this.limits = limits;
        this.mostConnections = mostConnections;
    }

    /**
     * Listens on a socket. The file appears complete, with its permissions, or not at all; one that was left behind by a process
     * that is gone is replaced.
     *
     * @param socket where; at most about 90 bytes long, which is the kernel's limit less a suffix
     * @param permissions who may connect: on Linux, those who may write
     * @param limits what each peer may take
     * @param mostConnections connections at a time, at least 1; beyond, a peer is disconnected at once
     * @throws BindException if somebody listens there
     * @throws IOException if the file cannot be made
     */
    public static UnixListener open(
            Path socket,
            Set<PosixFilePermission> permissions,
            BootstrapFactory factory,
            Limits limits,
            int mostConnections)
            throws IOException {
        if (isListenedOn(socket)) {
            throw new BindException("somebody already listens on " + socket + "; stop it or choose another socket");
        }
        Path fresh = socket.resolveSibling(socket.getFileName() + ".new");
        Files.deleteIfExists(fresh);
        ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        IoLoop loop;
        try {
            server.bind(UnixDomainSocketAddress.of(fresh));
            Files.setPosixFilePermissions(fresh, permissions);
            Files.move(fresh, socket, StandardCopyOption.ATOMIC_MOVE);
            loop = IoLoop.start("capnp-io");
        } catch (IOException refused) {
            server.close();
            Files.deleteIfExists(fresh);
            throw refused;
        }
        UnixListener listener = new UnixListener(socket, server, loop, factory, limits, mostConnections);
        Thread.ofPlatform().daemon().name("capnp-accept").start(listener::accept);
        return listener;
    }

    private static boolean isListenedOn(Path socket) {
        if (!Files.exists(socket)) {
            return false;
        }
        try (SocketChannel probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            probe.connect(UnixDomainSocketAddress.of(socket));
            return true;
        } catch (IOException nobody) {
            return false;
        }
    }

    /** The socket listened on. */
    public Path socket() {
        return socket;
    }

    /** How many peers are connected now. */
    public int connections() {
        return connections.size();
    }

    private void accept() {
        while (server.isOpen()) {
            try {
                SocketChannel channel = server.accept();
                if (connections.size() >= mostConnections || !greet(channel)) {
                    channel.close();
                }
            } catch (IOException failed) {
                if (server.isOpen()) {
                    LOG.log(System.Logger.Level.WARNING, "a connection could not be accepted", failed);
                }
            }
        }
    }

    private boolean greet(SocketChannel channel) {
        try {
            CapabilityClient bootstrap = factory.bootstrap(credentials.read(channel));
            RpcConnection connection = RpcConnection.open(loop, channel, bootstrap, limits);
            connections.add(connection);
            var _ = connection.ended().thenAccept(reason -> connections.remove(connection));
            return true;
        } catch (IOException
                | RuntimeException refused) { // one peer's trouble must not stop the others from connecting
            LOG.log(System.Logger.Level.WARNING, "a peer was refused", refused);
            return false;
        }
    }

    /** Stops listening, removes the socket file, and ends all connections. */
    @Override
    public void close() {
        try {
            server.close();
            Files.deleteIfExists(socket);
        } catch (IOException failed) {
            LOG.log(System.Logger.Level.WARNING, "the socket file could not be removed", failed);
        }
        List<RpcConnection> open = new ArrayList<>(connections);
        open.forEach(RpcConnection::close);
        loop.close();
    }
}
