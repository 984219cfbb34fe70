package dev.bailiwick.capnp.compiler;

/** How schema types are spelled in one Java file. */
final class JavaTypes {
    private static final String RPC_PACKAGE = "dev.bailiwick.capnp.rpc";

    private final JavaNames names;
    private final JavaSource out;

    JavaTypes(JavaNames names, JavaSource out) {
        this.names = names;
        this.out = out;
    }

    /** The type of a value that is read. */
    String reader(FieldType type) {
        return switch (type) {
            case FieldType.Primitive primitive -> primitive(primitive);
            case FieldType.EnumRef(long id) -> ref(id);
            case FieldType.InterfaceRef(long id) -> ref(id) + ".Client";
            case FieldType.Text text -> out.runtime("Text.Reader");
            case FieldType.Data data -> out.runtime("Data.Reader");
            case FieldType.AnyPointer any -> out.runtime("AnyPointer.Reader");
            case FieldType.StructRef(long id) -> ref(id) + ".Reader";
            case FieldType.ListOf(FieldType element) -> list(element, "Reader");
        };
    }

    /** The type of a value that is built in place; for what has no such form, the type of the value itself. */
    String builder(FieldType type) {
        return switch (type) {
            case FieldType.Primitive primitive -> primitive(primitive);
            case FieldType.EnumRef(long id) -> ref(id);
            case FieldType.InterfaceRef(long id) -> ref(id) + ".Client";
            case FieldType.Text text -> out.runtime("Text.Builder");
            case FieldType.Data data -> out.runtime("Data.Builder");
            case FieldType.AnyPointer any -> out.runtime("AnyPointer.Builder");
            case FieldType.StructRef(long id) -> ref(id) + ".Builder";
            case FieldType.ListOf(FieldType element) -> list(element, "Builder");
        };
    }

    /** The factory that makes either from a pointer. */
    String factory(FieldType type) {
        return switch (type) {
            case FieldType.Primitive primitive -> throw new IllegalArgumentException(primitive + " is no pointer");
            case FieldType.EnumRef reference -> throw new IllegalArgumentException(reference + " is no pointer");
            case FieldType.InterfaceRef(long id) -> ref(id) + ".factory";
            case FieldType.Text text -> out.runtime("Text.factory");
            case FieldType.Data data -> out.runtime("Data.factory");
            case FieldType.AnyPointer any -> out.runtime("AnyPointer.factory");
            case FieldType.StructRef(long id) -> ref(id) + ".factory";
            case FieldType.ListOf(FieldType element) -> listFactory(element);
        };
    }

    String ref(long id) {
        return out.ref(names.of(id));
    }

    /** How to refer to a class of the RPC runtime. */
    String rpc(String path) {
        return out.imported(RPC_PACKAGE, path);
    }

    private String primitive(FieldType.Primitive type) {
        return type == FieldType.Primitive.VOID ? out.runtime("Void") : type.javaType;
    }

    /** The reader or builder class of a list. */
    private String list(FieldType element, String side) {
        return switch (element) {
            case FieldType.Primitive primitive -> out.runtime("PrimitiveList." + primitive.listClass + "." + side);
            case FieldType.Text text -> out.runtime("TextList." + side);
            case FieldType.Data data -> out.runtime("DataList." + side);
            case FieldType.EnumRef(long id) -> out.runtime("EnumList." + side) + "<" + ref(id) + ">";
            case FieldType.InterfaceRef(long id) -> rpc("CapabilityList." + side) + "<" + ref(id) + ".Client>";
            case FieldType.StructRef(long id) -> out.runtime("StructList." + side) + "<" + ref(id) + "." + side + ">";
            case FieldType.ListOf(FieldType inner) -> out.runtime("ListList." + side) + "<" + list(inner, side) + ">";
            case FieldType.AnyPointer any -> throw erased();
        };
    }

    private String listFactory(FieldType element) {
        return switch (element) {
            case FieldType.Primitive primitive -> out.runtime("PrimitiveList." + primitive.listClass + ".factory");
            case FieldType.Text text -> out.runtime("TextList.factory");
            case FieldType.Data data -> out.runtime("DataList.factory");
            case FieldType.EnumRef(long id) -> ref(id) + ".listFactory";
            case FieldType.InterfaceRef(long id) -> ref(id) + ".listFactory";
            case FieldType.StructRef(long id) -> ref(id) + ".listFactory";
            case FieldType.ListOf(FieldType.InterfaceRef(long id)) ->
                throw new SchemaException("lists of lists of capabilities are not supported; wrap the inner list of "
                        + ref(id) + " in a struct");
            case FieldType.ListOf(FieldType inner) ->
                "new " + out.runtime("ListList.Factory") + "<>(" + listFactory(inner) + ")";
            case FieldType.AnyPointer any -> throw erased();
        };
    }

    private static IllegalStateException erased() {
        return new IllegalStateException("lists of AnyPointer are read as AnyPointer");
    }
}
