package dev.bailiwick.storage;

import dev.bailiwick.schema.RootId;

/** What one opening of a root may do: the same for all views taken from it, but for {@code writable}. */
record Access(RootId root, Quota quota, EffectGate gate, boolean writable) {
    Access readOnly() {
        return new Access(root, quota, gate, false);
    }
}
