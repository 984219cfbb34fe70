package dev.bailiwick.capnp.compiler;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Writes what is inside the class of one interface: its schema as the RPC runtime wants it, a {@code Client} that makes
 * requests and a {@code Server} to implement. All behaviour is the runtime's; what is written only gives it types.
 */
final class InterfaceEmitter {
    private final Schema schema;
    private final Capabilities capabilities;
    private final ConstantEmitter constants;
    /** Spelling where the interface's type parameters are unknown: in static members. */
    private final JavaTypes outside;

    private final JavaTypes inClient;
    private final JavaTypes inServer;
    private final JavaSource out;
    private final Declaration.Interface type;
    private final MethodNames methodNames;
    private final MethodNames.Named methods;
    private final List<FieldType.InterfaceRef> superclasses;
    private final List<String> parameters;
    /** {@code <T_Builder, T_Reader>}, or nothing. */
    private final String declared;

    /** What each interface this one is or extends has for its type parameters, in terms of this one's. */
    private final Map<Long, Map<FieldType.Parameter, FieldType>> environments = new LinkedHashMap<>();

    InterfaceEmitter(
            Schema schema,
            Capabilities capabilities,
            ConstantEmitter constants,
            JavaTypes types,
            JavaSource out,
            Declaration.Interface type) {
        this.schema = schema;
        this.capabilities = capabilities;
        this.constants = constants;
        this.outside = types.outside();
        this.inClient = types.inside(type.id());
        this.inServer = types.insideServer(type.id());
        this.out = out;
        this.type = type;
        this.methodNames = new MethodNames(schema);
        this.methods = methodNames.of(type);
        this.superclasses = methodNames.mostDerived(type);
        this.parameters = types.parameterNames(type.id());
        this.declared = types.declared(type.id());
        Map<FieldType.Parameter, FieldType> own = new LinkedHashMap<>();
        types.environment(type.id(), Bindings.NONE).keySet().forEach(parameter -> own.put(parameter, parameter));
        bind(type, own);
    }

    /** Follows the superclasses with what their type parameters are bound to on the way. */
    private void bind(Declaration.Interface at, Map<FieldType.Parameter, FieldType> environment) {
        Map<FieldType.Parameter, FieldType> known = environments.putIfAbsent(at.id(), environment);
        if (known != null) {
            if (!known.equals(environment)) {
                throw new SchemaException(type.header().displayName() + " extends "
                        + at.header().displayName()
                        + " twice, with different type arguments; calls could not be told apart");
            }
            return;
        }
        for (FieldType.InterfaceRef superclass : at.superclasses()) {
            FieldType.InterfaceRef bound = outside.substitute(superclass, environment);
            bind(schema.interfaceType(superclass.id()), outside.environment(bound.id(), bound.bindings()));
        }
    }

    /** Static fields. The factories come first: the schema's initialisation may need them. */
    void statics() {
        out.add("public static final long TYPE_ID = " + Literals.id(type.id()) + ";");
        if (parameters.isEmpty()) {
            out.add("public static final %1$s<Client> factory = new %1$s<>(Client::new);"
                    .formatted(outside.rpc("CapabilityFactory")));
            out.add("public static final %1$s<Client> listFactory = new %1$s<>(factory);"
                    .formatted(outside.rpc("CapabilityList.Factory")));
        }
        String list = out.javaUtil("List");
        List<String> methodSchemas = new ArrayList<>();
        for (int ordinal = 0; ordinal < type.methods().size(); ordinal++) {
            methodSchemas.add(methodSchema(ordinal, type.methods().get(ordinal)));
        }
        out.add("public static final %1$s SCHEMA = new %1$s(".formatted(outside.rpc("InterfaceSchema")));
        out.add("        TYPE_ID,");
        out.add("        " + Literals.string(name(type)) + ",");
        out.add("        " + list + ".of("
                + String.join(
                        ", ",
                        superclasses.stream()
                                .map(superclass -> outside.ref(superclass.id()) + ".SCHEMA")
                                .toList())
                + "),");
        out.add("        " + list + ".of(" + (methodSchemas.isEmpty() ? "" : "\n                ")
                + String.join(",\n                ", methodSchemas) + "),");
        out.add("        " + annotations(type.header().annotations()) + ");");
    }

