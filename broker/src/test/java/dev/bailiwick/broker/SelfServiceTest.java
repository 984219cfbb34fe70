package dev.bailiwick.broker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.bailiwick.schema.gen.AccountStatus;
import dev.bailiwick.schema.gen.AuthStrength;
import dev.bailiwick.schema.gen.CredentialInfo;
import dev.bailiwick.schema.gen.CredentialKind;
import dev.bailiwick.schema.gen.Credentials;
import dev.bailiwick.schema.gen.EnrollResult;
import dev.bailiwick.schema.gen.ReauthenticationResult;
import dev.bailiwick.schema.gen.RotateResult;
import dev.bailiwick.schema.gen.SessionBundle;
import dev.bailiwick.schema.gen.SessionInfo;
import dev.bailiwick.schema.gen.UserSession;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/** What the holder of a session does about its account's credentials, and with what proof. */
class SelfServiceTest {
    private static final SshKey LAPTOP = SshKey.make("alice@laptop");
    private static final SshKey PHONE = SshKey.make("alice@phone");
    private static final String OTHER = "another long password";
    /** The standard profile's {@code fresh-auth}. */
    private static final Duration FRESH = Duration.ofMinutes(10);

    @Test
    void aKeyIsAddedListedAndLogsIn() {
        try (World world = World.seeded()) {
            Holder alice = world.alice(world.operator());

            assertThat(addKey(alice, LAPTOP, "")).isEqualTo("enrolled");

            CredentialInfo.Reader key = listed(alice, info -> info.getKind() == CredentialKind.SSH_PUBLIC_KEY);
            assertThat(key.getLabel().toString()).isEqualTo("alice@laptop");
            assertThat(key.getAlgorithm().toString()).isEqualTo("ssh-ed25519");
            assertThat(key.getFingerprint().toString()).isEqualTo(SshPublicKey.fingerprintOf(LAPTOP.blob()));
            assertThat(world.sshLogin(World.ALICE_UID, "alice", LAPTOP).isLoggedIn())
                    .isTrue();
            assertThat(addKey(alice, LAPTOP, "")).isEqualTo("key-exists");
        }
    }

    @Test
    void whatNeedsAFreshAuthenticationSaysSoUntilThereIsOne() {
        try (World world = World.seeded()) {
            Holder alice = world.alice(world.operator());
            world.clock.advance(FRESH);

            assertThat(addKey(alice, LAPTOP, "")).isEqualTo("fresh-auth-required");
            assertThat(disable(alice, CredentialKind.PASSWORD)).isEqualTo("fresh-auth-required");
            assertThat(recoveryCode(alice)).isEqualTo("fresh-auth-required");
            assertThat(enrollPassword(alice, OTHER)).isEqualTo("fresh-auth-required");
            assertThat(rotateKey(alice, new byte[16], PHONE)).isEqualTo("fresh-auth-required");
            assertThat(rotate(alice, World.PASSWORD, OTHER))
                    .as("brings its own proof")
                    .isEqualTo("done");

            assertThat(reauthenticate(alice, World.PASSWORD)).isEqualTo("auth-failed");
            assertThat(addKey(alice, LAPTOP, "")).isEqualTo("fresh-auth-required");
            assertThat(reauthenticate(alice, OTHER)).isEqualTo("shown");
            assertThat(addKey(alice, LAPTOP, "")).isEqualTo("enrolled");
            world.clock.advance(FRESH.minus(Duration.ofMillis(1)));
            assertThat(addKey(alice, PHONE, "")).isEqualTo("enrolled");
        }
    }

    @Test
    void showingAgainWhoOneIsMovesTheTimeAndRaisesTheStrength() {
        try (World world = World.seeded()) {
            Holder alice = world.alice(world.operator());
            addKey(alice, LAPTOP, "");
            SessionInfo.Reader began = alice.result().getInfo();
            assertThat(began.getAuthStrength()).isEqualTo(AuthStrength.POSSESSION);
            world.clock.advance(Duration.ofMinutes(30));

            assertThat(reauthenticate(alice, LAPTOP)).isEqualTo("shown");

            SessionInfo.Reader now = info(alice);
            assertThat(now.getAuthStrength()).isEqualTo(AuthStrength.PUBLIC_KEY);
            assertThat(now.getAuthTimeMs()).isEqualTo(world.clock.instant().toEpochMilli());
            assertThat(now.getStartedAtMs()).isEqualTo(began.getStartedAtMs());
            assertThat(now.getExpiresAtMs()).isEqualTo(began.getExpiresAtMs());

            world.clock.advance(Duration.ofMinutes(1));
            assertThat(reauthenticate(alice, World.PASSWORD)).isEqualTo("shown");
            assertThat(info(alice).getAuthStrength()).as("never weaker").isEqualTo(AuthStrength.PUBLIC_KEY);
            assertThat(world.resume(World.ALICE_UID, alice.reference())
                            .result()
                            .getInfo()
                            .getAuthStrength())
                    .isEqualTo(AuthStrength.PUBLIC_KEY);
            assertThat(world.audit()).contains("reauth ok");
        }
    }

