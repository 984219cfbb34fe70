package dev.bailiwick.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TableTest {
    private static final Table FILES =
            Table.table().column("NAME", "name").numbers("SIZE", "size").column("NOTE", "note");

    private static Json.Obj file(String name, long size, String note) {
        return Json.object().with("name", name).with("size", size).with("note", note);
    }

    @Test
    void columnsAreAlignedAndNumbersToTheRight() {
        assertThat(FILES.render(List.of(file("a", 5, "x"), file("notes.txt", 12345, "")), Style.PLAIN))
                .isEqualTo("""
                        NAME        SIZE  NOTE
                        a              5  x
                        notes.txt  12345
                        """);
    }

    @Test
    void withoutRowsTheTitlesRemain() {
        assertThat(FILES.render(List.of(), Style.PLAIN)).isEqualTo("NAME  SIZE  NOTE\n");
    }

    @Test
    void namesCannotBreakTheTable() {
        assertThat(FILES.render(List.of(file("a\nb", 1, "")), Style.PLAIN)).contains("a\\u{a}b     1");
    }

    @Test
    void titlesAreBoldWhereColourIsWanted() {
        assertThat(FILES.render(List.of(), Style.COLOURED)).isEqualTo("\033[1mNAME  SIZE  NOTE\033[0m\n");
    }

    @Test
    void colourNeedsATerminalAndNobodyAgainstIt() {
        assertThat(Style.forStream(true, Map.of("TERM", "xterm"))).isEqualTo(Style.COLOURED);
        assertThat(Style.forStream(false, Map.of("TERM", "xterm"))).isEqualTo(Style.PLAIN);
        assertThat(Style.forStream(true, Map.of("TERM", "xterm", "NO_COLOR", "1")))
                .isEqualTo(Style.PLAIN);
        assertThat(Style.forStream(true, Map.of("TERM", "xterm", "NO_COLOR", "")))
                .isEqualTo(Style.COLOURED);
        assertThat(Style.forStream(true, Map.of("TERM", "dumb"))).isEqualTo(Style.PLAIN);
    }
}
