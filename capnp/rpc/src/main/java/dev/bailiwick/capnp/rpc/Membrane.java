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
import java.util.function.Supplier;
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
    private final Gate gate = new Gate();
    // Guarded by gate, all three. Most membranes have one wrapper and see no call: the sets are made when they are
    // needed.
    private @Nullable MembraneClient first; // whoever has the membrane has that one too: it may as well be kept
    private @Nullable Set<MembraneClient> others;
    private @Nullable Set<MembraneCall> calls;

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

    /**
     * As {@link #wrap}, for an object inside that need not be there before it is called: the maker is asked once, with the first call that
     * the policy lets pass, and the client it gives is consumed. It runs on the caller's thread and must not block. Until then a policy
     * knows the methods from the catalogue only. What was not made when the membrane is revoked never comes to be; what is being made
     * at that moment is released at once, and nobody has called it. A maker that fails fails the call, and is asked again by the next.
     */
    public <T extends CapabilityClient> T wrapLate(
            Supplier<? extends CapabilityClient> maker, CapabilityFactory<T> factory) {
        return factory.client(add(() -> new MembraneClient(this, MembranePolicy.Direction.INWARD, maker)));
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
        shut(RpcException.failed("revoked: " + reason));
        release();
    }

    /**
     * The first half of {@link #revoke}, for whoever revokes many membranes at once while others wait: nothing passes any more, and calls in
     * flight have failed, when this returns; it is a matter of some nanoseconds where there are none. The callees do not hear of it
     * before {@link #release}, which must follow. The reason is told as it is; many membranes may share it.
     */
    public void shut(RpcException why) {
        List<MembraneCall> pending;
        synchronized (gate) {
            boolean isFirst = gate.shut(why);
            // Each call either reached the callee's queue before this returns, and is failed, or finds the gate shut.
            gate.awaitEmpty();
            pending = !isFirst || calls == null ? List.of() : new ArrayList<>(calls);
        }
        Throwable failure = null;
        for (MembraneCall call : pending) {
            failure = Survival.attempt(() -> call.fail(why), failure);
        }
        Survival.rethrow(failure);
    }

    /**
     * The second half of {@link #revoke}: cancels what was in flight and gives the objects inside their references back. Does nothing unless
     * the membrane was {@link #shut}, nor the second time.
     */
    public void release() {
        List<MembraneClient> wrapped = new ArrayList<>();
        List<MembraneCall> pending;
        synchronized (gate) {
            if (gate.whyShut() == null) {
                return;
            }
            if (first != null) {
                wrapped.add(first);
            }
            if (others != null) {
                wrapped.addAll(others);
            }
            pending = calls == null ? List.of() : new ArrayList<>(calls);
            first = null;
            others = null;
            calls = null;
        }
        Throwable failure = null;
        for (MembraneCall call : pending) {
            failure = Survival.attempt(call::cancel, failure);
        }
        for (MembraneClient client : wrapped) {
            failure = Survival.attempt(client::revoke, failure);
        }
        Survival.rethrow(failure);
    }

    /** Whether {@link #revoke} or {@link #shut} was called. */
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
        ClientHook wrapped = add(() -> new MembraneClient(this, direction, hook.addRef(), isCounted));
        if (isCounted && wrapped instanceof BrokenClient) {
            policy.takenBack();
        }
        return wrapped;
    }

    /** Makes and notes a wrapper; or, once the gate is shut, something broken. */
    private ClientHook add(Supplier<MembraneClient> wrapper) {
        synchronized (gate) {
            RpcException why = gate.whyShut();
            if (why != null) {
                return new BrokenClient(why);
            }
            MembraneClient fresh = wrapper.get();
            if (first == null) {
                first = fresh;
            } else {
                if (others == null) {
                    others = Collections.newSetFromMap(new WeakHashMap<>());
                }
                others.add(fresh);
            }
            return fresh;
        }
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
            synchronized (gate) {
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

    /** A call that did not pass. */
    static CallHandle over(MembranePolicy.@Nullable Watch watch, RpcException why) {
        if (watch != null) {
            watch.done();
        }
        return BrokenClient.failed(why);
    }

    void forget(MembraneCall call) {
        synchronized (gate) {
            if (calls != null) {
                calls.remove(call);
            }
        }
    }

    void forget(MembraneClient client) {
        synchronized (gate) {
            if (client.equals(first)) {
                first = null;
            } else if (others != null) {
                others.remove(client);
            }
        }
    }
}
