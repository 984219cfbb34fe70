package dev.bailiwick.accountstore;

import static dev.bailiwick.accountstore.Stores.DAEMON;
import static dev.bailiwick.accountstore.Stores.committed;
import static org.assertj.core.api.Assertions.assertThat;

import dev.bailiwick.accountstore.ProofVerdict.Code;
import dev.bailiwick.accountstore.ProofVerdict.Consistent;
import dev.bailiwick.accountstore.ProofVerdict.Included;
import dev.bailiwick.accountstore.ProofVerdict.Refused;
import dev.bailiwick.accountstore.ProofVerdict.Trust;
import dev.bailiwick.engine.Engine;
import dev.bailiwick.engine.RamEngine;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Proofs convince whoever trusts a key or a checkpoint, and nothing that was tampered with convinces anybody. */
class ProofTest {
    private final Engine engine = RamEngine.open();
    private final AccountStore store = Stores.inMemory(engine);
    private Stored<Account> alice = Stores.create(store, "alice");

    @BeforeEach
    void aStoreWithSomeHistory() {
        Stores.create(store, "bob");
        committed(store.accountManager().setStatus(alice.recordId(), AccountStatus.LOCKED, 0, DAEMON));
        Stores.create(store, "carol");
        alice = store.accounts().byId(alice.recordId()).orElseThrow();
    }

    @AfterEach
    void close() {
        store.close();
        engine.close();
    }

    private String prove(long version, long size) {
        return store.prover()
                .inclusion(RecordKind.ACCOUNT, alice.recordId(), version, size)
                .orElseThrow();
    }

    private SignedCheckpoint checkpoint() {
        return store.inspector().checkpoint();
    }

    private static ProofTrust key(SignedCheckpoint checkpoint) {
        return new ProofTrust(Optional.of(checkpoint.verifierKey()), Optional.empty(), Optional.empty());
    }

    private static ProofTrust kept(SignedCheckpoint checkpoint) {
        return new ProofTrust(Optional.empty(), Optional.of(checkpoint.note()), Optional.empty());
    }

    // ---- what is shown ----

    @Test
    void everyVersionIsProvenInEverySizeThatHasIt() {
        for (long size = 1; size <= checkpoint().checkpoint().size(); size++) {
            for (long version = 1; version <= alice.version(); version++) {
                long committedAt = version == 1 ? 2 : 4;
                Optional<String> proof = store.prover().inclusion(RecordKind.ACCOUNT, alice.recordId(), version, size);
                assertThat(proof.isPresent()).isEqualTo(size >= committedAt);
                if (proof.isPresent()) {
                    assertThat(ProofChecker.check(proof.get(), key(checkpoint())))
                            .isInstanceOfSatisfying(Included.class, shown -> {
                                assertThat(shown.sequence()).isEqualTo(committedAt);
                                assertThat(shown.trust()).isEqualTo(Trust.KEY);
                            });
                }
            }
        }
        assertThat(store.prover().inclusion(RecordKind.ACCOUNT, alice.recordId(), 3, 0))
                .isEmpty();
        assertThat(store.prover().inclusion(RecordKind.ACCOUNT, alice.recordId(), 1, 99))
                .isEmpty();
    }

    @Test
    void theNewestVersionOfASizeIsProvenUnlessOneIsNamed() {
        assertThat(ProofChecker.check(prove(0, 3), ProofTrust.none()))
                .isInstanceOfSatisfying(
                        Included.class, shown -> assertThat(shown.version()).isEqualTo(1));
        assertThat(ProofChecker.check(prove(0, 0), ProofTrust.none())).isInstanceOfSatisfying(Included.class, shown -> {
            assertThat(shown.version()).isEqualTo(2);
            assertThat(shown.contentHash()).isEqualTo(alice.contentHash());
            assertThat(shown.trust()).isEqualTo(Trust.NOTHING);
        });
    }

    @Test
    void everyPairOfSizesIsConsistent() {
        long newest = checkpoint().checkpoint().size();
        for (long from = 1; from <= newest; from++) {
            for (long to = from; to <= newest; to++) {
                String proof = store.prover().consistency(from, to).orElseThrow();
                assertThat(ProofChecker.check(proof, key(checkpoint()))).isInstanceOf(Consistent.class);
            }
        }
        assertThat(store.prover().consistency(3, 2)).isEmpty();
        assertThat(store.prover().consistency(0, 2)).isEmpty();
        assertThat(store.prover().consistency(1, newest + 1)).isEmpty();
    }

