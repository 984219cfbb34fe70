package dev.bailiwick.capnp.rpc;

import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The peer's objects that we refer to, by the peer's ids. Guarded by the connection's lock. */
final class ImportTable {
    private final Map<Integer, Import> byId = new HashMap<>();
    private final ReferenceQueue<RemoteTarget.Imported> unreachable = new ReferenceQueue<>();
    private final VatConnection connection;
    private final VatLock lock;
    private final ProtocolWriter writer;
    private final int most;
    private int openPromises;
    private long received; // references to all of them, ever
    private long givenBack;

    ImportTable(VatConnection connection, VatLock lock, ProtocolWriter writer, int most) {
        this.connection = connection;
        this.lock = lock;
        this.writer = writer;
        this.most = most;
    }

    /** The peer sent a reference to one of its objects or promises; returns a fresh reference to what stands for it here. */
    ClientHook receive(int id, boolean isPromise) throws ProtocolException {
        Import entry = byId.get(id);
        RemoteTarget.Imported client = null;
        if (entry != null) {
            RemotePromise promise = entry.promise == null ? null : entry.promise.get();
            if (promise != null && promise.tryAddRef()) {
                count(entry);
                return promise;
            }
            client = entry.client.get();
            if (client != null && !client.tryAddRef()) {
                client = null;
            }
        }
        if (client == null) {
            client = new RemoteTarget.Imported(connection, id);
            entry = enter(entry, client);
        }
        Import known = Objects.requireNonNull(entry);
        count(known);
        if (!isPromise) {
            return client;
        }
        RemotePromise promise = new RemotePromise(connection, client);
        if (known.promise == null) {
            openPromises++;
        }
        known.promise = new WeakReference<>(promise);
        return promise;
    }

    private void count(Import entry) {
        entry.references++;
        received++;
    }

    private Import enter(@Nullable Import entry, RemoteTarget.Imported client) throws ProtocolException {
        if (entry != null) {
            entry.client = new Import.Handle(client, unreachable);
            return entry;
        }
        if (byId.size() >= most) {
            throw new ProtocolException("peer sent more than " + most + " capabilities");
        }
        Import fresh = new Import(client.id(), client, unreachable);
        byId.put(client.id(), fresh);
        return fresh;
    }

    /** The promise with that id, to be settled, as a fresh reference; null if nobody waits for it any more. */
    @Nullable
    RemotePromise takePromise(int id) {
        Import entry = byId.get(id);
        WeakReference<RemotePromise> reference = entry == null ? null : entry.promise;
        if (entry == null || reference == null) {
            return null;
        }
        entry.promise = null;
        openPromises--;
        RemotePromise promise = reference.get();
        return promise != null && promise.tryAddRef() ? promise : null;
    }

    /** How many promises the peer has yet to settle. */
    int openPromises() {
        return openPromises;
    }

    /** A client has lost its last reference. */
    void release(RemoteTarget.Imported client) {
        Import entry = byId.get(client.id());
        // The same id may have been imported anew since; then the references are that one's.
        if (entry != null && entry.client.refersTo(client)) {
            remove(entry);
        }
    }

    /** Gives back what was dropped without being closed. */
    void releaseUnreachable() {
        for (Reference<? extends RemoteTarget.Imported> gone = unreachable.poll();
                gone != null;
                gone = unreachable.poll()) {
            Import entry = byId.get(((Import.Handle) gone).id);
            if (entry != null && entry.client.equals(gone)) {
                remove(entry);
            }
        }
    }

    private void remove(Import entry) {
        byId.remove(entry.id);
        if (entry.promise != null) {
            entry.promise = null;
            openPromises--;
        }
        givenBack += entry.references;
        writer.release(entry.id, entry.references);
    }

    int size() {
        return byId.size();
    }

    void check(SelfCheck check) {
        long open =
                byId.values().stream().filter(entry -> entry.promise != null).count();
        check.equal("promises the peer has yet to settle", openPromises, open);
        check.equal(
                "references to what the peer has",
                received - givenBack,
                byId.values().stream().mapToLong(entry -> entry.references).sum());
        byId.forEach((id, entry) -> check.require("an import has references", entry.id == id && entry.references > 0));
    }

    /** Breaks every promise and forgets everything, because the connection is gone. */
    void close(RpcException reason) {
        for (Import entry : byId.values()) {
            givenBack += entry.references;
            RemotePromise promise = entry.promise == null ? null : entry.promise.get();
            if (promise != null) {
                lock.later(promise.settleLocked(new BrokenClient(reason)));
            }
        }
        byId.clear();
        openPromises = 0;
    }

    /** References that were received and never given back. */
    long outstanding() {
        return received - givenBack;
    }
}
