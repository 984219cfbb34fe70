package dev.bailiwick.capnp.rpc;

import dev.bailiwick.capnp.rpc.persistent.Persistent;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A boundary around some objects. A capability that is passed out through it is wrapped, and so is everything that is reached
 * through the wrapped one: capabilities in results come out wrapped, capabilities in parameters go in wrapped the other way
 * round, and one that comes home is unwrapped. So the policy sees every call that crosses, in either direction, and
 * {@link #revoke} cuts everything at once, however far it was passed on. Nothing can be {@linkplain MembranePolicy#decideSave saved}
 * through it unless the policy says so.
 *
 * <p>Safe for use by any thread. The policy runs on the caller's thread and must not block.
 *
 * <p>INVARIANT (revocation): wrappers and calls are registered under the same lock under which {@link #revoke} collects them,
 * after the gate was shut, and look there whether it is; so none escapes.
 */
public final class Membrane {
    private final MembranePolicy policy;
    private final List<InterfaceSchema> catalogue;
    private final Set<MembraneClient> clients =
            Collections.newSetFromMap(new WeakHashMap<>(2)); // guarded by itself; most membranes have one
    private @Nullable Set<MembraneCall> calls; // guarded by clients; made with the first call: most membranes see none
    private final Gate gate = new Gate();

    /**
     * A membrane with that policy, which knows the methods of objects in this process. Those of an object that lives elsewhere, or is
     * still promised, it does not know: a policy that goes by methods needs a
     * {@linkplain #Membrane(MembranePolicy, List) catalogue}.
     */
    public Membrane(MembranePolicy policy) {
        this(policy, List.of());
    }

    /** As {@link #Membrane(MembranePolicy)}; the catalogue tells the methods of objects that live elsewhere or are still promised. */
    public Membrane(MembranePolicy policy, List<InterfaceSchema> catalogue) {
        this.policy = policy;
        this.catalogue = List.copyOf(catalogue);
    }

    /** The capability as it looks from outside, as a client of its own; the one given remains the caller's to close. */
    public <T extends CapabilityClient> T wrap(T inside, CapabilityFactory<T> factory) {
        return factory.client(wrap(inside.hook(), MembranePolicy.Direction.INWARD));
    }

    /** The capability of an outside object as it looks from inside, as a client of its own. */
    public <T extends CapabilityClient> T wrapForInside(T outside, CapabilityFactory<T> factory) {
        return factory.client(wrap(outside.hook(), MembranePolicy.Direction.OUTWARD));
    }

    /**
     * Breaks everything that went through, for good: calls in flight and calls to come, in both directions, fail with type
     * {@link RpcException.Type#FAILED} and a reason that starts with {@code revoked: }. Calls in flight are also cancelled, and
     * the objects inside lose the references that were held through the membrane. When this returns, no further call passes.
     * Does nothing the second time.
     *
     * <p>It waits for the calls that other threads are passing through at this moment, unless it is called on the way of one that
     * crosses a membrane itself, by what that one meets there. Then those few may still arrive; they fail and are cancelled like
     * all that are in flight.
     */
    public void revoke(String reason) {
        RpcException why = RpcException.failed("revoked: " + reason);
        boolean isFirst = gate.shut(why);
        // Each call either reached the callee's queue before this returns, and is cancelled, or finds the gate shut.
        gate.awaitEmpty();
        if (!isFirst) {
            return;
        }
        List<MembraneClient> wrapped;
        List<MembraneCall> pending;
        synchronized (clients) {
            wrapped = new ArrayList<>(clients);
            pending = calls == null ? List.of() : new ArrayList<>(calls);
            clients.clear();
            calls = null;
        }
        Throwable failure = null;
        for (MembraneCall call : pending) {
            failure = Survival.attempt(() -> call.revoke(why), failure);
        }
        for (MembraneClient client : wrapped) {
            failure = Survival.attempt(client::revoke, failure);
        }
        Survival.rethrow(failure);
    }

    /** Whether {@link #revoke} was called. */
    public boolean isRevoked() {
        return gate.whyShut() != null;
    }

    /** A fresh reference to the hook as it looks from the other side; borrows the hook. */
    ClientHook wrap(ClientHook hook, MembranePolicy.Direction direction) {
        return wrap(hook, direction, false);
    }

    private ClientHook wrap(ClientHook hook, MembranePolicy.Direction direction, boolean isCounted) {
        if (hook.isNull() || hook instanceof BrokenClient) {
            return hook.addRef();
        }
        if (hook instanceof MembraneClient wrapper && wrapper.isWayBack(this, direction)) {
            return wrapper.unwrap();
        }
        RpcException why;
        synchronized (clients) {
            why = gate.whyShut();
            if (why == null) {
                MembraneClient fresh = new MembraneClient(this, direction, hook.addRef(), isCounted);
                clients.add(fresh);
                return fresh;
            }
        }
        if (isCounted) {
            policy.takenBack();
        }
        return new BrokenClient(why);
    }

    /**
     * What a message carries across, as it looks from the other side. Capabilities of the inside that go out are asked about; the first
     * one that may not is reported to {@code refused}, and all that follow it are broken.
     */
    private Parcel carry(Parcel parcel, MembranePolicy.Direction direction, Consumer<RpcException> refused) {
        RpcException[] why = new RpcException[1];
        Parcel carried = parcel.map(hook -> {
            if (direction == MembranePolicy.Direction.OUTWARD || isPlain(hook, direction)) {
                return wrap(hook, direction);
            }
            if (why[0] == null) {
                Optional<RpcException> refusal = handOut();
                if (refusal.isEmpty()) {
                    return wrap(hook, direction, true);
                }
                why[0] = refusal.get();
            }
            return new BrokenClient(why[0]);
        });
        if (why[0] != null) {
            refused.accept(why[0]);
        }
        return carried;
    }

    /** Whether no wrapper is made of it: there is nothing to wrap, or it comes home. */
    private boolean isPlain(ClientHook hook, MembranePolicy.Direction direction) {
        return hook.isNull()
                || hook instanceof BrokenClient
                || (hook instanceof MembraneClient wrapper && wrapper.isWayBack(this, direction));
    }

    private Optional<RpcException> handOut() {
        try {
            return policy.handOut();
        } catch (RuntimeException failed) { // a policy that cannot decide has not allowed anything
            return Optional.of(RpcException.of(failed));
        }
    }

    void takenBack() {
        policy.takenBack();
    }

    /** What comes back with a call's results, or the reason why it may not come. */
    void carryResults(Parcel results, MembranePolicy.Direction direction, PendingCall outer) {
        RpcException[] why = new RpcException[1];
        Parcel carried = carry(results, direction, refusal -> why[0] = refusal);
        if (why[0] == null) {
            outer.complete(carried);
        } else {
            carried.close();
            outer.fail(why[0]);
        }
    }

    MembranePolicy.Decision decide(
            ClientHook target, long interfaceId, int methodId, MembranePolicy.Direction direction, long bytes) {
        try {
            Optional<InterfaceSchema> declaredBy = describe(target, interfaceId);
            MembranePolicy.Crossing crossing = new MembranePolicy.Crossing(
                    interfaceId,
                    methodId,
                    declaredBy,
                    declaredBy.flatMap(known -> known.method(interfaceId, methodId)),
                    direction,
                    bytes,
                    target.innermost().queue());
            return interfaceId == Persistent.TYPE_ID ? policy.decideSave(crossing) : policy.decide(crossing);
        } catch (RuntimeException failed) { // a policy that cannot decide has not allowed anything
            return MembranePolicy.Decision.refuse(RpcException.of(failed));
        }
    }

    /** What the callee says of itself counts most: the catalogue may be older. */
    private Optional<InterfaceSchema> describe(ClientHook target, long interfaceId) {
        InterfaceSchema schema = target.schema();
        Optional<InterfaceSchema> found = schema == null ? Optional.empty() : schema.find(interfaceId);
        for (int i = 0; found.isEmpty() && i < catalogue.size(); i++) {
            found = catalogue.get(i).find(interfaceId);
        }
        return found;
    }

    @Nullable
    RpcException revocation() {
        return gate.whyShut();
    }

    /**
     * Passes a call through the gate, and notes it as in flight; fails it if the gate is shut. Takes the parameters over. The watch is
     * done when the call is, passed or not.
     */
    CallHandle pass(
            MembranePolicy.Direction direction,
            ClientHook target,
            long interfaceId,
            int methodId,
            Parcel params,
            MembranePolicy.@Nullable Watch watch) {
        if (!gate.enter()) {
            params.close();
            return over(watch, Objects.requireNonNull(gate.whyShut()));
        }
        MembraneCall call;
        RpcException meanwhile;
        try {
            RpcException[] refused = new RpcException[1];
            Parcel crossed = carry(params, direction.opposite(), refusal -> refused[0] = refusal);
            if (refused[0] != null) {
                crossed.close();
                return over(watch, refused[0]);
            }
            call = new MembraneCall(
                    this, direction, Gate.passing(() -> target.call(interfaceId, methodId, crossed, null)), watch);
            synchronized (clients) {
                meanwhile = gate.whyShut();
                if (meanwhile == null) {
                    if (calls == null) {
                        calls = Collections.newSetFromMap(new WeakHashMap<>());
                    }
                    calls.add(call);
                }
            }
        } finally {
            gate.leave();
        }
        if (meanwhile != null) { // revoke() may have looked before the call was there to be seen
            call.revoke(meanwhile);
        }
        call.watch();
        return call;
    }

    private static CallHandle over(MembranePolicy.@Nullable Watch watch, RpcException why) {
        if (watch != null) {
            watch.done();
        }
        return BrokenClient.failed(why);
    }

    void forget(MembraneCall call) {
        synchronized (clients) {
            if (calls != null) {
                calls.remove(call);
            }
        }
    }

    void forget(MembraneClient client) {
        synchronized (clients) {
            clients.remove(client);
        }
    }
}
