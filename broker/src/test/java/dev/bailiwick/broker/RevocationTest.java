package dev.bailiwick.broker;

import static dev.bailiwick.broker.Holder.get;
import static dev.bailiwick.broker.Holder.put;
import static dev.bailiwick.broker.SessionLifeTest.assertRevoked;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bailiwick.accountstore.AccountStatus;
import dev.bailiwick.accountstore.Actor;
import dev.bailiwick.accountstore.Attribution;
import dev.bailiwick.accountstore.CommitResult;
import dev.bailiwick.accountstore.Mutation;
import dev.bailiwick.accountstore.PolicyProfileContent;
import dev.bailiwick.accountstore.PolicyVersion;
import dev.bailiwick.accountstore.ResourceProfileContent;
import dev.bailiwick.accountstore.Stored;
import dev.bailiwick.accountstore.Transaction;
import dev.bailiwick.capnp.rpc.RemoteCall;
import dev.bailiwick.capnp.rpc.RpcException;
import dev.bailiwick.profiles.PolicyCatalogue;
import dev.bailiwick.profiles.ProfileRef;
import dev.bailiwick.schema.AccountName;
import dev.bailiwick.schema.Id128;
import dev.bailiwick.schema.RecordId;
import dev.bailiwick.schema.TransactionId;
import dev.bailiwick.schema.VersionId;
import dev.bailiwick.schema.gen.Blob;
import dev.bailiwick.schema.gen.Namespace;
import dev.bailiwick.schema.gen.SessionBundle;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** What a commit takes away is gone when the commit is acknowledged, however far it was passed on. */
class RevocationTest {
    private static final Attribution DAEMON = Attribution.of(new Actor.Daemon());

    @Test
    void disablingAnAccountRevokesEveryCapabilityOfIts() {
        try (World world = World.seeded()) {
            Holder operator = world.operator();
            Holder alice = world.alice(operator);
            Namespace.Client home = alice.home();
            var config = alice.hold(SessionBundle.Reader::getConfig);
            var logs = alice.hold(SessionBundle.Reader::getLogs);
            var sink = alice.hold(SessionBundle.Reader::getLogSink);
            var status = alice.hold(SessionBundle.Reader::getStatus);
            var credentials = alice.hold(SessionBundle.Reader::getCredentials);
            var session = alice.hold(SessionBundle.Reader::getSession);

            assertThat(operator.setStatus("alice", dev.bailiwick.schema.gen.AccountStatus.DISABLED))
                    .isEqualTo("committed");

            assertThatThrownBy(() -> get(home, "x")).hasMessage("revoked: the account was disabled");
            assertRevoked(() -> put(config, "x", "y"));
            assertRevoked(() -> logs.readRequest().send().await());
            assertRevoked(() -> sink.writeRequest().send().await());
            assertRevoked(() -> status.getRequest().send().await());
            assertRevoked(() -> credentials.listRequest().send().await());
            assertRevoked(() -> session.infoRequest().send().await());
            assertThat(world.login(World.ALICE_UID, "alice", World.PASSWORD).denial())
                    .isEqualTo("account-disabled");
            assertThat(world.resume(World.ALICE_UID, alice.reference()).isLoggedIn())
                    .isFalse();
        }
    }

    @Test
    void whatWasHandedToAThirdPartyIsRevokedToo() {
        try (World world = World.seeded()) {
            Holder operator = world.operator();
            Holder alice = world.alice(operator);
            put(alice.home(), "shared/report", "figures");
            Namespace.Client handedOn = subNamespace(alice, "shared");
            Blob.Client blob = blob(alice, handedOn, "report");
            assertThat(Holder.read(blob)).isEqualTo("figures");

            operator.setStatus("alice", dev.bailiwick.schema.gen.AccountStatus.LOCKED);

            assertRevoked(() -> get(handedOn, "report"));
            assertRevoked(() -> Holder.read(blob));
        }
    }

