package dev.bailiwick.capnp.compiler;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which type parameters the Java classes of each declaration have: its own, and those of the declarations around it that it
 * uses. A struct that ignores the parameters in scope stays a plain class.
 */
final class TypeParameters {
    private final Schema schema;
    private final Map<Long, Set<FieldType.Parameter>> used = new HashMap<>();
    private final Map<Long, Map<FieldType.Parameter, String>> named = new HashMap<>();

    TypeParameters(Schema schema) {
        this.schema = schema;
        boolean grown;
        do {
            grown = false;
            for (Declaration declaration : schema.declarations().values()) {
                Set<FieldType.Parameter> found = new LinkedHashSet<>();
                if (!schema.isDataOnly(declaration)) {
                    collect(declaration, found);
                }
                grown |= used.computeIfAbsent(declaration.id(), id -> new LinkedHashSet<>())
                        .addAll(found);
            }
        } while (grown);
    }

    /** The parameters of a declaration's classes, those of the outermost declaration first, with their Java names. */
    Map<FieldType.Parameter, String> of(long id) {
        return named.computeIfAbsent(id, this::name);
    }

    private Map<FieldType.Parameter, String> name(long id) {
        List<FieldType.Parameter> ordered = new ArrayList<>(used.getOrDefault(id, Set.of()));
        ordered.sort((a, b) -> {
            int depth = Integer.compare(depth(a.scopeId(), id), depth(b.scopeId(), id));
            return depth != 0 ? depth : Integer.compare(a.index(), b.index());
        });
        Map<FieldType.Parameter, String> names = new LinkedHashMap<>();
        for (FieldType.Parameter parameter : ordered) {
            names.put(parameter, Identifiers.free(schemaName(parameter), names.values()));
        }
        return names;
    }

    private String schemaName(FieldType.Parameter parameter) {
        Declaration.Header header = schema.declaration(parameter.scopeId()).header();
        if (parameter.index() >= header.parameters().size()) {
            throw new SchemaException("the request uses a type parameter that " + header.displayName() + " lacks");
        }
        return header.parameters().get(parameter.index());
    }

    /** The struct of an inline parameter list is in no scope, but its own parameters are still the innermost. */
    private int depth(long scope, long user) {
        return scope == user
                ? Integer.MAX_VALUE
                : schema.scopes(schema.declaration(scope)).size();
    }

    private void collect(Declaration declaration, Set<FieldType.Parameter> into) {
        // A parameter list gets all parameters of its method, needed or not; nobody wrote them there.
        boolean inline = declaration.header().scopeId() == 0;
        for (int i = 0; i < declaration.header().parameters().size() && !inline; i++) {
            into.add(new FieldType.Parameter(declaration.id(), i));
        }
        switch (declaration) {
            case Declaration.Struct struct -> {
                for (Declaration.Field field : struct.fields()) {
                    switch (field) {
                        case Declaration.Slot slot -> collect(slot.type(), into);
                        case Declaration.Group group -> into.addAll(used.getOrDefault(group.typeId(), Set.of()));
                    }
                }
            }
            case Declaration.Interface type -> {
                type.superclasses().forEach(superclass -> collect(superclass, into));
                for (Declaration.Method method : type.methods()) {
                    collect(method.params(), into);
                    collect(method.results(), into);
                }
            }
            case Declaration.Enumeration enumeration -> {}
            case Declaration.SchemaFile file -> {}
            case Declaration.Constant constant -> {}
            case Declaration.AnnotationType annotation -> {}
        }
    }

    private void collect(FieldType type, Set<FieldType.Parameter> into) {
        switch (type) {
            case FieldType.Parameter parameter -> into.add(parameter);
            case FieldType.StructRef(long id, Bindings bindings) -> arguments(id, bindings, into);
            case FieldType.InterfaceRef(long id, Bindings bindings) -> arguments(id, bindings, into);
            case FieldType.ListOf(FieldType element) -> collect(element, into);
            case FieldType.Primitive primitive -> {}
            case FieldType.EnumRef reference -> {}
            case FieldType.Text text -> {}
            case FieldType.Data data -> {}
            case FieldType.AnyPointer any -> {}
            case FieldType.MethodParameter parameter -> {}
        }
    }

    private void arguments(long id, Bindings bindings, Set<FieldType.Parameter> into) {
        // A copy, as a type may refer to itself.
        for (FieldType.Parameter parameter : new HashSet<>(used.getOrDefault(id, Set.of()))) {
            collect(bindings.argument(parameter), into);
        }
    }
}
