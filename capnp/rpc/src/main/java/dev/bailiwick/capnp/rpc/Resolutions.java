package dev.bailiwick.capnp.rpc;

import dev.bailiwick.capnp.rpc.wire.CapDescriptor;
import dev.bailiwick.capnp.rpc.wire.Disembargo;
import dev.bailiwick.capnp.rpc.wire.Resolve;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;

/**
 * How promises settle across a connection, either way: those we exported, those the peer exported, and the embargoes that keep
 * calls in order while a promise turns out to lead back to this side.
 */
final class Resolutions {
    /** How often a promise may be settled for another one in a row. Each is a step for every call that is made on the first. */
    static final int MOST_HOPS = 64;

    private final VatConnection connection;
    private final Link link;
    private final VatLock lock;
    private final CapTranslator caps;
    private final ExportTable exports;

    private final IdTable<Embargo> embargoes = new IdTable<>(); // guarded by lock
    private int unreflected; // disembargoes of the peer's that have yet to go back; guarded by lock

    /** Those of them that wait for a promise of this side to settle. Guarded by lock. */
    private final Set<Reflection> waiting = Collections.newSetFromMap(new IdentityHashMap<>());

    /** A capability of ours that calls must not be made on before a disembargo came back. */
    private record Embargo(int id, PromiseClient held, ClientHook target) {}

    /**
     * A disembargo of the peer's that is to go back.
     *
     * @param target where it is addressed to, as a reference of its own
     * @param isExpected whether the peer was told that the target leads back to it
     */
    private record Reflection(ClientHook target, int embargoId, boolean isExpected) {}

    Resolutions(VatConnection connection, Link link, CapTranslator caps, ExportTable exports) {
        this.connection = connection;
        this.link = link;
        this.lock = link.lock;
        this.caps = caps;
        this.exports = exports;
    }

    // ---- promises the peer gave us

    /** Settles a promise, under embargo if calls are on their way to the peer and back. Owns the target's reference. */
    void settle(RemotePromise promise, ClientHook owned) {
        promise.head(owned);
        if (owned.leadsTo(promise)) {
            lock.later(owned::release);
            lock.later(promise.settleLocked(BrokenClient.ring()));
            return;
        }
        ClientHook target = owned.innermost();
        if (target instanceof RemotePromise next) {
            next.hops = Math.max(next.hops, promise.hops + 1);
            if (next.hops > MOST_HOPS) {
                refuse(promise, owned, "peer settled a promise for another one " + next.hops + " times in a row");
                return;
            }
        }
        if (promise.wasUsed() && target instanceof RemotePromise next) {
            next.use(); // it may lead back yet, and then what was called on this promise was called on it
        }
        boolean leadsBack = target.connection() != connection && !(target instanceof BrokenClient);
        if (!leadsBack || !promise.wasUsed() || link.isClosed()) {
            lock.later(promise.settleLocked(owned));
            return;
        }
        if (embargoes.size() + unreflected >= link.limits.embargoes()) {
            refuse(promise, owned, tooMany());
            return;
        }
        PromiseClient held = new PromiseClient();
        held.head(owned);
        Embargo embargo = embargoes.add(id -> new Embargo(id, held, owned));
        link.writer.disembargo(promise.remote(), embargo.id());
        lock.later(promise.settleLocked(held));
    }

    /** Ends the connection instead of settling a promise. Owns the target's reference. */
    private void refuse(RemotePromise promise, ClientHook owned, String reason) {
        lock.later(owned::release);
        lock.later(promise.settleLocked(CapTranslator.broken(reason)));
        connection.abortLater(reason);
    }

    private String tooMany() {
        return "peer has more than " + link.limits.embargoes() + " embargoes open";
    }

    /** The peer says what a promise it exported settled for. */
    void handleResolve(Resolve.Reader message) throws ProtocolException {
        lock.lock();
        try {
            if (link.isClosed()) {
                return;
            }
            ClientHook replacement = switch (message.which()) {
                case CAP -> caps.read(message.getCap());
                case EXCEPTION -> new BrokenClient(WireExceptions.read(message.getException()));
                case _NOT_IN_SCHEMA -> CapTranslator.broken("promise was settled in a way not known here");
            };
            RemotePromise promise = connection.imports().takePromise(message.getPromiseId());
            if (promise == null) {
                // Nobody waits for it any more; the reference that came with it goes back.
                lock.later(replacement::release);
            } else {
                settle(promise, replacement);
                lock.later(promise::release);
            }
        } finally {
            lock.unlock();
        }
    }

    // ---- promises the peer was given

    /** Tells the peer what an exported promise settles for, once it does. Under the lock. */
    void watch(Export export, ClientHook promise) {
        lock.later(() -> {
            Settlement settlement = promise.settlement();
            if (settlement == null) {
                exportSettled(export);
            } else {
                settlement.whenSettled(following -> exportSettled(export), () -> export.isGone);
            }
        });
    }

    /** An exported promise may have settled: then the peer is told, once. */
    private void exportSettled(Export export) {
        lock.lock();
        try {
            if (link.isClosed() || exports.get(export.id) != export) {
                return;
            }
            ClientHook inner = export.hook.innermost();
            if (inner.connection() != connection && inner.settlement() != null) {
                watch(export, inner);
                return;
            }
            link.writer.resolve(export.id, resolve -> {
                if (inner instanceof BrokenClient broken) {
                    WireExceptions.write(resolve.initException(), broken.reason());
                } else {
                    Described described = new Described();
                    caps.write(inner, resolve.initCap(), described);
                    export.leadsBack = described.leadsBack();
                }
            });
        } finally {
            lock.unlock();
        }
    }

