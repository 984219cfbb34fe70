package dev.bailiwick.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class EntryPathTest {
    private static final StorageLimits LIMITS = Store.SMALL;

    private static List<String> valid() {
        return List.of(
                "a",
                "a/b",
                "...",
                "..a/b..",
                " ",
                "a b/ c",
                "\\",
                "caf\u00e9",
                "cafe\u0301",
                "\uD83D\uDE00",
                "new\nline",
                "\u202e",
                "x".repeat(255),
                "\u00e4".repeat(127),
                "1/2/3/4/5/6/7/8",
                ("x".repeat(255) + "/").repeat(3) + "x".repeat(255));
    }

    @ParameterizedTest
    @MethodSource("valid")
    void aWellFormedPathKeepsItsNamesAsTheyAre(String text) {
        assertThat(EntryPath.parse(text, LIMITS))
                .isInstanceOfSatisfying(
                        EntryPath.Parsed.Valid.class,
                        valid -> assertThat(valid.path().under("")).isEqualTo(text));
    }

    private static List<String> invalid() {
        return List.of(
                "/",
                "/a",
                "a/",
                "a//b",
                ".",
                "..",
                "a/.",
                "a/..",
                "../a",
                "a/../b",
                "a\0b",
                "\uD83D",
                "a/\uDE00",
                "x".repeat(256),
                "\u00e4".repeat(128),
                "1/2/3/4/5/6/7/8/9",
                ("x".repeat(255) + "/").repeat(4) + "x",
                "/".repeat(1_000_000));
    }

    @ParameterizedTest
    @MethodSource("invalid")
    void anyOtherPathIsRefused(String text) {
        assertThat(EntryPath.parse(text, LIMITS)).isInstanceOfSatisfying(EntryPath.Parsed.Invalid.class, invalid -> {
            assertThat(invalid.denied().code()).isEqualTo(DenialCode.INVALID_PATH);
            assertThat(invalid.denied().message()).hasSizeLessThan(1000);
        });
    }

    @Test
    void theEmptyPathIsTheNamespaceItself() {
        assertThat(EntryPath.parse("", LIMITS)).isEqualTo(new EntryPath.Parsed.Valid(EntryPath.SELF));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\u001b[31mb", "a\u202eb", "a\nb", "a\u0000b", "\uD800"})
    void aQuotedPathCannotDriveATerminal(String text) {
        assertThat(Quoted.of(text)).matches("\"[ -~]*\"").contains("\\u{");
    }
}
