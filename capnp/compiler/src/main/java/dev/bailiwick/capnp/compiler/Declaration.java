package dev.bailiwick.capnp.compiler;

import java.util.List;
import java.util.Optional;

/** A named thing in a schema file, or the file itself, with everything code generation needs and no wire types. */
sealed interface Declaration {
    /** What every declaration has. */
    Header header();

    default long id() {
        return header().id();
    }

    /**
     * The common part of a declaration.
     *
     * @param displayName for messages: the file's path, a colon, and the dotted name within it
     * @param scopeId the enclosing declaration; 0 for files and for the structs of inline parameter lists
     * @param parameters the names of its own type parameters
     * @param doc the doc comment as written, if there is one
     */
    record Header(
            long id,
            String displayName,
            long scopeId,
            List<String> parameters,
            List<Nested> nested,
            List<AppliedAnnotation> annotations,
            Optional<String> doc) {}

    /** A declaration inside another one, under the name it was declared with. */
    record Nested(String name, long id) {}

    /** An annotation applied to a declaration, or to a member of one. */
    record AppliedAnnotation(long id, SchemaValue value) {}

    /** A schema file. */
    record SchemaFile(Header header) implements Declaration {}

    /**
     * A struct, a group or a named union.
     *
     * @param tagOffset where the tag of the unnamed union is, in 16-bit units, if there is a union
     * @param fields by ordinal
     */
    record Struct(
            Header header, int dataWords, int pointers, boolean group, Optional<Integer> tagOffset, List<Field> fields)
            implements Declaration {}

    /** A member of a struct. */
    sealed interface Field {
        String name();

        /** The union tag that makes this field current; empty outside a union. */
        Optional<Integer> tag();

        Optional<String> doc();
    }

    /**
     * A field with a place of its own.
     *
     * @param offset in units of the field's size from the start of its section
     */
    record Slot(
            String name, Optional<Integer> tag, Optional<String> doc, int offset, FieldType type, SchemaValue fallback)
            implements Field {}

    /** A field that is a group: a view of the same struct, described by a declaration of its own. */
    record Group(String name, Optional<Integer> tag, Optional<String> doc, long typeId) implements Field {}

    /** An enum; the position of an enumerant is its value. */
    record Enumeration(Header header, List<Enumerant> enumerants) implements Declaration {}

    /** One value of an enum. */
    record Enumerant(String name, Optional<String> doc) {}

    /** An interface; the position of a method is its ordinal. */
    record Interface(Header header, List<Method> methods, List<FieldType.InterfaceRef> superclasses)
            implements Declaration {}

    /**
     * A method; its arguments and its results are structs, whether written inline or by name.
     *
     * @param parameters the names of its own type parameters
     */
    record Method(
            String name,
            List<String> parameters,
            FieldType.StructRef params,
            FieldType.StructRef results,
            List<AppliedAnnotation> annotations,
            Optional<String> doc) {}

    /** A constant. */
    record Constant(Header header, FieldType type, SchemaValue value) implements Declaration {}

    /** The declaration of an annotation, with the type of its values. */
    record AnnotationType(Header header, FieldType type) implements Declaration {}
}
