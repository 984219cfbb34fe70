package dev.bailiwick.accountstore;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;

/**
 * A clock that follows the machine's and never goes back. What has expired stays expired: while the machine's clock is behind a
 * time that was already given, time goes on from there at the pace of the processor's own counter. Thread-safe.
 */
public final class SteadyClock implements InstantSource {
    private final InstantSource wall;
    private final LongSupplier nanos;
    private final AtomicReference<Reading> last;

    /** A time that was given, and the counter at that moment. */
    private record Reading(Instant instant, long nanos) {}

    private SteadyClock(InstantSource wall, LongSupplier nanos, Instant floor) {
        this.wall = wall;
        this.nanos = nanos;
        this.last = new AtomicReference<>(new Reading(floor, nanos.getAsLong()));
    }

    /** A clock that follows {@code wall} and is never before {@code floor}. */
    public static SteadyClock following(InstantSource wall, Instant floor) {
        return new SteadyClock(wall, System::nanoTime, floor);
    }

    /** The same with a counter of nanoseconds in place of the processor's. */
    static SteadyClock following(InstantSource wall, Instant floor, LongSupplier nanos) {
        return new SteadyClock(wall, nanos, floor);
    }

    @Override
    public Instant instant() {
        return last.updateAndGet(this::next).instant();
    }

    private Reading next(Reading before) {
        long count = nanos.getAsLong();
        Instant told = wall.instant();
        return told.isBefore(before.instant())
                ? new Reading(before.instant().plusNanos(Math.max(0, count - before.nanos())), count)
                : new Reading(told, count);
    }

    /** How far the machine's clock is behind, if that is more than what clocks are corrected by in good order. */
    public Optional<Duration> setBack() {
        Duration behind = Duration.between(wall.instant(), instant());
        return behind.compareTo(StoreLimits.CLOCK_CORRECTION) > 0 ? Optional.of(behind) : Optional.empty();
    }
}
