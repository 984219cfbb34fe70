package dev.bailiwick.capnp.compiler;

/** The type of a field, constant, list element or type argument. */
sealed interface FieldType {
    /** Types that live in a struct's data section, and Void, which takes no room. */
    enum Primitive implements FieldType {
        VOID("Void", "Void", ""),
        BOOL("boolean", "Boolean", "Boolean"),
        INT8("byte", "Byte", "Byte"),
        INT16("short", "Short", "Short"),
        INT32("int", "Int", "Int"),
        INT64("long", "Long", "Long"),
        UINT8("byte", "Byte", "Byte"),
        UINT16("short", "Short", "Short"),
        UINT32("int", "Int", "Int"),
        UINT64("long", "Long", "Long"),
        FLOAT32("float", "Float", "Float"),
        FLOAT64("double", "Double", "Double");

        /** The Java type of a value. Unsigned types keep their bits in the signed type of the same width. */
        final String javaType;

        /** The class inside the runtime's {@code PrimitiveList} for lists of this type. */
        final String listClass;

        /** The middle of the runtime's accessor names, as in {@code _getIntField}. */
        final String accessor;

        Primitive(String javaType, String listClass, String accessor) {
            this.javaType = javaType;
            this.listClass = listClass;
            this.accessor = accessor;
        }
    }

    /** UTF-8 text. */
    record Text() implements FieldType {}

    /** Bytes. */
    record Data() implements FieldType {}

    /** A list of anything, lists included. */
    record ListOf(FieldType element) implements FieldType {}

    /** An enum, by its declaration. */
    record EnumRef(long id) implements FieldType {}

    /** A struct, by its declaration, with what the type parameters in scope there stand for. */
    record StructRef(long id, Bindings bindings) implements FieldType {}

    /** An interface, likewise. */
    record InterfaceRef(long id, Bindings bindings) implements FieldType {}

    /** A pointer to anything, or to anything of a kind. */
    record AnyPointer(Kind kind) implements FieldType {
        static final AnyPointer UNCONSTRAINED = new AnyPointer(Kind.ANYTHING);
    }

    /** What an {@link AnyPointer} may point to: AnyPointer, AnyStruct, AnyList and Capability of the language. */
    enum Kind {
        ANYTHING,
        STRUCT,
        LIST,
        CAPABILITY
    }

    /** A type parameter of a declaration around the place of use, or of the declaration itself. */
    record Parameter(long scopeId, int index) implements FieldType {}

    /** A type parameter of one method; only where its parameter and result types are bound. */
    record MethodParameter(int index) implements FieldType {}

    /** Whether values live in the pointer section of a struct. */
    default boolean isPointer() {
        return !(this instanceof Primitive || this instanceof EnumRef);
    }
}
