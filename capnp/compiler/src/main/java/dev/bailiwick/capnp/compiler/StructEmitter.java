package dev.bailiwick.capnp.compiler;

import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Writes what is inside the class of one struct or group, in the shape that the stock runtime expects: a factory, a
 * {@code Builder} and a {@code Reader} with an accessor for each field, and a {@code Which} if there is a union.
 */
final class StructEmitter {
    private final Schema schema;
    private final Capabilities capabilities;
    private final JavaTypes types;
    private final JavaSource out;
    private final Declaration.Struct struct;

    StructEmitter(
            Schema schema, Capabilities capabilities, JavaTypes types, JavaSource out, Declaration.Struct struct) {
        this.schema = schema;
        this.capabilities = capabilities;
        this.types = types;
        this.out = out;
        this.struct = struct;
    }

    /** Static fields; returns the names they take. */
    Set<String> statics() {
        Set<String> taken = new HashSet<>();
        if (!struct.group()) {
            taken.addAll(Set.of("TYPE_ID", "STRUCT_SIZE"));
            out.add("public static final long TYPE_ID = " + Literals.id(struct.id()) + ";");
            out.add("public static final %1$s STRUCT_SIZE = new %1$s((short) %2$s, (short) %3$s);"
                    .formatted(out.runtime("StructSize"), struct.dataWords(), struct.pointers()));
            out.add("public static final Factory factory = new Factory();");
            out.add("public static final %1$s<Builder, Reader> listFactory = new %1$s<>(factory);"
                    .formatted(out.runtime("StructList.Factory")));
        }
        for (Declaration.Field field : struct.fields()) {
            if (field instanceof Declaration.Slot slot) {
                fallback(slot);
            }
        }
        return taken;
    }

    /** The factory, builder, reader and union tag. */
    void classes() {
        if (!struct.group()) {
            factory();
        }
        builder();
        reader();
        if (capabilities.hasPipeline(struct)) {
            pipeline();
        }
        if (struct.tagOffset().isPresent()) {
            which();
        }
    }

    private void fallback(Declaration.Slot slot) {
        String field = "private static final %s " + fallbackName(slot) + " = %s;";
        switch (slot.fallback()) {
            case SchemaValue.TextValue(String text)
            when !text.isEmpty() ->
                out.add(field.formatted(
                        out.runtime("Text.Reader"),
                        "new " + out.runtime("Text.Reader") + "(" + Literals.text(text, out.lang("String")) + ")"));
            case SchemaValue.DataValue data
            when data.size() > 0 ->
                out.add(field.formatted(
                        out.runtime("Data.Reader"),
                        "new " + out.runtime("Data.Reader") + "(" + rawBytes(data) + ".buffer, 0, " + data.size()
                                + ")"));
            case SchemaValue.PointerValue pointer
            when !pointer.isNull() -> {
                if (slot.type() instanceof FieldType.AnyPointer) {
                    throw new SchemaException(struct.header().displayName() + "." + slot.name()
                            + ": a default for AnyPointer is not supported");
                }
                out.add(field.formatted(out.runtime("SegmentReader"), rawBytes(pointer.segment())));
            }
            case SchemaValue.Nothing nothing -> {}
            case SchemaValue.Bits bits -> {}
            case SchemaValue.TextValue text -> {}
            case SchemaValue.DataValue data -> {}
            case SchemaValue.PointerValue pointer -> {}
        }
    }

    private String rawBytes(SchemaValue.DataValue data) {
        return out.runtime("GeneratedClassSupport") + ".decodeRawBytes("
                + Literals.bytes(data.latin1(), out.lang("String")) + ")";
    }

    private static String fallbackName(Declaration.Slot slot) {
        return "_DEFAULT_" + Identifiers.constant(slot.name());
    }

    private static boolean hasPointerFallback(Declaration.Slot slot) {
        return switch (slot.fallback()) {
            case SchemaValue.TextValue(String text) -> !text.isEmpty();
            case SchemaValue.DataValue data -> data.size() > 0;
            case SchemaValue.PointerValue pointer -> !pointer.isNull();
            case SchemaValue.Nothing nothing -> false;
            case SchemaValue.Bits bits -> false;
        };
    }

