package dev.bailiwick.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** How many guesses somebody gets, and who suffers for them. */
class GuessesTest {
    private static final int GUESSER = 666;
    private static final int OWNER = 1000;

    private final TestClock clock = new TestClock();
    private final Guesses guesses = new Guesses(clock);

    @Test
    void attemptsAreSpacedOutAfterThreeFailures() {
        List<String> answers = IntStream.range(0, 9)
                .mapToObj(attempt -> fail("alice", GUESSER))
                .toList();

        assertThat(answers)
                .containsExactly(
                        "failed",
                        "failed",
                        "failed",
                        "failed",
                        "auth-backoff: wait 1 s and try again",
                        "auth-backoff: wait 1 s and try again",
                        "auth-backoff: wait 1 s and try again",
                        "auth-backoff: wait 1 s and try again",
                        "auth-backoff: wait 1 s and try again");
        assertThat(waitsOfTheNext(5)).containsExactly(2L, 4L, 8L, 16L, 30L);
    }

    private List<Long> waitsOfTheNext(int attempts) {
        List<Long> waits = new ArrayList<>();
        for (int i = 0; i < attempts; i++) {
            clock.advance(Limits.BACKOFF_MAX);
            assertThat(fail("alice", GUESSER)).isEqualTo("failed");
            String told = fail("alice", GUESSER);
            waits.add(Long.parseLong(told.replaceAll("\\D", "")));
        }
        return waits;
    }

    @Test
    void whoeverKeepsAtItIsLockedOutForAWhile() {
        failPatiently("alice", GUESSER, Limits.LOCKOUT_FAILURES);

        clock.advance(Limits.BACKOFF_MAX);
        assertThat(fail("alice", GUESSER)).startsWith("locked-out: wait 870 s");
        assertThat(fail("alice", OWNER)).as("the owner is somebody else").isEqualTo("failed");

        clock.advance(Limits.LOCKOUT);
        assertThat(fail("alice", GUESSER)).isEqualTo("failed");
    }

    @Test
    void failuresLongAgoDoNotAddUp() {
        failPatiently("alice", GUESSER, Limits.LOCKOUT_FAILURES - 1);
        clock.advance(Limits.LOCKOUT_WINDOW);
        failPatiently("alice", GUESSER, Limits.LOCKOUT_FAILURES - 1);

        clock.advance(Limits.BACKOFF_MAX);
        assertThat(fail("alice", GUESSER)).isEqualTo("failed");
    }

    @Test
    void manyUsersTogetherLockAPasswordOutAndNothingElse() {
        for (int user = 0; user < Limits.LOCKOUT_FAILURES_OF_NAME; user++) {
            assertThat(fail("alice", 5000 + user)).isEqualTo("failed");
        }

        assertThat(fail("alice", OWNER)).startsWith("locked-out: ");
        assertThat(fail("bob", OWNER)).isEqualTo("failed");
        assertThat(answer(Guesses.Secret.SSH_KEY, "alice", OWNER)).isEqualTo("taken");
        assertThat(answer(Guesses.Secret.CODE, "alice", OWNER)).isEqualTo("taken");
        clock.advance(Limits.LOCKOUT);
        assertThat(fail("alice", OWNER)).isEqualTo("failed");
    }

    @Test
    void noUserAloneCanLockAnOwnerOut() {
        assertThat(Limits.LOCKOUT_FAILURES_OF_NAME).isGreaterThanOrEqualTo(2 * Limits.LOCKOUT_FAILURES);
        for (int round = 0; round < 4; round++) {
            failPatiently("alice", GUESSER, Limits.LOCKOUT_FAILURES);
            clock.advance(Limits.LOCKOUT);
        }

        assertThat(answer(Guesses.Secret.PASSWORD, "alice", OWNER)).isEqualTo("taken");
    }

