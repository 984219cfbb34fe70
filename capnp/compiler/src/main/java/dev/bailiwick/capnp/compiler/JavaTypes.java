package dev.bailiwick.capnp.compiler;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * How schema types are spelled at one place in a Java file: what a type parameter is there depends on the class around it.
 *
 * <p>A type parameter {@code T} is two type variables, {@code T_Builder} and {@code T_Reader}, and a value of the RPC library's
 * {@code PointerType} that makes both from a pointer. A parameter that the place does not know is AnyPointer.
 */
final class JavaTypes {
    private final Schema schema;
    private final JavaNames names;
    private final TypeParameters parameters;
    private final JavaSource out;

    /** The parameters known here, declared or of a method. */
    private final Map<FieldType, Variable> variables;

    /**
     * A type parameter where it is known.
     *
     * @param value the expression for its {@code PointerType}
     */
    private record Variable(String name, String value) {
        String builder() {
            return name + "_Builder";
        }

        String reader() {
            return name + "_Reader";
        }
    }

    private JavaTypes(
            Schema schema,
            JavaNames names,
            TypeParameters parameters,
            JavaSource out,
            Map<FieldType, Variable> variables) {
        this.schema = schema;
        this.names = names;
        this.parameters = parameters;
        this.out = out;
        this.variables = variables;
    }

    /** Spelling where no type parameter is known. */
    static JavaTypes of(Schema schema, JavaNames names, TypeParameters parameters, JavaSource out) {
        return new JavaTypes(schema, names, parameters, out, Map.of());
    }

    /** Spelling where no type parameter is known, such as in static members. */
    JavaTypes outside() {
        return of(schema, names, parameters, out);
    }

    /** Spelling in the classes of a declaration, which keep the type of a parameter {@code T} in a field {@code _T}. */
    JavaTypes inside(long declaration) {
        Map<FieldType, Variable> known = new LinkedHashMap<>();
        parameters.of(declaration).forEach((parameter, name) -> known.put(parameter, new Variable(name, "_" + name)));
        return new JavaTypes(schema, names, parameters, out, known);
    }

    /** Spelling in the server of an interface, which has a method for the type of each parameter. */
    JavaTypes insideServer(long declaration) {
        Map<FieldType, Variable> known = new LinkedHashMap<>();
        parameters
                .of(declaration)
                .forEach((parameter, name) ->
                        known.put(parameter, new Variable(name, typeMethod(declaration, name) + "()")));
        return new JavaTypes(schema, names, parameters, out, known);
    }

    /** This spelling where the type parameters of a method are known as well, as Java parameters {@code _T}. */
    JavaTypes insideMethod(List<String> methodParameters) {
        Map<FieldType, Variable> known = new LinkedHashMap<>(variables);
        List<String> taken =
                new ArrayList<>(variables.values().stream().map(Variable::name).toList());
        for (int i = 0; i < methodParameters.size(); i++) {
            String name = Identifiers.free(methodParameters.get(i), taken);
            taken.add(name);
            known.put(new FieldType.MethodParameter(i), new Variable(name, "_" + name));
        }
        return new JavaTypes(schema, names, parameters, out, known);
    }

    /** The method of an interface's server that gives the type of a parameter. */
    String typeMethod(long declaration, String parameter) {
        return "typeOf" + names.of(declaration).simple() + parameter;
    }

    boolean isGeneric(long id) {
        return !parameters.of(id).isEmpty();
    }

    /** {@code <T_Builder, T_Reader>} for the parameters of a declaration; nothing if it has none. */
    String declared(long id) {
        return angled(
                parameters.of(id).values().stream().flatMap(name -> Stream.of(name + "_Builder", name + "_Reader")));
    }

    /** {@code <T_Builder, T_Reader>} for type parameters of a method, with a space behind. */
    String declaredByMethod(int count) {
        String declared =
                angled(methodVariables(count).flatMap(variable -> Stream.of(variable.builder(), variable.reader())));
        return declared.isEmpty() ? "" : declared + " ";
    }

    /** {@code PointerType<T_Builder, T_Reader> _T} for type parameters of a method. */
    List<String> methodParameters(int count) {
        return methodVariables(count)
                .map(variable ->
                        pointerType() + "<" + variable.builder() + ", " + variable.reader() + "> " + variable.value())
                .toList();
    }

