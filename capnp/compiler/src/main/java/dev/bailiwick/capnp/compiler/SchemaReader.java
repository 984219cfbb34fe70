package dev.bailiwick.capnp.compiler;

import dev.bailiwick.capnp.compiler.Declaration.AppliedAnnotation;
import dev.bailiwick.capnp.compiler.Declaration.Header;
import dev.bailiwick.capnp.compiler.schema.Annotation;
import dev.bailiwick.capnp.compiler.schema.Brand;
import dev.bailiwick.capnp.compiler.schema.CodeGeneratorRequest;
import dev.bailiwick.capnp.compiler.schema.Enumerant;
import dev.bailiwick.capnp.compiler.schema.Field;
import dev.bailiwick.capnp.compiler.schema.Method;
import dev.bailiwick.capnp.compiler.schema.Node;
import dev.bailiwick.capnp.compiler.schema.Superclass;
import dev.bailiwick.capnp.compiler.schema.Type;
import dev.bailiwick.capnp.compiler.schema.Value;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.capnproto.AnyPointer;
import org.capnproto.StructList;
import org.capnproto.Text;

/** Reads a {@code CodeGeneratorRequest} into a {@link Schema}, once and completely, so that nothing later meets the wire. */
final class SchemaReader {
    private final RequestMessage message;
    private final Map<Long, Node.SourceInfo.Reader> sourceInfo = new HashMap<>();

    private SchemaReader(RequestMessage message) {
        this.message = message;
    }

    /**
     * Parses a framed message.
     *
     * @throws SchemaException if the bytes are not a well-formed request
     */
    static Schema read(byte[] request) {
        try {
            RequestMessage message = new RequestMessage(request);
            return new SchemaReader(message).schema(message.reader().getRoot(CodeGeneratorRequest.factory));
        } catch (SchemaException refused) {
            throw refused;
        } catch (RuntimeException malformed) {
            // The runtime reports damage as whatever its arithmetic ran into, bare RuntimeExceptions included.
            throw new SchemaException(
                    "the input is not a CodeGeneratorRequest; send the output of `capnp compile -o-` unchanged",
                    malformed);
        }
    }

    private Schema schema(CodeGeneratorRequest.Reader request) {
        for (Node.SourceInfo.Reader info : request.getSourceInfo()) {
            sourceInfo.put(info.getId(), info);
        }
        Map<Long, Declaration> declarations = new LinkedHashMap<>();
        for (Node.Reader node : request.getNodes()) {
            declarations.put(node.getId(), declaration(node));
        }
        List<Schema.RequestedFile> requested = new ArrayList<>();
        for (CodeGeneratorRequest.RequestedFile.Reader file : request.getRequestedFiles()) {
            requested.add(
                    new Schema.RequestedFile(file.getId(), file.getFilename().toString()));
        }
        if (requested.isEmpty()) {
            throw new SchemaException("the request names no file to generate code for");
        }
        return new Schema(declarations, requested);
    }

    private Declaration declaration(Node.Reader node) {
        Header header = header(node);
        return switch (node.which()) {
            case FILE -> new Declaration.SchemaFile(header);
            case STRUCT -> struct(header, node.getStruct());
            case ENUM -> enumeration(header, node.getEnum());
            case INTERFACE -> interfaceType(header, node.getInterface());
            case CONST -> constant(header, node.getConst());
            case ANNOTATION ->
                new Declaration.AnnotationType(header, type(node.getAnnotation().getType(), header.displayName()));
            case _NOT_IN_SCHEMA -> throw tooNew(header.displayName());
        };
    }

    private Declaration constant(Header header, Node.Const.Reader source) {
        FieldType type = type(source.getType(), header.displayName());
        SchemaValue value = value(source.getValue(), header.displayName());
        if (!value.fits(type)) {
            throw new SchemaException("the request gives " + header.displayName() + " a value of another type");
        }
        return new Declaration.Constant(header, type, value);
    }

