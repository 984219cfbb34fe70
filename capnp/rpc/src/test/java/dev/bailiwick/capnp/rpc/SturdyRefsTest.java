package dev.bailiwick.capnp.rpc;

import static dev.bailiwick.capnp.rpc.SturdyRefStoreContract.ADA;
import static dev.bailiwick.capnp.rpc.SturdyRefStoreContract.BOB;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** The table's side of sturdy references, without calls. */
class SturdyRefsTest {
    private static final SturdyObject NOTEBOOK = new SturdyObject(new byte[] {7});
    private static final Duration HOUR = Duration.ofHours(1);

    private final TestClock clock = new TestClock();
    private final InMemorySturdyRefs store = new InMemorySturdyRefs();
    private final SturdyRefs refs = refs(new SturdyLimits(3, 5, Duration.ofDays(1)));

    private SturdyRefs refs(SturdyLimits limits) {
        return new SturdyRefs(store, clock, new SecureRandom(), limits);
    }

    private SturdyRefs.Saved save(SturdyOwner owner) throws IOException {
        return refs.save(owner, NOTEBOOK, HOUR, "a notebook");
    }

    @Test
    void onlyItsOwnerFindsAReference() throws IOException {
        SturdyToken token = save(ADA).token();
        assertThat(refs.find(ADA, token)).hasValueSatisfying(record -> {
            assertThat(record.object()).isEqualTo(NOTEBOOK);
            assertThat(record.label()).isEqualTo("a notebook");
        });
        assertThat(refs.find(BOB, token)).isEmpty();
        assertThat(refs.drop(BOB, token)).isFalse();
        assertThat(refs.find(ADA, token)).isPresent();
    }

    @Test
    void onlyTheHashOfATokenIsKept() throws IOException, NoSuchAlgorithmException {
        SturdyToken token = save(ADA).token();
        SturdyRecord kept = store.allOf(ADA).getFirst();
        assertThat(kept.hash().bytes())
                .isEqualTo(MessageDigest.getInstance("SHA-256").digest(token.bytes()));
        // The hash of a reference does not restore it.
        assertThat(refs.find(ADA, SturdyToken.of(kept.hash().bytes()).orElseThrow()))
                .isEmpty();
    }

    @Test
    void aTokenDoesNotShowItself() throws IOException {
        SturdyRefs.Saved saved = save(ADA);
        assertThat(saved.token()).hasToString("sturdy token (redacted)");
        assertThat(saved.toString()).contains("redacted");
        assertThat(SturdyToken.of(saved.token().bytes())).contains(saved.token());
        assertThat(SturdyToken.of(new byte[31])).isEmpty();
        assertThat(SturdyToken.of(new byte[33])).isEmpty();
    }