    private void factory() {
        out.gap();
        out.add("""
                public static final class Factory extends %1$s<Builder, Reader> {
                    private Factory() {}

                    @%2$s
                    public Reader constructReader(
                            %3$s segment, int data, int pointers, int dataSize, short pointerCount, int nestingLimit) {
                        return new Reader(segment, data, pointers, dataSize, pointerCount, nestingLimit);
                    }

                    @%2$s
                    public Builder constructBuilder(
                            %4$s segment, int data, int pointers, int dataSize, short pointerCount) {
                        return new Builder(segment, data, pointers, dataSize, pointerCount);
                    }

                    @%2$s
                    public %5$s structSize() {
                        return STRUCT_SIZE;
                    }

                    @%2$s
                    public Reader asReader(Builder builder) {
                        return builder.asReader();
                    }
                }""".formatted(
                        out.runtime("StructFactory"),
                        out.lang("Override"),
                        out.runtime("SegmentReader"),
                        out.runtime("SegmentBuilder"),
                        out.runtime("StructSize")));
    }

    private void builder() {
        out.gap();
        out.open("public static final class Builder extends " + out.runtime("StructBuilder"));
        out.add("""
                Builder(%s segment, int data, int pointers, int dataSize, short pointerCount) {
                    super(segment, data, pointers, dataSize, pointerCount);
                }

                public Reader asReader() {
                    return new Reader(segment, data, pointers, dataSize, pointerCount, %s.MAX_VALUE);
                }""".formatted(out.runtime("SegmentBuilder"), out.lang("Integer")));
        struct.tagOffset().ifPresent(this::whichAccessor);
        for (Declaration.Field field : struct.fields()) {
            isCurrent(field);
            switch (field) {
                case Declaration.Group group -> groupBuilder(group);
                case Declaration.Slot slot -> slotBuilder(slot);
            }
        }
        out.close();
    }

    private void reader() {
        out.gap();
        out.open("public static final class Reader extends " + out.runtime("StructReader"));
        out.add("""
                Reader(%s segment, int data, int pointers, int dataSize, short pointerCount, int nestingLimit) {
                    super(segment, data, pointers, dataSize, pointerCount, nestingLimit);
                }""".formatted(out.runtime("SegmentReader")));
        struct.tagOffset().ifPresent(this::whichAccessor);
        for (Declaration.Field field : struct.fields()) {
            isCurrent(field);
            switch (field) {
                case Declaration.Group group -> groupReader(group);
                case Declaration.Slot slot -> slotReader(slot);
            }
        }
        if (!struct.group() && capabilities.carries(struct)) {
            out.gap();
            out.add("""
                    /** Makes a pointer of a message refer to a copy of this, which shares the capabilities in it. */
                    public void copyTo(%s target, int pointer) {
                        %s.struct(target, pointer, segment, data, pointers, dataSize, pointerCount);
                    }""".formatted(out.runtime("SegmentBuilder"), types.rpc("DeepCopy")));
        }
        out.close();
    }

    /** A member of a union is here too: whether it is the current one is known when the results are. */
    private void pipeline() {
        String any = types.rpc("AnyPipeline");
        out.gap();
        out.add("/** Results of a call that may not be there yet: what can be called already. */");
        out.open("public static final class Pipeline extends " + types.rpc("StructPipeline"));
        out.add("""
                public Pipeline(%s pipeline) {
                    super(pipeline);
                }""".formatted(any));
        for (Declaration.Field field : struct.fields()) {
            switch (field) {
                case Declaration.Group(String name, var tag, var doc, long id)
                when capabilities.hasPipeline(schema.struct(id)) ->
                    promised(name, types.ref(id) + ".Pipeline", "new " + types.ref(id) + ".Pipeline(asAnyPipeline())");
                case Declaration.Group group -> {}
                case Declaration.Slot slot -> promised(slot);
            }
        }
        out.close();
    }

