package dev.bailiwick.capnp.rpc;

import java.util.Optional;

/**
 * Turns what a sturdy reference refers to into a live capability: the application's part of restoring. It is called only for
 * references that are known, not expired, and their owner's.
 */
@FunctionalInterface
public interface Realizer {
    /**
     * The object, with a reference that the caller closes; empty if it no longer exists, which whoever restores cannot tell from
     * an unknown reference. Called on the restorer's thread, for one reference at a time; it may block.
     *
     * <p>What it returns has no limits but those it is given here. To have it end with something, a session for instance, wrap it
     * in that thing's {@link Membrane}, or serve the restorer itself through it; to let it be saved again, make it
     * {@link SturdyRefs#saveable saveable}.
     *
     * @throws Exception whatever the caller shall be told; see {@link RpcException#of}
     */
    Optional<? extends CapabilityClient> realize(SturdyRecord record) throws Exception;
}
