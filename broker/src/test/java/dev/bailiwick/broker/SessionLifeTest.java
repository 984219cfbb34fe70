package dev.bailiwick.broker;

import static dev.bailiwick.broker.Holder.get;
import static dev.bailiwick.broker.Holder.put;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bailiwick.capnp.rpc.RpcException;
import dev.bailiwick.schema.gen.AccountStatus;
import dev.bailiwick.schema.gen.Blob;
import dev.bailiwick.schema.gen.Namespace;
import dev.bailiwick.schema.gen.SessionBundle;
import dev.bailiwick.schema.gen.SessionManager;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** Logging in, coming back, logging out, expiring. */
class SessionLifeTest {
    @Test
    void aLoginReturnsLiveCapabilities() {
        try (World world = World.seeded()) {
            Holder alice = world.alice(world.operator());

            assertThat(put(alice.home(), "notes/today.txt", "hello")).isEqualTo("stored");
            assertThat(get(alice.home(), "notes/today.txt")).isEqualTo("hello");
            assertThat(alice.grantedSlots())
                    .containsExactly(
                            "APPROVAL",
                            "CACHE",
                            "CONFIG",
                            "CREDENTIALS",
                            "HOME",
                            "IDENTITY",
                            "KEYRING",
                            "LAUNCHER",
                            "LOGS",
                            "LOG_SINK",
                            "SECURED",
                            "SERVICES",
                            "SESSION",
                            "STATUS",
                            "TMP");
            assertThat(alice.receipts()).containsEntry("TERMINAL", "no-terminal");
        }
    }

    @Test
    void theHomeOutlivesTheSession() {
        try (World world = World.seeded()) {
            Holder alice = world.alice(world.operator());
            put(alice.home(), "kept.txt", "still here");
            alice.logout();

            assertThat(get(world.login(World.ALICE_UID, "alice", World.PASSWORD).home(), "kept.txt"))
                    .isEqualTo("still here");
        }
    }

    @Test
    void configIsNotReachableFromHome() {
        try (World world = World.seeded()) {
            Holder alice = world.alice(world.operator());
            put(alice.hold(SessionBundle.Reader::getConfig), "settings", "x");

            assertThat(get(alice.home(), "settings")).isEqualTo("not-found");
        }
    }

    @Test
    void twoAccountsHaveDifferentHomes() {
        try (World world = World.seeded()) {
            Holder operator = world.operator();
            Holder alice = world.alice(operator);
            Holder bob = world.enroll(1002, "bob", operator.create("bob"), World.PASSWORD);
            put(alice.home(), "mine.txt", "alice");

            assertThat(get(bob.home(), "mine.txt")).isEqualTo("not-found");
        }
    }

    @Test
    void logoutRevokesEverythingAndDeletesTmpBeforeItAnswers() {
        try (World world = World.seeded()) {
            Holder alice = world.alice(world.operator());
            Namespace.Client home = alice.home();
            Namespace.Client tmp = alice.hold(SessionBundle.Reader::getTmp);
            put(tmp, "scratch", "x");

            alice.logout();

            assertRevoked(() -> get(home, "anything"));
            assertRevoked(() -> get(tmp, "scratch"));
            assertRevoked(alice::logout);
            assertThat(world.broker.sessions()).isEqualTo(1);
            assertThat(world.audit()).contains("session.end ok");
        }
    }

    @Test
    void aSessionIsTakenUpAgainByItsReference() {
        try (World world = World.seeded()) {
            Holder alice = world.alice(world.operator());
            Namespace.Client tmp = alice.hold(SessionBundle.Reader::getTmp);
            put(tmp, "scratch", "x");

            Holder again = world.resume(World.ALICE_UID, alice.reference());

            assertThat(get(again.hold(SessionBundle.Reader::getTmp), "scratch")).isEqualTo("x");
            assertThat(again.result().getInfo().getSessionId().toArray())
                    .isEqualTo(alice.result().getInfo().getSessionId().toArray());
            again.logout();
            assertRevoked(() -> get(tmp, "scratch"));
        }
    }

    @Test
    void aReferenceIsWorthNothingToAnotherUser() {
        try (World world = World.seeded()) {
            Holder alice = world.alice(world.operator());

            assertThat(world.resume(666, alice.reference()).denial()).isEqualTo("session-unknown");
            assertThat(world.resume(World.ALICE_UID, new byte[32]).denial()).isEqualTo("session-unknown");
        }
    }

    @Test
    void anEndedSessionCannotBeTakenUp() {
        try (World world = World.seeded()) {
            Holder alice = world.alice(world.operator());
            alice.logout();

            assertThat(world.resume(World.ALICE_UID, alice.reference()).denial())
                    .isEqualTo("session-unknown");
        }
    }

