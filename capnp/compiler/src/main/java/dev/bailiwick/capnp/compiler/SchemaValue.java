package dev.bailiwick.capnp.compiler;

import java.util.Arrays;

/** A default, a constant, or the value of an annotation. */
sealed interface SchemaValue {
    /** Void, and the null that is the only interface value a schema can hold. */
    record Nothing() implements SchemaValue {}

    /** A primitive or enum value as its bits, sign-extended; floating point numbers as their IEEE 754 bits. */
    record Bits(long bits) implements SchemaValue {}

    /** Text; empty and null are not told apart. */
    record TextValue(String text) implements SchemaValue {}

    /** Bytes; empty and null are not told apart. */
    record DataValue(byte[] bytes) implements SchemaValue {
        public DataValue {
            bytes = bytes.clone();
        }

        @Override
        public byte[] bytes() {
            return bytes.clone();
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof DataValue that && Arrays.equals(bytes, that.bytes);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(bytes);
        }

        @Override
        public String toString() {
            return "DataValue" + Arrays.toString(bytes);
        }
    }

    /**
     * A struct, list or AnyPointer.
     *
     * @param segment a message of one segment whose root it is, empty for null
     */
    record PointerValue(DataValue segment) implements SchemaValue {
        boolean isNull() {
            return segment.bytes.length == 0;
        }
    }
}
