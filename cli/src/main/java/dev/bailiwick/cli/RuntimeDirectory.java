package dev.bailiwick.cli;

import java.nio.file.Files;
import java.nio.file.Path;

/** Where sockets and session files are when nobody says otherwise: {@code $XDG_RUNTIME_DIR/bailiwick}, else {@code /run/bailiwick}. */
final class RuntimeDirectory {
    private static final Path SYSTEM = Path.of("/run/bailiwick");
    private static final String SOCKET = "bailiwickd.sock";

    private final Host host;

    RuntimeDirectory(Host host) {
        this.host = host;
    }

    private Path path() {
        return host.variable("XDG_RUNTIME_DIR")
                .map(root -> Path.of(root).resolve("bailiwick"))
                .orElse(SYSTEM);
    }

    /** The socket a daemon serves on: {@code $BAILIWICK_SOCKET}, else in the runtime directory. */
    Path socketToServe() {
        return host.variable("BAILIWICK_SOCKET").map(Path::of).orElseGet(() -> path().resolve(SOCKET));
    }

    /**
     * The socket a client connects to: as {@link #socketToServe}, but a user with a runtime directory of their own and no daemon
     * in it means the system's daemon.
     */
    Path socketToConnect() {
        Path own = socketToServe();
        Path shared = SYSTEM.resolve(SOCKET);
        return host.variable("BAILIWICK_SOCKET").isPresent() || Files.exists(own) || !Files.exists(shared)
                ? own
                : shared;
    }

    /**
     * Where the session of this user is kept: {@code $BAILIWICK_SESSION}, else a directory of the user's own in the runtime
     * directory, which may be shared.
     */
    Path sessionFile() {
        return host.variable("BAILIWICK_SESSION")
                .map(Path::of)
                .orElseGet(() -> path().resolve("user-" + Integer.toUnsignedString(host.uid()))
                        .resolve("session"));
    }
}
