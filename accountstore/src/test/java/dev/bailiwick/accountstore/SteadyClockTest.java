package dev.bailiwick.accountstore;

import static dev.bailiwick.accountstore.Stores.NOON;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Time that does not go back, whatever the machine's clock does. */
class SteadyClockTest {
    private final AtomicReference<Instant> wall = new AtomicReference<>(NOON);
    private final AtomicLong nanos = new AtomicLong();
    private final SteadyClock clock = SteadyClock.following(wall::get, Instant.EPOCH, nanos::get);

    private void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }

    @Test
    void itFollowsTheMachinesClock() {
        assertThat(clock.instant()).isEqualTo(NOON);
        wall.set(NOON.plusSeconds(5));
        assertThat(clock.instant()).isEqualTo(NOON.plusSeconds(5));
        assertThat(clock.setBack()).isEmpty();
    }

    @Test
    void whenTheMachinesClockIsSetBackTimeGoesOnAtItsPace() {
        assertThat(clock.instant()).isEqualTo(NOON);
        wall.set(NOON.minus(Duration.ofDays(30)));
        assertThat(clock.instant()).isEqualTo(NOON);
        pass(Duration.ofHours(9));
        assertThat(clock.instant()).isEqualTo(NOON.plus(Duration.ofHours(9)));
        assertThat(clock.setBack()).contains(Duration.ofDays(30).plusHours(9));
    }

    @Test
    void onceTheMachinesClockIsRightAgainItIsFollowedAgain() {
        assertThat(clock.instant()).isEqualTo(NOON);
        wall.set(NOON.minusSeconds(3600));
        assertThat(clock.instant()).isEqualTo(NOON);
        wall.set(NOON.plusSeconds(60));
        assertThat(clock.instant()).isEqualTo(NOON.plusSeconds(60));
        assertThat(clock.setBack()).isEmpty();
    }

    @Test
    void aSmallCorrectionAlarmsNobody() {
        assertThat(clock.instant()).isEqualTo(NOON);
        wall.set(NOON.minusMillis(TimeUnit.SECONDS.toMillis(40)));
        assertThat(clock.instant()).isEqualTo(NOON);
        assertThat(clock.setBack()).isEmpty();
    }

    @Test
    void itIsNeverBeforeItsFloor() {
        SteadyClock later = SteadyClock.following(wall::get, NOON.plusSeconds(30), nanos::get);
        assertThat(later.instant()).isEqualTo(NOON.plusSeconds(30));
    }
}
