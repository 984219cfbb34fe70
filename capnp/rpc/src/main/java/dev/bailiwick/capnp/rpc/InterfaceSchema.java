package dev.bailiwick.capnp.rpc;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What is known of an interface at run time, from its schema.
 *
 * @param id the interface's 64-bit type id
 * @param displayName its name, with the names it is nested in, as in {@code Store.Transaction}
 * @param superclasses the interfaces it extends directly
 * @param methods its own methods by ordinal, without inherited ones
 * @param annotations values by annotation id, as {@link MethodSchema#annotations()}
 */
public record InterfaceSchema(
        long id,
        String displayName,
        List<InterfaceSchema> superclasses,
        List<MethodSchema> methods,
        Map<Long, Object> annotations) {
    /** Copies the collections. */
    public InterfaceSchema {
        superclasses = List.copyOf(superclasses);
        methods = List.copyOf(methods);
        annotations = Map.copyOf(annotations);
    }

    /** Whether this is the interface with that id or extends it, directly or not. */
    public boolean isA(long interfaceId) {
        if (id == interfaceId) {
            return true;
        }
        for (InterfaceSchema superclass : superclasses) {
            if (superclass.isA(interfaceId)) {
                return true;
            }
        }
        return false;
    }

    /** The interface with that id: this one, or one it extends, directly or not. */
    public Optional<InterfaceSchema> find(long interfaceId) {
        if (id == interfaceId) {
            return Optional.of(this);
        }
        for (InterfaceSchema superclass : superclasses) {
            Optional<InterfaceSchema> found = superclass.find(interfaceId);
            if (found.isPresent()) {
                return found;
            }
        }
        return Optional.empty();
    }

    /** The method with that ordinal of the interface with that id: this one, or one it extends. */
    public Optional<MethodSchema> method(long interfaceId, int ordinal) {
        return find(interfaceId).flatMap(declaring -> declaring.method(ordinal));
    }

    private Optional<MethodSchema> method(int ordinal) {
        return ordinal >= 0 && ordinal < methods.size() ? Optional.of(methods.get(ordinal)) : Optional.empty();
    }
}
