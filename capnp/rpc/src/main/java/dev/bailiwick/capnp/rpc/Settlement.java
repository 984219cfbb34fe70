package dev.bailiwick.capnp.rpc;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Tells those who ask when a promise has settled, in the order in which they asked: calls that wait for it must be on their way
 * before anybody else is told what it settled for.
 */
final class Settlement {
    private List<Consumer<Cascade>> listeners = List.of(); // guarded by this
    private boolean done; // guarded by this

    /** Tells the listener, at once if the promise has settled. What it sets off belongs into the cascade. */
    void whenSettled(Consumer<Cascade> listener) {
        synchronized (this) {
            if (!done) {
                if (listeners.isEmpty()) {
                    listeners = new ArrayList<>(2);
                }
                listeners.add(listener);
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
            List<Consumer<Cascade>> told;
            synchronized (this) {
                if (listeners.isEmpty()) {
                    done = true;
                    return;
                }
                told = listeners;
                listeners = List.of();
            }
            told.forEach(listener -> listener.accept(cascade));
        }
    }

    /** As {@link #settled(Cascade)}, with a cascade of its own. */
    void settled() {
        Cascade cascade = new Cascade();
        settled(cascade);
        cascade.run();
    }
}
