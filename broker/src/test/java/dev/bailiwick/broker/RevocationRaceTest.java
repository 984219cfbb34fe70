package dev.bailiwick.broker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.bailiwick.accountstore.AccountStatus;
import dev.bailiwick.accountstore.Actor;
import dev.bailiwick.accountstore.Attribution;
import dev.bailiwick.accountstore.CommitResult;
import dev.bailiwick.capnp.rpc.RpcConnection;
import dev.bailiwick.capnp.rpc.RpcException;
import dev.bailiwick.profiles.ProfileRef;
import dev.bailiwick.profiles.Slot;
import dev.bailiwick.schema.RecordId;
import dev.bailiwick.schema.RootId;
import dev.bailiwick.schema.gen.Blob;
import dev.bailiwick.schema.gen.Namespace;
import dev.bailiwick.schema.gen.TerminalSession;
import dev.bailiwick.schema.gen.UserSession;
import dev.bailiwick.storage.Durability;
import dev.bailiwick.storage.EffectGate;
import dev.bailiwick.storage.NamespaceStore;
import dev.bailiwick.storage.OpenResult;
import dev.bailiwick.storage.Quota;
import dev.bailiwick.storage.RootInfo;
import dev.bailiwick.storage.StorageLimits;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.Pipe;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/**
 * Calls race with what revokes them: holders call directly, a third party calls over a connection of its own, and some calls are
 * always in flight. From the acknowledgement on no call may succeed and nothing may land.
 *
 * <p>By default some 20,000 calls; {@code -Drevocation.calls=1000000} makes a million, {@code -Drevocation.seed=} repeats a run.
 */
class RevocationRaceTest {
    private static final Attribution DAEMON = Attribution.of(new Actor.Daemon());
    private static final int CALLS = Integer.getInteger("revocation.calls", 20_000);
    private static final long SEED = Long.getLong("revocation.seed", System.nanoTime());
    private static final int CALLS_A_ROUND = 400;

    /** Calls of each caller after the acknowledgement. */
    private static final int CALLS_AFTER = 40;

    /** Calls whose answers a caller has not waited for yet. */
    private static final int IN_FLIGHT = 4;

    /** What takes the capabilities away. Each is acknowledged when {@code revoke} returns. */
    private enum Cause {
        LOGOUT,
        EXPIRY,
        DISABLED,
        LOCKED,
        ROLE_REMOVED,
        PROFILE_CHANGED
    }

    /** What stands between the callers and the namespace. */
    private interface Protection {
        Namespace.Client home(World world, Session session);

        /** Whether the acknowledgement is taken to come before it does. */
        default boolean isAcknowledgedTooEarly() {
            return false;
        }
    }

    private record Ran(long calls, long succeeded, long late, long landedLate) {
        Ran plus(Ran other) {
            return new Ran(
                    calls + other.calls, succeeded + other.succeeded, late + other.late, landedLate + other.landedLate);
        }
    }

    @Test
    void noCallSucceedsAndNothingLandsAfterTheAcknowledgement() throws InterruptedException {
        Map<Cause, Ran> ran =
                race(CALLS, (world, session) -> grant(session, Slot.HOME).capability(Namespace.factory));

        print(ran);
        assertThat(ran.keySet()).containsExactly(Cause.values());
        assertThat(ran.values()).allSatisfy(each -> {
            assertThat(each.late())
                    .as("calls sent after the acknowledgement that succeeded")
                    .isZero();
            assertThat(each.landedLate())
                    .as("changes after the acknowledgement")
                    .isZero();
            assertThat(each.succeeded()).as("calls that succeeded before it").isPositive();
        });
        assertThat(ran.values().stream().mapToLong(Ran::calls).sum()).isGreaterThanOrEqualTo(CALLS);
    }

    /** Control: the same race finds a capability that nothing revokes. */
    @Test
    void aGateThatStaysOpenIsFound() throws InterruptedException {
        Map<Cause, Ran> ran = race(Cause.values().length * CALLS_A_ROUND, RevocationRaceTest::unguarded);

        assertThat(ran.values())
                .allSatisfy(
                        each -> assertThat(each.late()).as("late calls found").isPositive());
        assertThat(ran.values().stream().mapToLong(Ran::landedLate).sum())
                .as("late changes found")
                .isPositive();
    }

