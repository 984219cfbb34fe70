package dev.bailiwick.capnp.rpc;

import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import org.jspecify.annotations.Nullable;

/**
 * An object of the peer's that we refer to: an entry in the import table. It holds its client weakly, so that one which was
 * dropped without being closed is noticed and given back all the same. Guarded by its connection.
 */
final class Import {
    final int id;

    /** References we were sent and have not given back. */
    long references;

    Handle client;

    /** Set if the peer exported a promise. */
    @Nullable
    WeakReference<RemotePromise> promise;

    Import(int id, RemoteTarget.Imported client, ReferenceQueue<RemoteTarget.Imported> unreachable) {
        this.id = id;
        this.client = new Handle(client, unreachable);
    }

    /** The weak reference to an import's client, which outlives it long enough to name it. */
    static final class Handle extends WeakReference<RemoteTarget.Imported> {
        final int id;

        Handle(RemoteTarget.Imported client, ReferenceQueue<RemoteTarget.Imported> unreachable) {
            super(client, unreachable);
            this.id = client.id();
        }
    }
}
