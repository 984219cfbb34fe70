package dev.bailiwick.broker;

import dev.bailiwick.capnp.rpc.CapabilityClient;
import dev.bailiwick.capnp.rpc.CapabilityFactory;
import dev.bailiwick.capnp.rpc.Membrane;
import dev.bailiwick.capnp.rpc.MembranePolicy;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A lifetime that ends by itself, or with another one that it rests on, and the membrane around what is given out for as long.
 * INVARIANT (over is for good). Thread-safe; does not block.
 */
final class Ending implements Lifetime {
    private final Lifetime beneath;
    private final AtomicReference<@Nullable String> why = new AtomicReference<>();
    private final Set<Consumer<String>> closing = ConcurrentHashMap.newKeySet();
    private final Consumer<String> withBeneath = this::end;
    private final Membrane membrane = new Membrane(
            crossing -> closed().map(reason -> MembranePolicy.Decision.refuse(Grant.revoked(reason)))
                    .orElse(MembranePolicy.Decision.PASS),
            Grant.CATALOGUE);

    private Ending(Lifetime beneath) {
        this.beneath = beneath;
    }

    /** One that also ends with that. */
    static Ending within(Lifetime beneath) {
        Ending ending = new Ending(beneath);
        beneath.onClose(ending.withBeneath);
        return ending;
    }

    /** What is given out of what lasts so long: it ends with this, and so does whatever is got through it. Consumes the client. */
    <T extends CapabilityClient> T guard(T inside, CapabilityFactory<T> factory) {
        try (inside) {
            return membrane.wrap(inside, factory);
        }
    }

    /** Ends it. Only the first reason counts. */
    void end(String reason) {
        if (why.compareAndSet(null, reason)) {
            beneath.offClose(withBeneath);
            membrane.revoke(reason);
            closing.forEach(action -> action.accept(reason));
            closing.clear();
        }
    }

    @Override
    public Optional<String> closed() {
        String mine = why.get();
        return mine == null ? beneath.closed() : Optional.of(mine);
    }

    @Override
    public void onClose(Consumer<String> action) {
        closing.add(action);
        String over = why.get();
        if (over != null) {
            action.accept(over);
        }
    }

    @Override
    public void offClose(Consumer<String> action) {
        closing.remove(action);
    }
}
