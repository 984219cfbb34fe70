package dev.bailiwick.capnp.rpc;

import org.jspecify.annotations.Nullable;

/**
 * For threads that many connections depend on: they go on whatever one turn of theirs runs into, lack of memory included.
 */
final class Survival {
    private Survival() {}

    /** What is done to something, and may fail in any way. */
    @FunctionalInterface
    interface Risk<T> {
        void take(T something) throws Exception;
    }

    /** Logs a failure if that can be done; with the memory gone, logging may fail as well, and must not end the thread either. */
    static void report(System.Logger log, System.Logger.Level level, String what, Throwable failure) {
        try {
            log.log(level, what, failure);
        } catch (Throwable silenced) {
            // Nothing is left to tell it with. The caller does what the failure calls for, which is what matters.
        }
    }

    /** Runs an action, and logs its failure: whoever wrote it had the chance to handle it, and others must not suffer from it. */
    static void run(System.Logger log, String whatFailed, Runnable action) {
        Throwable failure = attempt(action, null);
        if (failure != null) {
            report(log, System.Logger.Level.ERROR, whatFailed, failure);
        }
    }

    /** Runs an action; returns the first failure of all so far, with later ones added to it. */
    static @Nullable Throwable attempt(Runnable action, @Nullable Throwable earlier) {
        return attempt(Runnable::run, action, earlier);
    }

    /** As {@link #attempt(Runnable, Throwable)}, of what is done to something. */
    static <T> @Nullable Throwable attempt(Risk<T> action, T something, @Nullable Throwable earlier) {
        try {
            action.take(something);
            return earlier;
        } catch (Throwable failure) { // whatever it is, what else there is to be done must be done
            return add(failure, earlier);
        }
    }

    /** The first failure of all so far, with a later one added to it. */
    static Throwable add(Throwable failure, @Nullable Throwable earlier) {
        if (earlier == null) {
            return failure;
        }
        if (!earlier.equals(failure)) {
            earlier.addSuppressed(failure);
        }
        return earlier;
    }

    /** Throws what {@link #attempt(Runnable, Throwable)} returned, which is nothing that must be declared. */
    static void rethrow(@Nullable Throwable failure) {
        switch (failure) {
            case null -> {}
            case Error error -> throw error;
            case RuntimeException unchecked -> throw unchecked;
            default -> throw new IllegalStateException(failure);
        }
    }
}