    /** Control: the same race finds a revocation that is acknowledged before it is done. */
    @Test
    void anAcknowledgementThatComesTooEarlyIsFound() throws InterruptedException {
        Map<Cause, Ran> ran = race(5 * Cause.values().length * CALLS_A_ROUND, new Protection() {
            @Override
            public Namespace.Client home(World world, Session session) {
                return grant(session, Slot.HOME).capability(Namespace.factory);
            }

            @Override
            public boolean isAcknowledgedTooEarly() {
                return true;
            }
        });

        assertThat(ran.values().stream().mapToLong(Ran::late).sum())
                .as("late calls found")
                .isPositive();
    }

    private static void print(Map<Cause, Ran> ran) {
        System.out.println("revocation race, seed " + SEED);
        ran.forEach((cause, each) -> System.out.println("  " + cause + ": " + each.calls() + " calls, "
                + each.succeeded() + " succeeded before the acknowledgement, " + each.late() + " after it, "
                + each.landedLate() + " changes after it"));
    }

    // ---- the race ----

    private static Map<Cause, Ran> race(int calls, Protection protection) throws InterruptedException {
        SplittableRandom random = new SplittableRandom(SEED);
        Map<Cause, Ran> ran = new EnumMap<>(Cause.class);
        try (World world = World.seeded()) {
            Holder operator = world.operator();
            world.alice(operator).logout();
            long made = 0;
            for (int round = 0; made < calls || round < Cause.values().length; round++) {
                Cause cause = Cause.values()[round % Cause.values().length];
                Ran once = new Round(world, protection, cause, random.split()).run();
                made += once.calls();
                ran.merge(cause, once, Ran::plus);
            }
        }
        return ran;
    }

    /** One session, its callers, and what ends it. */
    private static final class Round {
        private final World world;
        private final Protection protection;
        private final Cause cause;
        private final SplittableRandom random;
        private final AtomicLong acknowledgedAt = new AtomicLong(Long.MAX_VALUE);
        private final CountDownLatch acknowledged = new CountDownLatch(1);
        private final AtomicLong sent = new AtomicLong();
        private final AtomicLong succeeded = new AtomicLong();
        private final AtomicLong late = new AtomicLong();

        Round(World world, Protection protection, Cause cause, SplittableRandom random) {
            this.world = world;
            this.protection = protection;
            this.cause = cause;
            this.random = random;
        }

        Ran run() throws InterruptedException {
            Session session = login(world);
            RootId root = homeOf(world);
            NamespaceStore storage = new NamespaceStore(world.engine, world.clock, StorageLimits.DEFAULT);
            try (Namespace.Client home = protection.home(world, session);
                    Elsewhere elsewhere = new Elsewhere(home.share());
                    UserSession.Client logout = grant(session, Slot.SESSION).capability(UserSession.factory)) {
                Holder.put(home, "shared/report", "figures");
                List<Namespace.Client> held =
                        List.of(home.share(), elsewhere.home(), sub(home, "shared"), sub(elsewhere.home, "shared"));
                try (Blob.Client blob = blob(home);
                        Blob.Client passedOn = blob(elsewhere.home)) {
                    List<Thread> callers = new ArrayList<>();
                    CountDownLatch under = new CountDownLatch(CALLS_A_ROUND / 4 + random.nextInt(CALLS_A_ROUND / 2));
                    for (int i = 0; i < held.size(); i++) {
                        Namespace.Client namespace = held.get(i);
                        Blob.Client content = i % 2 == 0 ? blob : passedOn;
                        SplittableRandom own = random.split();
                        String name = "c" + i + "-";
                        // Platform threads: once all is revoked they never wait, and would hold the carriers of the
                        // rest.
                        callers.add(
                                Thread.ofPlatform().daemon().start(() -> call(namespace, content, name, own, under)));
                    }
                    under.await();
                    if (protection.isAcknowledgedTooEarly()) {
                        acknowledgedAt.set(System.nanoTime());
                    }
                    long landed;
                    try {
                        revoke(logout);
                        landed = generation(storage, root);
                    } finally {
                        acknowledgedAt.compareAndSet(Long.MAX_VALUE, System.nanoTime());
                        acknowledged.countDown();
                    }
                    for (Thread caller : callers) {
                        caller.join();
                    }
                    long landedLate = generation(storage, root) - landed;
                    return new Ran(sent.get(), succeeded.get(), late.get(), landedLate);
                } finally {
                    held.forEach(Namespace.Client::close);
                }
            } finally {
                restore(session);
            }
        }

