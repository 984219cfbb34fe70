package dev.bailiwick.capnp.compiler;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Writes declarations, with what is nested in them, into one Java file. */
final class TypeEmitter {
    private final Schema schema;
    private final JavaNames names;
    private final JavaSource out;
    private final JavaTypes types;
    private final Capabilities capabilities;

    /** How many classes are around the point of writing. */
    private int depth;

    TypeEmitter(Schema schema, JavaNames names, TypeParameters parameters, Capabilities capabilities, JavaSource out) {
        this.schema = schema;
        this.capabilities = capabilities;
        this.names = names;
        this.out = out;
        this.types = JavaTypes.of(schema, names, parameters, out);
    }

    /** A declaration that has the file to itself. */
    void topLevel(Declaration declaration) {
        type(declaration, "");
    }

    /** The class for constants and annotations that no type encloses. */
    void outerClass(Declaration.SchemaFile file, JavaName name, List<Declaration.Nested> loose) {
        out.doc(file.header().doc());
        out.add("@" + out.lang("SuppressWarnings") + "(\"all\")");
        out.open("public final class " + name.path());
        ConstantEmitter constants = new ConstantEmitter(schema, types, out, new HashSet<>());
        for (Declaration.Nested child : loose) {
            constants.emit(child.name(), schema.declaration(child.id()));
        }
        out.gap();
        out.add("private " + name.path() + "() {}");
        out.close();
    }

    /** A nested declaration: a class, or members of the class around it. */
    private void nested(List<Declaration.Nested> children, Set<String> constantNames) {
        ConstantEmitter constants = new ConstantEmitter(schema, types, out, constantNames);
        for (Declaration.Nested child : children) {
            Declaration declaration = schema.declaration(child.id());
            switch (declaration) {
                case Declaration.Constant constant -> constants.emit(child.name(), constant);
                case Declaration.AnnotationType annotation -> constants.emit(child.name(), annotation);
                case Declaration.Struct struct -> type(struct, "static ");
                case Declaration.Enumeration enumeration -> type(enumeration, "");
                case Declaration.Interface type -> type(type, "static ");
                case Declaration.SchemaFile file ->
                    throw new SchemaException(
                            "the request nests the file " + file.header().displayName() + " in another declaration");
            }
        }
    }

    private void type(Declaration declaration, String modifier) {
        String name = names.of(declaration.id()).simple();
        out.gap();
        out.doc(declaration.header().doc());
        if (depth == 0) {
            out.add("@" + out.lang("SuppressWarnings") + "(\"all\")");
        }
        switch (declaration) {
            case Declaration.Enumeration enumeration -> enumeration(enumeration, name);
            case Declaration.Struct struct -> struct(struct, name, modifier);
            case Declaration.Interface type -> interfaceType(type, name, modifier);
            case Declaration.SchemaFile file -> throw new IllegalArgumentException("a file is no type");
            case Declaration.Constant constant -> throw new IllegalArgumentException("a constant is no type");
            case Declaration.AnnotationType annotation ->
                throw new IllegalArgumentException("an annotation is no type");
        }
    }

    private void struct(Declaration.Struct struct, String name, String modifier) {
        StructEmitter emitter = new StructEmitter(schema, capabilities, types, out, struct);
        out.open("public " + modifier + "final class " + name);
        depth++;
        Set<String> constants = emitter.statics();
        out.gap();
        out.add("private " + name + "() {}");
        emitter.classes();
        for (Declaration.Field field : struct.fields()) {
            if (field instanceof Declaration.Group group) {
                group(group);
            }
        }
        nested(struct.header().nested(), constants);
        depth--;
        out.close();
    }

    private void group(Declaration.Group group) {
        Declaration.Struct struct = schema.struct(group.typeId());
        if (!struct.group()) {
            throw new SchemaException(struct.header().displayName() + " is used as a group but is not one");
        }
        out.gap();
        out.doc(group.doc().or(() -> struct.header().doc()));
        struct(struct, names.of(group.typeId()).simple(), "static ");
    }

    private void interfaceType(Declaration.Interface type, String name, String modifier) {
        if (schema.isDataOnly(type)) {
            throw new SchemaException(type.header().displayName()
                    + " is an interface, but its file is $Java.dataOnly; drop one or the other");
        }
        Set<String> constants = new HashSet<>(Set.of("TYPE_ID", "SCHEMA"));
        InterfaceEmitter emitter = new InterfaceEmitter(
                schema, capabilities, new ConstantEmitter(schema, types, out, constants), types, out, type);
        out.open("public " + modifier + "final class " + name);
        depth++;
        emitter.statics();
        out.gap();
        out.add("private " + name + "() {}");
        emitter.classes();
        for (Declaration.Method method : type.methods()) {
            inline(method.params(), "/** Parameters of {@code " + method.name() + "}. */");
            inline(method.results(), "/** Results of {@code " + method.name() + "}. */");
        }
        nested(type.header().nested(), constants);
        depth--;
        out.close();
    }

    /** A struct that was written as a parameter list belongs to the one method that uses it. */
    private void inline(FieldType.StructRef reference, String doc) {
        Declaration.Struct struct = schema.struct(reference.id());
        if (struct.header().scopeId() == 0) {
            out.gap();
            out.add(doc);
            struct(struct, names.of(struct.id()).simple(), "static ");
        }
    }

    private void enumeration(Declaration.Enumeration enumeration, String name) {
        out.open("public enum " + name);
        List<String> constants = EnumText.constants(enumeration);
        for (int i = 0; i < constants.size(); i++) {
            out.doc(enumeration.enumerants().get(i).doc());
            out.add(constants.get(i) + ",");
        }
        EnumText.tail(out, name, "A value that a newer schema defines.");
        out.gap();
        out.add("public static final long TYPE_ID = " + Literals.id(enumeration.id()) + ";");
        String list = out.runtime("EnumList.Factory") + "<" + name + ">";
        out.add("public static final " + list + " listFactory = new " + out.runtime("EnumList.Factory")
                + "<>(values());");
        EnumText.of(out, name, "listFactory.values");
        out.gap();
        out.add("""
                /** The value as it is encoded; one that a newer schema defines cannot be written again. */
                public short code() {
                    if (this == _NOT_IN_SCHEMA) {
                        throw new %s("an enum value of a newer schema cannot be written");
                    }
                    return (short) ordinal();
                }""".formatted(out.lang("IllegalArgumentException")));
        out.close();
    }
}
