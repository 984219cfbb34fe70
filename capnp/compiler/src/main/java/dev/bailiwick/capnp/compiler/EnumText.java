package dev.bailiwick.capnp.compiler;

import java.util.List;
import java.util.Set;

/** What the two kinds of generated enum, the schema's own and the tags of unions, have in common. */
final class EnumText {
    private EnumText() {}

    /** The Java names of an enum's values; the type's id is a constant there as well. */
    static List<String> constants(Declaration.Enumeration enumeration) {
        return Identifiers.constants(
                enumeration.enumerants().stream()
                        .map(Declaration.Enumerant::name)
                        .toList(),
                Set.of("TYPE_ID"));
    }

    /** The last constant, which stands for whatever a newer schema adds. */
    static void tail(JavaSource out, String name, String comment) {
        out.add("/** " + comment + " */");
        out.add("_NOT_IN_SCHEMA;");
    }

    /** The conversion from the encoded value. */
    static void of(JavaSource out, String name, String values) {
        out.gap();
        out.add("""
                /** The constant for an encoded value. */
                public static %s of(short code) {
                    int index = %s.toUnsignedInt(code);
                    return index < _NOT_IN_SCHEMA.ordinal() ? %s[index] : _NOT_IN_SCHEMA;
                }""".formatted(name, out.lang("Short"), values));
    }
}