    /** The client, the server, and how to make the one from the other. */
    void classes() {
        if (!parameters.isEmpty()) {
            genericFactories();
        }
        out.gap();
        out.add("/** A new capability for an object of this process, with one reference, which the caller closes. */");
        out.open("public static " + spaced(declared) + "Client" + declared + " client(Server" + declared + " server)");
        out.add("return factory"
                + (parameters.isEmpty()
                        ? ""
                        : "("
                                + String.join(
                                        ", ",
                                        parameters.stream()
                                                .map(this::serverType)
                                                .toList()) + ")")
                + ".client(" + outside.rpc("CapabilityClient") + ".serve(server));");
        out.close();
        client();
        server();
    }

    private String serverType(String parameter) {
        return "server." + outside.typeMethod(type.id(), parameter) + "()";
    }

    private static String spaced(String declared) {
        return declared.isEmpty() ? "" : declared + " ";
    }

    /** What is a constant for other interfaces depends on the type arguments of a generic one. */
    private void genericFactories() {
        String typed = String.join(
                ", ",
                parameters.stream()
                        .map(parameter -> outside.pointerType(parameter) + " _" + parameter)
                        .toList());
        String values = String.join(
                ", ", parameters.stream().map(parameter -> "_" + parameter).toList());
        out.gap();
        out.add("/** Makes clients with these types for the interface's type parameters. */");
        out.open("public static %1$s %2$s<Client%1$s> factory(%3$s)"
                .formatted(declared, outside.rpc("CapabilityFactory"), typed));
        out.add("return new %s<>(owned -> new Client<>(owned, %s));"
                .formatted(outside.rpc("CapabilityFactory"), values));
        out.close();
        out.gap();
        out.add("/** Reads and builds lists of clients with these types for the interface's type parameters. */");
        out.open("public static %1$s %2$s<Client%1$s> listFactory(%3$s)"
                .formatted(declared, outside.rpc("CapabilityList.Factory"), typed));
        out.add("return new %s<>(factory(%s));".formatted(outside.rpc("CapabilityList.Factory"), values));
        out.close();
    }

    /** The struct factories come by supplier, as types that mention each other could not be initialised otherwise. */
    private String methodSchema(int ordinal, Declaration.Method method) {
        return """
                new %s(TYPE_ID, %s, %s,
                                        () -> %s, () -> %s,
                                        %s)""".formatted(
                        outside.rpc("MethodSchema"),
                        ordinal,
                        Literals.string(method.name()),
                        outside.factory(method.params()),
                        outside.factory(method.results()),
                        annotations(method.annotations()));
    }

    private String annotations(List<Declaration.AppliedAnnotation> applied) {
        String map = out.javaUtil("Map");
        Map<Long, String> values = new LinkedHashMap<>();
        for (Declaration.AppliedAnnotation annotation : applied) {
            values.put(annotation.id(), constants.annotationValue(name(type), annotation));
        }
        if (values.size() <= 1) {
            return map + ".of("
                    + String.join(
                            "",
                            values.entrySet().stream()
                                    .map(entry -> Literals.id(entry.getKey()) + ", " + entry.getValue())
                                    .toList())
                    + ")";
        }
        return map + ".ofEntries("
                + String.join(
                        ", ",
                        values.entrySet().stream()
                                .map(entry ->
                                        map + ".entry(" + Literals.id(entry.getKey()) + ", " + entry.getValue() + ")")
                                .toList())
                + ")";
    }