    private Stream<Variable> methodVariables(int count) {
        return Stream.iterate(0, i -> i < count, i -> i + 1)
                .map(i -> variables.get(new FieldType.MethodParameter(i)))
                .map(Objects::requireNonNull);
    }

    /** The names of a declaration's parameters. */
    List<String> parameterNames(long id) {
        return List.copyOf(parameters.of(id).values());
    }

    /** The type of what makes readers and builders of a parameter. */
    String pointerType(String parameter) {
        return pointerType() + "<" + parameter + "_Builder, " + parameter + "_Reader>";
    }

    private String pointerType() {
        return rpc("PointerType");
    }

    /** The type of a value that is read. */
    String reader(FieldType type) {
        return switch (type) {
            case FieldType.Primitive primitive -> primitive(primitive);
            case FieldType.EnumRef(long id) -> ref(id);
            case FieldType.InterfaceRef reference -> client(reference);
            case FieldType.Text text -> out.runtime("Text.Reader");
            case FieldType.Data data -> out.runtime("Data.Reader");
            case FieldType.AnyPointer(FieldType.Kind kind)
            when kind == FieldType.Kind.CAPABILITY -> rpc("AnyCapability");
            case FieldType.AnyPointer any -> out.runtime("AnyPointer.Reader");
            case FieldType.StructRef(long id, Bindings bindings) -> ref(id) + ".Reader" + typeArguments(id, bindings);
            case FieldType.ListOf(FieldType element) -> list(element, "Reader");
            case FieldType.Parameter parameter -> variable(parameter, "AnyPointer.Reader", Variable::reader);
            case FieldType.MethodParameter parameter -> variable(parameter, "AnyPointer.Reader", Variable::reader);
        };
    }

    /** The type of a value that is built in place; for what has no such form, the type of the value itself. */
    String builder(FieldType type) {
        return switch (type) {
            case FieldType.Primitive primitive -> primitive(primitive);
            case FieldType.EnumRef(long id) -> ref(id);
            case FieldType.InterfaceRef reference -> client(reference);
            case FieldType.Text text -> out.runtime("Text.Builder");
            case FieldType.Data data -> out.runtime("Data.Builder");
            case FieldType.AnyPointer(FieldType.Kind kind)
            when kind == FieldType.Kind.CAPABILITY -> rpc("AnyCapability");
            case FieldType.AnyPointer any -> out.runtime("AnyPointer.Builder");
            case FieldType.StructRef(long id, Bindings bindings) -> ref(id) + ".Builder" + typeArguments(id, bindings);
            case FieldType.ListOf(FieldType element) -> list(element, "Builder");
            case FieldType.Parameter parameter -> variable(parameter, "AnyPointer.Builder", Variable::builder);
            case FieldType.MethodParameter parameter -> variable(parameter, "AnyPointer.Builder", Variable::builder);
        };
    }

    /** The factory that makes either from a pointer. */
    String factory(FieldType type) {
        return switch (type) {
            case FieldType.Primitive primitive -> throw new IllegalArgumentException(primitive + " is no pointer");
            case FieldType.EnumRef reference -> throw new IllegalArgumentException(reference + " is no pointer");
            case FieldType.InterfaceRef(long id, Bindings bindings) -> factory(id, bindings, "factory");
            case FieldType.Text text -> out.runtime("Text.factory");
            case FieldType.Data data -> out.runtime("Data.factory");
            case FieldType.AnyPointer(FieldType.Kind kind)
            when kind == FieldType.Kind.CAPABILITY -> rpc("AnyCapability.factory");
            case FieldType.AnyPointer any -> out.runtime("AnyPointer.factory");
            case FieldType.StructRef(long id, Bindings bindings) -> factory(id, bindings, "factory");
            case FieldType.ListOf(FieldType element) -> listFactory(element);
            case FieldType.Parameter parameter -> variable(parameter, "AnyPointer.factory", Variable::value);
            case FieldType.MethodParameter parameter -> variable(parameter, "AnyPointer.factory", Variable::value);
        };
    }

    /** The client of an interface. */
    String client(FieldType.InterfaceRef reference) {
        return ref(reference.id()) + ".Client" + typeArguments(reference.id(), reference.bindings());
    }

