package dev.bailiwick.broker;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicReference;

/** A clock that stands still until a test moves it. */
final class TestClock implements InstantSource {
    private final AtomicReference<Instant> now = new AtomicReference<>(Situation.NOW);

    @Override
    public Instant instant() {
        return now.updateAndGet(time -> time);
    }

    void advance(Duration by) {
        now.updateAndGet(time -> time.plus(by));
    }
}
