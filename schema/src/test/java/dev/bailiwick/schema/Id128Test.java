package dev.bailiwick.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The sixteen bytes inside every id, and the text form of typed ids. */
class Id128Test {
    private static final String HEX = "00112233445566778899aabbccddeeff";

    @Test
    void bytesAndHexadecimalComeBackAsTheyWent() {
        Id128 id = Id128.ofHex(HEX);
        assertThat(id).hasToString(HEX);
        assertThat(Id128.of(id.toBytes())).isEqualTo(id);
    }

    @Test
    void orderIsThatOfTheBytes() {
        assertThat(Id128.ofHex("80" + HEX.substring(2))).isGreaterThan(Id128.ofHex("7f" + HEX.substring(2)));
        assertThat(Id128.ofHex(HEX.substring(0, 30) + "ff")).isGreaterThan(Id128.ofHex(HEX.substring(0, 30) + "01"));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 15, 17})
    void anythingButSixteenBytesIsRefused(int length) {
        assertThatIllegalArgumentException().isThrownBy(() -> Id128.of(new byte[length]));
    }

    @Test
    void theTextFormSaysWhatTheIdIsOf() {
        PrincipalId id = PrincipalId.parse("prn-" + HEX);
        assertThat(id).hasToString("prn-" + HEX);
        assertThatIllegalArgumentException().isThrownBy(() -> ProfileId.parse(id.toString()));
        assertThatIllegalArgumentException().isThrownBy(() -> PrincipalId.parse(HEX));
        assertThatIllegalArgumentException().isThrownBy(() -> PrincipalId.parse("prn-" + HEX.substring(1)));
    }
}