    /** The peer goes on using a promise, which works as well; it did not take the reference it was sent. Under the lock. */
    void resolveNotTaken(Resolve.Reader resolve) throws ProtocolException {
        if (resolve.isCap()) {
            CapDescriptor.Reader cap = resolve.getCap();
            if (cap.isSenderHosted()) {
                exports.release(cap.getSenderHosted(), 1);
            } else if (cap.isSenderPromise()) {
                exports.release(cap.getSenderPromise(), 1);
            }
        }
    }

    // ---- embargoes

    /** The peer asks for an embargo to be lifted, or answers our asking. */
    void handleDisembargo(Disembargo.Reader disembargo, MessageView view) throws ProtocolException {
        lock.lock();
        try {
            if (link.isClosed()) {
                return;
            }
            switch (disembargo.getContext().which()) {
                case SENDER_LOOPBACK -> {
                    if (embargoes.size() + unreflected >= link.limits.embargoes()) {
                        throw new ProtocolException(tooMany());
                    }
                    Addressee target = caps.read(disembargo.getTarget());
                    boolean isExpected = target.leadsBack();
                    int id = disembargo.getContext().getSenderLoopback();
                    unreflected++;
                    lock.later(() -> reflect(new Reflection(target.hook(), id, isExpected)));
                    connection.answers().checkBacklog();
                }
                case RECEIVER_LOOPBACK -> lift(disembargo.getContext().getReceiverLoopback());
                case ACCEPT, PROVIDE, _NOT_IN_SCHEMA -> connection.sendUnimplemented(view);
            }
        } finally {
            lock.unlock();
        }
    }

    private void lift(int id) throws ProtocolException {
        Embargo embargo = embargoes.get(id);
        if (embargo == null) {
            throw new ProtocolException("peer lifted an embargo that was not set");
        }
        embargoes.remove(id);
        lock.later(() -> embargo.held().resolve(embargo.target()));
    }

    /** A peer that does not know embargoes does not send calls back either, so there are none to wait for. Under the lock. */
    void disembargoNotTaken(Disembargo.Reader disembargo) throws ProtocolException {
        if (!disembargo.getContext().isSenderLoopback()) {
            throw new ProtocolException("peer sent back a message that it was not sent");
        }
        lift(disembargo.getContext().getSenderLoopback());
    }

    /**
     * Sends a disembargo back once all calls made before it on that target are on their way to where it leads. Where that is now
     * does not matter: the peer was told that it leads back, and what did may since have been revoked, or have led here in turn.
     */
    private void reflect(Reflection disembargo) {
        ClientHook target = disembargo.target();
        lock.lock();
        try {
            ClientHook end = target.innermost();
            boolean leadsBack = end.connection() == connection;
            Settlement settlement = end.isSettling() ? end.settlement() : null;
            if (link.isClosed()) {
                lock.later(target::release);
            } else if (settlement != null && !leadsNowhere(end)) {
                // Calls may still be waiting in a promise of this side, and are delivered when it settles.
                waiting.add(disembargo);
                lock.later(() -> settlement.whenSettled(
                        following -> following.then(() -> reflectSettled(disembargo)), link::isClosed));
                return;
            } else if (disembargo.isExpected() || leadsBack || leadsNowhere(end)) {
                link.writer.reflect(leadsBack ? CapTranslator.wayBack(end) : null, disembargo.embargoId());
                lock.later(target::release);
            } else {
                lock.later(target::release);
                connection.abort("disembargo is addressed to an object that does not lead back to its sender");
            }
            unreflected--;
        } finally {
            lock.unlock();
        }
    }

    /** What a disembargo waited for has settled; it may be that the connection has not lasted so long. */
    private void reflectSettled(Reflection disembargo) {
        boolean isWaiting;
        lock.lock();
        try {
            isWaiting = waiting.remove(disembargo);
        } finally {
            lock.unlock();
        }
        if (isWaiting) {
            reflect(disembargo);
        }
    }

    /** Whether no call will ever arrive there, so that there is no order to be kept. */
    private static boolean leadsNowhere(ClientHook hook) {
        ClientHook end = hook;
        for (ClientHook next = end.next(); next != null; next = end.next()) {
            end = next;
        }
        return end instanceof BrokenClient;
    }

    // ---- the end

    /** Breaks what is under embargo, because the connection is gone. Under the lock. */
    void close(RpcException reason) {
        embargoes.drain(embargo -> lock.later(() -> {
            embargo.held().resolve(new BrokenClient(reason));
            embargo.target().release();
        }));
        waiting.forEach(disembargo -> lock.later(disembargo.target()::release));
        unreflected -= waiting.size();
        waiting.clear();
    }

    /** What must hold between calls. Under the lock. */
    void check(SelfCheck check) {
        check.require("disembargoes that have yet to go back are not negative", unreflected >= 0);
    }

    /** How many embargoes there are. Under the lock. */
    int size() {
        return embargoes.size();
    }
}