    @Test
    void aCheckpointOfTheSameSizeIsEnough() {
        assertThat(ProofChecker.check(prove(1, 0), kept(checkpoint())))
                .isInstanceOfSatisfying(
                        Included.class, shown -> assertThat(shown.trust()).isEqualTo(Trust.CHECKPOINT));
    }

    @Test
    void aCheckpointOfAnotherSizeNeedsALink() {
        SignedCheckpoint before = checkpoint();
        Stores.create(store, "dave");
        String proof = prove(2, 0);
        assertRefused(ProofChecker.check(proof, kept(before)), Code.UNLINKED);
        String link = store.prover().consistency(before.checkpoint().size(), 0).orElseThrow();
        ProofTrust linked = new ProofTrust(Optional.empty(), Optional.of(before.note()), Optional.of(link));
        assertThat(ProofChecker.check(proof, linked)).isInstanceOf(Included.class);
        String elsewhere = store.prover().consistency(1, 2).orElseThrow();
        ProofTrust unlinked = new ProofTrust(Optional.empty(), Optional.of(before.note()), Optional.of(elsewhere));
        assertRefused(ProofChecker.check(proof, unlinked), Code.UNLINKED);
    }

    @Test
    void aRotatedKeyIsTrustedThroughAnyOtherOfItsChain() {
        SignedCheckpoint first = checkpoint();
        committed(store.rotateKey(DAEMON));
        SignedCheckpoint second = checkpoint();
        committed(store.rotateKey(DAEMON));
        SignedCheckpoint third = checkpoint();
        String proof = prove(2, 0);
        for (SignedCheckpoint signed : List.of(first, second, third)) {
            assertThat(ProofChecker.check(proof, key(signed))).isInstanceOf(Included.class);
        }
        String link = store.prover().consistency(first.checkpoint().size(), 0).orElseThrow();
        assertThat(ProofChecker.check(
                        proof, new ProofTrust(Optional.empty(), Optional.of(first.note()), Optional.of(link))))
                .isInstanceOf(Included.class);
        assertThat(store.inspector().verify().findings()).isEmpty();
    }

    // ---- what is refused ----

    @Test
    void noChangedLineConvinces() {
        committed(store.rotateKey(DAEMON));
        for (String proof :
                List.of(prove(1, 0), store.prover().consistency(3, 0).orElseThrow())) {
            List<String> lines = proof.lines().toList();
            SplittableRandom random = new SplittableRandom(3);
            for (int i = 0; i < lines.size(); i++) {
                assertTampered(without(lines, i), "line " + i + " left out");
                assertTampered(doubled(lines, i), "line " + i + " twice");
                for (int n = 0; n < 24 && !lines.get(i).isEmpty(); n++) {
                    String line = lines.get(i);
                    int at = random.nextInt(line.length());
                    List<String> changed = new ArrayList<>(lines);
                    changed.set(
                            i,
                            line.substring(0, at)
                                    + (char) (line.charAt(at) ^ 1 + random.nextInt(7))
                                    + line.substring(at + 1));
                    assertTampered(changed, "line " + i + " character " + at + " changed");
                }
            }
            assertTampered(List.of(proof.strip()), "the last newline left out");
            for (int cut = 0; cut < proof.length(); cut += 37) {
                assertThat(ProofChecker.check(proof.substring(0, cut), key(checkpoint())))
                        .as("cut at %d", cut)
                        .isInstanceOf(Refused.class);
            }
        }
        assertRefused(ProofChecker.check("", ProofTrust.none()), Code.MALFORMED);
        assertRefused(ProofChecker.check("bailiwick/record-proof@v2\n", ProofTrust.none()), Code.MALFORMED);
    }

    private void assertTampered(List<String> lines, String how) {
        ProofVerdict verdict =
                ProofChecker.check(String.join("\n", lines) + (lines.size() == 1 ? "" : "\n"), key(checkpoint()));
        assertThat(verdict).as(how).isInstanceOf(Refused.class);
    }