    private Header header(Node.Reader node) {
        String displayName = node.getDisplayName().toString();
        List<Declaration.Nested> nested = new ArrayList<>();
        for (Node.NestedNode.Reader child : node.getNestedNodes()) {
            nested.add(new Declaration.Nested(name(child.getName(), displayName), child.getId()));
        }
        Node.SourceInfo.Reader info = sourceInfo.get(node.getId());
        return new Header(
                node.getId(),
                displayName,
                node.getScopeId(),
                parameters(node.getParameters(), displayName),
                List.copyOf(nested),
                annotations(node.getAnnotations(), displayName),
                info == null ? Optional.empty() : doc(info.getDocComment()));
    }

    private static List<String> parameters(StructList.Reader<Node.Parameter.Reader> parameters, String where) {
        List<String> names = new ArrayList<>();
        for (Node.Parameter.Reader parameter : parameters) {
            names.add(name(parameter.getName(), where));
        }
        return List.copyOf(names);
    }

    private Declaration struct(Header header, Node.Struct.Reader struct) {
        List<Declaration.Field> fields = new ArrayList<>();
        int index = 0;
        for (Field.Reader field : struct.getFields()) {
            String where = header.displayName() + "." + field.getName();
            String name = name(field.getName(), header.displayName());
            int tag = Short.toUnsignedInt(field.getDiscriminantValue());
            Optional<Integer> unionTag = tag == 0xffff ? Optional.empty() : Optional.of(tag);
            Optional<String> doc = memberDoc(header.id(), index++);
            fields.add(
                    switch (field.which()) {
                        case SLOT -> slot(name, unionTag, doc, struct, field.getSlot(), where);
                        case GROUP ->
                            new Declaration.Group(
                                    name, unionTag, doc, field.getGroup().getTypeId());
                        case _NOT_IN_SCHEMA -> throw tooNew(where);
                    });
        }
        int members = Short.toUnsignedInt(struct.getDiscriminantCount());
        checkTags(header.displayName(), fields, members);
        if (members > 0
                && (Integer.toUnsignedLong(struct.getDiscriminantOffset()) + 1) * 16
                        > Short.toUnsignedInt(struct.getDataWordCount()) * 64L) {
            throw new SchemaException(
                    "the request places the union tag of " + header.displayName() + " outside its struct");
        }
        return new Declaration.Struct(
                header,
                Short.toUnsignedInt(struct.getDataWordCount()),
                Short.toUnsignedInt(struct.getPointerCount()),
                struct.getIsGroup(),
                members == 0 ? Optional.empty() : Optional.of(struct.getDiscriminantOffset()),
                List.copyOf(fields));
    }

    /** The members of a union have the tags 0 to n-1, one each. */
    private static void checkTags(String where, List<Declaration.Field> fields, int members) {
        BitSet tags = new BitSet();
        int tagged = 0;
        for (Declaration.Field field : fields) {
            if (field.tag().isPresent()) {
                tags.set(field.tag().get());
                tagged++;
            }
        }
        if (tagged != members || tags.nextClearBit(0) != members) {
            throw new SchemaException("the request numbers the union members of " + where + " wrongly");
        }
    }

    private Declaration.Slot slot(
            String name,
            Optional<Integer> tag,
            Optional<String> doc,
            Node.Struct.Reader struct,
            Field.Slot.Reader source,
            String where) {
        Declaration.Slot slot = new Declaration.Slot(
                name,
                tag,
                doc,
                source.getOffset(),
                type(source.getType(), where),
                value(source.getDefaultValue(), where));
        int bits = dataBits(slot.type());
        long end = (Integer.toUnsignedLong(slot.offset()) + 1) * Math.max(bits, 1);
        long room = bits < 0
                ? Short.toUnsignedInt(struct.getPointerCount())
                : bits == 0 ? Long.MAX_VALUE : Short.toUnsignedInt(struct.getDataWordCount()) * 64L;
        if (end > room) {
            throw new SchemaException("the request places " + where + " outside its struct");
        }
        if (!slot.fallback().fits(slot.type())) {
            throw new SchemaException("the request gives " + where + " a default of another type");
        }
        return slot;
    }

