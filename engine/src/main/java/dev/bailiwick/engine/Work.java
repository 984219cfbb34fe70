package dev.bailiwick.engine;

/**
 * One unit of change, run alone in the commit lane.
 *
 * <p>If it throws, none of its changes are kept and only its own caller learns of it. It must not block or wait for
 * other work: everything queued waits behind it.
 *
 * @param <T> the answer, given to the caller only once the changes are durable
 */
@FunctionalInterface
public interface Work<T> {
    /** Reads and changes the tables through {@code txn}. */
    T run(Txn txn);
}