    private void client() {
        Optional<FieldType.InterfaceRef> base = methods.bases().stream().findFirst();
        String hook = outside.rpc("ClientHook");
        out.gap();
        out.add("/** A reference to an object with this interface, here or elsewhere. */");
        out.open("public static class Client" + declared + " extends "
                + base.map(inClient::client).orElse(outside.rpc("CapabilityClient")));
        for (String parameter : parameters) {
            out.add("private final " + outside.pointerType(parameter) + " _" + parameter + ";");
        }
        out.gap();
        out.open("protected Client("
                + String.join(
                        ", ",
                        prepended(
                                hook + " owned",
                                parameters.stream()
                                        .map(parameter -> outside.pointerType(parameter) + " _" + parameter)
                                        .toList()))
                + ")");
        out.add("super("
                + String.join(
                        ", ",
                        prepended(
                                "owned",
                                base.map(superclass -> inClient.values(superclass.id(), superclass.bindings()))
                                        .orElse(List.of())))
                + ");");
        parameters.forEach(parameter -> out.add("this._%1$s = _%1$s;".formatted(parameter)));
        out.close();
        out.gap();
        out.add("@" + out.lang("Override"));
        out.open("public Client" + declared + " share()");
        out.add("return new Client" + (parameters.isEmpty() ? "" : "<>") + "("
                + String.join(
                        ", ",
                        prepended(
                                "sharedHook()",
                                parameters.stream()
                                        .map(parameter -> "_" + parameter)
                                        .toList()))
                + ");");
        out.close();
        for (Declaration.Interface owner : declaredByClient(base)) {
            for (int ordinal = 0; ordinal < owner.methods().size(); ordinal++) {
                request(owner, ordinal, owner.methods().get(ordinal));
            }
        }
        out.close();
    }

    private static List<String> prepended(String first, List<String> rest) {
        List<String> all = new ArrayList<>(List.of(first));
        all.addAll(rest);
        return all;
    }

    private void request(Declaration.Interface owner, int ordinal, Declaration.Method method) {
        JavaTypes types = inClient.insideMethod(method.parameters());
        FieldType params = bound(owner, method.params());
        FieldType results = bound(owner, method.results());
        String id = owner.id() == type.id() ? "TYPE_ID" : outside.ref(owner.id()) + ".TYPE_ID";
        boolean pipeline =
                capabilities.hasPipeline(schema.struct(method.results().id()));
        boolean streaming = method.results().id() == JavaNames.STREAM_RESULT;
        String pipelineType = outside.ref(method.results().id()) + ".Pipeline";
        out.gap();
        out.doc(method.doc(), describe(method, "No results: one call of a stream."));
        out.open("public %s%s %sRequest(%s)"
                .formatted(
                        types.declaredByMethod(method.parameters().size()),
                        streaming
                                ? outside.rpc("StreamRequest") + "<" + types.builder(params) + ">"
                                : "%s<%s, %s, %s>"
                                        .formatted(
                                                outside.rpc("Request"),
                                                types.builder(params),
                                                types.reader(results),
                                                pipeline ? pipelineType : outside.rpc("AnyPipeline")),
                        requestName(owner, ordinal, method),
                        String.join(
                                ", ", types.methodParameters(method.parameters().size()))));
        out.add(
                streaming
                        ? "return newStreamRequest(%s, %s, %s);".formatted(id, ordinal, types.factory(params))
                        : "return newRequest(%s, %s, %s, %s, %s);"
                                .formatted(
                                        id,
                                        ordinal,
                                        types.factory(params),
                                        types.factory(results),
                                        pipeline ? pipelineType + "::new" : "pipeline -> pipeline"));
        out.close();
    }

    /** A keyword needs no escape here, as in {@code importRequest}. */
    private String requestName(Declaration.Interface owner, int ordinal, Declaration.Method method) {
        String name = methods.of(owner.id(), ordinal);
        return name.equals(Identifiers.method(method.name())) ? method.name() : name;
    }

    /** What goes in and comes out, behind the schema's own words. */
    private List<String> describe(Declaration.Method method, String stream) {
        return List.of((method.doc().isPresent() ? "<p>" : "") + "Parameters: "
                + members(method.params().id()) + ". "
                + (method.results().id() == JavaNames.STREAM_RESULT
                        ? stream
                        : "Results: " + members(method.results().id()) + "."));
    }

