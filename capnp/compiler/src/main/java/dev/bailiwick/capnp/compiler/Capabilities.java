package dev.bailiwick.capnp.compiler;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Which structs hold capabilities. Those need the RPC runtime: it copies what the stock runtime cannot, and it reaches into
 * results that are not there yet. All other structs are generated for the stock runtime alone.
 */
final class Capabilities {
    private final Schema schema;
    private final Map<Long, Boolean> carriers = new HashMap<>();
    private final Map<Long, Boolean> pipelines = new HashMap<>();

    Capabilities(Schema schema) {
        this.schema = schema;
    }

    /**
     * Whether a capability may be anywhere in the struct, so that copying one takes its capabilities along. AnyPointer counts
     * in the structs of inline parameter lists only: elsewhere most of it is plain data, as in the schema of schemas.
     */
    boolean carries(Declaration.Struct struct) {
        return carriers.computeIfAbsent(struct.id(), id -> reaches(struct, true, new HashSet<>()));
    }

    /** Whether the struct has fields, at any depth but not inside lists, that calls can be pipelined on. */
    boolean hasPipeline(Declaration.Struct struct) {
        return pipelines.computeIfAbsent(struct.id(), id -> reaches(struct, false, new HashSet<>()));
    }

    /** The search starts anew for every struct: a result found inside a cycle would only hold for where it was entered. */
    private boolean reaches(Declaration.Struct struct, boolean throughLists, Set<Long> seen) {
        if (!seen.add(struct.id())) {
            return false;
        }
        boolean inline = struct.header().scopeId() == 0;
        for (Declaration.Field field : struct.fields()) {
            boolean found = switch (field) {
                case Declaration.Group group -> reaches(schema.struct(group.typeId()), throughLists, seen);
                case Declaration.Slot slot ->
                    switch (slot.type()) {
                        case FieldType.AnyPointer any -> inline;
                        case FieldType.InterfaceRef reference -> true;
                        case FieldType.StructRef(long id) -> reaches(schema.struct(id), throughLists, seen);
                        case FieldType.ListOf(FieldType element) -> throughLists && listReaches(element, seen);
                        case FieldType.Primitive primitive -> false;
                        case FieldType.EnumRef reference -> false;
                        case FieldType.Text text -> false;
                        case FieldType.Data data -> false;
                    };
            };
            if (found) {
                return true;
            }
        }
        return false;
    }

    /** Whether a list holds structs that carry capabilities, or capabilities themselves. */
    boolean listCarries(FieldType element) {
        return listReaches(element, new HashSet<>());
    }

    private boolean listReaches(FieldType element, Set<Long> seen) {
        return switch (element) {
            case FieldType.InterfaceRef reference -> true;
            case FieldType.StructRef(long id) -> reaches(schema.struct(id), true, seen);
            case FieldType.ListOf(FieldType inner) -> listReaches(inner, seen);
            case FieldType.AnyPointer any -> false;
            case FieldType.Primitive primitive -> false;
            case FieldType.EnumRef reference -> false;
            case FieldType.Text text -> false;
            case FieldType.Data data -> false;
        };
    }
}
