package dev.bailiwick.capnp.rpc;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Tells those who ask when a promise has settled, in the order in which they asked: calls that wait for it must be on their way
 * before anybody else is told what it settled for.
 */
final class Settlement {
    /** Listeners that are gone are looked for when there are so many, and each time they have doubled. */
    private static final int FIRST_SWEEP = 64;

    private List<Listener> listeners = List.of(); // guarded by this
    private int sweepAt = FIRST_SWEEP; // guarded by this
    private boolean done; // guarded by this

    private record Listener(Consumer<Cascade> told, BooleanSupplier isGone) {}

    /** Tells the listener, at once if the promise has settled. What it sets off belongs into the cascade. */
    void whenSettled(Consumer<Cascade> listener) {
        whenSettled(listener, () -> false);
    }

    /**
     * As {@link #whenSettled(Consumer)}, for a listener that may lose interest: a promise that never settles must not keep
     * whatever a peer once let it be asked for.
     */
    void whenSettled(Consumer<Cascade> listener, BooleanSupplier isGone) {
        synchronized (this) {
            if (!done) {
                if (listeners.isEmpty()) {
                    listeners = new ArrayList<>(2);
                }
                if (listeners.size() >= sweepAt) {
                    listeners.removeIf(known -> known.isGone.getAsBoolean());
                    sweepAt = Math.max(FIRST_SWEEP, 2 * listeners.size());
                }
                listeners.add(new Listener(listener, isGone));
                return;
            }
        }
        Cascade cascade = new Cascade();
        listener.accept(cascade);
        cascade.run();
    }

    /** The promise has settled. Only the first time counts. */
    void settled(Cascade cascade) {
        while (true) {
            List<Listener> told;
            synchronized (this) {
                if (listeners.isEmpty()) {
                    done = true;
                    return;
                }
                told = listeners;
                listeners = List.of();
            }
            told.forEach(listener -> listener.told.accept(cascade));
        }
    }

    /** How many wait to be told. */
    synchronized int listeners() {
        return listeners.size();
    }

    /** As {@link #settled(Cascade)}, with a cascade of its own. */
    void settled() {
        Cascade cascade = new Cascade();
        settled(cascade);
        cascade.run();
    }
}
