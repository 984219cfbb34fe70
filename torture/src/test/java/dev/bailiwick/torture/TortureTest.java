package dev.bailiwick.torture;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TortureTest {
    @Test
    void withoutWordsAllPartsRunShort() {
        Torture.Request request = Torture.Request.parse(List.of()).orElseThrow();
        assertThat(request.parts()).isEqualTo(Torture.PARTS);
        assertThat(request.longRun()).isFalse();
        assertThat(request.seed()).isPositive();
    }

    @Test
    void partsAndSeedAreTaken() {
        Torture.Request request = Torture.Request.parse(List.of("--long", "linear", "--seed", "42", "linear"))
                .orElseThrow();
        assertThat(request.parts()).extracting(Part::name).containsExactly("linear");
        assertThat(request.longRun()).isTrue();
        assertThat(request.seed()).isEqualTo(42);
    }

    @Test
    void whatIsNotUnderstoodIsRefused() {
        assertThat(Torture.Request.parse(List.of("--seed"))).isEmpty();
        assertThat(Torture.Request.parse(List.of("--seed", "x"))).isEmpty();
        assertThat(Torture.Request.parse(List.of("boil"))).isEmpty();
    }

    @Test
    void aLineThatTheKillCutShortAcknowledgesNothing() {
        Acknowledged told = new Acknowledged(17, 3, "kill1-2-99");
        assertThat(Acknowledged.parse(told.line().strip())).isEqualTo(Optional.of(told));
        assertThat(Acknowledged.parse("17 3 kill1-2-9")).isEmpty();
        assertThat(Acknowledged.parse("17 3 kill1-2-99 ")).isEmpty();
    }
}
