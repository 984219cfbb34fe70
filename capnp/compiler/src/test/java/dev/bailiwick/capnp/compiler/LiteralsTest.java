package dev.bailiwick.capnp.compiler;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LiteralsTest {
    @Test
    void writesStringsInAscii() {
        assertThat(Literals.string("\"\\\n\té\u0000")).isEqualTo("\"\\\"\\\\\\n\\t\\u00e9\\u0000\"");
    }

    @Test
    void writesBytesAsOctalEscapes() {
        assertThat(Literals.bytes("\u0000A\u00ff", "String").strip()).isEqualTo("\"\\000\\101\\377\"");
    }

    @Test
    void splitsWhatNoSingleConstantCanHold() {
        String text = "x".repeat(40_000);

        assertThat(Literals.text(text, "String"))
                .startsWith("String.join(\"\", \"xxx")
                .hasSizeGreaterThan(40_000);
        assertThat(Literals.text("short", "String")).isEqualTo("\"short\"");
        assertThat(Literals.text("", "String")).isEqualTo("\"\"");
    }

    @Test
    void writesNumbersThatReadBackAsTheSameBits() {
        assertThat(Literals.primitive(FieldType.Primitive.UINT8, 255)).isEqualTo("(byte) -1");
        assertThat(Literals.primitive(FieldType.Primitive.INT64, Long.MIN_VALUE))
                .isEqualTo("-9223372036854775808L");
        assertThat(Literals.primitive(FieldType.Primitive.FLOAT32, Float.floatToRawIntBits(0.1f)))
                .isEqualTo("0.1f");
        assertThat(Literals.primitive(
                        FieldType.Primitive.FLOAT64, Double.doubleToRawLongBits(Double.NEGATIVE_INFINITY)))
                .isEqualTo("Double.longBitsToDouble(0xfff0000000000000L)");
    }
}