    @Test
    void aChallengeOfALoginOrAnotherSessionShowsNothing() {
        try (World world = World.seeded()) {
            Holder alice = world.alice(world.operator());
            addKey(alice, LAPTOP, "");
            Holder second = world.sshLogin(World.ALICE_UID, "alice", LAPTOP);
            World.Challenge other = challenge(second);
            try (var manager = world.connect(World.ALICE_UID)) {
                World.Challenge login = world.challenge(manager, "alice");
                assertThat(reauthenticate(alice, login, login.signedBy(LAPTOP))).isEqualTo("ssh-challenge-invalid");
            }
            assertThat(reauthenticate(alice, other, other.signedBy(LAPTOP))).isEqualTo("ssh-challenge-invalid");
            World.Challenge own = challenge(alice);
            assertThat(reauthenticate(alice, own, own.signedBy(PHONE))).isEqualTo("auth-failed");
            assertThat(world.audit()).contains("reauth.denied ssh-key-unknown", "reauth.denied ssh-challenge-invalid");
        }
    }

    @Test
    void failuresToShowItAgainCountAsGuesses() {
        try (World world = World.seeded()) {
            Holder alice = world.alice(world.operator());
            for (int i = 0; i <= Limits.FREE_FAILURES; i++) {
                assertThat(reauthenticate(alice, "wrong horse battery")).isEqualTo("auth-failed");
            }
            assertThat(reauthenticate(alice, World.PASSWORD)).isEqualTo("auth-backoff");
            assertThat(rotate(alice, World.PASSWORD, OTHER)).isEqualTo("auth-backoff");
        }
    }

    @Test
    void guestsHaveNothingToShow() {
        try (World world = World.seeded()) {
            assertThat(reauthenticate(world.guest(2000), World.PASSWORD)).isEqualTo("auth-failed");
        }
    }

    @Test
    void aKeyIsReplacedInOneStep() {
        try (World world = World.seeded()) {
            Holder alice = world.alice(world.operator());
            addKey(alice, LAPTOP, "work");
            byte[] old = listed(alice, info -> info.getKind() == CredentialKind.SSH_PUBLIC_KEY)
                    .getRecordId()
                    .toArray();

            assertThat(rotateKey(alice, old, PHONE)).isEqualTo("enrolled");

            assertThat(world.sshLogin(1, "alice", LAPTOP).denial()).isEqualTo("auth-failed");
            assertThat(world.sshLogin(2, "alice", PHONE).isLoggedIn()).isTrue();
            assertThat(listed(alice, info -> info.getKind() == CredentialKind.SSH_PUBLIC_KEY)
                            .getLabel()
                            .toString())
                    .isEqualTo("work");
            assertThat(rotateKey(alice, old, LAPTOP)).isEqualTo("not-found");
            byte[] password = listed(alice, info -> info.getKind() == CredentialKind.PASSWORD)
                    .getRecordId()
                    .toArray();
            assertThat(rotateKey(alice, password, LAPTOP)).isEqualTo("not-a-key");
        }
    }

    @Test
    void theLastCredentialStays() {
        try (World world = World.seeded()) {
            Holder alice = world.alice(world.operator());
            recoveryCode(alice);
            assertThat(disable(alice, CredentialKind.PASSWORD))
                    .as("a code does not log in for long")
                    .isEqualTo("last-credential");
            addKey(alice, LAPTOP, "");

            assertThat(disable(alice, CredentialKind.PASSWORD)).isEqualTo("done");
            assertThat(disable(alice, CredentialKind.SSH_PUBLIC_KEY)).isEqualTo("last-credential");
            assertThat(world.login(1, "alice", World.PASSWORD).denial()).isEqualTo("auth-failed");
            assertThat(enrollPassword(alice, "short")).isEqualTo("weak-password");
            assertThat(enrollPassword(alice, OTHER)).isEqualTo("enrolled");
            assertThat(enrollPassword(alice, OTHER)).isEqualTo("password-exists");
            assertThat(disable(alice, CredentialKind.SSH_PUBLIC_KEY)).isEqualTo("done");
            assertThat(world.sshLogin(2, "alice", LAPTOP).denial()).isEqualTo("auth-failed");
        }
    }