        /** Keeps some calls in flight until the acknowledgement and for some calls more. */
        private void call(
                Namespace.Client namespace, Blob.Client blob, String name, SplittableRandom own, CountDownLatch under) {
            List<InFlight> calls = new ArrayList<>();
            int before = 0;
            int after = 0;
            while (after < CALLS_AFTER) {
                boolean isAcknowledged = acknowledgedAt.get() != Long.MAX_VALUE;
                if (!isAcknowledged && before >= CALLS_A_ROUND) {
                    awaitAcknowledgement(); // enough of these: what is refused already costs next to nothing
                    continue;
                }
                calls.add(send(namespace, blob, name + (before + after), own.nextInt(8)));
                sent.incrementAndGet();
                under.countDown();
                if (isAcknowledged) {
                    after++;
                } else {
                    before++;
                }
                if (calls.size() >= IN_FLIGHT) {
                    look(calls.removeFirst());
                }
            }
            calls.forEach(this::look);
        }

        private void awaitAcknowledgement() {
            try {
                acknowledged.await();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }

        private void look(InFlight call) {
            if (call.succeeded()) {
                succeeded.incrementAndGet();
                // One that was sent before may have been answered before; one sent after it is a gap.
                if (call.sentAt() > acknowledgedAt.get()) {
                    late.incrementAndGet();
                }
            }
        }

        private void revoke(UserSession.Client logout) {
            RecordId alice = RevocationTest.recordOf(world, "alice");
            var accounts = world.store.accountManager();
            switch (cause) {
                case LOGOUT -> logout.logoutRequest().send().await();
                case EXPIRY -> {
                    world.clock.advance(Duration.ofHours(12));
                    // What the lane had begun by then may land; the acknowledgement is that it has.
                    var _ = world.engine
                            .submit(txn -> true)
                            .toCompletableFuture()
                            .join();
                }
                case DISABLED -> committed(accounts.setStatus(alice, AccountStatus.DISABLED, 0, DAEMON));
                case LOCKED -> committed(accounts.setStatus(alice, AccountStatus.LOCKED, 0, DAEMON));
                case ROLE_REMOVED -> committed(accounts.removeRole(alice, "local-user", 0, DAEMON));
                case PROFILE_CHANGED ->
                    committed(accounts.setProfiles(alice, Optional.of(otherResources()), Optional.empty(), 0, DAEMON));
            }
        }

        /** The one of two profiles that the account has not. */
        private ProfileRef otherResources() {
            var held = world.store
                    .accounts()
                    .byId(RevocationTest.recordOf(world, "alice"))
                    .orElseThrow()
                    .content()
                    .resourceProfile();
            return List.of("standard", "operator").stream()
                    .map(name -> ProfileRef.following(world.store
                            .resourceProfiles()
                            .byName(name)
                            .orElseThrow()
                            .content()
                            .profile()
                            .profileId()))
                    .filter(reference -> !reference.equals(held))
                    .findFirst()
                    .orElseThrow();
        }

        private void restore(Session session) {
            world.broker.parts().janitor().end(session, "the round is over");
            session.cleared().join();
            RecordId alice = RevocationTest.recordOf(world, "alice");
            var accounts = world.store.accountManager();
            switch (cause) {
                case LOGOUT, EXPIRY, PROFILE_CHANGED -> {}
                case DISABLED, LOCKED -> committed(accounts.setStatus(alice, AccountStatus.ACTIVE, 0, DAEMON));
                case ROLE_REMOVED -> committed(accounts.addRole(alice, "local-user", Optional.empty(), 0, DAEMON));
            }
        }
    }

    private static void committed(CommitResult result) {
        assertThat(result).isInstanceOf(CommitResult.Committed.class);
    }

    // ---- the calls ----

    /** A call on its way. */
    private record InFlight(long sentAt, Outcome outcome) {
        boolean succeeded() {
            try {
                return outcome.isSuccess();
            } catch (RpcException revoked) {
                assertThat(revoked.reason()).startsWith("revoked: ");
                return false;
            }
        }
    }

    private interface Outcome {
        boolean isSuccess();
    }

