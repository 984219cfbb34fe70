package dev.bailiwick.cli;

import dev.bailiwick.daemon.StoreLocation;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Supplier;

/** What the commands of one run share: the machine, the common options, and the ways to what they act on. */
final class Context {
    private final Host host;
    private final CommonOptions options;
    private final Supplier<Optional<StoreLocation>> offline;
    private final RuntimeDirectory runtime;

    /** The options, and the store directory to open offline, can be asked only once the command line is parsed. */
    Context(Host host, CommonOptions options, Supplier<Optional<StoreLocation>> offline) {
        this.host = host;
        this.options = options;
        this.offline = offline;
        this.runtime = new RuntimeDirectory(host);
    }

    Host host() {
        return host;
    }

    Output output() {
        return new Output(host, options);
    }

    Secrets secrets() {
        return new Secrets(host);
    }

    /** Where this user's session is kept. */
    SessionFile sessionFile() {
        return new SessionFile(options.sessionFile().orElseGet(runtime::sessionFile));
    }

    /** The socket to serve on. */
    Path socketToServe() {
        return options.socket().orElseGet(runtime::socketToServe);
    }

    /** A new connection to the daemon, to be closed by the caller. */
    Connection connect() {
        return Connection.to(options.socket().orElseGet(runtime::socketToConnect));
    }

    /** The session kept by an earlier login, on a new connection, to be closed by the caller. */
    LiveSession session() {
        SessionFile file = sessionFile();
        SessionFile.Saved saved = file.read()
                .orElseThrow(() -> CommandFailure.of(
                        ExitStatus.DENIED,
                        "not-logged-in",
                        "there is no session in " + file.path(),
                        "log in first: bailiwick login NAME"));
        Optional<Path> asked =
                options.socket().or(() -> host.variable("BAILIWICK_SOCKET").map(Path::of));
        if (asked.isPresent() && !asked.get().equals(saved.socket())) {
            throw CommandFailure.of(
                    ExitStatus.DENIED,
                    "not-logged-in",
                    "the session in " + file.path() + " is with the daemon at " + saved.socket() + ", not at "
                            + asked.get(),
                    "log in there, and keep that session in another file with --session-file");
        }
        return LiveSession.resume(Connection.to(saved.socket()), saved.reference());
    }

    /** The store directory to work on, for what only whoever has it may do. */
    StoreLocation storeDirectory() {
        return offline.get()
                .orElseThrow(() -> CommandFailure.usage(
                        "this works on a store directory that no daemon serves", "name it with --store DIR"));
    }

    /** Whether a store directory was named to act on, and not a daemon. */
    boolean isOffline() {
        return offline.get().isPresent();
    }

    /** The administrative capabilities to act with, to be closed by the caller. */
    Powers powers(Powers.Use use) {
        Optional<StoreLocation> store = offline.get();
        return store.isPresent() ? OfflinePowers.open(store.get(), use, host.uid()) : new SessionPowers(session());
    }
}
