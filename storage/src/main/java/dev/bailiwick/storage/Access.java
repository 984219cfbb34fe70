package dev.bailiwick.storage;

import dev.bailiwick.schema.RootId;
import java.util.Optional;

/**
 * What one opening of a root may do: the same for all views taken from it, but for {@code writable}.
 *
 * @param eviction what goes first when room is needed; empty if nothing goes
 */
record Access(RootId root, Quota quota, EffectGate gate, Optional<EvictionPolicy> eviction, boolean writable) {
    Access readOnly() {
        return new Access(root, quota, gate, eviction, false);
    }
}