    @Test
    void oneUserCannotTryEverybody() {
        for (int name = 0; name < Limits.LOCKOUT_FAILURES_OF_UID; name++) {
            assertThat(fail("name" + name, GUESSER)).isEqualTo("failed");
        }

        assertThat(fail("one-more", GUESSER)).startsWith("locked-out: ");
        assertThat(fail("one-more", OWNER)).isEqualTo("failed");
    }

    @Test
    void successStartsAfreshForThatUserOnly() {
        failPatiently("alice", OWNER, 9);
        for (int user = 0; user < Limits.LOCKOUT_FAILURES_OF_NAME - 10; user++) {
            assertThat(fail("alice", 5000 + user)).isEqualTo("failed");
        }
        clock.advance(Limits.BACKOFF_MAX);
        succeed("alice", OWNER);

        assertThat(fail("alice", OWNER)).as("no backoff any more").isEqualTo("failed");
        assertThat(fail("alice", OWNER)).as("but the name's count went on").startsWith("locked-out: ");
    }

    @Test
    void anAttemptThatCouldNotBeCheckedDoesNotCount() {
        for (int i = 0; i < 100; i++) {
            assertThat(answer(Guesses.Secret.PASSWORD, "alice", OWNER)).isEqualTo("taken");
        }
    }

    /** All of them hold their turn until every one of them has asked for it, as far as they are let. */
    @Test
    void guessesSideBySideGetNoMoreThanGuessesInARow() throws Exception {
        int guessers = 40;
        CountDownLatch free = new CountDownLatch(Limits.FREE_FAILURES + 1);
        List<Future<String>> answers = new ArrayList<>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < guessers; i++) {
                answers.add(threads.submit(() -> switch (guesses.take(Guesses.Secret.PASSWORD, "alice", GUESSER)) {
                    case Guesses.Turn.Refused(Refusal refusal) -> refusal.code();
                    case Guesses.Turn.Taken(var attempt) -> {
                        free.countDown();
                        free.await();
                        attempt.failed();
                        yield "failed";
                    }
                }));
            }
        }
        List<String> told = new ArrayList<>();
        for (Future<String> answer : answers) {
            told.add(answer.get());
        }

        assertThat(told).filteredOn("failed"::equals).hasSize(Limits.FREE_FAILURES + 1);
        assertThat(told).filteredOn("auth-backoff"::equals).hasSize(guessers - Limits.FREE_FAILURES - 1);
    }

    @Test
    void theRightPasswordSideBySideIsNeverRefused() throws Exception {
        List<Future<String>> answers = new ArrayList<>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 100; i++) {
                answers.add(threads.submit(() -> succeed("alice", OWNER)));
            }
        }
        for (Future<String> answer : answers) {
            assertThat(answer.get()).isEqualTo("succeeded");
        }
    }

    /** Fails that often, waiting before each attempt for as long as anybody has to. */
    private void failPatiently(String name, int uid, int times) {
        for (int i = 0; i < times; i++) {
            clock.advance(Limits.BACKOFF_MAX);
            assertThat(fail(name, uid)).isEqualTo("failed");
        }
    }

    private String fail(String name, int uid) {
        return switch (guesses.take(Guesses.Secret.PASSWORD, name, uid)) {
            case Guesses.Turn.Refused(Refusal refusal) -> refusal.code() + ": " + refusal.hint();
            case Guesses.Turn.Taken(var attempt) -> {
                attempt.failed();
                yield "failed";
            }
        };
    }

    private String succeed(String name, int uid) {
        return switch (guesses.take(Guesses.Secret.PASSWORD, name, uid)) {
            case Guesses.Turn.Refused(Refusal refusal) -> refusal.code();
            case Guesses.Turn.Taken(var attempt) -> {
                attempt.succeeded();
                yield "succeeded";
            }
        };
    }

    private String answer(Guesses.Secret secret, String name, int uid) {
        return switch (guesses.take(secret, name, uid)) {
            case Guesses.Turn.Refused(Refusal refusal) -> refusal.code();
            case Guesses.Turn.Taken(var attempt) -> {
                attempt.close();
                yield "taken";
            }
        };
    }
}