    private static InFlight send(Namespace.Client namespace, Blob.Client blob, String path, int which) {
        long now = System.nanoTime();
        return new InFlight(
                now,
                switch (which) {
                    case 0, 1 -> {
                        var request = namespace.putRequest();
                        request.params().setPath(path);
                        request.params().setContent(path.getBytes(UTF_8));
                        var call = request.send();
                        yield () -> {
                            try (var response = call.join()) {
                                return response.get().getResult().isStored();
                            }
                        };
                    }
                    case 2, 3 -> {
                        var request = blob.readRequest();
                        request.params().setLength(64);
                        var call = request.send();
                        yield () -> {
                            try (var response = call.join()) {
                                return response.get().getData().size() > 0;
                            }
                        };
                    }
                    case 4 -> {
                        var call = namespace.usageRequest().send();
                        yield () -> {
                            try (var response = call.join()) {
                                return response.get().getQuotaBytes() > 0;
                            }
                        };
                    }
                    default -> {
                        var request = namespace.statRequest();
                        request.params().setPath("nothing");
                        var call = request.send();
                        yield () -> {
                            try (var response = call.join()) {
                                return response.get().getResult().isDenied();
                            }
                        };
                    }
                });
    }

    // ---- what the rounds are made of ----

    /** A vat of somebody to whom a capability was passed on. */
    private static final class Elsewhere implements AutoCloseable {
        private final RpcConnection here;
        private final RpcConnection there;
        private final Namespace.Client home;

        Elsewhere(Namespace.Client passedOn) {
            try {
                Pipe one = Pipe.open();
                Pipe other = Pipe.open();
                here = RpcConnection.open(one.source(), other.sink(), passedOn, dev.bailiwick.capnp.rpc.Limits.DEFAULT);
                there = RpcConnection.open(other.source(), one.sink(), dev.bailiwick.capnp.rpc.Limits.DEFAULT);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            home = there.bootstrap(Namespace.factory);
        }

        Namespace.Client home() {
            return home.share();
        }

        @Override
        public void close() {
            home.close();
            there.close();
            here.close();
        }
    }

    private static Session login(World world) {
        return switch (world.broker
                .parts()
                .minter()
                .start(
                        RevocationTest.recordOf(world, "alice"),
                        new Caller(World.ALICE_UID, SessionSource.UNIX_SOCKET),
                        AuthStrength.PASSWORD,
                        Optional.empty(),
                        TerminalSession.factory.nullClient())) {
            case Minter.Outcome.Started(Session session, var _) -> session;
            case Minter.Outcome.Refused(Refusal refusal) -> throw new AssertionError(refusal);
        };
    }

    private static Grant grant(Session session, Slot slot) {
        return session.grant(slot).orElseThrow();
    }

    /** The home as it would be with a membrane and a gate that nothing closes. */
    private static Namespace.Client unguarded(World world, Session session) {
        NamespaceStore storage = new NamespaceStore(world.engine, world.clock, StorageLimits.DEFAULT);
        var _ = storage.ensureRoot(homeOf(world), session.identity().principalId(), Durability.DURABLE);
        return switch (storage.open(
                homeOf(world),
                session.identity().principalId(),
                new Quota("homeQuotaBytes", 1 << 26),
                EffectGate.alwaysOpen())) {
            case OpenResult.Opened(var opened) -> Namespace.client(new NamespaceServer(opened));
            case dev.bailiwick.storage.Denied denied -> throw new AssertionError(denied);
        };
    }

    private static RootId homeOf(World world) {
        return world.store
                .accounts()
                .byId(RevocationTest.recordOf(world, "alice"))
                .orElseThrow()
                .content()
                .homeRoot()
                .orElseThrow()
                .rootObjectId();
    }

    private static long generation(NamespaceStore storage, RootId root) {
        return storage.info(root).map(RootInfo::generation).orElseThrow();
    }

    private static Namespace.Client sub(Namespace.Client home, String path) {
        var request = home.subRequest();
        request.params().setPath(path);
        try (var response = request.send().join()) {
            return response.get().getNamespace();
        }
    }

    private static Blob.Client blob(Namespace.Client home) {
        var request = home.getRequest();
        request.params().setPath("shared/report");
        try (var response = request.send().join()) {
            return response.get().getResult().getBlob();
        }
    }
}