    private void promised(Declaration.Slot slot) {
        switch (slot.type()) {
            case FieldType.InterfaceRef(long id) ->
                promised(
                        slot.name(),
                        types.ref(id) + ".Client",
                        "_capability(" + types.ref(id) + ".factory, " + slot.offset() + ")");
            case FieldType.StructRef(long id)
            when capabilities.hasPipeline(schema.struct(id)) ->
                promised(
                        slot.name(),
                        types.ref(id) + ".Pipeline",
                        "new " + types.ref(id) + ".Pipeline(_field(" + slot.offset() + "))");
            case FieldType.AnyPointer any ->
                promised(slot.name(), types.rpc("AnyPipeline"), "_field(" + slot.offset() + ")");
            case FieldType.StructRef reference -> {}
            case FieldType.ListOf list -> {}
            case FieldType.Text text -> {}
            case FieldType.Data data -> {}
            case FieldType.Primitive primitive -> {}
            case FieldType.EnumRef reference -> {}
        }
    }

    private void promised(String field, String type, String value) {
        method(Optional.empty(), type, "get", field, "");
        out.add("return " + value + ";");
        out.close();
    }

    private void which() {
        List<Declaration.Field> members = struct.fields().stream()
                .filter(field -> field.tag().isPresent())
                .sorted(Comparator.comparing(field -> field.tag().orElseThrow()))
                .toList();
        Set<String> seen = new HashSet<>();
        out.gap();
        out.add("/** Which member of the union is set. */");
        out.open("public enum Which");
        for (Declaration.Field member : members) {
            String name = Identifiers.constant(member.name());
            if (!seen.add(name)) {
                throw new SchemaException(struct.header().displayName() + ": the union member `" + member.name()
                        + "` cannot have the Java name " + name + "; rename it in the schema");
            }
            out.add(name + ",");
        }
        EnumText.tail(out, "Which", "A member that a newer schema defines.");
        out.gap();
        out.add("private static final Which[] VALUES = values();");
        EnumText.of(out, "Which", "VALUES");
        out.close();
    }

    private void whichAccessor(int tagOffset) {
        out.gap();
        out.add("""
                public Which which() {
                    return Which.of(_getShortField(%s));
                }

                private void _expect(Which member) {
                    if (which() != member) {
                        throw new %s("the union holds " + which() + ", not " + member);
                    }
                }""".formatted(tagOffset, out.lang("IllegalStateException")));
    }

    private void isCurrent(Declaration.Field field) {
        if (field.tag().isPresent()) {
            out.gap();
            out.open("public boolean " + Identifiers.accessor("is", field.name()) + "()");
            out.add("return which() == " + tag(field) + ";");
            out.close();
        }
    }

    private void groupReader(Declaration.Group group) {
        String type = types.ref(group.typeId()) + ".Reader";
        method(group.doc(), type, "get", group.name(), "");
        expect(group);
        out.add("return new " + type + "(segment, data, pointers, dataSize, pointerCount, nestingLimit);");
        out.close();
    }

    private void groupBuilder(Declaration.Group group) {
        String type = types.ref(group.typeId()) + ".Builder";
        String made = "return new " + type + "(segment, data, pointers, dataSize, pointerCount);";
        method(group.doc(), type, "get", group.name(), "");
        expect(group);
        out.add(made);
        out.close();
        method(Optional.empty(), type, "init", group.name(), "");
        setTag(group);
        Set<String> clearing = new LinkedHashSet<>();
        clear(schema.struct(group.typeId()), clearing);
        clearing.forEach(out::add);
        out.add(made);
        out.close();
    }

    private void slotReader(Declaration.Slot slot) {
        String type = types.reader(slot.type());
        if (isPointer(slot.type())) {
            has(slot);
        }
        method(slot.doc(), type, "get", slot.name(), "");
        expect(slot);
        if (slot.type() instanceof FieldType.InterfaceRef || !isPointer(slot.type())) {
            out.add("return " + value(slot) + ";");
        } else {
            out.add("return _getPointerField(" + types.factory(slot.type()) + ", " + slot.offset()
                    + fallbackArguments(slot) + ");");
        }
        out.close();
    }