    @Test
    void aWriterThatWasOpenBeforeCannotCommitAfter() {
        try (World world = World.seeded()) {
            Holder operator = world.operator();
            Holder alice = world.alice(operator);
            var request = alice.home().writerRequest();
            request.params().setPath("late");
            try (var response = request.send().join()) {
                var writer = alice.keep(response.get().getWriter());
                var write = writer.writeRequest();
                write.params().setData(new byte[1000]);
                write.send().await();

                operator.setStatus("alice", dev.bailiwick.schema.gen.AccountStatus.DISABLED);
                assertRevoked(() -> writer.commitRequest().send().await());
                operator.setStatus("alice", dev.bailiwick.schema.gen.AccountStatus.ACTIVE);
            }
            assertThat(get(world.login(World.ALICE_UID, "alice", World.PASSWORD).home(), "late"))
                    .isEqualTo("not-found");
        }
    }

    @Test
    void aCallInFlightIsAnsweredWithTheRevocation() {
        try (World world = World.seeded()) {
            Holder alice = world.alice(world.operator());
            Namespace.Client home = alice.home();
            // The lane is held, so that the calls below are certainly on their way when the revoking commit is.
            List<RemoteCall<?, ?>> calls = new ArrayList<>();
            Lane lane = Lane.held(world.engine);
            for (int i = 0; i < 20; i++) {
                var request = home.putRequest();
                request.params().setPath("f" + i);
                calls.add(request.send());
            }
            Thread disabling = Thread.ofVirtual().start(() -> setStatus(world, "alice", AccountStatus.DISABLED));
            lane.release();
            join(disabling);

            // The first may have landed before; none may be left without an answer.
            assertThat(calls).allSatisfy(call -> {
                try (var response = call.join()) {
                    assertThat(response.get()).isNotNull();
                } catch (RpcException failure) {
                    assertThat(failure.reason()).startsWith("revoked: ");
                }
            });
            assertRevoked(() -> get(home, "x"));
        }
    }

    @Test
    void removingARoleTakesExactlyWhatTheRoleGave() {
        try (World world = World.seeded()) {
            Holder operator = world.operator();
            Holder alice = world.alice(operator);
            Namespace.Client home = alice.home();
            var session = alice.hold(SessionBundle.Reader::getSession);

            assertThat(operator.removeRole("alice", "local-user")).isEqualTo("committed");

            assertThatThrownBy(() -> get(home, "x"))
                    .hasMessage("revoked: the binding of role \"local-user\" was changed");
            session.infoRequest().send().await();
            assertThat(world.resume(World.ALICE_UID, alice.reference()).grantedSlots())
                    .containsExactly("IDENTITY", "SESSION");
        }
    }

    @Test
    void addingARoleRevokesNothingAndShowsWhenTheSessionIsTakenUp() {
        try (World world = World.seeded()) {
            Holder operator = world.operator();
            Holder alice =
                    world.enroll(World.ALICE_UID, "alice", operator.create("alice", "developer"), World.PASSWORD);
            var logs = alice.hold(SessionBundle.Reader::getLogs);
            assertThat(alice.grantedSlots()).containsExactly("IDENTITY", "LAUNCHER", "LOGS", "SESSION");

            assertThat(operator.addRole("alice", "local-user")).isEqualTo("committed");

            logs.readRequest().send().await();
            assertThat(world.resume(World.ALICE_UID, alice.reference()).grantedSlots())
                    .contains("HOME", "TMP", "LOGS");
            logs.readRequest().send().await();
        }
    }

    @Test
    void changingTheAccountsProfilesTakesTheGrantsAway() {
        try (World world = World.seeded()) {
            Holder operator = world.operator();
            Holder alice = world.alice(operator);
            Namespace.Client home = alice.home();

            assertThat(operator.setProfiles("alice", "operator", "")).isEqualTo("committed");

            assertThatThrownBy(() -> get(home, "x")).hasMessage("revoked: the account's profiles were changed");
            Holder again = world.resume(World.ALICE_UID, alice.reference());
            try (var usage = again.home().usageRequest().send().join()) {
                assertThat(usage.get().getQuotaBytes()).isEqualTo(256L << 20);
            }
        }
    }

