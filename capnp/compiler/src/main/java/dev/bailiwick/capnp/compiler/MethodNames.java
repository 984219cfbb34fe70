package dev.bailiwick.capnp.compiler;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * The Java names of the methods an interface has, its own and inherited ones.
 *
 * <p>Two methods of one name are fine in a schema, where each belongs to its interface, but not in one Java class. So a method
 * yields ({@code name_}) to those inherited before it. A Java interface cannot rename what it inherits; if two superclasses
 * disagree, the server extends the first of them only and declares the other's methods anew.
 */
final class MethodNames {
    private final Schema schema;
    private final Map<Long, Named> named = new LinkedHashMap<>();

    MethodNames(Schema schema) {
        this.schema = schema;
    }

    /** A method, wherever it is inherited to. */
    record Key(long interfaceId, int ordinal) {}

    /**
     * What the methods of an interface are called.
     *
     * @param bases superclasses its server extends, in the schema's order
     * @param names all methods
     */
    record Named(List<FieldType.InterfaceRef> bases, Map<Key, String> names) {
        String of(long interfaceId, int ordinal) {
            return Objects.requireNonNull(names.get(new Key(interfaceId, ordinal)));
        }
    }

    /**
     * The names for an interface.
     *
     * @throws SchemaException if it extends itself
     */
    Named of(Declaration.Interface type) {
        return of(type, new HashSet<>());
    }

    private Named of(Declaration.Interface type, Set<Long> within) {
        Named known = named.get(type.id());
        if (known != null) {
            return known;
        }
        if (!within.add(type.id())) {
            throw new SchemaException(type.header().displayName() + " extends itself");
        }
        List<FieldType.InterfaceRef> bases = new ArrayList<>();
        Map<Key, String> names = new LinkedHashMap<>();
        List<Declaration.Interface> anew = new ArrayList<>();
        for (FieldType.InterfaceRef superclass : mostDerived(type)) {
            Declaration.Interface declaration = schema.interfaceType(superclass.id());
            Map<Key, String> inherited = of(declaration, within).names();
            if (agree(names, inherited)) {
                bases.add(superclass);
                names.putAll(inherited);
            } else {
                anew.add(declaration);
            }
        }
        Map<Long, Declaration.Interface> missing = new LinkedHashMap<>();
        anew.forEach(declaration -> ancestors(declaration, missing));
        missing.put(type.id(), type);
        for (Declaration.Interface owner : missing.values()) {
            for (int ordinal = 0; ordinal < owner.methods().size(); ordinal++) {
                Key key = new Key(owner.id(), ordinal);
                if (!names.containsKey(key)) {
                    String keyword =
                            Identifiers.method(owner.methods().get(ordinal).name());
                    names.put(key, Identifiers.free(keyword, names.values()));
                }
            }
        }
        within.remove(type.id());
        Named result = new Named(List.copyOf(bases), Collections.unmodifiableMap(names));
        named.put(type.id(), result);
        return result;
    }

    private static boolean agree(Map<Key, String> names, Map<Key, String> others) {
        for (Map.Entry<Key, String> other : others.entrySet()) {
            String here = names.get(other.getKey());
            if (here == null ? names.containsValue(other.getValue()) : !here.equals(other.getValue())) {
                return false;
            }
        }
        return true;
    }

    /** An interface and everything it extends. */
    void ancestors(Declaration.Interface from, Map<Long, Declaration.Interface> into) {
        if (into.putIfAbsent(from.id(), from) == null) {
            from.superclasses().forEach(superclass -> ancestors(schema.interfaceType(superclass.id()), into));
        }
    }

    /** Direct superclasses, without those that another one extends anyway: Java forbids calling them past it. */
    List<FieldType.InterfaceRef> mostDerived(Declaration.Interface of) {
        Set<Long> implied = new HashSet<>();
        for (FieldType.InterfaceRef superclass : of.superclasses()) {
            Map<Long, Declaration.Interface> above = new LinkedHashMap<>();
            ancestors(schema.interfaceType(superclass.id()), above);
            above.remove(superclass.id());
            implied.addAll(above.keySet());
        }
        Set<Long> seen = new HashSet<>(implied);
        return of.superclasses().stream()
                .filter(superclass -> seen.add(superclass.id()))
                .toList();
    }
}
