package dev.bailiwick.cli;

import dev.bailiwick.accountstore.AnchorMode;
import dev.bailiwick.daemon.Daemon;
import dev.bailiwick.daemon.DaemonConfig;
import dev.bailiwick.daemon.EmergencyDaemon;
import dev.bailiwick.daemon.OutsideSource;
import dev.bailiwick.daemon.StoreLocation;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code bailiwick serve}: the daemon. */
@Command(
        name = "serve",
        description = {
            "Serve a store on a Unix socket until SIGTERM or SIGINT; 'bailiwick serve' and 'bailiwickd' are the same.",
            "Prints one line when it is ready. Connecting gives an anonymous caller's login paths and nothing else, so the socket is"
                    + " open to everybody who can reach it."
        })
final class ServeCommand implements Runnable {
    @Option(
            names = "--store",
            required = true,
            paramLabel = "DIR",
            description = "The store, as 'bailiwick init' made it.")
    private Path store = Path.of("");

    @Option(
            names = "--anchor",
            paramLabel = "FILE",
            description = "The store's rollback anchor, or 'none'. Default: DIR.anchor.")
    private @Nullable Path anchor;

    @Option(
            names = "--anchor-interval",
            paramLabel = "MS",
            description =
                    "Anchor within this many milliseconds instead of before each acknowledgement: faster, but what was acknowledged"
                            + " in that time can be taken back unnoticed.")
    private @Nullable Long anchorInterval;

    @Option(
            names = "--emergency",
            description =
                    "For a store that refuses to open: serve the manifest's recovery operator alone, on a socket only you can open,"
                            + " from memory. Prints one-time codes; needs --manifest.")
    private boolean emergency;

    @Option(names = "--manifest", paramLabel = "FILE", description = "The manifest that --emergency goes by.")
    private @Nullable Path manifest;

    @Option(
            names = "--emergency-log",
            paramLabel = "FILE",
            description =
                    "Where --emergency records who started it, who logs in and what they get. Default: DIR.emergency, which the store's audit"
                            + " chain takes over when it is recovered or served again.")
    private @Nullable Path emergencyLog;

    @Option(
            names = "--identity-source",
            paramLabel = "NAME=SID@SOCKET",
            description = {
                "Ask the program that serves on SOCKET as whom a service runs whose --identity is not known here; repeatable, asked in this"
                        + " order.",
                "SID is its domain, S-1-5-21 and three words: what it says of any other SID is refused. NAME is for people."
            })
    private List<String> identitySources = List.of();

    @Option(
            names = "--stop-on-eof",
            description = "Also stop when standard input ends, for a parent that must not leave a daemon behind.")
    private boolean stopOnEof;

    private final Context context;

    ServeCommand(Context context) {
        this.context = context;
    }

    @Override
    public void run() {
        StoreLocation location =
                StoreLocation.of(store, Optional.ofNullable(anchor)).anchored(anchorMode());
        Path socket = context.socketToServe().toAbsolutePath().normalize();
        if (emergency == (manifest == null)) {
            throw CommandFailure.usage("--emergency and --manifest go together", "name both or neither");
        }
        if (emergencyLog != null && !emergency) {
            throw CommandFailure.usage("--emergency-log goes with --emergency", "name both or neither");
        }
        if (emergency && !identitySources.isEmpty()) {
            throw CommandFailure.usage(
                    "--identity-source does not go with --emergency", "no service runs in an emergency");
        }
        CountDownLatch stop = new CountDownLatch(1);
        CountDownLatch stopped = new CountDownLatch(1);
        // The JVM ends on a signal as soon as its hooks have run, so the hook waits for the orderly end.
        Thread hook = Thread.ofPlatform().unstarted(() -> {
            stop.countDown();
            await(stopped);
        });
        Runtime.getRuntime().addShutdownHook(hook);
        try (Served _ = start(configured(DaemonConfig.of(location, socket, Version.number())))) {
            if (stopOnEof) {
                Thread.ofPlatform().daemon().start(() -> {
                    drain(context.host().in());
                    stop.countDown();
                });
            }
            await(stop);
        } finally {
            stopped.countDown();
        }
    }

    private DaemonConfig configured(DaemonConfig config) {
        try {
            return config.asking(
                    identitySources.stream().map(OutsideSource::parse).toList());
        } catch (IllegalArgumentException refused) {
            throw CommandFailure.usage(
                    String.valueOf(refused.getMessage()),
                    "such as --identity-source corp=S-1-5-21-1-2-3@/run/corp/identity.sock");
        }
    }

    /** What is served until it is closed. */
    @FunctionalInterface
    private interface Served extends AutoCloseable {
        @Override
        void close();
    }

    /** Starts what was asked for and says that it is ready. */
    private Served start(DaemonConfig config) {
        Json.Obj ready = Json.object()
                .with("store", config.store().directory().toString())
                .with("socket", config.socket().toString())
                .with("pid", ProcessHandle.current().pid());
        String place = config.store().directory() + " on " + config.socket() + " (pid " + ready.get("pid") + ")";
        if (manifest == null) {
            Daemon daemon = Daemon.start(config);
            context.output().line(ready, "bailiwickd: serving " + place);
            return daemon::close;
        }
        EmergencyDaemon daemon = EmergencyDaemon.start(
                config,
                Manifests.read(manifest, context.output()),
                context.host().uid(),
                Optional.ofNullable(emergencyLog).map(Path::toAbsolutePath));
        StringBuilder text = new StringBuilder("bailiwickd: EMERGENCY, not serving ")
                .append(place)
                .append(": ")
                .append(Printable.text(daemon.reason()));
        daemon.codes()
                .forEach(code -> text.append("\nbailiwickd: one-time code for ")
                        .append(Printable.text(code.name()))
                        .append(": ")
                        .append(code.code()));
        context.output()
                .line(
                        ready.with("emergency", daemon.reason())
                                .with(
                                        "codes",
                                        new Json.Arr(daemon.codes().stream()
                                                .map(InitCommand::code)
                                                .toList())),
                        text.toString());
        return daemon::close;
    }

    private AnchorMode anchorMode() {
        if (anchorInterval == null) {
            return new AnchorMode.Strict();
        }
        if (anchorInterval < 1) {
            throw CommandFailure.usage("--anchor-interval is at least 1", "leave it out to anchor every commit");
        }
        return new AnchorMode.Interval(Duration.ofMillis(anchorInterval));
    }

    private static void drain(InputStream input) {
        try {
            while (input.read() >= 0) {}
        } catch (IOException e) {
            // A broken pipe is an end, too.
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
