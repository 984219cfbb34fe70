package dev.bailiwick.broker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import org.junit.jupiter.api.Test;

class PasswordTest {
    @Test
    void composedAndDecomposedLettersAreTheSamePassword() {
        assertThat(prepared("p\u00e4ssw\u00f6rter")).isEqualTo(prepared("pa\u0308sswo\u0308rter"));
    }

    @Test
    void everySpaceIsThePlainOne() {
        assertThat(prepared("correct\u00a0horse\u3000battery")).isEqualTo("correct horse battery");
    }

    @Test
    void whatNoPasswordCanContainIsRefused() {
        assertThat(List.of("", "tab\there12", "new\nline1", "private\ue000use", "unassigned\u0378!", "x".repeat(1_025)))
                .allMatch(text -> PreparedPassword.of(text.getBytes(UTF_8)).isEmpty());
        assertThat(PreparedPassword.of(new byte[] {'l', 'o', 'n', 'g', (byte) 0xff, 'a', 'b', 'c'}))
                .isEmpty();
    }

    @Test
    void lengthIsCountedInCharactersNotBytes() {
        assertThat(tooShort("\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9")).isTrue();
        assertThat(tooShort("\ud83d\udc1d".repeat(7))).isTrue();
        assertThat(tooShort("\ud83d\udc1d".repeat(8))).isFalse();
    }

    @Test
    void closingWipesTheBytes() {
        PreparedPassword password =
                PreparedPassword.of("correct horse".getBytes(UTF_8)).orElseThrow();
        byte[] bytes = password.bytes();

        password.close();

        assertThat(bytes).containsOnly(0);
    }

    @Test
    void theHashIsArgon2idAsTheRfcDefinesIt() {
        // A vector of the reference implementation's own tests: t=2, 256 KiB, p=1.
        byte[] verifier = new PasswordHash(256, 2, 1)
                .verifier("password".getBytes(UTF_8), "somesalt".getBytes(UTF_8), new HashMemory());

        assertThat(HexFormat.of().formatHex(verifier))
                .isEqualTo("9dfeb910e80bad0311fee20f9c0e2b12c17987b4cac90c2ef54d5b3021c68bfe");
    }

    @Test
    void aHashComesOutTheSameInTheMemoryOfAnother() {
        HashMemory memory = new HashMemory();
        PasswordHash small = new PasswordHash(256, 2, 1);
        byte[] first = small.verifier("password".getBytes(UTF_8), "somesalt".getBytes(UTF_8), memory);
        int kept = memory.blocks();
        var _ = small.verifier("another".getBytes(UTF_8), "somesalt".getBytes(UTF_8), memory);

        assertThat(small.verifier("password".getBytes(UTF_8), "somesalt".getBytes(UTF_8), memory))
                .isEqualTo(first);
        assertThat(memory.blocks()).as("nothing is made anew").isEqualTo(kept).isGreaterThanOrEqualTo(256);
    }

    @Test
    void aHashThatTakesMoreThanTheParametersInForceGivesTheRestBack() {
        HashMemory memory = new HashMemory();
        int usual = PasswordHash.CURRENT.memoryKib();

        var _ = new PasswordHash(2 * usual, 1, 1)
                .verifier("password".getBytes(UTF_8), "somesalt".getBytes(UTF_8), memory);

        assertThat(memory.blocks()).isBetween(usual, usual + 8);
    }

    @Test
    void hashesInARowShareMemoryAndHashesAtTheSameTimeDoNot() {
        try (HashPool pool = new HashPool(2, 2)) {
            HashMemory first = memoryOf(pool.run(memory -> memory));
            assertThat(memoryOf(pool.run(memory -> memory))).isSameAs(first);

            CyclicBarrier both = new CyclicBarrier(2);
            CompletionStage<HashMemory> one = pool.run(memory -> meeting(both, memory));
            CompletionStage<HashMemory> other = pool.run(memory -> meeting(both, memory));
            assertThat(memoryOf(one)).isNotSameAs(memoryOf(other));
        }
    }

    private static HashMemory memoryOf(CompletionStage<HashMemory> hash) {
        return hash.toCompletableFuture().join();
    }

    private static HashMemory meeting(CyclicBarrier both, HashMemory memory) {
        try {
            both.await();
        } catch (InterruptedException | BrokenBarrierException e) {
            throw new IllegalStateException(e);
        }
        return memory;
    }

    @Test
    void parametersSurviveTheirTextForm() {
        assertThat(PasswordHash.CURRENT.text()).isEqualTo("argon2id;v=19;m=19456;t=2;p=1");
        assertThat(PasswordHash.ofText(PasswordHash.CURRENT.text())).contains(PasswordHash.CURRENT);
    }

    @Test
    void parametersThatWouldExhaustTheDaemonAreNotRun() {
        assertThat(List.of(
                        "argon2id;v=19;m=999999999;t=2;p=1",
                        "argon2id;v=19;m=19456;t=9999;p=1",
                        "argon2id;v=19;m=19456;t=2;p=0",
                        "argon2i;v=19;m=19456;t=2;p=1",
                        "argon2id;v=16;m=19456;t=2;p=1"))
                .allMatch(text -> PasswordHash.ofText(text).isEmpty());
    }

    @Test
    void aFullQueueSaysSoAtOnce() {
        CountDownLatch release = new CountDownLatch(1);
        CountDownLatch started = new CountDownLatch(1);
        try (HashPool pool = new HashPool(1, 1)) {
            CompletionStage<String> running = pool.run(memory -> {
                started.countDown();
                await(release);
                return "first";
            });
            await(started);
            CompletionStage<String> waiting = pool.run(memory -> "second");

            assertThatThrownBy(() ->
                            pool.run(memory -> "third").toCompletableFuture().join())
                    .isInstanceOf(CompletionException.class)
                    .hasCauseInstanceOf(HashPool.OverloadedException.class);

            release.countDown();
            assertThat(running.toCompletableFuture().join()).isEqualTo("first");
            assertThat(waiting.toCompletableFuture().join()).isEqualTo("second");
        }
    }

    @Test
    void closingThePoolLeavesNobodyWaiting() {
        CountDownLatch release = new CountDownLatch(1);
        CountDownLatch started = new CountDownLatch(1);
        HashPool pool = new HashPool(1, 1);
        CompletionStage<Boolean> running = pool.run(memory -> {
            started.countDown();
            await(release);
            return true;
        });
        await(started);
        CompletableFuture<String> waiting = pool.run(memory -> "never").toCompletableFuture();

        pool.close();
        release.countDown();

        assertThat(waiting).isCancelled();
        assertThat(running.toCompletableFuture())
                .satisfies(stage -> stage.handle((value, failure) -> true).join());
    }

    private static String prepared(String text) {
        try (PreparedPassword password =
                PreparedPassword.of(text.getBytes(UTF_8)).orElseThrow()) {
            return new String(password.bytes(), UTF_8);
        }
    }

    private static boolean tooShort(String text) {
        return PreparedPassword.of(text.getBytes(UTF_8))
                .map(PreparedPassword::isTooShort)
                .orElseThrow();
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            // The pool interrupts its threads when it closes; the test lets the work end then.
            Thread.currentThread().interrupt();
        }
    }
}
