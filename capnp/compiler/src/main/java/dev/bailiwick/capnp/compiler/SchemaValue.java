package dev.bailiwick.capnp.compiler;

import java.nio.charset.StandardCharsets;

/** A default, a constant, or the value of an annotation. */
sealed interface SchemaValue {
    /** Whether a value of this kind can be one of that type. */
    default boolean fits(FieldType type) {
        return switch (this) {
            case Nothing nothing -> type == FieldType.Primitive.VOID || type instanceof FieldType.InterfaceRef;
            case Bits bits ->
                (type instanceof FieldType.Primitive && type != FieldType.Primitive.VOID)
                        || type instanceof FieldType.EnumRef;
            case TextValue text -> type instanceof FieldType.Text;
            case DataValue data -> type instanceof FieldType.Data;
            case PointerValue pointer ->
                type instanceof FieldType.ListOf
                        || type instanceof FieldType.StructRef
                        || type instanceof FieldType.AnyPointer
                        || type instanceof FieldType.Parameter;
        };
    }

    /** Void, and the null that is the only interface value a schema can hold. */
    record Nothing() implements SchemaValue {}

    /** A primitive or enum value as its bits, sign-extended; floating point numbers as their IEEE 754 bits. */
    record Bits(long bits) implements SchemaValue {}

    /** Text; empty and null are not told apart. */
    record TextValue(String text) implements SchemaValue {}

    /**
     * Bytes; empty and null are not told apart.
     *
     * @param latin1 one character for each byte, which makes the value immutable and comparable
     */
    record DataValue(String latin1) implements SchemaValue {
        static DataValue of(byte[] bytes) {
            return new DataValue(new String(bytes, StandardCharsets.ISO_8859_1));
        }

        int size() {
            return latin1.length();
        }
    }

    /**
     * A struct, list or AnyPointer.
     *
     * @param segment a message of one segment whose root it is, empty for null
     */
    record PointerValue(DataValue segment) implements SchemaValue {
        boolean isNull() {
            return segment.size() == 0;
        }
    }
}
