package dev.bailiwick.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PrintableTest {
    @Test
    void whatCouldSteerATerminalIsSpelledOut() {
        assertThat(Printable.text("red \033[31m, bell \007, back \u202e, line \n, c1 \u009b"))
                .isEqualTo("red \\u{1b}[31m, bell \\u{7}, back \\u{202e}, line \\u{a}, c1 \\u{9b}");
    }

    @Test
    void ordinaryTextOfAnyScriptStaysAsItIs() {
        assertThat(Printable.text("Zoë Ångström 李雷 (home)")).isEqualTo("Zoë Ångström 李雷 (home)");
    }

    @Test
    void aCombiningMarkTakesNoColumn() {
        assertThat(Printable.width("e\u0301a")).isEqualTo(2);
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0 B",
        "1023, 1023 B",
        "1024, 1 KiB",
        "1536, 1.5 KiB",
        "67108864, 64 MiB",
        "-1, 16 EiB",
    })
    void aSizeIsGivenInItsLargestUnit(long bytes, String text) {
        assertThat(Printable.bytes(bytes)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({"28800000, 8 h", "5400000, 90 min", "2000, 2 s", "37, 37 ms"})
    void aDurationIsGivenInItsLargestWholeUnit(long ms, String text) {
        assertThat(Printable.duration(ms)).isEqualTo(text);
    }

    @Test
    void aTimeIsGivenToTheSecondAndZeroIsNone() {
        assertThat(Printable.time(1_700_000_000_123L)).isEqualTo("2023-11-14T22:13:20Z");
        assertThat(Printable.time(0)).isEqualTo("-");
    }
}
