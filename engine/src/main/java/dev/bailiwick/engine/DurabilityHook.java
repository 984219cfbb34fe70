package dev.bailiwick.engine;

/**
 * A step between "the batch is synced" and "it is published and acknowledged", such as moving the rollback anchor.
 */
@FunctionalInterface
public interface DurabilityHook {
    /**
     * Called on the lane after each synced group, in the order the hooks were added. If it throws, the group is not
     * acknowledged or published and the engine fails.
     *
     * @param synced the state just synced, not yet published
     */
    void synced(View synced);
}
