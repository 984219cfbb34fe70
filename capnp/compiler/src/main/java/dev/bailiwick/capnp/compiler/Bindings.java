package dev.bailiwick.capnp.compiler;

import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What the type parameters of a generic type, and of the declarations around it, are bound to at one place of use.
 *
 * @param inherited declarations whose parameters stand for themselves, because the place of use is inside them
 * @param bound arguments by declaration; what is in neither is AnyPointer
 */
record Bindings(Set<Long> inherited, Map<Long, List<FieldType>> bound) {
    static final Bindings NONE = new Bindings(Set.of(), Map.of());

    Bindings {
        inherited = Set.copyOf(inherited);
        bound = Map.copyOf(bound);
    }

    /** What a parameter stands for. */
    FieldType argument(FieldType.Parameter parameter) {
        if (inherited.contains(parameter.scopeId())) {
            return parameter;
        }
        List<FieldType> arguments = bound.getOrDefault(parameter.scopeId(), List.of());
        return parameter.index() < arguments.size()
                ? arguments.get(parameter.index())
                : FieldType.AnyPointer.UNCONSTRAINED;
    }
}