    @Test
    void aSessionExpires() {
        try (World world = World.seeded()) {
            Holder alice = world.alice(world.operator());
            Namespace.Client home = alice.home();
            // Used all the time, so that it is the age that counts.
            for (int hour = 0; hour < 11; hour++) {
                world.clock.advance(Duration.ofHours(1));
                assertThat(get(home, "x")).isEqualTo("not-found");
            }
            world.clock.advance(Duration.ofHours(1));

            assertThatThrownBy(() -> get(home, "x")).hasMessage("revoked: the session has expired");
            assertThat(world.resume(World.ALICE_UID, alice.reference()).denial())
                    .isEqualTo("session-expired");
        }
    }

    @Test
    void anIdleSessionExpiresAndIsClearedAway() {
        try (World world = World.seeded()) {
            Holder alice = world.alice(world.operator());
            Namespace.Client home = alice.home();
            world.clock.advance(Duration.ofHours(2));

            assertThatThrownBy(() -> get(home, "x")).hasMessage("revoked: the session was idle too long");
            world.broker.sweep();
            assertThat(world.broker.sessions()).isZero();
        }
    }

    /** The sweep looks at sessions while they end, and closes what has lapsed: the call that ends its own session is still answered. */
    @Test
    void aLogoutIsAnsweredWhateverIsSweptMeanwhile() {
        try (World world = World.seeded()) {
            AtomicBoolean over = new AtomicBoolean();
            CompletableFuture<Integer> sweeps = CompletableFuture.supplyAsync(
                    () -> {
                        int count = 0;
                        while (!over.get()) {
                            world.broker.sweep();
                            count++;
                        }
                        return count;
                    },
                    task -> Thread.ofPlatform().start(task));
            try {
                for (int i = 0; i < 2000; i++) {
                    world.guest(World.ALICE_UID).logout();
                }
            } finally {
                over.set(true);
            }
            assertThat(sweeps.join()).isPositive();
            assertThat(world.broker.sessions()).isZero();
        }
    }

    @Test
    void anAccountHasOnlySoManySessions() {
        try (World world = World.seeded()) {
            Holder first = world.alice(world.operator());
            for (int i = 1; i < 8; i++) {
                assertThat(world.login(World.ALICE_UID, "alice", World.PASSWORD).isLoggedIn())
                        .isTrue();
            }
            assertThat(world.login(World.ALICE_UID, "alice", World.PASSWORD).denial())
                    .isEqualTo("session-limit");

            first.logout();
            assertThat(world.login(World.ALICE_UID, "alice", World.PASSWORD).isLoggedIn())
                    .isTrue();
        }
    }

    @Test
    void aGuestKeepsNothing() {
        try (World world = World.seeded()) {
            Holder guest = world.guest(2000);
            assertThat(guest.grantedSlots())
                    .containsExactly("HOME", "IDENTITY", "LOGS", "SECURED", "SERVICES", "SESSION", "TMP");
            assertThat(put(guest.home(), "diary", "x")).isEqualTo("stored");
            guest.logout();

            assertThat(get(world.guest(2000).home(), "diary")).isEqualTo("not-found");
        }
    }

    @Test
    void guestsDoNotSeeEachOther() {
        try (World world = World.seeded()) {
            Holder one = world.guest(2000);
            Holder other = world.guest(2000);
            put(one.home(), "diary", "x");

            assertThat(get(other.home(), "diary")).isEqualTo("not-found");
        }
    }

    @Test
    void withoutASeededGuestThereAreNoGuests() {
        try (World world = World.seeded(Shipped.manifestWithout("guest"))) {
            assertThat(world.guest(2000).denial()).isEqualTo("guest-not-seeded");
            assertThat(world.audit()).contains("login.denied guest-not-seeded");
        }
    }

    @Test
    void anAnonymousCallerHasTheLoginPathsAndHelpOnly() {
        try (World world = World.seeded()) {
            Holder anonymous = world.anonymous(2000);

            assertThat(anonymous.grantedSlots()).containsExactly("HELP", "IDENTITY", "LOGIN", "SESSION");
            assertThat(anonymous.reference()).isEmpty();
            assertThat(anonymous.result().getInfo().getPrincipalId().size()).isZero();
            assertThat(anonymous.bundle().hasHome()).isFalse();
        }
    }

    @Test
    void aLoginThroughTheAnonymousBundleOutlivesIt() {
        try (World world = World.seeded()) {
            Holder operator = world.operator();
            String code = operator.create("alice");
            Holder anonymous = world.anonymous(World.ALICE_UID);
            SessionManager.Client login = anonymous.hold(SessionBundle.Reader::getLogin);
            Holder alice = world.enroll(login, "alice", code, World.PASSWORD);
            Namespace.Client home = alice.home();

            anonymous.logout();

            assertThat(put(home, "x", "y")).isEqualTo("stored");
            assertRevoked(() -> world.login(login, "alice", World.PASSWORD));
        }
    }

    @Test
    void aBlobReadAfterTheSessionIsRevoked() {
        try (World world = World.seeded()) {
            Holder alice = world.alice(world.operator());
            Namespace.Client home = alice.home();
            put(home, "x", "y");
            var request = home.getRequest();
            request.params().setPath("x");
            try (var response = request.send().join()) {
                Blob.Client blob = alice.keep(response.get().getResult().getBlob());
                assertThat(Holder.read(blob)).isEqualTo("y");
                alice.logout();
                assertRevoked(() -> Holder.read(blob));
            }
        }
    }

