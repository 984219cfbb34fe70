package dev.bailiwick.broker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.bailiwick.accountstore.AuditEntry;
import dev.bailiwick.accountstore.AuditEvent;
import dev.bailiwick.schema.gen.AccountStatus;
import dev.bailiwick.schema.gen.CredentialKind;
import dev.bailiwick.schema.gen.CredentialState;
import dev.bailiwick.schema.gen.Credentials;
import dev.bailiwick.schema.gen.SessionBundle;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** Who gets in, who does not, and what those learn who do not. */
class AuthenticationTest {
    private static final String WRONG = "wrong horse battery";

    @Test
    void everyWayOfBeingWrongHasOneAnswer() {
        try (World world = World.seeded()) {
            Holder operator = world.operator();
            world.alice(operator);
            operator.create("no-password");

            List<Holder> refused = List.of(
                    world.login(1, "alice", WRONG),
                    world.login(2, "nobody", World.PASSWORD),
                    world.login(3, "no-password", World.PASSWORD),
                    world.login(4, "not a name", World.PASSWORD),
                    world.login(5, "guest", World.PASSWORD),
                    world.login(6, "alice", ""),
                    world.login(7, "alice", "x".repeat(5000)));

            assertThat(refused).allSatisfy(holder -> {
                assertThat(holder.denial()).isEqualTo("auth-failed");
                assertThat(holder.result().getDenied().getMessage().toString())
                        .isEqualTo("the name or the password is wrong");
            });
        }
    }

    @Test
    void theStateOfAnAccountIsToldOnlyAfterTheRightPassword() {
        try (World world = World.seeded()) {
            Holder operator = world.operator();
            world.alice(operator);
            operator.setStatus("alice", AccountStatus.LOCKED);

            assertThat(world.login(World.ALICE_UID, "alice", WRONG).denial()).isEqualTo("auth-failed");
            assertThat(world.login(World.ALICE_UID, "alice", World.PASSWORD).denial())
                    .isEqualTo("account-locked");
        }
    }

    @Test
    void anyCaseOfTheNameWillDo() {
        try (World world = World.seeded()) {
            world.alice(world.operator());

            assertThat(world.login(World.ALICE_UID, "ALICE", World.PASSWORD).isLoggedIn())
                    .isTrue();
        }
    }

    @Test
    void guessingIsSlowedDownForTheGuesserOnly() {
        try (World world = World.seeded()) {
            world.alice(world.operator());
            for (int i = 0; i < 4; i++) {
                world.login(666, "alice", WRONG);
            }

            assertThat(world.login(666, "alice", World.PASSWORD).denial()).isEqualTo("auth-backoff");
            assertThat(world.login(World.ALICE_UID, "alice", World.PASSWORD).isLoggedIn())
                    .isTrue();
            world.clock.advance(Duration.ofSeconds(1));
            assertThat(world.login(666, "alice", World.PASSWORD).isLoggedIn()).isTrue();
        }
    }

