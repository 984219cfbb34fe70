package dev.bailiwick.broker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bailiwick.accountstore.AuditEntry;
import dev.bailiwick.accountstore.AuditEvent;
import dev.bailiwick.schema.gen.AccountStatus;
import dev.bailiwick.schema.gen.AuthStrength;
import dev.bailiwick.schema.gen.SessionManager;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who gets in with an SSH key, who does not, and who is told why. */
class SshLoginTest {
    private static final SshKey LAPTOP = SshKey.make("alice@laptop");
    private static final SshKey STRANGER = SshKey.make("");

    private static Holder withKey(World world, Holder operator) {
        return world.enrollKey(World.ALICE_UID, "alice", operator.create("alice"), LAPTOP.line());
    }

    @Test
    void aKeyThatWasEnrolledWithACodeLogsIn() {
        try (World world = World.seeded()) {
            Holder enrolled = withKey(world, world.operator());
            assertThat(enrolled.result().getInfo().getAuthStrength()).isEqualTo(AuthStrength.POSSESSION);

            Holder alice = world.sshLogin(World.ALICE_UID, "Alice", LAPTOP);

            assertThat(alice.isLoggedIn()).isTrue();
            assertThat(alice.result().getInfo().getAuthStrength()).isEqualTo(AuthStrength.PUBLIC_KEY);
            assertThat(world.login(World.ALICE_UID, "alice", World.PASSWORD).denial())
                    .isEqualTo("auth-failed");
        }
    }

    @Test
    void aCodeIsSpentByAKeyAndKeptFromALineThatIsNone() {
        try (World world = World.seeded()) {
            String code = world.operator().create("alice");

            assertThat(world.enrollKey(1, "alice", code, "ssh-ed25519 nonsense").denial())
                    .isEqualTo("ssh-key-invalid");
            assertThat(world.enrollKey(1, "alice", code, LAPTOP.line()).isLoggedIn())
                    .isTrue();
            assertThat(world.enrollKey(1, "alice", code, STRANGER.line()).denial())
                    .isEqualTo("code-invalid");
        }
    }

    @Test
    void aStrangersKeyAndAnUnknownNameHaveOneAnswerAndTwoCodesInTheAudit() {
        try (World world = World.seeded()) {
            withKey(world, world.operator());

            Holder unknownKey = world.sshLogin(1, "alice", STRANGER);
            Holder unknownName = world.sshLogin(2, "nobody", STRANGER);
            Holder noName = world.sshLogin(3, "not a name", STRANGER);

            assertThat(List.of(unknownKey, unknownName, noName)).allSatisfy(holder -> {
                assertThat(holder.denial()).isEqualTo("auth-failed");
                assertThat(holder.message()).isEqualTo(unknownKey.message());
            });
            assertThat(world.audit()).contains("login.denied ssh-key-unknown", "login.denied ssh-account-missing");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "DISABLED, ssh-account-disabled",
        "LOCKED, ssh-account-locked",
        "RECOVERY_ONLY, ssh-account-recovery-only"
    })
    void theStateOfTheAccountIsToldToWhoeverHasItsKeyAndToNobodyElse(AccountStatus status, String code) {
        try (World world = World.seeded()) {
            Holder operator = world.operator();
            withKey(world, operator);
            operator.setStatus("alice", status);

            assertThat(world.sshLogin(1, "alice", STRANGER).denial()).isEqualTo("auth-failed");
            Holder owner = world.sshLogin(World.ALICE_UID, "alice", LAPTOP);

            assertThat(owner.denial()).isEqualTo(code);
            assertThat(owner.message()).contains("auth=" + code);
            AuditEvent denied = world.auditEntries().stream()
                    .map(AuditEntry::event)
                    .filter(event -> event.code().equals(code))
                    .findFirst()
                    .orElseThrow();
            assertThat(denied.kind()).isEqualTo("login.denied");
            assertThat(denied.newValue()).isEqualTo("auth=" + code);
            assertThat(denied.actor()).isEmpty();
            assertThat(denied.subject()).isEmpty();
            assertThat(denied.policyProfile()).isEmpty();
            assertThat(denied.resourceProfile()).isEmpty();
        }
    }

    @Test
    void anAccountDisabledBetweenChallengeAndSignatureIsRefused() {
        try (World world = World.seeded();
                SessionManager.Client manager = world.connect(World.ALICE_UID)) {
            Holder operator = world.operator();
            withKey(world, operator);
            World.Challenge challenge = world.challenge(manager, "alice");
            operator.setStatus("alice", AccountStatus.DISABLED);

            assertThat(world.sshLogin(manager, "alice", challenge, challenge.signedBy(LAPTOP))
                            .denial())
                    .isEqualTo("ssh-account-disabled");
        }
    }

    @Test
    void aChallengeIsAnsweredOnce() {
        try (World world = World.seeded();
                SessionManager.Client manager = world.connect(World.ALICE_UID)) {
            withKey(world, world.operator());
            World.Challenge challenge = world.challenge(manager, "alice");
            String signature = challenge.signedBy(LAPTOP);

            assertThat(world.sshLogin(manager, "alice", challenge, signature).isLoggedIn())
                    .isTrue();
            assertThat(world.sshLogin(manager, "alice", challenge, signature).denial())
                    .isEqualTo("ssh-challenge-invalid");
        }
    }