    private void slotBuilder(Declaration.Slot slot) {
        if (isPointer(slot.type())) {
            pointerBuilder(slot);
            return;
        }
        String type = types.builder(slot.type());
        method(slot.doc(), type, "get", slot.name(), "");
        expect(slot);
        out.add("return " + value(slot) + ";");
        out.close();
        method(Optional.empty(), "void", "set", slot.name(), type + " value");
        setTag(slot);
        switch (slot.type()) {
            case FieldType.Primitive primitive when primitive == FieldType.Primitive.VOID -> {}
            case FieldType.Primitive primitive ->
                out.add("_set" + primitive.accessor + "Field(" + slot.offset() + ", value" + maskArgument(slot) + ");");
            case FieldType.EnumRef reference ->
                out.add("_setShortField(" + slot.offset() + ", value.code()" + maskArgument(slot) + ");");
            case FieldType.Text text -> throw notData(slot);
            case FieldType.Data data -> throw notData(slot);
            case FieldType.ListOf list -> throw notData(slot);
            case FieldType.StructRef reference -> throw notData(slot);
            case FieldType.InterfaceRef reference -> throw notData(slot);
            case FieldType.AnyPointer any -> throw notData(slot);
        }
        out.close();
    }

    private void pointerBuilder(Declaration.Slot slot) {
        String factory = types.factory(slot.type());
        String type = types.builder(slot.type());
        has(slot);
        method(slot.doc(), type, "get", slot.name(), "");
        expect(slot);
        pointerBuilderGet(slot, factory);
        out.close();

        pointerSet(slot, factory);
        switch (slot.type()) {
            case FieldType.Text text -> convenientSet(slot, out.lang("String"), out.runtime("Text.Reader"));
            case FieldType.Data data -> convenientSet(slot, "byte[]", out.runtime("Data.Reader"));
            case FieldType.ListOf list -> {}
            case FieldType.StructRef reference -> {}
            case FieldType.InterfaceRef reference -> {}
            case FieldType.AnyPointer any -> {}
            case FieldType.Primitive primitive -> throw notPointer(slot);
            case FieldType.EnumRef reference -> throw notPointer(slot);
        }
        switch (slot.type()) {
            case FieldType.Text text -> init(slot, type, factory, "int size", "size");
            case FieldType.Data data -> init(slot, type, factory, "int size", "size");
            case FieldType.ListOf list -> init(slot, type, factory, "int size", "size");
            case FieldType.StructRef reference -> init(slot, type, factory, "", "0");
            case FieldType.AnyPointer any -> init(slot, type, factory, "", "0");
            case FieldType.InterfaceRef reference -> {}
            case FieldType.Primitive primitive -> throw notPointer(slot);
            case FieldType.EnumRef reference -> throw notPointer(slot);
        }
    }

    /** The stock runtime copies plain data only, so whatever may hold capabilities is left to the RPC runtime. */
    private void pointerSet(Declaration.Slot slot, String factory) {
        String target = "segment, pointers + " + slot.offset();
        String copy = switch (slot.type()) {
            case FieldType.StructRef(long id)
            when capabilities.carries(schema.struct(id)) -> "value.copyTo(" + target + ");";
            case FieldType.AnyPointer any
            when capabilities.carries(struct) -> types.rpc("DeepCopy") + ".pointer(" + target + ", value);";
            // There is no way into a list's elements from outside its package: they are filled one by one.
            case FieldType.ListOf(FieldType element)
            when !(element instanceof FieldType.InterfaceRef) && capabilities.listCarries(element) -> "";
            case FieldType.ListOf list -> stockSet(slot, factory);
            case FieldType.StructRef reference -> stockSet(slot, factory);
            case FieldType.AnyPointer any -> stockSet(slot, factory);
            case FieldType.InterfaceRef reference -> stockSet(slot, factory);
            case FieldType.Text text -> stockSet(slot, factory);
            case FieldType.Data data -> stockSet(slot, factory);
            case FieldType.Primitive primitive -> throw notPointer(slot);
            case FieldType.EnumRef reference -> throw notPointer(slot);
        };
        if (!copy.isEmpty()) {
            method(Optional.empty(), "void", "set", slot.name(), types.reader(slot.type()) + " value");
            setTag(slot);
            out.add(copy);
            out.close();
        }
    }

