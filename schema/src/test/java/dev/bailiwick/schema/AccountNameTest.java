package dev.bailiwick.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bailiwick.schema.InvalidNameException.Code;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** RFC 8265 UsernameCaseMapped, as narrowed for account names. */
class AccountNameTest {
    @ParameterizedTest
    @CsvSource({
        "alice, alice",
        "Alice, alice",
        "ALICE.O'Neil+tag, alice.o'neil+tag",
        "\u00c5sa, \u00e5sa",
        "A\u030asa, \u00e5sa", // combining ring: same key as the precomposed letter
        "\uff21\uff4c\uff49\uff43\uff45, alice", // fullwidth
        "Stra\u00dfe, stra\u00dfe",
        "\u03a3\u03af\u03c3\u03c5\u03c6\u03bf\u03c2, \u03c3\u03af\u03c3\u03c5\u03c6\u03bf\u03c2",
        "\u5c71\u7530, \u5c71\u7530",
        "\u05d3\u05d5\u05d3, \u05d3\u05d5\u05d3",
        "\u05d3\u05d5\u05d31, \u05d3\u05d5\u05d31",
        "pau\u00b7l, ''", // middle dot not between two l
        "col\u00b7laboro, col\u00b7laboro"
    })
    void namesHaveOneKey(String text, String key) {
        if (key.isEmpty()) {
            assertThatThrownBy(() -> AccountName.parse(text)).isInstanceOf(InvalidNameException.class);
        } else {
            AccountName name = AccountName.parse(text);
            assertThat(name.key().text()).isEqualTo(key);
            assertThat(name.text()).isEqualTo(key);
            assertThat(AccountName.parse(key).key()).isEqualTo(name.key());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a b",
                "a\tb",
                "a\u00a0b",
                "a\u3000b",
                "a@b",
                "a\\b",
                "a/b",
                "a:b",
                "a,b",
                "a\u0000",
                "a\u007f",
                "a\u200bb",
                "a\u00adb",
                "\u2603",
                "\ufb01x",
                "\u2163",
                "a\u200db",
                "\u1100",
                "\u0640",
                "\ue000",
                "a\ud800b"
            })
    void charactersThatMisleadOrSeparateAreRefused(String text) {
        assertRefused(text, Code.CHARACTER);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\u05d3", "\u05d3a", "1\u05d3", "\u0627\u06f1a", "\u05d3-"})
    void mixedWritingDirectionsAreRefused(String text) {
        assertRefused(text, Code.DIRECTION);
    }

    @Test
    void lengthIsCountedInCharactersAfterMappingToo() {
        assertThat(AccountName.parse("a".repeat(64)).key().text()).hasSize(64);
        assertThat(AccountName.parse("\ud83a\udd22".repeat(64)).key().text()).hasSize(128);
        assertRefused("", Code.LENGTH);
        assertRefused("a".repeat(65), Code.LENGTH);
    }

    @Test
    void arabicDigitsOfTwoKindsAreNotMixed() {
        assertThat(AccountName.parse("\u0627\u0661").key().text()).isEqualTo("\u0627\u0661");
        assertRefused("\u0627\u0661\u06f1", Code.CHARACTER);
    }

    private static void assertRefused(String text, Code code) {
        assertThatThrownBy(() -> AccountName.parse(text))
                .isInstanceOfSatisfying(
                        InvalidNameException.class, e -> assertThat(e.code()).isEqualTo(code));
    }
}