    /** The fields of parameters or results, for people. */
    private String members(long structId) {
        String names = String.join(
                ", ",
                schema.struct(structId).fields().stream()
                        .map(field -> "{@code " + field.name() + "}")
                        .toList());
        return names.isEmpty() ? "none" : names;
    }

    private FieldType bound(Declaration.Interface owner, FieldType type) {
        return outside.substitute(type, environments.getOrDefault(owner.id(), Map.of()));
    }

    private void server() {
        List<String> bases = methods.bases().isEmpty()
                ? List.of(outside.rpc("CapabilityServer"))
                : methods.bases().stream().map(inServer::server).toList();
        String stage = out.imported("java.util.concurrent", "CompletionStage") + "<?>";
        out.gap();
        out.add("/** An object with this interface. A method that is not overridden fails as unimplemented. */");
        out.open("public interface Server" + declared + " extends " + String.join(", ", bases));
        out.add("""
                @%s
                default %s schema() {
                    return SCHEMA;
                }""".formatted(out.lang("Override"), outside.rpc("InterfaceSchema")));
        typeMethods();
        List<Declaration.Interface> owners = declaredByServer();
        for (Declaration.Interface owner : owners) {
            for (int ordinal = 0; ordinal < owner.methods().size(); ordinal++) {
                serverMethod(owner, ordinal, owner.methods().get(ordinal), stage);
            }
        }
        dispatch(stage, owners);
        out.close();
    }

    /** A server is told what to read its parameters as: by its class, or, for a superclass, by the schema. */
    private void typeMethods() {
        for (String parameter : parameters) {
            out.gap();
            out.add("/** The type that {@code " + parameter + "} stands for, such as {@code PointerType.TEXT}. */");
            out.add(outside.pointerType(parameter) + " " + outside.typeMethod(type.id(), parameter) + "();");
        }
        Map<String, Map.Entry<String, String>> inherited = new LinkedHashMap<>();
        for (Map.Entry<Long, Map<FieldType.Parameter, FieldType>> environment : environments.entrySet()) {
            if (environment.getKey() == type.id() || !serverExtends(environment.getKey())) {
                continue;
            }
            List<String> theirs = outside.parameterNames(environment.getKey());
            List<FieldType> arguments = List.copyOf(environment.getValue().values());
            for (int i = 0; i < theirs.size(); i++) {
                String method = outside.typeMethod(environment.getKey(), theirs.get(i));
                FieldType argument = arguments.get(i);
                Map.Entry<String, String> entry = Map.entry(
                        "%s<%s, %s>"
                                .formatted(
                                        outside.rpc("PointerType"),
                                        inServer.builder(argument),
                                        inServer.reader(argument)),
                        inServer.value(argument));
                Map.Entry<String, String> other = inherited.putIfAbsent(method, entry);
                if ((other != null && !other.equals(entry))
                        || parameters.stream()
                                .anyMatch(own ->
                                        outside.typeMethod(type.id(), own).equals(method))) {
                    throw new SchemaException(type.header().displayName()
                            + " extends two generic interfaces of one name with different type arguments; rename one");
                }
            }
        }
        inherited.forEach((method, entry) -> {
            out.gap();
            out.add("@" + out.lang("Override"));
            out.open("default " + entry.getKey() + " " + method + "()");
            out.add("return " + entry.getValue() + ";");
            out.close();
        });
    }

    private boolean serverExtends(long id) {
        Map<Long, Declaration.Interface> all = new LinkedHashMap<>();
        serverAncestors(type, all);
        return all.containsKey(id);
    }

    private void serverAncestors(Declaration.Interface from, Map<Long, Declaration.Interface> into) {
        if (into.putIfAbsent(from.id(), from) == null) {
            methodNames.of(from).bases().forEach(base -> serverAncestors(schema.interfaceType(base.id()), into));
        }
    }