    private static String stockSet(Declaration.Slot slot, String factory) {
        return "_setPointerField(" + factory + ", " + slot.offset() + ", value);";
    }

    /** The runtime cannot make a builder out of a default, nor out of a null list; both are done here. */
    private void pointerBuilderGet(Declaration.Slot slot, String factory) {
        int index = slot.offset();
        String plain = "_getPointerField(" + factory + ", " + index + ")";
        switch (slot.type()) {
            case FieldType.Text text ->
                out.add("return _getPointerField(" + factory + ", " + index + fallbackArguments(slot) + ");");
            case FieldType.Data data ->
                out.add("return _getPointerField(" + factory + ", " + index + fallbackArguments(slot) + ");");
            case FieldType.StructRef reference -> {
                copyFallback(slot, factory);
                out.add("return " + plain + ";");
            }
            case FieldType.ListOf(FieldType.InterfaceRef element) -> out.add("return " + plain + ";");
            case FieldType.ListOf list
            when hasPointerFallback(slot) -> {
                copyFallback(slot, factory);
                out.add("return " + plain + ";");
            }
            case FieldType.ListOf list -> {
                out.open("if (_pointerFieldIsNull(" + index + "))");
                out.add("return " + factory + ".constructBuilder(segment, 0, 0, 0, 0, (short) 0);");
                out.close();
                out.add("return " + plain + ";");
            }
            case FieldType.InterfaceRef reference -> out.add("return " + plain + ";");
            case FieldType.AnyPointer any -> out.add("return " + plain + ";");
            case FieldType.Primitive primitive -> throw notPointer(slot);
            case FieldType.EnumRef reference -> throw notPointer(slot);
        }
    }

    private void copyFallback(Declaration.Slot slot, String factory) {
        if (hasPointerFallback(slot)) {
            out.open("if (_pointerFieldIsNull(" + slot.offset() + "))");
            out.add("_setPointerField(" + factory + ", " + slot.offset() + ", " + factory + ".fromPointerReader("
                    + fallbackName(slot) + ", 0, " + out.lang("Integer") + ".MAX_VALUE));");
            out.close();
        }
    }

    private void convenientSet(Declaration.Slot slot, String type, String reader) {
        method(Optional.empty(), "void", "set", slot.name(), type + " value");
        out.add(Identifiers.accessor("set", slot.name()) + "(new " + reader + "(value));");
        out.close();
    }

    private void init(Declaration.Slot slot, String type, String factory, String parameter, String size) {
        method(Optional.empty(), type, "init", slot.name(), parameter);
        setTag(slot);
        out.add("return _initPointerField(" + factory + ", " + slot.offset() + ", " + size + ");");
        out.close();
    }

    private void has(Declaration.Slot slot) {
        out.gap();
        out.open("public boolean " + Identifiers.accessor("has", slot.name()) + "()");
        out.add("return "
                + slot.tag().map(tag -> "which() == " + tag(slot) + " && ").orElse("") + "!_pointerFieldIsNull("
                + slot.offset() + ");");
        out.close();
    }

    private void method(Optional<String> doc, String type, String prefix, String field, String parameters) {
        out.gap();
        out.doc(doc);
        out.open("public " + type + " " + Identifiers.accessor(prefix, field) + "(" + parameters + ")");
    }

    private void expect(Declaration.Field field) {
        if (field.tag().isPresent()) {
            out.add("_expect(" + tag(field) + ");");
        }
    }

    private void setTag(Declaration.Field field) {
        if (field.tag().isPresent()) {
            int offset = struct.tagOffset().orElseThrow();
            out.add("_setShortField(" + offset + ", (short) " + tag(field) + ".ordinal());");
        }
    }

    private static String tag(Declaration.Field field) {
        return "Which." + Identifiers.constant(field.name());
    }