    @Test
    void tokensDiffer() throws IOException {
        List<SturdyToken> tokens = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            tokens.add(save(ADA).token());
        }
        assertThat(tokens).doesNotHaveDuplicates();
    }

    @Test
    void aReferenceExpiresAtTheMomentItsKeeperWasTold() throws IOException {
        SturdyRefs.Saved saved = save(ADA);
        clock.pass(Duration.between(clock.instant(), saved.expires()).minusNanos(1));
        assertThat(refs.find(ADA, saved.token())).isPresent();
        clock.pass(Duration.ofNanos(1));
        assertThat(refs.find(ADA, saved.token())).isEmpty();
        assertThat(refs.drop(ADA, saved.token())).isFalse();
        assertThat(refs.purge()).isEqualTo(1);
        assertThat(refs.list(ADA)).isEmpty();
    }

    @Test
    void aLifeLongerThanAllowedIsCut() throws IOException {
        SturdyRefs.Saved saved = refs.save(ADA, NOTEBOOK, Duration.ofDays(10_000), "");
        assertThat(Duration.between(clock.instant(), saved.expires()))
                .isLessThanOrEqualTo(Duration.ofDays(1))
                .isGreaterThan(Duration.ofDays(1).minusMillis(1));
        assertThatIllegalArgumentException().isThrownBy(() -> refs.save(ADA, NOTEBOOK, Duration.ofNanos(999_999), ""));
        assertThatIllegalArgumentException().isThrownBy(() -> refs.save(ADA, NOTEBOOK, Duration.ofDays(-1), ""));
    }

    @Test
    void referencesAreDroppedOneByOneOrAllOfAnOwner() throws IOException {
        SturdyToken first = save(ADA).token();
        SturdyToken second = save(ADA).token();
        SturdyToken third = save(ADA).token();
        SturdyToken bobs = save(BOB).token();
        assertThat(refs.drop(ADA, first)).isTrue();
        assertThat(refs.drop(ADA, first)).isFalse();
        assertThat(refs.find(ADA, first)).isEmpty();
        assertThat(refs.drop(second.hash())).isTrue();
        assertThat(refs.find(ADA, second)).isEmpty();
        assertThat(refs.dropAll(ADA)).isEqualTo(1);
        assertThat(refs.find(ADA, third)).isEmpty();
        assertThat(refs.find(BOB, bobs)).isPresent();
    }

    @Test
    void anOwnerHasOnlySoManyAndThoseThatExpiredDoNotCount() throws IOException {
        for (int i = 0; i < 3; i++) {
            save(ADA);
        }
        assertOverloaded(() -> save(ADA), "owner has 3 references");
        assertThat(save(BOB)).isNotNull();
        clock.pass(HOUR);
        assertThat(save(ADA)).isNotNull();
        assertThat(refs.list(ADA)).hasSize(1);
    }

    @Test
    void allOwnersTogetherHaveOnlySoMany() throws IOException {
        for (int i = 0; i < 3; i++) {
            save(ADA);
        }
        save(BOB);
        SturdyToken last = save(BOB).token();
        assertOverloaded(() -> save(BOB), "server has as many references as it can keep");
        refs.drop(BOB, last);
        assertThat(save(BOB)).isNotNull();
    }

    @Test
    void saversCannotPassTheLimitsTogether() throws InterruptedException {
        AtomicInteger refused = new AtomicInteger();
        List<Thread> savers = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            savers.add(Thread.ofVirtual().start(() -> {
                try {
                    save(ADA);
                } catch (RpcException full) {
                    refused.incrementAndGet();
                } catch (IOException impossible) {
                    throw new IllegalStateException(impossible);
                }
            }));
        }
        for (Thread saver : savers) {
            saver.join();
        }
        assertThat(store.countOf(ADA)).isEqualTo(3);
        assertThat(refused).hasValue(17);
    }

    @Test
    void anotherServerOnTheSameTableKnowsTheReferences() throws IOException {
        SturdyToken token = save(ADA).token();
        SturdyRefs restarted = refs(SturdyLimits.DEFAULT);
        assertThat(restarted.find(ADA, token)).isPresent();
        assertThat(restarted.find(BOB, token)).isEmpty();
    }

    @Test
    void opaqueBytesAreBoundedAndEqualByContent() {
        assertThatIllegalArgumentException().isThrownBy(() -> new SturdyOwner(new byte[0]));
        assertThatIllegalArgumentException().isThrownBy(() -> new SturdyOwner(new byte[257]));
        assertThatIllegalArgumentException().isThrownBy(() -> new SturdyObject(new byte[1025]));
        assertThatIllegalArgumentException().isThrownBy(() -> new SturdyHash(new byte[31]));
        assertThat(new SturdyObject(new byte[] {7}))
                .isEqualTo(NOTEBOOK)
                .hasSameHashCodeAs(NOTEBOOK)
                .isNotEqualTo(new SturdyOwner(new byte[] {7}))
                .hasToString("07");
    }

    private static void assertOverloaded(ThrowingCallable call, String reason) {
        assertThatThrownBy(call).isInstanceOfSatisfying(RpcException.class, failure -> {
            assertThat(failure.type()).isEqualTo(RpcException.Type.OVERLOADED);
            assertThat(failure.reason()).startsWith(reason);
        });
    }
}