    /** The room a field takes in the data section, in bits; -1 for pointers. */
    private static int dataBits(FieldType type) {
        return switch (type) {
            case FieldType.Primitive primitive ->
                switch (primitive) {
                    case VOID -> 0;
                    case BOOL -> 1;
                    case INT8, UINT8 -> 8;
                    case INT16, UINT16 -> 16;
                    case INT32, UINT32, FLOAT32 -> 32;
                    case INT64, UINT64, FLOAT64 -> 64;
                };
            case FieldType.EnumRef reference -> 16;
            case FieldType.Text text -> -1;
            case FieldType.Data data -> -1;
            case FieldType.ListOf list -> -1;
            case FieldType.StructRef reference -> -1;
            case FieldType.InterfaceRef reference -> -1;
            case FieldType.AnyPointer any -> -1;
            case FieldType.Parameter parameter -> -1;
            case FieldType.MethodParameter parameter -> -1;
        };
    }

    /** Names go into Java source as they are, so nothing else than the language's own identifiers gets past here. */
    private static String name(Text.Reader text, String where) {
        String name = text.toString();
        if (name.isEmpty() || !isLetter(name.charAt(0)) || !name.chars().allMatch(c -> isLetter(c) || isDigit(c))) {
            throw new SchemaException(
                    "the request names a member of " + where + " \"" + name + "\", which is no Cap'n Proto name");
        }
        return name;
    }

    private static boolean isLetter(int c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    }

    private static boolean isDigit(int c) {
        return c >= '0' && c <= '9';
    }

    private Declaration enumeration(Header header, Node.Enum.Reader enumeration) {
        List<Declaration.Enumerant> enumerants = new ArrayList<>();
        int index = 0;
        for (Enumerant.Reader enumerant : enumeration.getEnumerants()) {
            enumerants.add(new Declaration.Enumerant(
                    name(enumerant.getName(), header.displayName()), memberDoc(header.id(), index++)));
        }
        return new Declaration.Enumeration(header, List.copyOf(enumerants));
    }

    private Declaration interfaceType(Header header, Node.Interface.Reader source) {
        List<Declaration.Method> methods = new ArrayList<>();
        int index = 0;
        for (Method.Reader method : source.getMethods()) {
            String name = name(method.getName(), header.displayName());
            String where = header.displayName() + "." + name;
            List<String> parameters = parameters(method.getImplicitParameters(), where);
            methods.add(new Declaration.Method(
                    name,
                    parameters,
                    methodStruct(method.getParamStructType(), method.getParamBrand(), parameters.size(), where),
                    methodStruct(method.getResultStructType(), method.getResultBrand(), parameters.size(), where),
                    annotations(method.getAnnotations(), where),
                    memberDoc(header.id(), index++)));
        }
        List<FieldType.InterfaceRef> superclasses = new ArrayList<>();
        for (Superclass.Reader superclass : source.getSuperclasses()) {
            superclasses.add(
                    new FieldType.InterfaceRef(superclass.getId(), brand(superclass.getBrand(), header.displayName())));
        }
        return new Declaration.Interface(header, List.copyOf(methods), List.copyOf(superclasses));
    }

    /** The struct of an inline parameter list has the method's type parameters as its own, which no brand says. */
    private static FieldType.StructRef methodStruct(long id, Brand.Reader source, int parameters, String where) {
        Bindings brand = brand(source, where);
        if (parameters == 0) {
            return new FieldType.StructRef(id, brand);
        }
        Map<Long, List<FieldType>> bound = new HashMap<>(brand.bound());
        bound.putIfAbsent(
                id,
                IntStream.range(0, parameters)
                        .<FieldType>mapToObj(FieldType.MethodParameter::new)
                        .toList());
        return new FieldType.StructRef(id, new Bindings(brand.inherited(), bound));
    }