    @Test
    void guessingOnManyConnectionsAtOnceGivesNoMoreGuesses() throws Exception {
        try (World world = World.seeded()) {
            world.alice(world.operator());
            List<Future<String>> answers = new ArrayList<>();
            try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                for (int i = 0; i < 20; i++) {
                    answers.add(threads.submit(
                            () -> world.login(666, "alice", WRONG).denial()));
                }
            }
            List<String> told = new ArrayList<>();
            for (Future<String> answer : answers) {
                told.add(answer.get());
            }

            assertThat(told).filteredOn("auth-failed"::equals).hasSize(Limits.FREE_FAILURES + 1);
            assertThat(told).filteredOn("auth-backoff"::equals).hasSize(20 - Limits.FREE_FAILURES - 1);
        }
    }

    @Test
    void namesThatDoNotExistAreSlowedDownTheSame() {
        try (World world = World.seeded()) {
            for (int i = 0; i < 4; i++) {
                assertThat(world.login(666, "nobody", WRONG).denial()).isEqualTo("auth-failed");
            }
            assertThat(world.login(666, "nobody", WRONG).denial()).isEqualTo("auth-backoff");
        }
    }

    @Test
    void aCodeWorksOnce() {
        try (World world = World.seeded()) {
            String code = world.operator().create("alice");

            assertThat(world.enroll(World.ALICE_UID, "alice", code, World.PASSWORD)
                            .isLoggedIn())
                    .isTrue();
            assertThat(world.enroll(World.ALICE_UID, "alice", code, "another long password")
                            .denial())
                    .isEqualTo("code-invalid");
            assertThat(world.login(World.ALICE_UID, "alice", World.PASSWORD).isLoggedIn())
                    .isTrue();
        }
    }

    @Test
    void aCodeMayBeTypedAsPeopleType() {
        try (World world = World.seeded()) {
            String code = world.operator().create("alice");

            assertThat(world.enroll(
                                    World.ALICE_UID,
                                    "alice",
                                    " " + code.toLowerCase(Locale.ROOT).replace("-", " "),
                                    World.PASSWORD)
                            .isLoggedIn())
                    .isTrue();
        }
    }

    @Test
    void aCodeExpires() {
        try (World world = World.seeded()) {
            String code = world.operator().create("alice");
            world.clock.advance(Limits.ENROLMENT_LIFE);

            assertThat(world.enroll(World.ALICE_UID, "alice", code, World.PASSWORD)
                            .denial())
                    .isEqualTo("code-invalid");
        }
    }

    @Test
    void aCodeForSomebodyElseIsWorthNothing() {
        try (World world = World.seeded()) {
            Holder operator = world.operator();
            String code = operator.create("alice");
            operator.create("bob");

            assertThat(world.enroll(1, "bob", code, World.PASSWORD).denial()).isEqualTo("code-invalid");
            assertThat(world.enroll(1, "nobody", code, World.PASSWORD).denial()).isEqualTo("code-invalid");
        }
    }

    @Test
    void aFreshCodeReplacesTheOneBefore() {
        try (World world = World.seeded()) {
            Holder operator = world.operator();
            String first = operator.create("alice");
            String second = operator.issueEnrolment("alice");

            assertThat(world.enroll(1, "alice", first, World.PASSWORD).denial()).isEqualTo("code-invalid");
            assertThat(world.enroll(1, "alice", second, World.PASSWORD).isLoggedIn())
                    .isTrue();
        }
    }

    @Test
    void aWeakPasswordDoesNotSpendTheCode() {
        try (World world = World.seeded()) {
            String code = world.operator().create("alice");

            assertThat(world.enroll(1, "alice", code, "short").denial()).isEqualTo("weak-password");
            assertThat(world.enroll(1, "alice", code, World.PASSWORD).isLoggedIn())
                    .isTrue();
        }
    }

    @Test
    void theHolderChangesThePassword() {
        try (World world = World.seeded()) {
            Holder alice = world.alice(world.operator());
            Credentials.Client credentials = alice.hold(SessionBundle.Reader::getCredentials);

            assertThat(rotate(credentials, WRONG, "another long password")).isEqualTo("auth-failed");
            assertThat(rotate(credentials, World.PASSWORD, "short")).isEqualTo("weak-password");
            assertThat(rotate(credentials, World.PASSWORD, "another long password"))
                    .isEqualTo("done");

            assertThat(verify(credentials, "another long password")).isTrue();
            assertThat(verify(credentials, World.PASSWORD)).isFalse();
            assertThat(world.login(World.ALICE_UID, "alice", World.PASSWORD).denial())
                    .isEqualTo("auth-failed");
            assertThat(world.login(World.ALICE_UID, "alice", "another long password")
                            .isLoggedIn())
                    .isTrue();
        }
    }

    @Test
    void credentialsAreListedWithoutTheirVerifiers() {
        try (World world = World.seeded()) {
            Holder alice = world.alice(world.operator());
            try (var response = alice.hold(SessionBundle.Reader::getCredentials)
                    .listRequest()
                    .send()
                    .join()) {
                var list = response.get().getCredentials();
                assertThat(list.size()).isEqualTo(1);
                assertThat(list.get(0).getKind()).isEqualTo(CredentialKind.PASSWORD);
                assertThat(list.get(0).getState()).isEqualTo(CredentialState.ACTIVE);
            }
        }
    }

    @Test
    void loginsAndDenialsAreAuditedAndDenialsSayNothingOfWho() {
        try (World world = World.seeded()) {
            world.alice(world.operator());
            world.login(666, "alice", WRONG);

            assertThat(world.audit()).contains("login ok", "grant ok", "login.denied auth-failed");
            AuditEvent denied = world.auditEntries().stream()
                    .map(AuditEntry::event)
                    .filter(event -> event.kind().equals("login.denied"))
                    .findFirst()
                    .orElseThrow();
            assertThat(denied.actor()).isEmpty();
            assertThat(denied.policyProfile()).isEmpty();
            assertThat(denied.resourceProfile()).isEmpty();
            assertThat(denied.subject()).isEmpty();
            AuditEvent login = world.auditEntries().stream()
                    .map(AuditEntry::event)
                    .filter(event -> event.kind().equals("login"))
                    .findFirst()
                    .orElseThrow();
            assertThat(login.policyProfile()).isPresent();
            assertThat(login.source()).isEqualTo("unixSocket");
        }
    }

    private static String rotate(Credentials.Client credentials, String current, String replacement) {
        var request = credentials.rotateRequest();
        request.params().setCurrent(current.getBytes(UTF_8));
        request.params().setReplacement(replacement.getBytes(UTF_8));
        try (var response = request.send().join()) {
            var result = response.get().getResult();
            return result.isDone() ? "done" : Holder.code(result.getDenied());
        }
    }

    private static boolean verify(Credentials.Client credentials, String password) {
        var request = credentials.verifyRequest();
        request.params().setPassword(password.getBytes(UTF_8));
        try (var response = request.send().join()) {
            return response.get().getMatches();
        }
    }
}