    @Test
    void partsOfOtherProofsDoNotFit() {
        String one = prove(1, 0);
        String two = prove(2, 0);
        assertRefused(ProofChecker.check(swap(one, two, "record"), ProofTrust.none()), Code.RECORD);
        assertRefused(ProofChecker.check(swap(one, two, "entry"), ProofTrust.none()), Code.ENTRY);
        assertRefused(ProofChecker.check(swap(one, two, "index"), ProofTrust.none()), Code.ENTRY);
    }

    @Test
    void anotherStoresProofKeyOrCheckpointIsRefused() {
        try (Engine elsewhere = RamEngine.open();
                AccountStore other = AccountStore.createInMemory(
                        elsewhere, Stores.seeds(), InstantSource.fixed(Stores.NOON), new SplittableRandom(9))) {
            SignedCheckpoint foreign = other.inspector().checkpoint();
            assertRefused(ProofChecker.check(prove(1, 0), key(foreign)), Code.ORIGIN);
            assertRefused(ProofChecker.check(prove(1, 0), kept(foreign)), Code.ORIGIN);
        }
        StoreKey own = StoreKey.generate(new SplittableRandom(4));
        Checkpoint shown = checkpoint().checkpoint();
        String madeUp = new CheckpointKey.Named(shown.origin(), own.publicKey()).line();
        assertRefused(
                ProofChecker.check(
                        prove(1, 0), new ProofTrust(Optional.of(madeUp), Optional.empty(), Optional.empty())),
                Code.OTHER_KEY);
        Checkpoint forked =
                new Checkpoint(shown.origin(), shown.size(), MerkleTree.empty().root());
        assertRefused(
                ProofChecker.check(
                        prove(1, 0),
                        new ProofTrust(Optional.empty(), Optional.of(forked.signed(own)), Optional.empty())),
                Code.FORKED);
    }

    @Test
    void aKeyThatWasReplacedSignsNothingNewer() {
        Checkpoint before = checkpoint().checkpoint();
        StoreKey old = StoreKey.generate(new SplittableRandom(4));
        StoreKey next = StoreKey.generate(new SplittableRandom(5));
        String statement = new KeyStatement(before.origin(), before.size(), old.publicKey(), next.publicKey())
                .signed(old, next)
                .toString();
        KeyChain chain = new KeyChain(before.origin(), old.publicKey(), List.of(statement));
        SignedNote byOld = SignedNote.of(before.text()).signed(before.origin(), old);
        SignedNote byNext = SignedNote.of(before.text()).signed(before.origin(), next);
        List<KeyChain.Link> links = chain.links().orElseThrow();
        assertThat(KeyChain.signer(links, byOld, before)).isEmpty();
        assertThat(KeyChain.signer(links, byNext, before)).contains(next.publicKey());
        Checkpoint smaller = new Checkpoint(before.origin(), before.size() - 1, before.root());
        assertThat(KeyChain.signer(links, SignedNote.of(smaller.text()).signed(smaller.origin(), old), smaller))
                .contains(old.publicKey());
        assertThat(new KeyChain(before.origin(), next.publicKey(), List.of(statement)).links())
                .isEmpty();
    }

    private static List<String> without(List<String> lines, int index) {
        List<String> fewer = new ArrayList<>(lines);
        fewer.remove(index);
        return fewer;
    }

    private static List<String> doubled(List<String> lines, int index) {
        List<String> more = new ArrayList<>(lines);
        more.add(index, lines.get(index));
        return more;
    }

    /** One proof with a line of the other. */
    private static String swap(String proof, String other, String name) {
        String line = other.lines()
                .filter(found -> found.startsWith(name + " "))
                .findFirst()
                .orElseThrow();
        return String.join(
                        "\n",
                        proof.lines()
                                .map(found -> found.startsWith(name + " ") ? line : found)
                                .toList())
                + "\n";
    }

    private static void assertRefused(ProofVerdict verdict, Code code) {
        assertThat(verdict)
                .isInstanceOfSatisfying(
                        Refused.class, refused -> assertThat(refused.code()).isEqualTo(code));
    }
}