    private List<AppliedAnnotation> annotations(StructList.Reader<Annotation.Reader> annotations, String where) {
        List<AppliedAnnotation> applied = new ArrayList<>();
        for (Annotation.Reader annotation : annotations) {
            applied.add(new AppliedAnnotation(annotation.getId(), value(annotation.getValue(), where)));
        }
        return List.copyOf(applied);
    }

    private Optional<String> memberDoc(long id, int index) {
        Node.SourceInfo.Reader info = sourceInfo.get(id);
        return info == null || index >= info.getMembers().size()
                ? Optional.empty()
                : doc(info.getMembers().get(index).getDocComment());
    }

    private static Optional<String> doc(Text.Reader comment) {
        return Optional.of(comment.toString().strip()).filter(text -> !text.isEmpty());
    }

    private static FieldType type(Type.Reader type, String where) {
        return switch (type.which()) {
            case VOID -> FieldType.Primitive.VOID;
            case BOOL -> FieldType.Primitive.BOOL;
            case INT8 -> FieldType.Primitive.INT8;
            case INT16 -> FieldType.Primitive.INT16;
            case INT32 -> FieldType.Primitive.INT32;
            case INT64 -> FieldType.Primitive.INT64;
            case UINT8 -> FieldType.Primitive.UINT8;
            case UINT16 -> FieldType.Primitive.UINT16;
            case UINT32 -> FieldType.Primitive.UINT32;
            case UINT64 -> FieldType.Primitive.UINT64;
            case FLOAT32 -> FieldType.Primitive.FLOAT32;
            case FLOAT64 -> FieldType.Primitive.FLOAT64;
            case TEXT -> new FieldType.Text();
            case DATA -> new FieldType.Data();
            case LIST -> list(type(type.getList().getElementType(), where));
            case ENUM -> new FieldType.EnumRef(type.getEnum().getTypeId());
            case STRUCT ->
                new FieldType.StructRef(
                        type.getStruct().getTypeId(), brand(type.getStruct().getBrand(), where));
            case INTERFACE ->
                new FieldType.InterfaceRef(
                        type.getInterface().getTypeId(),
                        brand(type.getInterface().getBrand(), where));
            case ANY_POINTER -> anyPointer(type.getAnyPointer(), where);
            case _NOT_IN_SCHEMA -> throw tooNew(where);
        };
    }

    private static FieldType anyPointer(Type.AnyPointer.Reader type, String where) {
        return switch (type.which()) {
            case UNCONSTRAINED ->
                new FieldType.AnyPointer(
                        switch (type.getUnconstrained().which()) {
                            case ANY_KIND -> FieldType.Kind.ANYTHING;
                            case STRUCT -> FieldType.Kind.STRUCT;
                            case LIST -> FieldType.Kind.LIST;
                            case CAPABILITY -> FieldType.Kind.CAPABILITY;
                            case _NOT_IN_SCHEMA -> throw tooNew(where);
                        });
            case PARAMETER ->
                new FieldType.Parameter(
                        type.getParameter().getScopeId(),
                        Short.toUnsignedInt(type.getParameter().getParameterIndex()));
            case IMPLICIT_METHOD_PARAMETER ->
                new FieldType.MethodParameter(
                        Short.toUnsignedInt(type.getImplicitMethodParameter().getParameterIndex()));
            case _NOT_IN_SCHEMA -> throw tooNew(where);
        };
    }

