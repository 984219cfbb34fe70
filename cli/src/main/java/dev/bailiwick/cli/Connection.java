package dev.bailiwick.cli;

import dev.bailiwick.capnp.rpc.RpcConnection;
import dev.bailiwick.capnp.rpc.UnixConnection;
import dev.bailiwick.schema.gen.SessionManager;
import java.io.IOException;
import java.nio.file.Path;

/**
 * A connection to a daemon. What it gives by itself is an anonymous caller's login paths.
 *
 * @param socket the daemon's socket
 * @param rpc closed with this
 */
record Connection(Path socket, RpcConnection rpc) implements AutoCloseable {
    /** Connects to the daemon that serves on the socket. */
    static Connection to(Path socket) {
        try {
            return new Connection(socket, UnixConnection.connect(socket));
        } catch (IOException e) {
            throw CommandFailure.unavailable(
                    "no daemon answers at " + socket + ": " + e.getMessage(),
                    "start one with 'bailiwickd --store DIR', or name its socket with --socket PATH");
        }
    }

    /** The bootstrap capability, to be closed by the caller. */
    SessionManager.Client bootstrap() {
        return rpc.bootstrap(SessionManager.factory);
    }

    @Override
    public void close() {
        rpc.close();
    }
}
