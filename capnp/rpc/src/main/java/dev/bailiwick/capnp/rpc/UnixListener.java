package dev.bailiwick.capnp.rpc;

import java.io.IOException;
import java.net.BindException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

/**
 * Serves vats that connect to a Unix-domain socket. Each connection gets the object that the factory makes for its peer, and
 * fails alone. Takes three platform threads, however many connect, and up to 32 more for methods that block. Safe for use by any
 * thread.
 */
public final class UnixListener implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(UnixListener.class.getName());

    private final Path socket;
    private final ServerSocketChannel server;
    private final IoLoop loop;
    private final BootstrapFactory factory;
    private final Limits limits;
    private final ListenerLimits together;
    private final ListenerBudget budget;
    private final Set<RpcConnection> connections = ConcurrentHashMap.newKeySet();
    private final Map<Integer, Integer> connectionsByUser = new ConcurrentHashMap<>();
    private final AtomicBoolean isRefusing = new AtomicBoolean();
    private final PeerCredentialsReader credentials;
    private volatile boolean isClosed;

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
            PeerCredentialsReader credentials,
            BootstrapFactory factory,
            Limits limits,
            ListenerLimits together) {
        this.socket = socket;
        this.server = server;
        this.loop = loop;
        this.credentials = credentials;
        this.factory = factory;
        this.limits = limits;
        this.together = together;
        this.budget = new ListenerBudget(together.bytes(), together.bytesOfOneUser());
    }

    /**
     * As {@link #open(Path, Set, BootstrapFactory, Limits, ListenerLimits)}, with so many connections at a time, all of which one
     * user may have, and memory that fits the heap.
     *
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
        return open(socket, permissions, factory, limits, ListenerLimits.of(mostConnections, mostConnections));
    }

    /**
     * Listens on a socket. The file appears complete, with its permissions, or not at all; one that was left behind by a process
     * that is gone is replaced.
     *
     * @param socket where; at most about 90 bytes long, which is the kernel's limit less a suffix
     * @param permissions who may connect: on Linux, those who may write
     * @param limits what each peer may take
     * @param together what all peers together may take, and those of one user
     * @throws BindException if somebody listens there
     * @throws IOException if the file cannot be made
     */
    public static UnixListener open(
            Path socket,
            Set<PosixFilePermission> permissions,
            BootstrapFactory factory,
            Limits limits,
            ListenerLimits together)
            throws IOException {
        if (isListenedOn(socket)) {
            throw new BindException("somebody already listens on " + socket + "; stop it or choose another socket");
        }
        Path fresh = socket.resolveSibling(socket.getFileName() + ".new");
        Files.deleteIfExists(fresh);
        ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            server.bind(UnixDomainSocketAddress.of(fresh));
            Files.setPosixFilePermissions(fresh, permissions);
            PeerCredentialsReader credentials = new PeerCredentialsReader(new SecureRandom());
            UnixListener listener =
                    new UnixListener(socket, server, IoLoop.start("capnp-io"), credentials, factory, limits, together);
            listener.start(fresh);
            return listener;
        } catch (IOException | RuntimeException | Error refused) {
            server.close();
            Files.deleteIfExists(fresh);
            throw refused;
        }
    }

    /** Starts to accept, and puts the socket where peers look for it; or leaves nothing of either. */
    private void start(Path fresh) throws IOException {
        try {
            Files.move(fresh, socket, StandardCopyOption.ATOMIC_MOVE);
            Thread.ofPlatform().daemon().name("capnp-accept").start(this::accept);
        } catch (IOException | RuntimeException | Error refused) {
            loop.close();
            Files.deleteIfExists(socket);
            throw refused;
        }
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

    /** Bytes that peers have kept here now, as far as each is worth telling. */
    long bytesKept() {
        return budget.taken();
    }

    private void accept() {
        AcceptLoop.run(server::accept, this::greet, server::isOpen, UnixListener::pause);
    }

    /** Closing the listener does not end a pause: it is short, and the thread a daemon. */
    private static void pause(Duration pause) {
        LockSupport.parkNanos(pause.toNanos());
    }

    private void greet(SocketChannel channel) {
        try {
            PeerCredentials peer = credentials.read(channel);
            if (connections.size() >= together.connections()) {
                refuse(channel, "this listener has as many connections as it may have; try again later");
            } else if (connectionsByUser.merge(peer.uid(), 1, Integer::sum) > together.connectionsOfOneUser()) {
                release(peer);
                refuse(
                        channel,
                        "user " + Integer.toUnsignedString(peer.uid())
                                + " has as many connections as one user may have; close some");
            } else {
                welcome(channel, peer);
            }
        } catch (IOException gone) { // one that connects and leaves at once is no news
            LOG.log(System.Logger.Level.DEBUG, "a peer left before it was greeted", gone);
            close(channel);
        } catch (RuntimeException | Error unforeseen) {
            close(channel);
            throw unforeseen;
        }
    }

    private void welcome(SocketChannel channel, PeerCredentials peer) {
        ListenerBudget.Account account = budget.open(peer.uid());
        String beyond = account.beyond();
        if (beyond != null) {
            account.close();
            release(peer);
            refuse(channel, beyond);
            return;
        }
        // The factory is anybody's code, and must not stop the others from connecting.
        Throwable refused = Survival.attempt(connected -> serve(connected, peer, account), channel, null);
        if (refused != null) {
            account.close();
            release(peer);
            close(channel);
            Survival.report(LOG, System.Logger.Level.WARNING, "a peer was refused", refused);
        }
    }

    private void serve(SocketChannel channel, PeerCredentials peer, ListenerBudget.Account account) throws IOException {
        RpcConnection connection = RpcConnection.open(loop, channel, factory.bootstrap(peer), limits, account);
        isRefusing.set(false);
        connections.add(connection);
        if (isClosed) { // looked at after that, as close() looks at the connections after it set that
            connection.close();
        }
        var _ = connection.ended().thenAccept(reason -> {
            connections.remove(connection);
            account.close();
            release(peer);
        });
    }

    private void release(PeerCredentials peer) {
        connectionsByUser.computeIfPresent(peer.uid(), (uid, count) -> count == 1 ? null : count - 1);
    }

    /** Tells a peer why it is disconnected, if it takes that without being waited for. Logs the first of a series. */
    private void refuse(SocketChannel channel, String reason) {
        if (isRefusing.compareAndSet(false, true)) {
            LOG.log(System.Logger.Level.WARNING, "connections are refused: {0}", reason);
        }
        try {
            channel.configureBlocking(false);
            Draft abort = ProtocolWriter.aborting(reason);
            ByteBuffer[] segments = abort.segments();
            channel.write(Frames.header(segments));
            channel.write(segments);
        } catch (IOException ignored) { // then it does not learn the reason
        }
        close(channel);
    }

    private static void close(SocketChannel channel) {
        try {
            channel.close();
        } catch (IOException ignored) { // it is gone either way
        }
    }

    /** Stops listening, removes the socket file, and ends all connections. */
    @Override
    public void close() {
        isClosed = true;
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