    @Test
    void nobodyTouchesAnothersCredential() {
        try (World world = World.seeded()) {
            Holder operator = world.operator();
            Holder alice = world.alice(operator);
            byte[] foreign = listed(operator, info -> true).getRecordId().toArray();
            addKey(alice, LAPTOP, "");

            assertThat(disable(alice, foreign)).isEqualTo("not-found");
            assertThat(disable(alice, new byte[3])).isEqualTo("not-found");
            assertThat(rotateKey(alice, foreign, PHONE)).isEqualTo("not-found");
        }
    }

    @Test
    void aRecoveryCodeSetsAPasswordWithoutTheOldOneOnce() {
        try (World world = World.seeded()) {
            Holder alice = world.alice(world.operator());
            String replaced = recoveryCode(alice);
            String code = recoveryCode(alice);

            assertThat(world.enroll(1, "alice", replaced, OTHER).denial()).isEqualTo("code-invalid");
            assertThat(world.enroll(1, "alice", code, OTHER).isLoggedIn()).isTrue();
            assertThat(world.enroll(1, "alice", code, OTHER).denial()).isEqualTo("code-invalid");
            assertThat(world.login(2, "alice", OTHER).isLoggedIn()).isTrue();
            assertThat(world.login(2, "alice", World.PASSWORD).denial()).isEqualTo("auth-failed");
        }
    }

    @Test
    void aRecoveryCodeExpires() {
        try (World world = World.seeded()) {
            String code = recoveryCode(world.alice(world.operator()));
            world.clock.advance(Limits.ENROLMENT_LIFE);

            assertThat(world.enroll(1, "alice", code, OTHER).denial()).isEqualTo("code-invalid");
        }
    }

    @Test
    void aCodeGivesALockedOrDisabledAccountNothingAndStaysUnspent() {
        try (World world = World.seeded()) {
            Holder operator = world.operator();
            String code = recoveryCode(world.alice(operator));

            operator.setStatus("alice", AccountStatus.LOCKED);
            assertThat(world.enroll(1, "alice", code, OTHER).denial()).isEqualTo("account-locked");
            operator.setStatus("alice", AccountStatus.DISABLED);
            assertThat(world.enroll(1, "alice", code, OTHER).denial()).isEqualTo("account-disabled");
            assertThat(world.enroll(1, "alice", "00000-00000-00000-00000", OTHER)
                            .denial())
                    .as("told to whoever has the code only")
                    .isEqualTo("code-invalid");
            operator.setStatus("alice", AccountStatus.ACTIVE);
            assertThat(world.login(1, "alice", World.PASSWORD).isLoggedIn()).isTrue();
            assertThat(world.enroll(1, "alice", code, OTHER).isLoggedIn()).isTrue();
        }
    }

    @Test
    void anAccountHasOnlySoManyKeys() {
        try (World world = World.seeded()) {
            Holder alice = world.alice(world.operator());
            for (int i = 0; i < Limits.SSH_KEYS; i++) {
                assertThat(addKey(alice, SshKey.make("key " + i), "")).isEqualTo("enrolled");
            }

            assertThat(addKey(alice, LAPTOP, "")).isEqualTo("too-many-keys");
            String code = recoveryCode(alice);
            assertThat(world.enrollKey(1, "alice", code, LAPTOP.line()).denial())
                    .isEqualTo("too-many-keys");
            assertThat(world.enroll(1, "alice", code, OTHER).isLoggedIn()).isTrue();
        }
    }

    @Test
    void aLabelIsOneShortLine() {
        try (World world = World.seeded()) {
            Holder alice = world.alice(world.operator());
            addKey(alice, LAPTOP, "  evil\u001b[2J\n" + "x".repeat(100));

            String label = listed(alice, info -> info.getKind() == CredentialKind.SSH_PUBLIC_KEY)
                    .getLabel()
                    .toString();
            assertThat(label).startsWith("evil[2Jx").hasSizeLessThanOrEqualTo(Limits.LABEL_CHARS);
        }
    }

