package dev.bailiwick.capnp.compiler;

import java.util.ArrayDeque;
import java.util.Deque;
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

    /** Names of the classes around the point of writing, innermost first: none may be declared again inside. */
    private final Deque<String> enclosing = new ArrayDeque<>();

    TypeEmitter(Schema schema, JavaNames names, Capabilities capabilities, JavaSource out) {
        this.schema = schema;
        this.capabilities = capabilities;
        this.names = names;
        this.out = out;
        this.types = new JavaTypes(names, out);
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
        enclosing.push(name.path());
        ConstantEmitter constants = new ConstantEmitter(schema, types, out, new HashSet<>());
        for (Declaration.Nested child : loose) {
            constants.emit(child.name(), schema.declaration(child.id()));
        }
        out.gap();
        out.add("private " + name.path() + "() {}");
        enclosing.pop();
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
        if (enclosing.contains(name)) {
            throw new SchemaException(declaration.header().displayName() + ": Java does not allow the class " + name
                    + " inside a class of the same name; rename one of them");
        }
        out.gap();
        out.doc(declaration.header().doc());
        if (enclosing.isEmpty()) {
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
        checkMembers(struct, name);
        out.open("public " + modifier + "final class " + name);
        enclosing.push(name);
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
        enclosing.pop();
        out.close();
    }

    private void group(Declaration.Group group) {
        Declaration.Struct struct = schema.struct(group.typeId());
        if (!struct.group()) {
            throw new SchemaException(struct.header().displayName() + " is used as a group but is not one");
        }
        out.gap();
        out.doc(group.doc().or(() -> struct.header().doc()));
        struct(struct, Identifiers.capitalized(group.name()), "static ");
    }

    private void interfaceType(Declaration.Interface type, String name, String modifier) {
        Set<String> constants = new HashSet<>(Set.of("TYPE_ID", "SCHEMA"));
        checkMembers(type, name);
        InterfaceEmitter emitter = new InterfaceEmitter(
                schema, capabilities, new ConstantEmitter(schema, types, out, constants), types, out, type);
        out.open("public " + modifier + "final class " + name);
        enclosing.push(name);
        emitter.statics();
        out.gap();
        out.add("private " + name + "() {}");
        emitter.classes();
        for (Declaration.Method method : type.methods()) {
            for (long id : List.of(method.paramsId(), method.resultsId())) {
                if (isInline(id)) {
                    type(schema.struct(id), "static ");
                }
            }
        }
        nested(type.header().nested(), constants);
        enclosing.pop();
        out.close();
    }

    /** Whether a struct was written as a parameter list, so that it belongs to the one method that uses it. */
    private boolean isInline(long id) {
        return schema.struct(id).header().scopeId() == 0;
    }

    private void enumeration(Declaration.Enumeration enumeration, String name) {
        Set<String> seen = new HashSet<>(Set.of("TYPE_ID"));
        out.open("public enum " + name);
        for (Declaration.Enumerant enumerant : enumeration.enumerants()) {
            String constant = Identifiers.constant(enumerant.name());
            if (!seen.add(constant)) {
                throw clash(enumeration, enumerant.name(), constant);
            }
            out.doc(enumerant.doc());
            out.add(constant + ",");
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

    /** What a type's class declares besides the nested types of the schema must not get in their way. */
    private void checkMembers(Declaration type, String name) {
        Set<String> classes = new HashSet<>();
        switch (type) {
            case Declaration.Struct struct -> {
                classes.addAll(Set.of("Builder", "Reader", "Factory", "Which", "Pipeline"));
                for (Declaration.Field field : struct.fields()) {
                    if (field instanceof Declaration.Group group) {
                        add(classes, type, group.name(), Identifiers.capitalized(group.name()));
                    }
                }
            }
            case Declaration.Interface found -> {
                classes.addAll(Set.of("Client", "Server"));
                for (Declaration.Method method : found.methods()) {
                    for (long id : List.of(method.paramsId(), method.resultsId())) {
                        if (isInline(id)) {
                            add(classes, type, method.name(), names.of(id).simple());
                        }
                    }
                }
            }
            case Declaration.Enumeration enumeration -> {}
            case Declaration.SchemaFile file -> {}
            case Declaration.Constant constant -> {}
            case Declaration.AnnotationType annotation -> {}
        }
        if (classes.contains(name)) {
            throw clash(type, name, name);
        }
        for (Declaration.Nested child : type.header().nested()) {
            if (Character.isUpperCase(child.name().charAt(0))) {
                add(classes, type, child.name(), child.name());
            }
        }
    }

    private static void add(Set<String> classes, Declaration where, String schemaName, String javaName) {
        if (!classes.add(javaName)) {
            throw clash(where, schemaName, javaName);
        }
    }

    private static SchemaException clash(Declaration where, String schemaName, String javaName) {
        return new SchemaException(where.header().displayName() + ": the Java name " + javaName + " for `" + schemaName
                + "` is already taken there; rename it in the schema");
    }
}