    @Test
    void theQuotaOfTheResourceProfileHolds() {
        try (World world = World.seeded()) {
            Holder guest = world.guest(2000);
            byte[] mebibyte = new byte[1 << 20];
            for (int i = 0; i < 4; i++) {
                mebibyte[0] = (byte) i;
                assertThat(put(guest.home(), "f" + i, mebibyte)).isEqualTo("stored");
            }
            assertThat(put(guest.home(), "one-more", "x")).isEqualTo("quota-exceeded");
        }
    }

    @Test
    void recoveryLogsInOnTheConsoleOnly() {
        try (World world = World.seeded()) {
            String code = world.seededCode("recovery-first-code");
            try (SessionManager.Client socket = world.connect(0)) {
                assertThat(world.enroll(socket, "recovery", code, World.PASSWORD)
                                .denial())
                        .isEqualTo("console-only");
            }
            try (SessionManager.Client console = world.connect(0, SessionSource.CONSOLE)) {
                assertThat(world.login(console, "recovery", World.PASSWORD).grantedSlots())
                        .containsExactly("IDENTITY", "LOGS", "LOG_SINK", "SESSION", "STATUS", "TMP");
            }
        }
    }

    @Test
    void anAccountRestrictedToRecoveryHasRecoverySessionsOnTheConsoleAndNoOthers() {
        try (World world = World.seeded();
                SessionManager.Client socket = world.connect(0);
                SessionManager.Client console = world.connect(0, SessionSource.CONSOLE)) {
            Holder operator = world.operator();
            world.alice(operator);
            Holder recovery =
                    world.enroll(console, "recovery", world.seededCode("recovery-first-code"), World.PASSWORD);
            assertThat(operator.setStatus("recovery", AccountStatus.RECOVERY_ONLY))
                    .isEqualTo("committed");
            operator.setStatus("alice", AccountStatus.RECOVERY_ONLY);

            recovery.hold(SessionBundle.Reader::getStatus).getRequest().send().await();
            assertThat(world.login(console, "recovery", World.PASSWORD).isLoggedIn())
                    .isTrue();
            assertThat(world.login(socket, "recovery", World.PASSWORD).denial()).isEqualTo("console-only");
            assertThat(world.login(console, "alice", World.PASSWORD).denial()).isEqualTo("account-recovery-only");
            operator.setStatus("recovery", AccountStatus.LOCKED);
            assertThat(world.login(console, "recovery", World.PASSWORD).denial())
                    .isEqualTo("account-locked");
            operator.setStatus("recovery", AccountStatus.DISABLED);
            assertThat(world.login(console, "recovery", World.PASSWORD).denial())
                    .isEqualTo("account-disabled");
        }
    }

    @Test
    void thePrincipalReadsWhatTheDaemonNotedOfItsSessions() {
        try (World world = World.seeded()) {
            Holder alice = world.alice(world.operator());
            var sink = alice.hold(SessionBundle.Reader::getLogSink).writeRequest();
            sink.params().setText("from an application");
            sink.send().await();
            try (var response = alice.hold(SessionBundle.Reader::getLogs)
                    .readRequest()
                    .send()
                    .join()) {
                var lines = response.get().getLines();
                assertThat(lines.size()).isEqualTo(2);
                assertThat(lines.get(0).getSource().toString()).isEqualTo("session");
                assertThat(lines.get(0).getText().toString()).contains("began, from unixSocket");
                assertThat(lines.get(1).getText().toString()).isEqualTo("from an application");
            }
        }
    }

    @Test
    void theDaemonStoppingEndsEverySession() {
        World world = World.seeded();
        Holder alice = world.alice(world.operator());
        Namespace.Client home = alice.home();
        world.broker.close();

        assertRevoked(() -> get(home, "x"));
        world.close();
    }

    @Test
    void aRecoveryOnlyAccountSetsAPasswordButGetsNoOrdinarySession() {
        try (World world = World.seeded()) {
            Holder operator = world.operator();
            world.alice(operator);
            assertThat(operator.setStatus("alice", AccountStatus.RECOVERY_ONLY)).isEqualTo("committed");

            assertThat(world.login(World.ALICE_UID, "alice", World.PASSWORD).denial())
                    .isEqualTo("account-recovery-only");
            assertThat(world.enroll(World.ALICE_UID, "alice", operator.issueEnrolment("alice"), "a new long password")
                            .denial())
                    .isEqualTo("account-recovery-only");
            assertThat(operator.setStatus("alice", AccountStatus.ACTIVE)).isEqualTo("committed");
            assertThat(world.login(World.ALICE_UID, "alice", "a new long password")
                            .isLoggedIn())
                    .isTrue();
        }
    }

    static void assertRevoked(ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(RpcException.class, failure -> {
            assertThat(failure.type()).isEqualTo(RpcException.Type.FAILED);
            assertThat(failure.reason()).startsWith("revoked: ");
        });
    }
}