    @Test
    void changingAResourceProfileTakesWhatItLimits() {
        try (World world = World.seeded()) {
            Holder alice = world.alice(world.operator());
            Namespace.Client home = alice.home();
            var status = alice.hold(SessionBundle.Reader::getStatus);
            Stored<ResourceProfileContent> old =
                    world.store.resourceProfiles().byName("standard").orElseThrow();

            commit(
                    world,
                    Mutation.replace(
                            old,
                            new ResourceProfileContent(version(), old.content().profile())));

            assertThatThrownBy(() -> get(home, "x")).hasMessage("revoked: resource profile \"standard\" was changed");
            status.getRequest().send().await();
        }
    }

    @Test
    void aLaterVersionOfAPinnedProfileConcernsNobodyWhoIsPinnedToTheOneBefore() {
        try (World world = World.seeded()) {
            Holder alice = world.alice(world.operator());
            Stored<ResourceProfileContent> resources =
                    world.store.resourceProfiles().byName("standard").orElseThrow();
            Stored<PolicyProfileContent> policy =
                    world.store.policy().profileByName("standard").orElseThrow();
            assertThat(world.store
                            .accountManager()
                            .setProfiles(
                                    recordOf(world, "alice"),
                                    Optional.of(new ProfileRef(
                                            resources.content().profile().profileId(),
                                            Optional.of(resources.content().versionId()),
                                            0)),
                                    Optional.of(new ProfileRef(
                                            policy.content().profile().profileId(),
                                            Optional.of(policy.content().versionId()),
                                            0)),
                                    0,
                                    DAEMON))
                    .isInstanceOf(CommitResult.Committed.class);
            Namespace.Client home =
                    world.resume(World.ALICE_UID, alice.reference()).home();

            commit(
                    world,
                    Mutation.replace(
                            resources,
                            new ResourceProfileContent(
                                    version(), resources.content().profile())));
            commit(
                    world,
                    Mutation.replace(
                            policy,
                            new PolicyProfileContent(version(), policy.content().profile())));

            home.usageRequest().send().await();
            Holder again = world.resume(World.ALICE_UID, alice.reference());
            again.home().usageRequest().send().await();
        }
    }

    @Test
    void changingAPolicyProfileOrTheCatalogueTakesEverythingUntilTheSessionIsTakenUp() {
        try (World world = World.seeded()) {
            Holder alice = world.alice(world.operator());
            Stored<PolicyProfileContent> profile =
                    world.store.policy().profileByName("standard").orElseThrow();
            commit(
                    world,
                    Mutation.replace(
                            profile,
                            new PolicyProfileContent(
                                    version(), profile.content().profile())));
            assertRevoked(() -> alice.home().usageRequest().send().await());

            Holder again = world.resume(World.ALICE_UID, alice.reference());
            again.home().usageRequest().send().await();
            Stored<PolicyVersion> policy = world.store.policy().policy();
            PolicyCatalogue same = policy.content().catalogue();
            commit(world, Mutation.replace(policy, new PolicyVersion(version(), same)));
            assertRevoked(() -> again.home().usageRequest().send().await());
            world.resume(World.ALICE_UID, alice.reference())
                    .home()
                    .usageRequest()
                    .send()
                    .await();
        }
    }

    @Test
    void aBindingThatExpiresTakesItsGrantsWithIt() {
        try (World world = World.seeded()) {
            Holder operator = world.operator();
            String code = operator.create("alice", "developer");
            RecordId record = recordOf(world, "alice");
            assertThat(world.store
                            .accountManager()
                            .addRole(
                                    record,
                                    "local-user",
                                    Optional.of(world.clock.instant().plus(Duration.ofMinutes(10))),
                                    0,
                                    DAEMON))
                    .isInstanceOf(CommitResult.Committed.class);
            Holder alice = world.enroll(World.ALICE_UID, "alice", code, World.PASSWORD);
            Namespace.Client home = alice.home();
            assertThat(get(home, "x")).isEqualTo("not-found");

            world.clock.advance(Duration.ofMinutes(10));

            assertThatThrownBy(() -> get(home, "x")).hasMessage("revoked: the role binding has expired");
            alice.hold(SessionBundle.Reader::getLogs).readRequest().send().await();
        }
    }

