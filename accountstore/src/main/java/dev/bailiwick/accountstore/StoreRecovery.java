package dev.bailiwick.accountstore;

import dev.bailiwick.engine.Engine;
import dev.bailiwick.engine.EngineException;
import dev.bailiwick.engine.View;
import dev.bailiwick.schema.Hash256;
import dev.bailiwick.schema.RecordId;
import dev.bailiwick.schema.StoreId;
import dev.bailiwick.schema.TransactionId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/**
 * Makes the next epoch of a store out of what is left of it and of its manifest, in an empty engine (seed 002: additive and
 * conservative).
 *
 * <p>INVARIANT (nothing is widened): an account, binding or credential of the new epoch is in force only if the store proves that it
 * was in force last, or the manifest states it and nothing readable says otherwise.
 *
 * <p>Nothing counts before {@link #into} has returned: whoever calls it keeps the engine's directory out of sight until then.
 */
public final class StoreRecovery {
    private StoreRecovery() {}

    /**
     * Recovers.
     *
     * @param target holds nothing yet
     * @param damaged what is left, opened to salvage; empty if it cannot be opened at all, and whoever asks says that the anchor is
     *     its all the same
     * @throws AnchorException if the anchor is another store's, or nothing that is left says whose it is and nobody vouches
     * @throws OtherManifestException if the manifest is not the one that the store was made from
     * @throws StoreRefusedException if no working store would come of it
     */
    public static RecoverySummary into(
            Engine target, Optional<Engine> damaged, RecoveryTerms terms, InstantSource clock, RandomGenerator random) {
        Optional<AnchoredHead> anchored = AccountStore.anchoredHead(terms.before());
        return damaged.isEmpty()
                ? rebuild(target, Optional.empty(), anchored, terms, clock, random)
                : damaged.get()
                        .read(view -> rebuild(
                                target, Optional.of(new Left(damaged.get(), view)), anchored, terms, clock, random));
    }

    /** What is left of a store. */
    private record Left(Engine engine, View view) {}

    private static RecoverySummary rebuild(
            Engine target,
            Optional<Left> left,
            Optional<AnchoredHead> anchored,
            RecoveryTerms terms,
            InstantSource clock,
            RandomGenerator random) {
        Optional<AnchoredHead> stated = left.flatMap(found -> RecoverySource.statedHead(found.view()));
        requireSameStore(anchored, left, terms);
        Optional<AnchoredHead> expected = switch (terms.trust()) {
            case ANCHOR -> anchored;
            case OPERATOR -> stated;
        };
        Set<RecordId> manifest = terms.seeds().stream().map(Mutation::recordId).collect(Collectors.toUnmodifiableSet());
        Optional<RecoverySource> source = left.map(found -> RecoverySource.of(found.view(), expected, manifest));
        source.ifPresent(found -> requireSameManifest(found, terms.seeds()));
        Instant now = AccountStore.now(clock);
        boolean whole = left.isPresent()
                && source.orElseThrow().isIntact()
                && isWhole(left.get(), expected, clock)
                && !AccountStore.lastTime(left.get().view()).isAfter(now.plus(StoreLimits.CLOCK_CORRECTION));

        IdSource ids = new IdSource(random);
        TransactionId first = TransactionId.of(ids.next());
        // The anchor's word on what was there goes before the store's own.
        Optional<AnchoredHead> predecessor = anchored.or(() -> stated);
        StoreId store = predecessor.map(AnchoredHead::storeId).orElseGet(() -> StoreId.of(first.toBytes()));
        long epoch = Math.max(
                        anchored.map(AnchoredHead::storeEpoch).orElse(0L),
                        stated.map(AnchoredHead::storeEpoch).orElse(0L))
                + 1;
        String operation = switch (terms.trust()) {
            case ANCHOR -> "store.recover";
            case OPERATOR -> "store.recover.as-newest";
        };
        StoreKey key = key(
                terms,
                // An older copy may name a key that was replaced since because somebody else had it.
                left.filter(found -> whole && terms.trust() == RecoveryTerms.Trust.ANCHOR)
                        .flatMap(found -> RecoverySource.statedKey(found.view())),
                random);
        NewEpoch begun = NewEpoch.begin(
                target,
                store,
                epoch,
                whole ? 0 : source.map(RecoverySource::policyEpoch).orElse(0L),
                NewEpoch.first(first, now, new Actor.Offline(terms.uid()), operation),
                predecessor);
        Rebuild rebuild = new Rebuild(target, ids, new Actor.Offline(terms.uid()), operation, now, terms.seeds());
        if (whole) {
            source.orElseThrow().takeOver(begun);
        }
        NewEpoch.nameKey(
                target, key.publicKey(), TransactionId.of(ids.next()), now, new Actor.Offline(terms.uid()), operation);
        if (whole) {
            rebuild.addMissing();
        } else {
            rebuild.run(source);
        }
        requireUsable(target, key, terms.seeds(), clock);
        return rebuild.summary(scope(whole, source), predecessor, target.read(Anchoring::headOf));
    }

    private static RecoverySummary.Scope scope(boolean whole, Optional<RecoverySource> source) {
        if (whole) {
            return RecoverySummary.Scope.WHOLE;
        }
        return source.map(found -> found.isIntact() ? RecoverySummary.Scope.NEWEST : RecoverySummary.Scope.OLDER)
                .orElse(RecoverySummary.Scope.NOTHING);
    }

