package dev.bailiwick.cli;

import dev.bailiwick.capnp.rpc.CallContext;
import dev.bailiwick.capnp.rpc.Calls;
import dev.bailiwick.schema.gen.VerifyWatcher;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * One line on standard error that says how far a verification is, drawn over itself. It is there only if a person looks: on a
 * terminal, and not when the answer is for programs. Closing takes it away. Thread-safe.
 */
final class ProgressLine implements VerifyWatcher.Server, AutoCloseable {
    private static final int WIDTH = 30;
    private static final String CLEARED = "\r\u001b[K";

    private final Host host;
    private final boolean shown;
    private final long startedNanos = System.nanoTime();
    private boolean drawn;
    private boolean closed;

    ProgressLine(Host host, boolean json) {
        this.host = host;
        this.shown = !json
                && host.terminals().contains(Host.Stream.ERR)
                && !host.environment().getOrDefault("TERM", "").equals("dumb");
    }

    /** Whom to tell, if anybody looks; to be closed by the caller. */
    Optional<VerifyWatcher.Client> watcher() {
        return shown ? Optional.of(VerifyWatcher.client(this)) : Optional.empty();
    }

    @Override
    public synchronized CompletionStage<?> progress(
            CallContext<VerifyWatcher.ProgressParams.Reader, VerifyWatcher.ProgressResults.Builder> call) {
        if (!closed) {
            host.err()
                    .print(CLEARED
                            + text(
                                    call.params().getRows(),
                                    call.params().getParts(),
                                    call.params().getOf(),
                                    System.nanoTime() - startedNanos));
            host.err().flush();
            drawn = true;
        }
        return Calls.DONE;
    }

    /** The line: a bar of the parts that are done, rows so far, and rows a second. */
    static String text(long rows, int parts, int of, long nanos) {
        int done = of <= 0 ? 0 : Math.clamp((long) parts * WIDTH / of, 0, WIDTH);
        double seconds = Math.max(nanos, 1) / 1e9;
        return "verifying [" + "#".repeat(done) + "-".repeat(WIDTH - done) + "] "
                + String.format(Locale.ROOT, "%,d rows, %,.0f rows/s", rows, rows / seconds);
    }

    @Override
    public void close() {
        clear();
    }

    /** Takes the line away for good. */
    synchronized void clear() {
        closed = true;
        if (drawn) {
            host.err().print(CLEARED);
            host.err().flush();
            drawn = false;
        }
    }
}