    private static Credentials.Client credentials(Holder holder) {
        return holder.hold(SessionBundle.Reader::getCredentials);
    }

    private static CredentialInfo.Reader listed(Holder holder, Predicate<CredentialInfo.Reader> which) {
        List<CredentialInfo.Reader> found = new ArrayList<>();
        for (CredentialInfo.Reader info :
                credentials(holder).listRequest().send().join().get().getCredentials()) {
            if (which.test(info)) {
                found.add(info);
            }
        }
        return found.getLast();
    }

    private static String addKey(Holder holder, SshKey key, String label) {
        var request = credentials(holder).enrollSshKeyRequest();
        request.params().setPublicKey(key.line());
        request.params().setLabel(label);
        try (var response = request.send().join()) {
            return outcome(response.get().getResult());
        }
    }

    private static String rotateKey(Holder holder, byte[] old, SshKey key) {
        var request = credentials(holder).rotateSshKeyRequest();
        request.params().setRecordId(old);
        request.params().setPublicKey(key.line());
        try (var response = request.send().join()) {
            return outcome(response.get().getResult());
        }
    }

    private static String enrollPassword(Holder holder, String password) {
        var request = credentials(holder).enrollPasswordRequest();
        request.params().setPassword(password.getBytes(UTF_8));
        try (var response = request.send().join()) {
            return outcome(response.get().getResult());
        }
    }

    private static String outcome(EnrollResult.Reader result) {
        return result.isEnrolled() ? "enrolled" : Holder.code(result.getDenied());
    }

    private static String rotate(Holder holder, String current, String replacement) {
        var request = credentials(holder).rotateRequest();
        request.params().setCurrent(current.getBytes(UTF_8));
        request.params().setReplacement(replacement.getBytes(UTF_8));
        try (var response = request.send().join()) {
            return outcome(response.get().getResult());
        }
    }

    private static String disable(Holder holder, CredentialKind kind) {
        return disable(
                holder,
                listed(holder, info -> info.getKind() == kind).getRecordId().toArray());
    }

    private static String disable(Holder holder, byte[] recordId) {
        var request = credentials(holder).disableRequest();
        request.params().setRecordId(recordId);
        try (var response = request.send().join()) {
            return outcome(response.get().getResult());
        }
    }

    private static String outcome(RotateResult.Reader result) {
        return result.isDone() ? "done" : Holder.code(result.getDenied());
    }

    /** The code, or the denial's. */
    private static String recoveryCode(Holder holder) {
        try (var response =
                credentials(holder).issueRecoveryCodeRequest().send().join()) {
            var result = response.get().getResult();
            return result.isIssued()
                    ? new String(result.getIssued().getCode().toArray(), UTF_8)
                    : Holder.code(result.getDenied());
        }
    }

    private static UserSession.Client self(Holder holder) {
        return holder.hold(SessionBundle.Reader::getSession);
    }

    private static SessionInfo.Reader info(Holder holder) {
        return self(holder).infoRequest().send().join().get().getInfo();
    }

    private static String reauthenticate(Holder holder, String password) {
        var request = self(holder).reauthenticateRequest();
        request.params().setPassword(password.getBytes(UTF_8));
        try (var response = request.send().join()) {
            return outcome(response.get().getResult());
        }
    }

    private static World.Challenge challenge(Holder holder) {
        try (var response = self(holder).sshChallengeRequest().send().join()) {
            return World.Challenge.of(response.get().getChallenge());
        }
    }

    private static String reauthenticate(Holder holder, SshKey key) {
        World.Challenge challenge = challenge(holder);
        return reauthenticate(holder, challenge, challenge.signedBy(key));
    }

    private static String reauthenticate(Holder holder, World.Challenge challenge, String signature) {
        var request = self(holder).reauthenticateSshKeyRequest();
        request.params().setChallenge(challenge.bytes().toBytes());
        request.params().setSignature(signature);
        try (var response = request.send().join()) {
            return outcome(response.get().getResult());
        }
    }

    private static String outcome(ReauthenticationResult.Reader result) {
        return result.isAuthTimeMs() ? "shown" : Holder.code(result.getDenied());
    }
}
