package dev.bailiwick.capnp.rpc;

import java.io.IOException;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.WritableByteChannel;
import java.util.concurrent.CompletionStage;

/**
 * A connection to another vat over a pair of byte channels: a Unix-domain socket ({@link UnixConnection},
 * {@link UnixListener}), a TCP socket, TLS, a pipe. Takes one virtual thread for reading, and one for writing while there is
 * something to write; Unix-domain sockets take none, for one event loop looks after many.
 *
 * <p>Safe for use by any thread.
 */
public final class RpcConnection implements AutoCloseable {
    private final Transport transport;

    private RpcConnection(Transport transport) {
        this.transport = transport;
    }

    /**
     * Starts a connection that offers nothing to the peer. The channels must block, and belong to the connection, which closes
     * them; they may be one object.
     */
    public static RpcConnection open(ReadableByteChannel in, WritableByteChannel out, Limits limits) {
        return start(in, out, nothing(), limits);
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
        return new RpcConnection(ThreadTransport.start(in, out, bootstrap, limits));
    }

    /**
     * A connection over a socket that the loop looks after from here on, which offers that object; closes its reference, and
     * the socket if it fails.
     */
    static RpcConnection open(IoLoop loop, SocketChannel socket, CapabilityClient bootstrap, Limits limits)
            throws IOException {
        return open(loop, socket, bootstrap, limits, ListenerBudget.unbounded());
    }

    /** As {@link #open(IoLoop, SocketChannel, CapabilityClient, Limits)}, with an account of what is kept for the peer. */
    static RpcConnection open(
            IoLoop loop,
            SocketChannel socket,
            CapabilityClient bootstrap,
            Limits limits,
            ListenerBudget.Account account)
            throws IOException {
        try (bootstrap) {
            return new RpcConnection(
                    SocketTransport.start(loop, socket, bootstrap.hook().addRef(), limits, account));
        } catch (IOException | RuntimeException | Error refused) {
            socket.close();
            throw refused;
        }
    }

    /** As {@link #open(IoLoop, SocketChannel, CapabilityClient, Limits)}, offering nothing. */
    static RpcConnection open(IoLoop loop, SocketChannel socket, Limits limits) throws IOException {
        try {
            return new RpcConnection(
                    SocketTransport.start(loop, socket, nothing(), limits, ListenerBudget.unbounded()));
        } catch (IOException | RuntimeException | Error refused) {
            socket.close();
            throw refused;
        }
    }

    private static ClientHook nothing() {
        return new BrokenClient(RpcException.unimplemented("this side offers no capability"));
    }

    /**
     * The object the peer offers, as a client that the caller closes. Returns at once: calls on it may be made before the peer
     * has answered.
     */
    public <T extends CapabilityClient> T bootstrap(CapabilityFactory<T> factory) {
        return factory.client(transport.vat().bootstrap());
    }

    /** Ends the connection: all that depends on it fails as disconnected. Does nothing the second time. */
    @Override
    public void close() {
        transport.vat().close(RpcException.disconnected("connection was closed"));
    }

    /** Completes with the reason when the connection has ended, whichever side ended it, and its channels are closed. */
    public CompletionStage<RpcException> ended() {
        return transport.ended();
    }

    VatConnection vat() {
        return transport.vat();
    }
}
