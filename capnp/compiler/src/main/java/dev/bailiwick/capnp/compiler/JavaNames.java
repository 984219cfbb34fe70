package dev.bailiwick.capnp.compiler;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The Java name of every declaration in a schema, from the annotations of {@code /capnp/java.capnp} and the nesting of the
 * declarations.
 */
final class JavaNames {
    /** The RPC library's package. */
    static final String RPC_PACKAGE = "dev.bailiwick.capnp.rpc";

    /** In {@code /capnp/stream.capnp}: what a streaming method returns. The RPC library has a class for it. */
    static final long STREAM_RESULT = 0x995f9a3377c0b16eL;

    /** {@code annotation package} in java.capnp. */
    static final long PACKAGE_ANNOTATION = 0x9ab82ca7572d47fbL;

    /** {@code annotation outerClassname} in java.capnp. */
    static final long OUTER_CLASSNAME_ANNOTATION = 0xa13be2f919b9e43aL;

    /** What generated classes declare themselves, or inherit: no class of the schema's gets one of these names. */
    private static final Set<String> RESERVED =
            Set.of("Builder", "Reader", "Factory", "Which", "Pipeline", "Client", "Server");

    private final Schema schema;
    private final Map<Long, JavaName> names = new HashMap<>();

    JavaNames(Schema schema) {
        this.schema = schema;
        names.put(STREAM_RESULT, new JavaName(RPC_PACKAGE, "StreamResult"));
        for (Declaration declaration : schema.declarations().values()) {
            if (declaration instanceof Declaration.SchemaFile file) {
                nameAll(file);
            }
        }
    }

    /**
     * The class a declaration turns into.
     *
     * @throws SchemaException if its file names no package, so that there is no such class
     */
    JavaName of(long id) {
        JavaName name = names.get(id);
        if (name == null) {
            Declaration declaration = schema.declaration(id);
            throw new SchemaException("no Java class is known for "
                    + declaration.header().displayName()
                    + "; its file needs a `using Java = import \"/capnp/java.capnp\"; $Java.package(\"...\");`");
        }
        return name;
    }

    /** Whether a declaration turns into a class. */
    boolean isNamed(long id) {
        return names.containsKey(id);
    }

    String packageOf(Declaration.SchemaFile file) {
        return annotation(file, PACKAGE_ANNOTATION)
                .orElseThrow(() -> new SchemaException(file.header().displayName()
                        + " needs a `using Java = import \"/capnp/java.capnp\"; $Java.package(\"...\");`"));
    }

    /** The class for what the file declares outside any type; only asked for where there is such a thing. */
    JavaName outerClass(Declaration.SchemaFile file) {
        String name = annotation(file, OUTER_CLASSNAME_ANNOTATION)
                .orElseThrow(() -> new SchemaException(file.header().displayName()
                        + " declares constants or annotations, so it needs a `$Java.outerClassname(\"...\");`"));
        if (!Identifiers.isIdentifier(name)) {
            throw new SchemaException(
                    file.header().displayName() + ": $Java.outerClassname(\"" + name + "\") is not a Java class name");
        }
        return new JavaName(packageOf(file), name);
    }

    /** The outermost classes of a package, as far as the request shows them. */
    Set<String> outermostIn(String packageName) {
        Set<String> found = new HashSet<>();
        for (JavaName name : names.values()) {
            if (name.packageName().equals(packageName)) {
                found.add(name.outermost());
            }
        }
        return found;
    }

    /** Every class nested, at any depth, in the file of an outermost class, by simple name, as often as there is one. */
    List<String> nestedIn(JavaName outermost) {
        List<String> found = new ArrayList<>();
        for (JavaName name : names.values()) {
            if (name.packageName().equals(outermost.packageName())
                    && name.path().startsWith(outermost.path() + ".")) {
                found.add(name.simple());
            }
        }
        return found;
    }

    private void nameAll(Declaration.SchemaFile file) {
        Optional<String> packageName = annotation(file, PACKAGE_ANNOTATION);
        if (packageName.isEmpty()) {
            return;
        }
        if (!Identifiers.isPackageName(packageName.get())) {
            throw new SchemaException(file.header().displayName() + ": $Java.package(\"" + packageName.get()
                    + "\") is not a Java package name");
        }
        for (Declaration.Nested child : file.header().nested()) {
            name(child.id(), new JavaName(packageName.get(), Identifiers.free(child.name(), RESERVED)));
        }
    }

    /** Imported files arrive with only the declarations that are used, so a missing one is no error here. */
    private void name(long id, JavaName name) {
        Declaration declaration = schema.declarations().get(id);
        if (names.containsKey(id)) {
            throw new SchemaException("the request declares node " + Schema.hex(id) + " in two places");
        }
        switch (declaration) {
            case null -> {}
            case Declaration.Struct struct -> {
                names.put(id, name);
                nameMembers(struct, name);
            }
            case Declaration.Interface type -> {
                names.put(id, name);
                nameMembers(type, name);
            }
            case Declaration.Enumeration enumeration -> names.put(enumeration.id(), name);
            case Declaration.SchemaFile file ->
                throw new SchemaException(
                        "the request nests the file " + file.header().displayName() + " in another declaration");
            case Declaration.Constant constant -> {}
            case Declaration.AnnotationType annotation -> {}
        }
    }

    /**
     * Names what is declared in a type: first what the schema names itself, then groups, then parameter lists, each yielding
     * to the classes around it and to those named before it.
     */
    private void nameMembers(Declaration declaration, JavaName name) {
        Set<String> taken = new HashSet<>(RESERVED);
        taken.addAll(List.of(name.path().split("\\.", -1)));
        for (Declaration.Nested child : declaration.header().nested()) {
            if (Character.isUpperCase(child.name().charAt(0))) {
                nameMember(child.id(), name, child.name(), taken);
            }
        }
        switch (declaration) {
            case Declaration.Struct struct -> {
                for (Declaration.Field field : struct.fields()) {
                    if (field instanceof Declaration.Group group) {
                        nameMember(group.typeId(), name, Identifiers.capitalized(group.name()), taken);
                    }
                }
            }
            case Declaration.Interface type -> {
                for (Declaration.Method method : type.methods()) {
                    nameInline(method.params().id(), name, method, "Params", taken);
                    nameInline(method.results().id(), name, method, "Results", taken);
                }
            }
            case Declaration.Enumeration enumeration -> {}
            case Declaration.SchemaFile file -> {}
            case Declaration.Constant constant -> {}
            case Declaration.AnnotationType annotation -> {}
        }
    }

    private void nameMember(long id, JavaName parent, String wanted, Set<String> taken) {
        String given = Identifiers.free(wanted, taken);
        taken.add(given);
        name(id, parent.nested(given));
    }

    /** An inline parameter list is a struct that no scope claims, so it is filed under its interface. */
    private void nameInline(long id, JavaName type, Declaration.Method method, String suffix, Set<String> taken) {
        if (schema.declarations().get(id) instanceof Declaration.Struct struct
                && struct.header().scopeId() == 0) {
            nameMember(id, type, Identifiers.capitalized(method.name()) + suffix, taken);
        }
    }

    private static Optional<String> annotation(Declaration.SchemaFile file, long id) {
        for (Declaration.AppliedAnnotation annotation : file.header().annotations()) {
            if (annotation.id() == id && annotation.value() instanceof SchemaValue.TextValue(String text)) {
                return Optional.of(text);
            }
        }
        return Optional.empty();
    }
}
