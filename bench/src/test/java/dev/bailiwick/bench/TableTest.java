package dev.bailiwick.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.PrimitiveIterator;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

class TableTest {
    @Test
    void aTablePrintsItsColumnsAligned() {
        Table table = new Table("what", "ratio");
        table.row("calls", Table.number(0.7512));
        assertThat(table).hasToString("""
                | what  | ratio |
                | ----- | ----- |
                | calls | 0.75  |
                """);
    }

    @Test
    void aRowOfAnotherWidthIsRefused() {
        Table table = new Table("what");
        assertThatThrownBy(() -> table.row("a", "b")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void theMedianLeavesOutTheWarmUpRound() throws IOException, InterruptedException {
        PrimitiveIterator.OfDouble measured = DoubleStream.of(1_000, 3, 1, 2).iterator();
        var subjects = new LinkedHashMap<String, Rounds.Subject>();
        subjects.put("subject", measured::next);
        assertThat(new Rounds(3).medians(subjects)).containsEntry("subject", 2.0);
    }
}
