package dev.bailiwick.broker;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.bailiwick.capnp.rpc.CallContext;
import dev.bailiwick.capnp.rpc.Calls;
import dev.bailiwick.schema.gen.TerminalSession;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.capnproto.Void;

/** A terminal whose keys are pressed by a test, and which can be told to be slow. Thread-safe. */
final class FakeTerminal implements TerminalSession.Server {
    final CountDownLatch writing = new CountDownLatch(1);
    private final StringBuilder text = new StringBuilder(); // guarded by itself
    private final Deque<CompletableFuture<Void>> readers = new ArrayDeque<>();
    /** Writes that were begun. */
    final AtomicInteger begun = new AtomicInteger();

    private volatile CountDownLatch stuck = new CountDownLatch(0);

    /** Lets every write wait, on the terminal's own thread, until {@link #goOn}. */
    void getStuck() {
        stuck = new CountDownLatch(1);
    }

    void goOn() {
        stuck.countDown();
    }

    /** What was written so far. */
    String shown() {
        synchronized (text) {
            return text.toString();
        }
    }

    /** Answers the read that has waited longest. */
    void press() {
        synchronized (readers) {
            readers.removeFirst().complete(Void.VOID);
        }
    }

    int waiting() {
        synchronized (readers) {
            return readers.size();
        }
    }

    @Override
    public CompletionStage<?> info(
            CallContext<TerminalSession.InfoParams.Reader, TerminalSession.InfoResults.Builder> call) {
        call.results().initInfo().setType("fake");
        return Calls.DONE;
    }

    @Override
    public CompletionStage<?> read(
            CallContext<TerminalSession.ReadParams.Reader, TerminalSession.ReadResults.Builder> call) {
        CompletableFuture<Void> pressed = new CompletableFuture<>();
        synchronized (readers) {
            readers.addLast(pressed);
        }
        return pressed.thenAccept(ignored -> call.results().setData("x".getBytes(UTF_8)));
    }

    @Override
    public CompletionStage<?> write(
            CallContext<TerminalSession.WriteParams.Reader, TerminalSession.WriteResults.Builder> call)
            throws InterruptedException {
        writing.countDown();
        begun.incrementAndGet();
        stuck.await();
        synchronized (text) {
            text.append(new String(call.params().getData().toArray(), UTF_8));
        }
        return Calls.DONE;
    }
}
