package dev.bailiwick.capnp.rpc;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Accepts connections one after another. When that fails though the listener is open, the process is out of something,
 * descriptors as a rule, and trying again at once would only burn time that could set some free: each failure in a row doubles
 * a pause. Peers wait meanwhile in the kernel's queue.
 */
final class AcceptLoop {
    private static final System.Logger LOG = System.getLogger(AcceptLoop.class.getName());

    static final Duration FIRST_PAUSE = Duration.ofMillis(10);
    static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);

    private AcceptLoop() {}

    /** Where connections come from. */
    @FunctionalInterface
    interface Acceptor {
        /** The next connection, waited for; fails if there is none to be had. */
        SocketChannel accept() throws IOException;
    }

    /** Passes on every connection until the listener is closed. */
    static void run(
            Acceptor acceptor, Consumer<SocketChannel> greeter, BooleanSupplier isOpen, Consumer<Duration> pauser) {
        Duration pause = Duration.ZERO;
        while (isOpen.getAsBoolean()) {
            // Lack of memory included: nobody else accepts connections.
            Throwable failed = Survival.attempt(to -> to.accept(acceptor.accept()), greeter, null);
            if (failed == null) {
                pause = Duration.ZERO;
                continue;
            }
            if (!isOpen.getAsBoolean()) {
                return;
            }
            if (pause.isZero()) { // the first of a series, which may be long
                Survival.report(LOG, System.Logger.Level.WARNING, "connections cannot be accepted; trying on", failed);
                pause = FIRST_PAUSE;
            } else {
                Duration doubled = pause.multipliedBy(2);
                pause = doubled.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : doubled;
            }
            pauser.accept(pause);
        }
    }
}
