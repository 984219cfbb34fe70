package dev.bailiwick.capnp.rpc;

import java.util.Objects;
import java.util.Optional;

/** Decides which calls cross a {@link Membrane}. Runs on the caller's thread: it must be quick, thread-safe, and must not block. */
@FunctionalInterface
public interface MembranePolicy {
    /** Lets everything through, until the membrane is revoked. */
    MembranePolicy PASS_ALL = crossing -> Decision.PASS;

    /** Decides about one call, before anything of it crosses. If it throws, the call is refused with what it threw. */
    Decision decide(Crossing crossing);

    /**
     * Decides, instead of {@link #decide}, about calls of {@code Persistent}: whether a capability that was given through the
     * membrane can be saved. What is restored later is not behind this membrane and outlives its revocation, so they are refused
     * unless a policy overrides this; one that does says that the authority may last longer than the membrane.
     */
    default Decision decideSave(Crossing crossing) {
        return Decision.refuse(RpcException.failed("a capability that can be revoked cannot be saved"));
    }

    /**
     * A call's results, or the parameters of one that goes out, are about to carry a capability out of the membrane, wrapped afresh.
     * Empty: they may, and {@link #takenBack} is called once for it. Otherwise the call fails for that reason. What the membrane's
     * owner wraps itself is not asked about, nor what is taken from a pipeline before the results are there.
     */
    default Optional<RpcException> handOut() {
        return Optional.empty();
    }

    /** A capability that {@link #handOut} let out is not held outside any more, or was revoked. */
    default void takenBack() {}

    /** Is told how a call goes on that it let pass. Runs on whatever thread that happens on; must be brief and must not throw. */
    interface Watch {
        /** The callee begins with it; at most once, and for a call that never begins not at all. It may come after {@link #done}. */
        void begun();

        /** It is over, however it ended: exactly once. */
        void done();
    }

    /**
     * The places that calls take at one object from being let through until it begins with them. Whoever enters leaves, once: a policy that
     * enters for a call leaves when the call's {@link Watch} says that it has begun or is over. Shared by all who reach that object, through
     * whatever membrane. Thread-safe; nothing here blocks.
     */
    interface Queue {
        /** For objects whose calls wait elsewhere. */
        Queue ELSEWHERE = new Queue() {
            @Override
            public boolean enter(int limit) {
                return true;
            }

            @Override
            public void leave() {}

            @Override
            public int taken() {
                return 0;
            }
        };

        /** Takes a place, unless {@code limit} or more are taken: then false. Of callers at the same time no more get one than there are. */
        boolean enter(int limit);

        /** Gives a place back. */
        void leave();

        /** How many are taken. */
        int taken();
    }

    /** Which way a call crosses. */
    enum Direction {
        /** Somebody outside calls an object inside. */
        INWARD,
        /** An object inside calls one outside. */
        OUTWARD;

        Direction opposite() {
            return switch (this) {
                case INWARD -> OUTWARD;
                case OUTWARD -> INWARD;
            };
        }
    }

    /**
     * A call about to cross.
     *
     * @param interfaceId the interface called
     * @param methodId the method's ordinal there
     * @param declaredBy what is known of the interface that declares the method: its name, its annotations; empty if nothing
     * @param method what is known of the method, annotations included; empty if neither the callee nor the membrane's catalogue
     *     knows it, and then a careful policy refuses
     * @param direction which way
     * @param bytes the size of the message that the parameters are in
     * @param queue the places for calls that wait at the callee; nobody counts those of another process's object
     */
    record Crossing(
            long interfaceId,
            int methodId,
            Optional<InterfaceSchema> declaredBy,
            Optional<MethodSchema> method,
            Direction direction,
            long bytes,
            Queue queue) {}

    /** What becomes of a call. */
    sealed interface Decision {
        /** It passes. */
        Decision PASS = new Pass();

        /** It fails for that reason, and the callee never hears of it. */
        static Decision refuse(RpcException reason) {
            return new Refuse(reason);
        }

        /** The call fails, and with it everything that went through the membrane, as by {@link Membrane#revoke}. */
        static Decision revoke(String reason) {
            return new Revoke(reason);
        }

        /** It passes, and the watch is told how it goes on. */
        static Decision watched(Watch watch) {
            return new Watched(watch);
        }

        /** The call passes. */
        record Pass() implements Decision {}

        /** The call passes and is watched. */
        record Watched(Watch watch) implements Decision {
            /** Requires a watch. */
            public Watched {
                Objects.requireNonNull(watch, "watch");
            }
        }

        /** The membrane is revoked. */
        record Revoke(String reason) implements Decision {
            /** Requires a reason. */
            public Revoke {
                Objects.requireNonNull(reason, "reason");
            }
        }

        /** The call is refused. */
        record Refuse(RpcException reason) implements Decision {
            /** Requires a reason. */
            public Refuse {
                Objects.requireNonNull(reason, "reason");
            }
        }
    }
}