    private static Bindings brand(Brand.Reader brand, String where) {
        Set<Long> inherited = new HashSet<>();
        Map<Long, List<FieldType>> bound = new HashMap<>();
        for (Brand.Scope.Reader scope : brand.getScopes()) {
            switch (scope.which()) {
                case INHERIT -> inherited.add(scope.getScopeId());
                case BIND -> {
                    List<FieldType> arguments = new ArrayList<>();
                    for (Brand.Binding.Reader binding : scope.getBind()) {
                        arguments.add(
                                switch (binding.which()) {
                                    case UNBOUND -> FieldType.AnyPointer.UNCONSTRAINED;
                                    case TYPE -> argument(type(binding.getType(), where), where);
                                    case _NOT_IN_SCHEMA -> throw tooNew(where);
                                });
                    }
                    bound.put(scope.getScopeId(), List.copyOf(arguments));
                }
                case _NOT_IN_SCHEMA -> throw tooNew(where);
            }
        }
        return inherited.isEmpty() && bound.isEmpty() ? Bindings.NONE : new Bindings(inherited, bound);
    }

    private static FieldType argument(FieldType type, String where) {
        if (!type.isPointer()) {
            throw new SchemaException("the request has a type argument in " + where + " that is no pointer type");
        }
        return type;
    }

    /** A list whose elements may be anything cannot be told apart from any other pointer; the stock tool refuses them too. */
    private static FieldType list(FieldType element) {
        return switch (element) {
            case FieldType.Parameter parameter -> FieldType.AnyPointer.UNCONSTRAINED;
            case FieldType.MethodParameter parameter -> FieldType.AnyPointer.UNCONSTRAINED;
            case FieldType.AnyPointer(FieldType.Kind kind)
            when kind == FieldType.Kind.ANYTHING || kind == FieldType.Kind.STRUCT -> FieldType.AnyPointer.UNCONSTRAINED;
            case FieldType.AnyPointer any -> new FieldType.ListOf(any);
            case FieldType.Primitive primitive -> new FieldType.ListOf(primitive);
            case FieldType.EnumRef reference -> new FieldType.ListOf(reference);
            case FieldType.StructRef reference -> new FieldType.ListOf(reference);
            case FieldType.InterfaceRef reference -> new FieldType.ListOf(reference);
            case FieldType.Text text -> new FieldType.ListOf(text);
            case FieldType.Data data -> new FieldType.ListOf(data);
            case FieldType.ListOf inner -> new FieldType.ListOf(inner);
        };
    }

    private SchemaValue value(Value.Reader value, String where) {
        return switch (value.which()) {
            case VOID, INTERFACE -> new SchemaValue.Nothing();
            case BOOL -> new SchemaValue.Bits(value.getBool() ? 1 : 0);
            case INT8 -> new SchemaValue.Bits(value.getInt8());
            case INT16 -> new SchemaValue.Bits(value.getInt16());
            case INT32 -> new SchemaValue.Bits(value.getInt32());
            case INT64 -> new SchemaValue.Bits(value.getInt64());
            case UINT8 -> new SchemaValue.Bits(value.getUint8());
            case UINT16 -> new SchemaValue.Bits(value.getUint16());
            case UINT32 -> new SchemaValue.Bits(value.getUint32());
            case UINT64 -> new SchemaValue.Bits(value.getUint64());
            case FLOAT32 -> new SchemaValue.Bits(Float.floatToRawIntBits(value.getFloat32()));
            case FLOAT64 -> new SchemaValue.Bits(Double.doubleToRawLongBits(value.getFloat64()));
            case ENUM -> new SchemaValue.Bits(value.getEnum());
            case TEXT -> new SchemaValue.TextValue(value.getText().toString());
            case DATA -> SchemaValue.DataValue.of(value.getData().toArray());
            case LIST -> pointer(value.getList());
            case STRUCT -> pointer(value.getStruct());
            case ANY_POINTER -> pointer(value.getAnyPointer());
            case _NOT_IN_SCHEMA -> throw tooNew(where);
        };
    }

    private SchemaValue pointer(AnyPointer.Reader value) {
        return new SchemaValue.PointerValue(SchemaValue.DataValue.of(message.copy(value)));
    }

    private static SchemaException tooNew(String where) {
        return new SchemaException(where
                + " uses a language feature that this generator does not know; it was written for Cap'n Proto 0.9");
    }
}
