package dev.bailiwick.engine;

/**
 * Work that the lane may run ahead, while the group before it is still being made durable: it sees what that group wrote, and if the
 * group then comes to nothing, so does this work.
 *
 * <p>Running it must have no effect but through its {@link Txn}. It may be run several times, of which the last one counts: running
 * ahead can be too early for what it finds outside the tables, such as a gate that the group before it is about to close.
 *
 * @param <T> the answer, as for {@link Work}
 */
public interface RepeatableWork<T> extends Work<T> {
    /**
     * Asked on the lane after the last run, when all earlier work has been acknowledged: whether whatever the run found outside the
     * tables is still so. If not, it is run again. As short as the run, and no less careful.
     */
    boolean holds();

    /** Work that finds nothing outside the tables. */
    static <T> RepeatableWork<T> of(Work<T> work) {
        return new RepeatableWork<>() {
            @Override
            public T run(Txn txn) {
                return work.run(txn);
            }

            @Override
            public boolean holds() {
                return true;
            }
        };
    }
}
