package dev.bailiwick.capnp.compiler;

import java.util.ArrayList;
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
    /** Spelling where the struct's type parameters are known. */
    private final JavaTypes types;
    /** Spelling where they are not: in static members, and in pipelines. */
    private final JavaTypes outside;

    private final JavaSource out;
    private final Declaration.Struct struct;
    private final boolean carries;
    /** The pointers behind which capabilities may lie. What overwrites one gives them back. */
    private final Set<Integer> carryingPointers;
    /** {@code <T_Builder, T_Reader>}, or nothing. */
    private final String typed;
    /** {@code <>} behind a constructor's name if the class is generic. */
    private final String diamond;
    /** What constructors of readers and builders are given besides a place, such as {@code , _T}. */
    private final String extra;

    StructEmitter(
            Schema schema, Capabilities capabilities, JavaTypes types, JavaSource out, Declaration.Struct struct) {
        this.schema = schema;
        this.capabilities = capabilities;
        this.types = types.inside(struct.id());
        this.outside = types.outside();
        this.out = out;
        this.struct = struct;
        this.carries = capabilities.carries(struct);
        this.carryingPointers = capabilities.carryingPointers(struct);
        this.typed = types.declared(struct.id());
        this.diamond = typed.isEmpty() ? "" : "<>";
        this.extra = String.join(
                "",
                types.parameterNames(struct.id()).stream()
                        .map(name -> ", _" + name)
                        .toList());
    }

    /** Static fields; returns the names they take. */
    Set<String> statics() {
        Set<String> taken = new HashSet<>();
        if (!struct.group()) {
            taken.addAll(Set.of("TYPE_ID", "STRUCT_SIZE"));
            out.add("public static final long TYPE_ID = " + Literals.id(struct.id()) + ";");
            out.add("public static final %1$s STRUCT_SIZE = new %1$s((short) %2$s, (short) %3$s);"
                    .formatted(out.runtime("StructSize"), struct.dataWords(), struct.pointers()));
            if (!types.isGeneric(struct.id())) {
                out.add("public static final Factory factory = new Factory();");
                out.add("public static final %1$s<Builder, Reader> listFactory = new %1$s<>(factory);"
                        .formatted(out.runtime("StructList.Factory")));
            }
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
        if (types.isGeneric(struct.id())) {
            genericFactories();
        }
        out.gap();
        out.open("public static final class Factory%1$s extends %2$s<Builder%1$s, Reader%1$s>"
                .formatted(typed, out.runtime("StructFactory")));
        typeFields();
        constructor("private Factory", List.of(), "");
        out.gap();
        out.add("""
                @%1$s
                public Reader%5$s constructReader(
                        %2$s segment, int data, int pointers, int dataSize, short pointerCount, int nestingLimit) {
                    return new Reader%6$s(segment, data, pointers, dataSize, pointerCount, nestingLimit%7$s);
                }

                @%1$s
                public Builder%5$s constructBuilder(
                        %3$s segment, int data, int pointers, int dataSize, short pointerCount) {
                    return new Builder%6$s(segment, data, pointers, dataSize, pointerCount%7$s);
                }

                @%1$s
                public %4$s structSize() {
                    return STRUCT_SIZE;
                }

                @%1$s
                public Reader%5$s asReader(Builder%5$s builder) {
                    return builder.asReader();
                }""".formatted(
                        out.lang("Override"),
                        out.runtime("SegmentReader"),
                        out.runtime("SegmentBuilder"),
                        out.runtime("StructSize"),
                        typed,
                        diamond,
                        extra));
        out.close();
    }

    /** What is a constant for other structs depends on the type arguments of a generic one. */
    private void genericFactories() {
        String parameters = String.join(
                ", ",
                types.parameterNames(struct.id()).stream()
                        .map(name -> types.pointerType(name) + " _" + name)
                        .toList());
        out.gap();
        out.add("/** Reads and builds the struct with these types for its type parameters. */");
        out.open("public static %1$s Factory%1$s factory(%2$s)".formatted(typed, parameters));
        out.add("return new Factory<>(" + extra.substring(2) + ");");
        out.close();
        out.gap();
        out.add("/** Reads and builds lists of the struct with these types for its type parameters. */");
        out.open("public static %1$s %3$s<Builder%1$s, Reader%1$s> listFactory(%2$s)"
                .formatted(typed, parameters, out.runtime("StructList.Factory")));
        out.add("return new %s<>(factory(%s));".formatted(out.runtime("StructList.Factory"), extra.substring(2)));
        out.close();
    }

    /** The fields that keep the types of type parameters. */
    private void typeFields() {
        for (String name : types.parameterNames(struct.id())) {
            out.add("private final %s _%s;".formatted(types.pointerType(name), name));
        }
        if (types.isGeneric(struct.id())) {
            out.gap();
        }
    }

    private void constructor(String name, List<String> parameters, String superCall) {
        List<String> all = new ArrayList<>(parameters);
        List<String> names = types.parameterNames(struct.id());
        names.forEach(parameter -> all.add(types.pointerType(parameter) + " _" + parameter));
        if (names.isEmpty() && superCall.isEmpty()) {
            out.add(name + "() {}");
            return;
        }
        out.open(name + "(" + String.join(", ", all) + ")");
        if (!superCall.isEmpty()) {
            out.add(superCall);
        }
        names.forEach(parameter -> out.add("this._%1$s = _%1$s;".formatted(parameter)));
        out.close();
    }

    private void builder() {
        out.gap();
        out.add("/** Builds the struct in a message. */");
        out.open("public static final class Builder" + typed + " extends " + out.runtime("StructBuilder"));
        typeFields();
        constructor(
                "Builder",
                List.of(
                        out.runtime("SegmentBuilder") + " segment",
                        "int data",
                        "int pointers",
                        "int dataSize",
                        "short pointerCount"),
                "super(segment, data, pointers, dataSize, pointerCount);");
        out.gap();
        out.add("""
                /** What is built so far, as it is read. */
                public Reader%1$s asReader() {
                    return new Reader%2$s(segment, data, pointers, dataSize, pointerCount, %3$s.MAX_VALUE%4$s);
                }""".formatted(typed, diamond, out.lang("Integer"), extra));
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
        out.add("/** Reads the struct from a message. */");
        out.open("public static final class Reader" + typed + " extends "
                + (carries ? types.rpc("CarrierReader") : out.runtime("StructReader")));
        typeFields();
        constructor(
                "Reader",
                List.of(
                        out.runtime("SegmentReader") + " segment",
                        "int data",
                        "int pointers",
                        "int dataSize",
                        "short pointerCount",
                        "int nestingLimit"),
                "super(segment, data, pointers, dataSize, pointerCount, nestingLimit);");
        struct.tagOffset().ifPresent(this::whichAccessor);
        for (Declaration.Field field : struct.fields()) {
            isCurrent(field);
            switch (field) {
                case Declaration.Group group -> groupReader(group);
                case Declaration.Slot slot -> slotReader(slot);
            }
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
        String at = "_field(" + slot.offset() + ")";
        switch (slot.type()) {
            case FieldType.InterfaceRef reference ->
                promised(
                        slot.name(),
                        outside.reader(reference),
                        "_capability(" + outside.factory(reference) + ", " + slot.offset() + ")");
            case FieldType.StructRef(long id, Bindings bindings)
            when capabilities.hasPipeline(schema.struct(id)) ->
                promised(slot.name(), types.ref(id) + ".Pipeline", "new " + types.ref(id) + ".Pipeline(" + at + ")");
            case FieldType.AnyPointer any -> promised(slot.name(), types.rpc("AnyPipeline"), at);
            case FieldType.Parameter parameter -> promised(slot.name(), types.rpc("AnyPipeline"), at);
            case FieldType.MethodParameter parameter -> promised(slot.name(), types.rpc("AnyPipeline"), at);
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
        out.gap();
        out.add("/** Which member of the union is set. */");
        out.open("public enum Which");
        for (Declaration.Field member : members) {
            out.add(Identifiers.constant(member.name()) + ",");
        }
        EnumText.tail(out, "Which", "A member that a newer schema defines.");
        out.gap();
        out.add("private static final Which[] _VALUES = values();");
        EnumText.of(out, "Which", "_VALUES");
        out.close();
    }

    private void whichAccessor(int tagOffset) {
        out.gap();
        out.add("""
                /** Which member of the union is set. */
                public Which which() {
                    return Which.of(_getShortField(%s));
                }

                private void _expect(Which member) {
                    if (which() != member) {
                        throw new %s(
                                "%s holds " + which() + ", not " + member + "; look at which() before reading a member");
                    }
                }""".formatted(tagOffset, out.lang("IllegalStateException"), shortName()));
    }

    /** The struct as its schema file calls it. */
    private String shortName() {
        String name = struct.header().displayName();
        return name.substring(name.indexOf(':') + 1);
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
        method(group.doc(), type + types.declared(group.typeId()), "get", group.name(), "");
        expect(group);
        out.add("return new %s(segment, data, pointers, dataSize, pointerCount, nestingLimit%s);"
                .formatted(type + diamond(group), groupTypes(group)));
        out.close();
    }

    private void groupBuilder(Declaration.Group group) {
        String type = types.ref(group.typeId()) + ".Builder";
        String declared = type + types.declared(group.typeId());
        String made = "return new %s(segment, data, pointers, dataSize, pointerCount%s);"
                .formatted(type + diamond(group), groupTypes(group));
        method(group.doc(), declared, "get", group.name(), "");
        expect(group);
        out.add(made);
        out.close();
        method(Optional.empty(), declared, "init", group.name(), "");
        setTag(group);
        Set<String> clearing = new LinkedHashSet<>();
        clear(schema.struct(group.typeId()), clearing);
        clearing.forEach(out::add);
        out.add(made);
        out.close();
    }

    private String diamond(Declaration.Group group) {
        return types.isGeneric(group.typeId()) ? "<>" : "";
    }

    /** A group's type parameters are among those of the struct around it, and go by the same names. */
    private String groupTypes(Declaration.Group group) {
        return String.join(
                "",
                types.parameterNames(group.typeId()).stream()
                        .map(name -> ", _" + name)
                        .toList());
    }

    private void slotReader(Declaration.Slot slot) {
        if (slot.type().isPointer()) {
            has(slot);
        }
        method(slot.doc(), types.reader(slot.type()), "get", slot.name(), "");
        expect(slot);
        if (!slot.type().isPointer()) {
            out.add("return " + value(slot) + ";");
        } else if (slot.type() instanceof FieldType.AnyPointer && hasPointerFallback(slot)) {
            out.open("if (_pointerFieldIsNull(" + slot.offset() + "))");
            out.add("return " + types.factory(slot.type()) + ".fromPointerReader(" + fallbackName(slot)
                    + ", 0, nestingLimit);");
            out.close();
            out.add("return _getPointerField(" + types.factory(slot.type()) + ", " + slot.offset() + ");");
        } else {
            out.add("return _getPointerField(" + types.factory(slot.type()) + ", " + slot.offset()
                    + fallbackArguments(slot) + ");");
        }
        out.close();
        codes(slot, "Reader");
    }

    /** Enum values as numbers, which tell apart what a newer schema defines. */
    private void codes(Declaration.Slot slot, String side) {
        if (slot.type() instanceof FieldType.EnumRef) {
            code(slot, "The value as a number, 0 to 65535, whether this schema knows it or not.", "int");
            out.add("return " + out.lang("Short") + ".toUnsignedInt(_getShortField(" + slot.offset()
                    + maskArgument(slot) + "));");
            out.close();
        } else if (slot.type() instanceof FieldType.ListOf(FieldType.EnumRef element) && side.equals("Reader")) {
            FieldType codes = new FieldType.ListOf(FieldType.Primitive.UINT16);
            code(slot, "The values as unsigned numbers, whether this schema knows them or not.", types.reader(codes));
            out.add("return _getPointerField(" + types.factory(codes) + ", " + slot.offset() + fallbackArguments(slot)
                    + ");");
            out.close();
        }
    }

    private void code(Declaration.Slot slot, String doc, String type) {
        out.gap();
        out.add("/** " + doc + " */");
        out.open("public " + type + " " + Identifiers.accessor("get", slot.name()) + "_code()");
        expect(slot);
    }

    private void slotBuilder(Declaration.Slot slot) {
        if (slot.type().isPointer()) {
            pointerBuilder(slot);
            return;
        }
        String type = types.builder(slot.type());
        method(slot.doc(), type, "get", slot.name(), "");
        expect(slot);
        out.add("return " + value(slot) + ";");
        out.close();
        codes(slot, "Builder");
        method(Optional.empty(), "void", "set", slot.name(), type + " value");
        setTag(slot);
        if (slot.type() instanceof FieldType.Primitive primitive) {
            if (primitive != FieldType.Primitive.VOID) {
                out.add("_set" + primitive.accessor + "Field(" + slot.offset() + ", value" + maskArgument(slot) + ");");
            }
        } else {
            out.add("_setShortField(" + slot.offset() + ", value.code()" + maskArgument(slot) + ");");
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
            case FieldType.Text text -> {
                convenientSet(slot, out.lang("String"), out.runtime("Text.Reader"));
                init(slot, type, factory, "int size", "size");
            }
            case FieldType.Data data -> {
                convenientSet(slot, "byte[]", out.runtime("Data.Reader"));
                init(slot, type, factory, "int size", "size");
            }
            case FieldType.ListOf list -> init(slot, type, factory, "int size", "size");
            case FieldType.StructRef reference -> init(slot, type, factory, "", "0");
            case FieldType.AnyPointer(FieldType.Kind kind) when kind == FieldType.Kind.CAPABILITY -> {}
            case FieldType.AnyPointer any -> init(slot, type, factory, "", "0");
            case FieldType.Parameter parameter -> {
                init(slot, type, factory, "", "0");
                init(slot, type, factory, "int size", "size");
            }
            case FieldType.MethodParameter parameter -> init(slot, type, factory, "", "0");
            case FieldType.InterfaceRef reference -> {}
            case FieldType.Primitive primitive -> throw notPointer(slot);
            case FieldType.EnumRef reference -> throw notPointer(slot);
        }
    }

    /**
     * The stock runtime copies plain data only, so whatever may hold capabilities is left to the RPC runtime; and it copies
     * {@code Data} byte by byte, which is a thousand times slower for a large one than a buffer's own copying.
     */
    private void pointerSet(Declaration.Slot slot, String factory) {
        String target = "segment, pointers + " + slot.offset();
        String stock = "_setPointerField(" + factory + ", " + slot.offset() + ", value);";
        String copy = switch (slot.type()) {
            case FieldType.StructRef(long id, Bindings bindings)
            when capabilities.carries(schema.struct(id)) -> "value.copyTo(" + target + ");";
            case FieldType.AnyPointer(FieldType.Kind kind)
            when kind != FieldType.Kind.CAPABILITY && carries ->
                types.rpc("DeepCopy") + ".pointer(" + target + ", value);";
            case FieldType.ListOf(FieldType element)
            when !(element instanceof FieldType.InterfaceRef) && carries && capabilities.carries(element) ->
                types.rpc("DeepCopy") + ".list(" + target + ", " + factory + ", value);";
            case FieldType.AnyPointer(FieldType.Kind kind)
            when kind == FieldType.Kind.CAPABILITY ->
                "_setPointerField(" + types.rpc("AnyCapability.setter") + ", " + slot.offset() + ", value);";
            case FieldType.AnyPointer any -> stock;
            case FieldType.ListOf list -> stock;
            case FieldType.StructRef reference -> stock;
            case FieldType.InterfaceRef reference -> stock;
            case FieldType.Text text -> stock;
            case FieldType.Data data ->
                "_initPointerField(" + factory + ", " + slot.offset()
                        + ", value.size()).asByteBuffer().put(value.asByteBuffer());";
            case FieldType.Parameter parameter -> stock;
            case FieldType.MethodParameter parameter -> stock;
            case FieldType.Primitive primitive -> throw notPointer(slot);
            case FieldType.EnumRef reference -> throw notPointer(slot);
        };
        boolean anyClient = slot.type() instanceof FieldType.AnyPointer any && any.kind() == FieldType.Kind.CAPABILITY;
        String type = anyClient ? types.rpc("CapabilityClient") : types.reader(slot.type());
        method(Optional.empty(), "void", "set", slot.name(), type + " value");
        setTag(slot);
        if (carriesAt(slot) && !capabilities.carries(slot.type())) {
            out.add(giveBack(slot)); // another member of the union may have left some; other setters do it themselves
        }
        out.add(copy);
        out.close();
    }

    /** The runtime cannot make a builder out of a default, nor out of a null list; both are done here. */
    private void pointerBuilderGet(Declaration.Slot slot, String factory) {
        int index = slot.offset();
        String plain = "return _getPointerField(" + factory + ", " + index + ");";
        if (slot.type() instanceof FieldType.Text || slot.type() instanceof FieldType.Data) {
            out.add("return _getPointerField(" + factory + ", " + index + fallbackArguments(slot) + ");");
            return;
        }
        if (hasPointerFallback(slot)) {
            copyFallback(slot, factory);
        } else if (slot.type() instanceof FieldType.ListOf(FieldType element)
                && !(element instanceof FieldType.InterfaceRef)) {
            out.open("if (_pointerFieldIsNull(" + index + "))");
            out.add("return " + factory + ".constructBuilder(segment, 0, 0, 0, 0, (short) 0);");
            out.close();
        }
        out.add(plain);
    }

    private void copyFallback(Declaration.Slot slot, String factory) {
        out.open("if (_pointerFieldIsNull(" + slot.offset() + "))");
        out.add("_setPointerField(" + factory + ", " + slot.offset() + ", " + factory + ".fromPointerReader("
                + fallbackName(slot) + ", 0, " + out.lang("Integer") + ".MAX_VALUE));");
        out.close();
    }

    private void convenientSet(Declaration.Slot slot, String type, String reader) {
        method(Optional.empty(), "void", "set", slot.name(), type + " value");
        out.add(Identifiers.accessor("set", slot.name()) + "(new " + reader + "(value));");
        out.close();
    }

    private void init(Declaration.Slot slot, String type, String factory, String parameter, String size) {
        method(Optional.empty(), type, "init", slot.name(), parameter);
        setTag(slot);
        if (carriesAt(slot)) {
            out.add(giveBack(slot));
        }
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

    /** The expression for the value of a field in the data section. */
    private String value(Declaration.Slot slot) {
        return switch (slot.type()) {
            case FieldType.Primitive primitive when primitive == FieldType.Primitive.VOID -> out.runtime("Void.VOID");
            case FieldType.Primitive primitive ->
                "_get" + primitive.accessor + "Field(" + slot.offset() + maskArgument(slot) + ")";
            case FieldType type ->
                types.builder(type) + ".of(_getShortField(" + slot.offset() + maskArgument(slot) + "))";
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

    private Optional<String> clearing(Declaration.Slot slot) {
        if (slot.type().isPointer()) {
            return Optional.of(carriesAt(slot) ? giveBack(slot) : "_clearPointerField(" + slot.offset() + ");");
        }
        if (!(slot.type() instanceof FieldType.Primitive primitive)) {
            return Optional.of("_setShortField(" + slot.offset() + ", (short) 0);");
        }
        return switch (primitive) {
            case VOID -> Optional.empty();
            case BOOL -> Optional.of("_setBooleanField(" + slot.offset() + ", false);");
            case INT8, UINT8 -> Optional.of("_setByteField(" + slot.offset() + ", (byte) 0);");
            case INT16, UINT16 -> Optional.of("_setShortField(" + slot.offset() + ", (short) 0);");
            case INT32, UINT32, FLOAT32 -> Optional.of("_setIntField(" + slot.offset() + ", 0);");
            case INT64, UINT64, FLOAT64 -> Optional.of("_setLongField(" + slot.offset() + ", 0L);");
        };
    }

    private boolean carriesAt(Declaration.Slot slot) {
        return slot.type().isPointer() && carryingPointers.contains(slot.offset());
    }

    /** The statement that gives back the capabilities behind a pointer; the stock runtime would keep them with the message. */
    private String giveBack(Declaration.Slot slot) {
        return types.rpc("DeepCopy") + ".clear(segment, pointers + " + slot.offset() + ");";
    }

    private static IllegalStateException notPointer(Declaration.Slot slot) {
        return new IllegalStateException(slot.name() + " is no pointer");
    }
}
