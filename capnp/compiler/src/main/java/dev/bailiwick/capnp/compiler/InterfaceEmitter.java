package dev.bailiwick.capnp.compiler;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Writes what is inside the class of one interface: its schema as the RPC runtime wants it, a {@code Client} that makes
 * requests and a {@code Server} to implement. All behaviour is the runtime's; what is written only gives it types.
 */
final class InterfaceEmitter {
    /** In {@code /capnp/stream.capnp}: what a streaming method returns. */
    private static final long STREAM_RESULT = 0x995f9a3377c0b16eL;

    private final Schema schema;
    private final Capabilities capabilities;
    private final ConstantEmitter constants;
    private final JavaTypes types;
    private final JavaSource out;
    private final Declaration.Interface type;
    private final List<Declaration.Interface> superclasses;

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
        this.types = types;
        this.out = out;
        this.type = type;
        this.superclasses = mostDerived(type);
        for (Declaration.Method method : type.methods()) {
            if (method.resultsId() == STREAM_RESULT) {
                throw new SchemaException(name() + "." + method.name()
                        + ": streaming methods are not supported; write `-> ()` instead of `-> stream`");
            }
        }
    }

    /** Static fields. The factories come first: the schema's initialisation may need them. */
    void statics() {
        out.add("public static final long TYPE_ID = " + Literals.id(type.id()) + ";");
        out.add("public static final %1$s<Client> factory = new %1$s<>(Client::new);"
                .formatted(types.rpc("CapabilityFactory")));
        out.add("public static final %1$s<Client> listFactory = new %1$s<>(factory);"
                .formatted(types.rpc("CapabilityList.Factory")));
        String list = out.javaUtil("List");
        List<String> methods = new ArrayList<>();
        for (int ordinal = 0; ordinal < type.methods().size(); ordinal++) {
            methods.add(methodSchema(ordinal, type.methods().get(ordinal)));
        }
        out.add("public static final %1$s SCHEMA = new %1$s(".formatted(types.rpc("InterfaceSchema")));
        out.add("        TYPE_ID,");
        out.add("        " + Literals.string(name()) + ",");
        out.add("        " + list + ".of("
                + String.join(
                        ", ",
                        superclasses.stream()
                                .map(superclass -> types.ref(superclass.id()) + ".SCHEMA")
                                .toList())
                + "),");
        out.add("        " + list + ".of(" + (methods.isEmpty() ? "" : "\n                ")
                + String.join(",\n                ", methods) + "),");
        out.add("        " + annotations(type.header().annotations()) + ");");
    }

    /** The client, the server, and how to make the one from the other. */
    void classes() {
        out.gap();
        out.add("""
                /** A new capability for an object of this process, with one reference, which the caller closes. */
                public static Client client(Server server) {
                    return factory.client(%s.serve(server));
                }""".formatted(types.rpc("CapabilityClient")));
        client();
        server();
    }

    /** The struct factories come by supplier, as types that mention each other could not be initialised otherwise. */
    private String methodSchema(int ordinal, Declaration.Method method) {
        return """
                new %s(TYPE_ID, %s, %s,
                                        () -> %s, () -> %s,
                                        %s)""".formatted(
                        types.rpc("MethodSchema"),
                        ordinal,
                        Literals.string(method.name()),
                        factory(method.paramsId()),
                        factory(method.resultsId()),
                        annotations(method.annotations()));
    }

    private String annotations(List<Declaration.AppliedAnnotation> applied) {
        String map = out.javaUtil("Map");
        Map<Long, String> values = new LinkedHashMap<>();
        for (Declaration.AppliedAnnotation annotation : applied) {
            values.put(annotation.id(), constants.annotationValue(name(), annotation));
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
        String base = superclasses.isEmpty()
                ? types.rpc("CapabilityClient")
                : types.ref(superclasses.getFirst().id()) + ".Client";
        out.gap();
        out.add("/** A reference to an object with this interface, here or elsewhere. */");
        out.open("public static class Client extends " + base);
        out.add("""
                protected Client(%s owned) {
                    super(owned);
                }

                @%s
                public Client share() {
                    return new Client(sharedHook());
                }""".formatted(types.rpc("ClientHook"), out.lang("Override")));
        for (Declaration.Interface owner : declaredByClient()) {
            for (int ordinal = 0; ordinal < owner.methods().size(); ordinal++) {
                request(owner, ordinal, owner.methods().get(ordinal));
            }
        }
        out.close();
    }

    private void request(Declaration.Interface owner, int ordinal, Declaration.Method method) {
        String params = types.ref(method.paramsId());
        String results = types.ref(method.resultsId());
        boolean pipeline = capabilities.hasPipeline(schema.struct(method.resultsId()));
        String id = owner.id() == type.id() ? "TYPE_ID" : types.ref(owner.id()) + ".TYPE_ID";
        out.gap();
        out.doc(method.doc());
        out.open("public %s<%s.Builder, %s.Reader, %s> %sRequest()"
                .formatted(
                        types.rpc("Request"),
                        params,
                        results,
                        pipeline ? results + ".Pipeline" : types.rpc("AnyPipeline"),
                        method.name()));
        out.add("return newRequest(%s, %s, %s.factory, %s.factory, %s);"
                .formatted(
                        id, ordinal, params, results, pipeline ? results + ".Pipeline::new" : "pipeline -> pipeline"));
        out.close();
    }

    private void server() {
        List<String> bases = superclasses.isEmpty()
                ? List.of(types.rpc("CapabilityServer"))
                : superclasses.stream()
                        .map(superclass -> types.ref(superclass.id()) + ".Server")
                        .toList();
        String stage = out.imported("java.util.concurrent", "CompletionStage") + "<?>";
        out.gap();
        out.add("/** An object with this interface. A method that is not overridden fails as unimplemented. */");
        out.open("public interface Server extends " + String.join(", ", bases));
        out.add("""
                @%s
                default %s schema() {
                    return SCHEMA;
                }""".formatted(out.lang("Override"), types.rpc("InterfaceSchema")));
        for (Declaration.Method method : type.methods()) {
            out.gap();
            out.doc(method.doc());
            out.open("default %s %s(%s<%s.Reader, %s.Builder> call) throws %s"
                    .formatted(
                            stage,
                            Identifiers.method(method.name()),
                            types.rpc("CallContext"),
                            types.ref(method.paramsId()),
                            types.ref(method.resultsId()),
                            out.lang("Exception")));
            out.add("return %s.unimplemented(%s);"
                    .formatted(types.rpc("Calls"), Literals.string(name() + "." + method.name())));
            out.close();
        }
        dispatch(stage);
        out.close();
    }

    private void dispatch(String stage) {
        out.gap();
        out.add("@" + out.lang("Override"));
        out.open("default %s dispatch(%s call) throws %s"
                .formatted(stage, types.rpc("IncomingCall"), out.lang("Exception")));
        for (Declaration.Interface superclass : superclasses) {
            String name = types.ref(superclass.id());
            out.open("if (" + name + ".SCHEMA.isA(call.interfaceId()))");
            out.add("return " + name + ".Server.super.dispatch(call);");
            out.close();
        }
        out.open("if (call.interfaceId() != TYPE_ID)");
        out.add("return " + types.rpc("Calls") + ".unimplemented(call);");
        out.close();
        out.add("return switch (call.methodId()) {");
        for (int ordinal = 0; ordinal < type.methods().size(); ordinal++) {
            Declaration.Method method = type.methods().get(ordinal);
            out.add("    case %s -> %s(call.typed(%s, %s));"
                    .formatted(
                            ordinal,
                            Identifiers.method(method.name()),
                            factory(method.paramsId()),
                            factory(method.resultsId())));
        }
        out.add("    default -> " + types.rpc("Calls") + ".unimplemented(call);");
        out.add("};");
        out.close();
    }

    private String factory(long structId) {
        return types.ref(structId) + ".factory";
    }

    /** The name within the file, as people write it. */
    private String name() {
        String displayName = type.header().displayName();
        return displayName.substring(displayName.lastIndexOf(':') + 1);
    }

    /**
     * The interfaces whose methods this client declares: its own, and, as Java has one superclass only, whatever the first
     * superclass does not bring along.
     */
    private List<Declaration.Interface> declaredByClient() {
        Map<Long, Declaration.Interface> inherited = new LinkedHashMap<>();
        if (!superclasses.isEmpty()) {
            collect(superclasses.getFirst(), inherited);
        }
        Map<Long, Declaration.Interface> all = new LinkedHashMap<>();
        collect(type, all);
        checkNames(all);
        all.keySet().removeAll(inherited.keySet());
        return List.copyOf(all.values());
    }

    /** Two methods of one name are fine in a schema, where each belongs to its interface, but not in one Java class. */
    private void checkNames(Map<Long, Declaration.Interface> all) {
        Map<String, Declaration.Interface> owners = new HashMap<>();
        for (Declaration.Interface owner : all.values()) {
            for (Declaration.Method method : owner.methods()) {
                Declaration.Interface other = owners.putIfAbsent(method.name(), owner);
                if (other != null) {
                    throw new SchemaException(name() + " has two methods named " + method.name() + ", of "
                            + other.header().displayName() + " and "
                            + owner.header().displayName()
                            + "; rename one of them");
                }
            }
        }
    }

    private void collect(Declaration.Interface from, Map<Long, Declaration.Interface> into) {
        if (into.putIfAbsent(from.id(), from) == null) {
            from.superclasses().forEach(id -> collect(schema.interfaceType(id), into));
        }
    }

    /** Direct superclasses, without those that another one extends anyway: Java forbids calling them past it. */
    private List<Declaration.Interface> mostDerived(Declaration.Interface of) {
        Set<Long> implied = new HashSet<>();
        for (long id : of.superclasses()) {
            Map<Long, Declaration.Interface> above = new LinkedHashMap<>();
            collect(schema.interfaceType(id), above);
            above.remove(id);
            implied.addAll(above.keySet());
        }
        return of.superclasses().stream()
                .filter(id -> !implied.contains(id))
                .distinct()
                .map(schema::interfaceType)
                .toList();
    }
}
