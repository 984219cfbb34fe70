package dev.bailiwick.torture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
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
    void aLongRunCanBeDoneInShares() {
        Torture.Request request = Torture.Request.parse(List.of("kill", "--long", "--share", "10"))
                .orElseThrow();
        Run run = new Run(1, request.longRun(), request.share(), Path.of("folder"), Path.of("manifest"));
        assertThat(run.times(60, 500)).isEqualTo(50);
        assertThat(run.times(60, 501)).isEqualTo(51);
        assertThat(Torture.Request.parse(List.of("--share", "0"))).isEmpty();
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

    @Test
    void aCallToldOverAPipeIsUnderstood() {
        List<Operation.Call> calls = List.of(
                new Operation.Read(new Register(3, "aa")),
                new Operation.Swapped(3, "bb"),
                new Operation.Refused(3, 4),
                new Operation.Unanswered(4, "cc"));
        for (Operation.Call call : calls) {
            Recording told = new Recording(2, new Operation("process1-0", 17, 23, call));
            assertThat(Recording.parse(told.line())).isEqualTo(told);
        }
        assertThatThrownBy(() -> Recording.parse("2 process1-0 17 23 read 3")).hasMessageContaining("no call is told");
        assertThatThrownBy(() -> Recording.parse("2 process1-0 17 23 boil 3 aa"))
                .hasMessageContaining("no call is told");
    }
}