    /** The server of an interface. */
    String server(FieldType.InterfaceRef reference) {
        return ref(reference.id()) + ".Server" + typeArguments(reference.id(), reference.bindings());
    }

    /** What a type is bound to, as an expression for its {@code PointerType}. */
    String value(FieldType type) {
        return switch (type) {
            case FieldType.Text text -> pointerType() + ".TEXT";
            case FieldType.Data data -> pointerType() + ".DATA";
            case FieldType.Parameter parameter -> variables.containsKey(parameter) ? factory(parameter) : any();
            case FieldType.MethodParameter parameter -> variables.containsKey(parameter) ? factory(parameter) : any();
            case FieldType.AnyPointer(FieldType.Kind kind) when kind != FieldType.Kind.CAPABILITY -> any();
            case FieldType.AnyPointer any -> of(type);
            case FieldType.ListOf list -> of(type);
            case FieldType.StructRef reference -> of(type);
            case FieldType.InterfaceRef reference -> of(type);
            case FieldType.Primitive primitive -> throw new IllegalArgumentException(primitive + " is no pointer");
            case FieldType.EnumRef reference -> throw new IllegalArgumentException(reference + " is no pointer");
        };
    }

    private String any() {
        return pointerType() + ".ANY";
    }

    private String of(FieldType type) {
        return pointerType() + ".of(" + factory(type) + ")";
    }

    /** The expressions for what a declaration's parameters are bound to. */
    List<String> values(long id, Bindings bindings) {
        return arguments(id, bindings).stream().map(this::value).toList();
    }

    /** What a declaration's parameters are bound to. */
    List<FieldType> arguments(long id, Bindings bindings) {
        return parameters.of(id).keySet().stream().map(bindings::argument).toList();
    }

    /** A type with its parameters replaced, as seen from where they are bound. */
    FieldType substitute(FieldType type, Map<FieldType.Parameter, FieldType> by) {
        return switch (type) {
            case FieldType.Parameter parameter -> by.getOrDefault(parameter, FieldType.AnyPointer.UNCONSTRAINED);
            case FieldType.StructRef(long id, Bindings bindings) ->
                new FieldType.StructRef(id, substitute(id, bindings, by));
            case FieldType.InterfaceRef reference -> substitute(reference, by);
            case FieldType.ListOf(FieldType element) -> new FieldType.ListOf(substitute(element, by));
            case FieldType.Primitive primitive -> primitive;
            case FieldType.EnumRef reference -> reference;
            case FieldType.Text text -> text;
            case FieldType.Data data -> data;
            case FieldType.AnyPointer any -> any;
            case FieldType.MethodParameter parameter -> parameter;
        };
    }

    FieldType.InterfaceRef substitute(FieldType.InterfaceRef reference, Map<FieldType.Parameter, FieldType> by) {
        return new FieldType.InterfaceRef(reference.id(), substitute(reference.id(), reference.bindings(), by));
    }

    private Bindings substitute(long id, Bindings bindings, Map<FieldType.Parameter, FieldType> by) {
        Map<Long, List<FieldType>> bound = new LinkedHashMap<>();
        for (FieldType.Parameter parameter : parameters.of(id).keySet()) {
            List<FieldType> arguments = bound.computeIfAbsent(parameter.scopeId(), scope -> new ArrayList<>());
            while (arguments.size() <= parameter.index()) {
                arguments.add(FieldType.AnyPointer.UNCONSTRAINED);
            }
            arguments.set(parameter.index(), substitute(bindings.argument(parameter), by));
        }
        return new Bindings(Set.of(), bound);
    }

    /** What each parameter of a declaration is bound to. */
    Map<FieldType.Parameter, FieldType> environment(long id, Bindings bindings) {
        Map<FieldType.Parameter, FieldType> environment = new LinkedHashMap<>();
        parameters.of(id).keySet().forEach(parameter -> environment.put(parameter, bindings.argument(parameter)));
        return environment;
    }

    /** Whether there is Java for a type: its file may name no package. */
    boolean isNamed(FieldType type) {
        return switch (type) {
            case FieldType.EnumRef(long id) -> names.isNamed(id);
            case FieldType.StructRef(long id, Bindings bindings) -> names.isNamed(id);
            case FieldType.InterfaceRef(long id, Bindings bindings) -> names.isNamed(id);
            case FieldType.ListOf(FieldType element) -> isNamed(element);
            case FieldType.Primitive primitive -> true;
            case FieldType.Text text -> true;
            case FieldType.Data data -> true;
            case FieldType.AnyPointer any -> true;
            case FieldType.Parameter parameter -> true;
            case FieldType.MethodParameter parameter -> true;
        };
    }

