package dev.bailiwick.capnp.rpc;

import org.jspecify.annotations.Nullable;

/**
 * A capability that went to the peer as ours although it leads back there, and came back. It could be shortened to a direct one,
 * but calls the peer made on the long way may be under way, and both sides shortening at once could reorder them with no
 * {@code disembargo} able to tell. So the way stays as long as it is.
 */
final class PathBlocker extends ClientHook {
    private final ClientHook inner;

    PathBlocker(ClientHook ownedInner) {
        this.inner = ownedInner;
    }

    @Override
    CallHandle call(long interfaceId, int methodId, Parcel params, @Nullable VatConnection resultsFor) {
        return inner.call(interfaceId, methodId, params, resultsFor);
    }

    @Override
    ClientHook next() {
        return inner;
    }

    @Override
    @Nullable
    InterfaceSchema schema() {
        return inner.schema();
    }

    @Override
    void awaitCapacity() {
        inner.awaitCapacity();
    }

    @Override
    ClientHook released() {
        return inner;
    }
}
