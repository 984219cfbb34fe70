package dev.bailiwick.accountstore;

import dev.bailiwick.engine.Engine;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Supplier;

/** Inspection of whatever state is published. */
final class LiveInspector implements StoreInspector {
    private final Engine engine;
    private final StoreKey key;
    private final Optional<Supplier<AnchoredHead>> anchored;
    private final InstantSource clock;

    LiveInspector(Engine engine, StoreKey key, Optional<Supplier<AnchoredHead>> anchored, InstantSource clock) {
        this.engine = engine;
        this.key = key;
        this.anchored = anchored;
        this.clock = clock;
    }

    @Override
    public StoreHead head() {
        return engine.read(view -> new ViewSnapshot(view).head());
    }

    @Override
    public VerifyReport verify() {
        // Read before the state is, so that a later commit cannot move the anchor past what is being verified.
        Optional<AnchoredHead> expected = anchored.map(Supplier::get);
        return Verifier.verify(engine, key, expected, clock);
    }

    @Override
    public String checkpoint() {
        StoreHead head = head();
        return new Checkpoint(
                        Checkpoint.originOf(head.storeId(), head.storeEpoch()), head.journalSize(), head.journalRoot())
                .signed(key);
    }

    @Override
    public String verifierKey() {
        StoreHead head = head();
        return Checkpoint.verifierKey(Checkpoint.originOf(head.storeId(), head.storeEpoch()), key);
    }
}
