package dev.bailiwick.broker;

import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * Keeps plans. A plan is a function of facts and circumstances, so it is made once for as long as neither changes: many sessions
 * then share one, and a login need not plan. Thread-safe.
 */
final class Plans {
    /** What a plan was made of. Circumstances are compared without their time, which counts only as far as {@code until}. */
    private record Key(Source account, Circumstances circumstances) {}

    /**
     * A plan.
     *
     * @param facts what it was made from, compared as a whole; the same object, as long as nothing was committed
     * @param from when it was made; before that, something that had expired by then might count
     * @param until the first time at which something that counts expires
     */
    private record Kept(Facts facts, BundlePlan plan, Instant from, Instant until) {
        boolean holds(Facts now, Instant time) {
            return !time.isBefore(from) && time.isBefore(until) && Objects.equals(facts, now);
        }
    }

    private final Planner planner;
    private final Map<Key, Kept> kept = new ConcurrentHashMap<>();

    Plans(Planner planner) {
        this.planner = planner;
    }

    /** As {@link Planner#plan}. */
    BundlePlan plan(Facts facts, Circumstances circumstances) {
        Key key = new Key(facts.account().source(), circumstances.at(Instant.EPOCH));
        Kept known = kept.get(key);
        if (known != null && known.holds(facts, circumstances.now())) {
            return known.plan();
        }
        BundlePlan plan = planner.plan(facts, circumstances);
        if (kept.size() >= Limits.KEPT_FACTS) {
            kept.clear();
        }
        kept.put(key, new Kept(facts, plan, circumstances.now(), until(facts, plan, circumstances.now())));
        return plan;
    }

    private static Instant until(Facts facts, BundlePlan plan, Instant now) {
        Stream<Instant> bindings = facts.account().bindings().stream().flatMap(binding -> binding.expiresAt().stream());
        Stream<Instant> grants = plan.granted().stream().flatMap(grant -> grant.until().stream());
        return Stream.concat(bindings, grants)
                .filter(now::isBefore)
                .min(Instant::compareTo)
                .orElse(Instant.MAX);
    }
}