    @Test
    void anAdministratorWhoWasDisabledLandsNoFurtherChange() {
        try (World world = World.seeded()) {
            Holder operator = world.operator();
            makeSecondAdministrator(world, operator);
            operator.create("victim");
            var request = operator.manager().setStatusRequest();
            request.params().setName("victim");
            request.params().setStatus(dev.bailiwick.schema.gen.AccountStatus.DISABLED);
            Lane lane = Lane.held(world.engine);
            var call = request.send();
            Thread disabling = Thread.ofVirtual().start(() -> setStatus(world, "operator", AccountStatus.DISABLED));
            lane.release();
            join(disabling);

            // It may have landed before, answered or not; from the acknowledgement on nothing lands any more.
            long version = versionOf(world, "victim");
            boolean answered = committed(call);
            assertThat(versionOf(world, "victim")).isEqualTo(version);
            assertThat(answered && version == 1).isFalse();
            assertRevoked(() -> operator.setStatus("victim", dev.bailiwick.schema.gen.AccountStatus.LOCKED));
        }
    }

    private static boolean committed(
            RemoteCall<dev.bailiwick.schema.gen.AccountStoreManager.SetStatusResults.Reader, ?> call) {
        try (var response = call.join()) {
            return response.get().getResult().isCommitted();
        } catch (RpcException revoked) {
            assertThat(revoked.reason()).startsWith("revoked: ");
            return false;
        }
    }

    /** Calls race with a revoking commit: after its acknowledgement none succeeds. */
    @Test
    void noCallSucceedsAfterTheRevokingCommitIsAcknowledged() throws InterruptedException {
        int rounds = Integer.getInteger("revocation.rounds", 15);
        try (World world = World.seeded()) {
            Holder operator = world.operator();
            world.alice(operator).logout();
            for (int round = 0; round < rounds; round++) {
                Holder alice = world.login(World.ALICE_UID, "alice", World.PASSWORD);
                raceOnce(world, alice.home(), round);
                alice.close();
                setStatus(world, "alice", AccountStatus.ACTIVE);
            }
        }
    }