    /** A foreign anchor guards another store, whose protection a recovery would end. */
    private static void requireSameStore(Optional<AnchoredHead> anchored, Optional<Left> left, RecoveryTerms terms) {
        if (anchored.isEmpty() || left.isEmpty()) {
            return;
        }
        Set<StoreId> found = RecoverySource.statedStores(left.get().view());
        if (found.contains(anchored.get().storeId())) {
            return;
        }
        String belongs = "the anchor \"" + terms.before().anchor() + "\" belongs to store "
                + anchored.get().storeId();
        if (!found.isEmpty()) {
            throw new AnchorException(
                    AnchorException.Code.FOREIGN,
                    terms.before().anchor(),
                    belongs + ", but this is store " + found.iterator().next());
        }
        switch (terms.trust()) {
            case ANCHOR ->
                throw new AnchorException(
                        AnchorException.Code.FOREIGN,
                        terms.before().anchor(),
                        belongs
                                + ", and nothing that is left here says which store this was; if it was that one, say so with"
                                + " --as-newest");
            // Whoever vouches for what is left vouches for its being that store's.
            case OPERATOR -> {}
        }
    }

    /**
     * What is left of what a store says of the manifest that it was made from.
     *
     * @param damaged what is left, opened to salvage
     * @param files where its anchor is
     */
    public static Optional<KeptManifest> manifestOf(Engine damaged, StoreFiles files) {
        Optional<AnchoredHead> anchored = AccountStore.anchoredHead(files);
        return damaged.read(view -> {
            List<KeptManifest> found = new ArrayList<>();
            RecoverySource.of(view, anchored, Set.of())
                    .each(
                            RecordKind.SEED_MANIFEST,
                            one -> found.add(
                                    kept(one, (SeedManifestContent) one.stored().content())));
            return found.stream().min(Comparator.comparing(KeptManifest::standing));
        });
    }

    private static KeptManifest kept(RecoverySource.Found found, SeedManifestContent content) {
        KeptManifest.Standing standing = switch (found.standing()) {
            case CURRENT -> KeptManifest.Standing.ANCHORED;
            case STALE -> KeptManifest.Standing.COMMITTED;
            case UNVOUCHED -> KeptManifest.Standing.UNVOUCHED;
        };
        return new KeptManifest(content.name(), content.sourceSha256(), content.source(), standing);
    }

    /** With another manifest, people of whom the store never heard would come in, and its own would not be known again. */
    private static void requireSameManifest(RecoverySource source, List<Mutation> seeds) {
        Set<Hash256> stated = new HashSet<>();
        source.each(RecordKind.SEED_MANIFEST, found -> {
            if (found.standing() != RecoverySource.Standing.UNVOUCHED) {
                stated.add(((SeedManifestContent) found.stored().content()).sourceSha256());
            }
        });
        boolean same = stated.isEmpty()
                || seeds.stream()
                        .map(Mutation::content)
                        .filter(SeedManifestContent.class::isInstance)
                        .map(content -> ((SeedManifestContent) content).sourceSha256())
                        .anyMatch(stated::contains);
        if (!same) {
            throw new OtherManifestException(stated.iterator().next());
        }
    }

    private static boolean isWhole(Left left, Optional<AnchoredHead> expected, InstantSource clock) {
        try {
            // Whether its private key is there is another matter: a new one can be made.
            return Verifier.verify(left.engine(), named -> {}, expected, clock)
                    .findings()
                    .isEmpty();
        } catch (EngineException e) {
            return switch (e.code()) {
                case CORRUPT, LOST, IO, MISSING -> false;
                case HELD, READ_ONLY, FAILED, OVERLOADED, CLOSED -> throw e;
            };
        }
    }

    /** Refuses what would be no better than the store that is recovered: it would take its place and its anchor. */
    private static void requireUsable(Engine target, StoreKey key, List<Mutation> seeds, InstantSource clock) {
        List<Finding> findings = Verifier.verify(target, StoreKeys.inMemory(key)::signing, Optional.empty(), clock)
                .findings();
        if (!findings.isEmpty()) {
            throw new StoreRefusedException("what would come of it is damaged: "
                    + findings.getFirst().what() + ": " + findings.getFirst().message());
        }
        boolean hasPolicy = target.read(view -> view.get(StoreTables.INDEX, Keys.policy()) != null);
        boolean hasAccount = seeds.stream()
                .filter(seed -> seed.content() instanceof Account)
                .anyMatch(seed -> target.read(
                        view -> view.get(StoreTables.HEADS, Keys.head(RecordKind.ACCOUNT, seed.recordId())) != null));
        if (!hasPolicy || !hasAccount) {
            throw new StoreRefusedException("what would come of it has no "
                    + (hasPolicy ? "account of the manifest" : "policy") + "; nothing was changed");
        }
    }

    /** The key that signed for the store so far, if {@code stated} names one and it is there, otherwise a new one. */
    private static StoreKey key(RecoveryTerms terms, Optional<CheckpointKey> stated, RandomGenerator random) {
        try {
            Optional<StoreKey> old = stated.flatMap(expected -> oldKey(terms, expected));
            if (old.isPresent()) {
                old.get().write(terms.key());
                return old.get();
            }
            return StoreKey.create(terms.key(), random);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A key that is missing, damaged, another one or readable by others signs nothing any more. */
    private static Optional<StoreKey> oldKey(RecoveryTerms terms, CheckpointKey expected) {
        try {
            return Optional.of(
                    StoreKeys.open(terms.before().key(), expected, false).current());
        } catch (CorruptStoreException unusable) {
            return Optional.empty();
        }
    }
}