    String ref(long id) {
        return out.ref(names.of(id));
    }

    /** How to refer to a class of the RPC runtime. */
    String rpc(String path) {
        return out.imported(JavaNames.RPC_PACKAGE, path);
    }

    private String factory(long id, Bindings bindings, String kind) {
        List<String> values = values(id, bindings);
        return ref(id) + "." + kind + (values.isEmpty() ? "" : "(" + String.join(", ", values) + ")");
    }

    private String typeArguments(long id, Bindings bindings) {
        return angled(
                arguments(id, bindings).stream().flatMap(argument -> Stream.of(builder(argument), reader(argument))));
    }

    private static String angled(Stream<String> arguments) {
        String joined = String.join(", ", arguments.toList());
        return joined.isEmpty() ? "" : "<" + joined + ">";
    }

    private String variable(FieldType parameter, String unknown, Function<Variable, String> spelling) {
        Variable variable = variables.get(parameter);
        return variable == null ? out.runtime(unknown) : spelling.apply(variable);
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
            case FieldType.InterfaceRef reference -> rpc("CapabilityList." + side) + "<" + client(reference) + ">";
            case FieldType.StructRef reference ->
                out.runtime("StructList." + side) + "<"
                        + (side.equals("Reader") ? reader(reference) : builder(reference)) + ">";
            case FieldType.ListOf(FieldType inner) when needsPointerList(element) -> pointerList(element, side);
            case FieldType.ListOf(FieldType inner) -> out.runtime("ListList." + side) + "<" + list(inner, side) + ">";
            case FieldType.AnyPointer(FieldType.Kind kind)
            when kind == FieldType.Kind.CAPABILITY -> rpc("CapabilityList." + side) + "<" + rpc("AnyCapability") + ">";
            case FieldType.AnyPointer any -> pointerList(element, side);
            case FieldType.Parameter parameter -> throw erased();
            case FieldType.MethodParameter parameter -> throw erased();
        };
    }

    private String pointerList(FieldType element, String side) {
        return rpc("PointerList." + side) + "<"
                + (side.equals("Reader") ? reader(element) : builder(element) + ", " + reader(element)) + ">";
    }

    private String listFactory(FieldType element) {
        return switch (element) {
            case FieldType.Primitive primitive -> out.runtime("PrimitiveList." + primitive.listClass + ".factory");
            case FieldType.Text text -> out.runtime("TextList.factory");
            case FieldType.Data data -> out.runtime("DataList.factory");
            case FieldType.EnumRef(long id) -> ref(id) + ".listFactory";
            case FieldType.InterfaceRef(long id, Bindings bindings) -> factory(id, bindings, "listFactory");
            case FieldType.StructRef(long id, Bindings bindings) -> factory(id, bindings, "listFactory");
            case FieldType.ListOf list when needsPointerList(element) -> pointerListFactory(element);
            case FieldType.ListOf(FieldType inner) ->
                "new " + out.runtime("ListList.Factory") + "<>(" + listFactory(inner) + ")";
            case FieldType.AnyPointer(FieldType.Kind kind)
            when kind == FieldType.Kind.CAPABILITY -> rpc("AnyCapability.listFactory");
            case FieldType.AnyPointer any -> pointerListFactory(element);
            case FieldType.Parameter parameter -> throw erased();
            case FieldType.MethodParameter parameter -> throw erased();
        };
    }

    private String pointerListFactory(FieldType element) {
        return "new " + rpc("PointerList.Factory") + "<>(" + value(element) + ")";
    }

    /** Whether a list is one that the stock runtime does not know how to put into another list. */
    private static boolean needsPointerList(FieldType list) {
        return list instanceof FieldType.ListOf(FieldType element)
                && (element instanceof FieldType.InterfaceRef
                        || element instanceof FieldType.AnyPointer
                        || needsPointerList(element));
    }

    private static IllegalStateException erased() {
        return new IllegalStateException("lists of a type parameter are read as AnyPointer");
    }
}
