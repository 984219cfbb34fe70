package dev.bailiwick.capnp.compiler;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IdentifiersTest {
    @ParameterizedTest
    @CsvSource({"red,RED", "darkBlue,DARK_BLUE", "a1B2,A1_B2", "anHTML,AN_H_T_M_L"})
    void spellsConstantsInCapitals(String schemaName, String javaName) {
        assertThat(Identifiers.constant(schemaName)).isEqualTo(javaName);
    }

    @Test
    void appendsUnderscoresUntilANameIsFree() {
        assertThat(Identifiers.free("Reader", Set.of("Builder"))).isEqualTo("Reader");
        assertThat(Identifiers.free("Reader", Set.of("Reader"))).isEqualTo("Reader_");
        assertThat(Identifiers.free("Reader", Set.of("Reader", "Reader_"))).isEqualTo("Reader__");
    }

    @Test
    void keepsEnumConstantsOffTheOtherConstantsOfTheirClass() {
        assertThat(Identifiers.constants(List.of("typeId", "other"), Set.of("TYPE_ID")))
                .containsExactly("TYPE_ID_", "OTHER");
    }

    @Test
    void keepsAccessorsOffWhatEveryObjectHas() {
        assertThat(Identifiers.accessor("get", "class")).isEqualTo("getClass_");
        assertThat(Identifiers.accessor("set", "class")).isEqualTo("setClass");
    }

    @Test
    void keepsMethodsOffKeywords() {
        assertThat(Identifiers.method("import")).isEqualTo("import_");
        assertThat(Identifiers.method("imports")).isEqualTo("imports");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a..b", "a.class", "a.1b", "a b", ".a"})
    void knowsWhatIsNoPackage(String name) {
        assertThat(Identifiers.isPackageName(name)).isFalse();
    }

    @Test
    void knowsAPackage() {
        assertThat(Identifiers.isPackageName("dev.bailiwick.schema")).isTrue();
    }
}
