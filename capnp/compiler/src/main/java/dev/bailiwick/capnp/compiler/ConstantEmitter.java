package dev.bailiwick.capnp.compiler;

import java.util.Set;

/** Writes constants, and the ids of annotations, as static fields of the class around them. */
final class ConstantEmitter {
    private final Schema schema;
    private final JavaTypes types;
    private final JavaSource out;
    private final Set<String> taken;

    /**
     * Writes into one class.
     *
     * @param taken names of the class's constants so far; grows with what is written
     */
    ConstantEmitter(Schema schema, JavaTypes types, JavaSource out, Set<String> taken) {
        this.schema = schema;
        this.types = types;
        this.out = out;
        this.taken = taken;
    }

    /** Writes a constant or an annotation's id; nothing else. */
    void emit(String name, Declaration declaration) {
        boolean annotation = declaration instanceof Declaration.AnnotationType;
        String javaName = Identifiers.free(Identifiers.constant(name) + (annotation ? "_ANNOTATION" : ""), taken);
        taken.add(javaName);
        out.gap();
        out.doc(declaration.header().doc());
        if (declaration instanceof Declaration.Constant constant) {
            out.add("public static final " + types.reader(constant.type()) + " " + javaName + " = "
                    + value(constant.header().displayName(), constant.type(), constant.value()) + ";");
        } else {
            out.add("public static final long " + javaName + " = " + Literals.id(declaration.id()) + ";");
        }
    }

    /**
     * The value of an annotation as the RPC runtime keeps it: {@code Long} for any integer, {@code Double}, {@code String},
     * and otherwise what a constant of the type would be. A struct or enum that no Java is generated for is an AnyPointer or a
     * number.
     */
    String annotationValue(String where, Declaration.AppliedAnnotation applied) {
        if (!(schema.declaration(applied.id()) instanceof Declaration.AnnotationType declared)) {
            throw new SchemaException(where + " carries " + Schema.hex(applied.id()) + ", which is no annotation");
        }
        if (!applied.value().fits(declared.type())) {
            throw new SchemaException(
                    where + " carries " + declared.header().displayName() + " with a value of another type");
        }
        return switch (applied.value()) {
            case SchemaValue.TextValue(String text) -> Literals.text(text, out.lang("String"));
            case SchemaValue.Bits(long bits)
            when declared.type() instanceof FieldType.Primitive primitive -> boxable(primitive, bits);
            case SchemaValue.Bits(long bits)
            when !types.isNamed(declared.type()) -> boxable(FieldType.Primitive.UINT16, bits);
            case SchemaValue.Bits bits -> value(where, declared.type(), bits);
            case SchemaValue.Nothing nothing -> value(where, declared.type(), nothing);
            case SchemaValue.DataValue data -> value(where, declared.type(), data);
            case SchemaValue.PointerValue pointer ->
                value(
                        where,
                        types.isNamed(declared.type()) ? declared.type() : FieldType.AnyPointer.UNCONSTRAINED,
                        pointer);
        };
    }

    private static String boxable(FieldType.Primitive type, long bits) {
        return switch (type) {
            case VOID, BOOL, FLOAT64 -> Literals.primitive(type, bits);
            case INT8, INT16, INT32, INT64, UINT64 -> bits + "L";
            case UINT8 -> (bits & 0xff) + "L";
            case UINT16 -> (bits & 0xffff) + "L";
            case UINT32 -> (bits & 0xffff_ffffL) + "L";
            case FLOAT32 -> "(double) " + Literals.primitive(type, bits);
        };
    }

    private String value(String where, FieldType type, SchemaValue value) {
        return switch (value) {
            case SchemaValue.Nothing nothing when type == FieldType.Primitive.VOID -> out.runtime("Void.VOID");
            case SchemaValue.Nothing nothing ->
                throw new SchemaException(where
                        + ": a constant of an interface type can only be null, and Java is not generated for that");
            case SchemaValue.Bits(long bits)
            when type instanceof FieldType.Primitive primitive -> Literals.primitive(primitive, bits);
            case SchemaValue.Bits(long bits)
            when type instanceof FieldType.EnumRef(long id) -> types.ref(id) + "." + enumerant(where, id, bits);
            case SchemaValue.TextValue(String text) ->
                "new " + out.runtime("Text.Reader") + "(" + Literals.text(text, out.lang("String")) + ")";
            case SchemaValue.DataValue data ->
                "new " + out.runtime("Data.Reader") + "(" + segment(data) + ".buffer, 0, " + data.size() + ")";
            case SchemaValue.PointerValue pointer
            when !pointer.isNull() ->
                types.factory(type) + ".fromPointerReader(" + segment(pointer.segment()) + ", 0, " + out.lang("Integer")
                        + ".MAX_VALUE)";
            case SchemaValue.PointerValue pointer ->
                types.factory(type) + ".fromPointerReader(" + out.runtime("SegmentReader.EMPTY") + ", 0, "
                        + out.lang("Integer") + ".MAX_VALUE)";
            case SchemaValue.Bits bits -> throw new SchemaException(where + ": the value does not fit the type");
        };
    }

    private String segment(SchemaValue.DataValue data) {
        return out.runtime("GeneratedClassSupport") + ".decodeRawBytes("
                + Literals.bytes(data.latin1(), out.lang("String")) + ")";
    }

    private String enumerant(String where, long id, long code) {
        Declaration.Enumeration enumeration = schema.enumeration(id);
        int index = Short.toUnsignedInt((short) code);
        if (index >= enumeration.enumerants().size()) {
            throw new SchemaException(
                    where + ": the value is none of " + enumeration.header().displayName());
        }
        return EnumText.constants(enumeration).get(index);
    }
}
