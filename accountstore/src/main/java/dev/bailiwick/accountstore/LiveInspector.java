package dev.bailiwick.accountstore;

import dev.bailiwick.engine.Engine;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Supplier;

/** Inspection of whatever state is published. */
final class LiveInspector implements StoreInspector {
    private final Engine engine;
    private final StoreKeys keys;
    private final Optional<Supplier<AnchoredHead>> anchored;
    private final InstantSource clock;

    LiveInspector(Engine engine, StoreKeys keys, Optional<Supplier<AnchoredHead>> anchored, InstantSource clock) {
        this.engine = engine;
        this.keys = keys;
        this.anchored = anchored;
        this.clock = clock;
    }

    @Override
    public StoreHead head() {
        return engine.read(view -> new ViewSnapshot(view).head());
    }

    @Override
    public VerifyReport verify() {
        return verify(VerifyProgress.ignored());
    }

    @Override
    public VerifyReport verify(VerifyProgress progress) {
        // Read before the state is, so that a later commit cannot move the anchor past what is being verified.
        Optional<AnchoredHead> expected = anchored.map(Supplier::get);
        return Verifier.verify(
                engine, keys::signing, expected, clock, Runtime.getRuntime().availableProcessors(), progress);
    }

    @Override
    public SignedCheckpoint checkpoint() {
        return engine.read(
                view -> SignedCheckpoint.of(view, HashChain.JOURNAL.load(view).size(), keys));
    }
}