    @Test
    void aChallengeIsGoodForAMinute() {
        try (World world = World.seeded();
                SessionManager.Client manager = world.connect(World.ALICE_UID)) {
            withKey(world, world.operator());
            World.Challenge late = world.challenge(manager, "alice");
            world.clock.advance(Limits.CHALLENGE_LIFE);
            Holder refused = world.sshLogin(manager, "alice", late, late.signedBy(LAPTOP));
            assertThat(refused.denial()).isEqualTo("ssh-challenge-invalid");
            assertThat(refused.message()).contains("older than 60 s");
            assertThat(refused.hint()).contains("try again, and sign within 60 s");

            World.Challenge inTime = world.challenge(manager, "alice");
            world.clock.advance(Limits.CHALLENGE_LIFE.minus(Duration.ofMillis(1)));
            assertThat(world.sshLogin(manager, "alice", inTime, inTime.signedBy(LAPTOP))
                            .isLoggedIn())
                    .isTrue();
        }
    }

    @Test
    void aChallengeIsOfNoUseToAnotherUserOrForAnotherName() {
        try (World world = World.seeded();
                SessionManager.Client alice = world.connect(World.ALICE_UID);
                SessionManager.Client mallory = world.connect(666)) {
            Holder operator = world.operator();
            withKey(world, operator);
            operator.create("bob");
            World.Challenge challenge = world.challenge(alice, "alice");

            assertThat(world.sshLogin(mallory, "alice", challenge, challenge.signedBy(LAPTOP))
                            .denial())
                    .isEqualTo("ssh-challenge-invalid");
            assertThat(world.sshLogin(alice, "alice", challenge, challenge.signedBy(LAPTOP))
                            .isLoggedIn())
                    .as("another user's attempt did not spend it")
                    .isTrue();
            World.Challenge forBob = world.challenge(alice, "bob");
            assertThat(world.sshLogin(alice, "alice", forBob, forBob.signedBy(LAPTOP))
                            .denial())
                    .isEqualTo("ssh-challenge-invalid");
        }
    }

    @Test
    void aSignatureOfSomethingElseIsTold() {
        try (World world = World.seeded();
                SessionManager.Client manager = world.connect(World.ALICE_UID)) {
            withKey(world, world.operator());
            World.Challenge challenge = world.challenge(manager, "alice");
            World.Challenge other = world.challenge(manager, "alice");

            assertThat(world.sshLogin(manager, "alice", challenge, other.signedBy(LAPTOP))
                            .denial())
                    .isEqualTo("ssh-signature-invalid");
            assertThat(world.sshLogin(manager, "alice", other, "not a signature")
                            .denial())
                    .isEqualTo("ssh-signature-invalid");
            assertThat(world.audit()).contains("login.denied ssh-signature-invalid");
        }
    }

    @Test
    void aUserHasOnlySoManyChallenges() {
        try (World world = World.seeded();
                SessionManager.Client manager = world.connect(World.ALICE_UID)) {
            withKey(world, world.operator());
            World.Challenge first = world.challenge(manager, "alice");
            World.Challenge last = first;
            for (int i = 0; i < Limits.CHALLENGES_PER_UID; i++) {
                last = world.challenge(manager, "alice");
            }

            assertThat(world.sshLogin(manager, "alice", first, first.signedBy(LAPTOP))
                            .denial())
                    .isEqualTo("ssh-challenge-invalid");
            assertThat(world.sshLogin(manager, "alice", last, last.signedBy(LAPTOP))
                            .isLoggedIn())
                    .isTrue();
        }
    }

    @Test
    void othersWhoGuessAPasswordDoNotKeepTheKeyOut() {
        try (World world = World.seeded()) {
            withKey(world, world.operator());
            for (int user = 0; user < Limits.LOCKOUT_FAILURES_OF_NAME; user++) {
                world.login(5000 + user, "alice", "wrong horse battery");
            }

            assertThat(world.login(World.ALICE_UID, "alice", World.PASSWORD).denial())
                    .isEqualTo("locked-out");
            assertThat(world.sshLogin(World.ALICE_UID, "alice", LAPTOP).isLoggedIn())
                    .isTrue();
        }
    }

    @Test
    void anUnknownNameIsLockedOutLikeAKnownOne() {
        try (World world = World.seeded()) {
            world.alice(world.operator());
            for (String name : List.of("alice", "nobody")) {
                for (int i = 0; i < Limits.LOCKOUT_FAILURES; i++) {
                    world.clock.advance(Limits.BACKOFF_MAX);
                    assertThat(world.login(666, name, "wrong horse battery").denial())
                            .isEqualTo("auth-failed");
                }
            }
            world.clock.advance(Limits.BACKOFF_MAX);
            Holder known = world.login(666, "alice", World.PASSWORD);
            Holder unknown = world.login(666, "nobody", World.PASSWORD);

            assertThat(known.denial()).isEqualTo("locked-out");
            assertThat(unknown.denial()).isEqualTo("locked-out");
            assertThat(unknown.message()).isEqualTo(known.message());
        }
    }

    @Test
    void onlyTheCodesOfAnAccountsStateAreTranslated() {
        assertThat(List.of(
                        "account-disabled",
                        "account-locked",
                        "account-recovery-only",
                        "unknown-profile",
                        "stale-profile",
                        "profile-kind",
                        "unknown-fragment",
                        "unknown-policy",
                        "session-limit",
                        "console-only"))
                .extracting(code -> SshDenials.of(Refusal.because(code, "x")).audited())
                .containsExactly(
                        "ssh-account-disabled",
                        "ssh-account-locked",
                        "ssh-account-recovery-only",
                        "ssh-profile-unknown",
                        "ssh-profile-stale",
                        "ssh-profile-kind",
                        "ssh-profile-fragment",
                        "ssh-profile-policy",
                        "session-limit",
                        "console-only");
    }
}