    /** The expression for the value of a field that is not built in place. */
    private String value(Declaration.Slot slot) {
        return switch (slot.type()) {
            case FieldType.Primitive primitive when primitive == FieldType.Primitive.VOID -> out.runtime("Void.VOID");
            case FieldType.Primitive primitive ->
                "_get" + primitive.accessor + "Field(" + slot.offset() + maskArgument(slot) + ")";
            case FieldType.EnumRef(long id) ->
                types.ref(id) + ".of(_getShortField(" + slot.offset() + maskArgument(slot) + "))";
            case FieldType.InterfaceRef reference ->
                "_getPointerField(" + types.factory(reference) + ", " + slot.offset() + ")";
            case FieldType.Text text -> throw notData(slot);
            case FieldType.Data data -> throw notData(slot);
            case FieldType.ListOf list -> throw notData(slot);
            case FieldType.StructRef reference -> throw notData(slot);
            case FieldType.AnyPointer any -> throw notData(slot);
        };
    }

    private static String maskArgument(Declaration.Slot slot) {
        if (slot.fallback() instanceof SchemaValue.Bits(long bits) && bits != 0) {
            FieldType.Primitive as =
                    slot.type() instanceof FieldType.Primitive primitive ? primitive : FieldType.Primitive.UINT16;
            return ", " + Literals.mask(as, bits);
        }
        return "";
    }

    private static String fallbackArguments(Declaration.Slot slot) {
        if (!hasPointerFallback(slot)) {
            return "";
        }
        String name = fallbackName(slot);
        return slot.type() instanceof FieldType.Text || slot.type() instanceof FieldType.Data
                ? ", " + name + ".buffer, 0, " + name + ".size"
                : ", " + name + ", 0";
    }

    /** Statements that put every field of a group back to its default, each once, though union members overlap. */
    private void clear(Declaration.Struct group, Set<String> statements) {
        group.tagOffset().ifPresent(offset -> statements.add("_setShortField(" + offset + ", (short) 0);"));
        for (Declaration.Field field : group.fields()) {
            switch (field) {
                case Declaration.Group inner -> clear(schema.struct(inner.typeId()), statements);
                case Declaration.Slot slot -> clearing(slot).ifPresent(statements::add);
            }
        }
    }

    private static Optional<String> clearing(Declaration.Slot slot) {
        return switch (slot.type()) {
            case FieldType.Primitive primitive ->
                switch (primitive) {
                    case VOID -> Optional.empty();
                    case BOOL -> Optional.of("_setBooleanField(" + slot.offset() + ", false);");
                    case INT8, UINT8 -> Optional.of("_setByteField(" + slot.offset() + ", (byte) 0);");
                    case INT16, UINT16 -> Optional.of("_setShortField(" + slot.offset() + ", (short) 0);");
                    case INT32, UINT32, FLOAT32 -> Optional.of("_setIntField(" + slot.offset() + ", 0);");
                    case INT64, UINT64, FLOAT64 -> Optional.of("_setLongField(" + slot.offset() + ", 0L);");
                };
            case FieldType.EnumRef reference -> Optional.of("_setShortField(" + slot.offset() + ", (short) 0);");
            case FieldType.Text text -> clearPointer(slot);
            case FieldType.Data data -> clearPointer(slot);
            case FieldType.ListOf list -> clearPointer(slot);
            case FieldType.StructRef reference -> clearPointer(slot);
            case FieldType.InterfaceRef reference -> clearPointer(slot);
            case FieldType.AnyPointer any -> clearPointer(slot);
        };
    }

    private static Optional<String> clearPointer(Declaration.Slot slot) {
        return Optional.of("_clearPointerField(" + slot.offset() + ");");
    }

    private static boolean isPointer(FieldType type) {
        return !(type instanceof FieldType.Primitive || type instanceof FieldType.EnumRef);
    }

    private static IllegalStateException notData(Declaration.Slot slot) {
        return new IllegalStateException(slot.name() + " is a pointer");
    }

    private static IllegalStateException notPointer(Declaration.Slot slot) {
        return new IllegalStateException(slot.name() + " is no pointer");
    }
}