    private static void raceOnce(World world, Namespace.Client home, int round) throws InterruptedException {
        AtomicLong acknowledgedAt = new AtomicLong(Long.MAX_VALUE);
        AtomicBoolean stop = new AtomicBoolean();
        AtomicLong succeededLate = new AtomicLong();
        Semaphore calls = new Semaphore(0);
        List<Thread> callers = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            int caller = i;
            callers.add(Thread.ofVirtual().start(() -> {
                for (int n = 0; !stop.get(); n++) {
                    long sentAt = System.nanoTime();
                    boolean succeeded = caller == 0 ? puts(home, "r" + round + "-" + n) : gets(home);
                    calls.release();
                    // A call that was sent after the acknowledgement and succeeds is a gap.
                    if (succeeded && sentAt > acknowledgedAt.get()) {
                        succeededLate.incrementAndGet();
                    }
                }
            }));
        }
        calls.acquire(20);
        setStatus(world, "alice", AccountStatus.DISABLED);
        acknowledgedAt.set(System.nanoTime());
        calls.acquire(50);
        stop.set(true);
        for (Thread caller : callers) {
            caller.join();
        }
        assertThat(succeededLate)
                .as("calls that succeeded after the acknowledgement")
                .hasValue(0);
    }

    private static boolean puts(Namespace.Client home, String path) {
        try {
            return put(home, path, "x").equals("stored");
        } catch (RpcException revoked) {
            return false;
        }
    }

    private static boolean gets(Namespace.Client home) {
        try {
            return get(home, "nothing").equals("not-found");
        } catch (RpcException revoked) {
            return false;
        }
    }

    /** Logins race with a revoking commit: no session that was minted from the state before it lives after it. */
    @Test
    void noSessionSlipsPastTheRevokingCommit() throws InterruptedException {
        try (World world = World.seeded()) {
            for (int round = 0; round < Integer.getInteger("revocation.rounds", 15); round++) {
                List<Holder> guests = guestsWhileDisabling(world);

                assertThat(guests).isNotEmpty().allSatisfy(guest -> assertRevoked(() -> get(guest.home(), "x")));
                guests.forEach(Holder::close);
                Awaitility.await().until(() -> world.broker.sessions() == 0);
                setStatus(world, "guest", AccountStatus.ACTIVE);
            }
        }
    }

    private static List<Holder> guestsWhileDisabling(World world) throws InterruptedException {
        List<Holder> guests = Collections.synchronizedList(new ArrayList<>());
        Semaphore logins = new Semaphore(0);
        List<Thread> callers = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            callers.add(Thread.ofVirtual().start(() -> {
                for (int n = 0; n < 5; n++) {
                    Holder guest = world.guest(2000);
                    if (guest.isLoggedIn()) {
                        guests.add(guest);
                    }
                    logins.release();
                }
            }));
        }
        logins.acquire(3);
        setStatus(world, "guest", AccountStatus.DISABLED);
        for (Thread caller : callers) {
            caller.join();
        }
        return guests;
    }

    // ---- what the tests above do to the store ----

    static void makeSecondAdministrator(World world, Holder operator) {
        // A one-time code would run out: whoever has not set a password does not count as an administrator for good.
        world.enroll(World.ALICE_UID + 1, "second", operator.create("second"), World.PASSWORD);
        RecordId record = recordOf(world, "second");
        var policy = world.store.policy().profileByName("operator").orElseThrow();
        assertThat(world.store
                        .accountManager()
                        .setProfiles(
                                record,
                                Optional.empty(),
                                Optional.of(dev.bailiwick.profiles.ProfileRef.following(
                                        policy.content().profile().profileId())),
                                0,
                                DAEMON))
                .isInstanceOf(CommitResult.Committed.class);
        assertThat(world.store.accountManager().addRole(record, "account-admin", Optional.empty(), 0, DAEMON))
                .isInstanceOf(CommitResult.Committed.class);
    }

    private static long versionOf(World world, String name) {
        return world.store.accounts().byId(recordOf(world, name)).orElseThrow().version();
    }

    static RecordId recordOf(World world, String name) {
        return world.store
                .accounts()
                .byName(AccountName.parse(name).key())
                .orElseThrow()
                .recordId();
    }

    private static void setStatus(World world, String name, AccountStatus status) {
        assertThat(world.store.accountManager().setStatus(recordOf(world, name), status, 0, DAEMON))
                .isInstanceOf(CommitResult.Committed.class);
    }

    private static void commit(World world, Mutation mutation) {
        assertThat(world.store.commit(new Transaction(
                        TransactionId.of(randomId().toBytes()),
                        world.clock.instant(),
                        new Actor.Daemon(),
                        "test.change",
                        Optional.empty(),
                        List.of(mutation),
                        List.of())))
                .isInstanceOf(CommitResult.Committed.class);
    }

    private static VersionId version() {
        return new VersionId(randomId());
    }

    private static Id128 randomId() {
        return new Id128(
                ThreadLocalRandom.current().nextLong(),
                ThreadLocalRandom.current().nextLong());
    }

    private static Namespace.Client subNamespace(Holder holder, String path) {
        var request = holder.home().subRequest();
        request.params().setPath(path);
        try (var response = request.send().join()) {
            return holder.keep(response.get().getNamespace());
        }
    }

    private static Blob.Client blob(Holder holder, Namespace.Client namespace, String path) {
        var request = namespace.getRequest();
        request.params().setPath(path);
        try (var response = request.send().join()) {
            return holder.keep(response.get().getResult().getBlob());
        }
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