    private void serverMethod(Declaration.Interface owner, int ordinal, Declaration.Method method, String stage) {
        out.gap();
        out.doc(method.doc(), describe(method, "No results: one call of a stream; the next one waits for the stage."));
        out.open("default %s %s(%s<%s, %s> call) throws %s"
                .formatted(
                        stage,
                        methods.of(owner.id(), ordinal),
                        outside.rpc("CallContext"),
                        inServer.reader(bound(owner, method.params())),
                        inServer.builder(bound(owner, method.results())),
                        out.lang("Exception")));
        out.add("return %s.unimplemented(%s);"
                .formatted(outside.rpc("Calls"), Literals.string(name(owner) + "." + method.name())));
        out.close();
    }

    private void dispatch(String stage, List<Declaration.Interface> owners) {
        out.gap();
        out.add("@" + out.lang("Override"));
        out.open("default %s dispatch(%s call) throws %s"
                .formatted(stage, outside.rpc("IncomingCall"), out.lang("Exception")));
        for (FieldType.InterfaceRef base : methods.bases()) {
            String name = outside.ref(base.id());
            out.open("if (" + name + ".SCHEMA.isA(call.interfaceId()))");
            out.add("return " + name + ".Server.super.dispatch(call);");
            out.close();
        }
        for (Declaration.Interface owner : owners) {
            if (owner.id() != type.id()) {
                out.open("if (call.interfaceId() == " + outside.ref(owner.id()) + ".TYPE_ID)");
                methodSwitch(owner);
                out.close();
            }
        }
        out.open("if (call.interfaceId() != TYPE_ID)");
        out.add("return " + outside.rpc("Calls") + ".unimplemented(call);");
        out.close();
        methodSwitch(type);
        out.close();
    }

    private void methodSwitch(Declaration.Interface owner) {
        out.add("return switch (call.methodId()) {");
        for (int ordinal = 0; ordinal < owner.methods().size(); ordinal++) {
            Declaration.Method method = owner.methods().get(ordinal);
            String called = "%s(call.typed(%s, %s))"
                    .formatted(
                            methods.of(owner.id(), ordinal),
                            inServer.factory(bound(owner, method.params())),
                            inServer.factory(bound(owner, method.results())));
            out.add("    case %s -> %s;"
                    .formatted(
                            ordinal,
                            method.results().id() == JavaNames.STREAM_RESULT
                                    ? "call.streamed(" + called + ")"
                                    : called));
        }
        out.add("    default -> " + outside.rpc("Calls") + ".unimplemented(call);");
        out.add("};");
    }

    /** The name within the file, as people write it. */
    private static String name(Declaration.Interface of) {
        String displayName = of.header().displayName();
        return displayName.substring(displayName.lastIndexOf(':') + 1);
    }

    /**
     * The interfaces whose methods this client declares: its own, and, as Java has one superclass only, whatever the first
     * superclass does not bring along.
     */
    private List<Declaration.Interface> declaredByClient(Optional<FieldType.InterfaceRef> base) {
        Map<Long, Declaration.Interface> inherited = new LinkedHashMap<>();
        base.ifPresent(superclass -> methodNames.ancestors(schema.interfaceType(superclass.id()), inherited));
        Map<Long, Declaration.Interface> all = new LinkedHashMap<>();
        methodNames.ancestors(type, all);
        all.keySet().removeAll(inherited.keySet());
        return List.copyOf(all.values());
    }

    /** The interfaces whose methods this server declares: its own, and those of superclasses it cannot extend in Java. */
    private List<Declaration.Interface> declaredByServer() {
        Map<Long, Declaration.Interface> inherited = new LinkedHashMap<>();
        methods.bases().forEach(base -> methodNames.ancestors(schema.interfaceType(base.id()), inherited));
        Map<Long, Declaration.Interface> all = new LinkedHashMap<>();
        methodNames.ancestors(type, all);
        all.keySet().removeAll(inherited.keySet());
        return List.copyOf(all.values());
    }
}
