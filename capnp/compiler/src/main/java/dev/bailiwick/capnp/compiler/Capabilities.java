package dev.bailiwick.capnp.compiler;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Which structs may hold capabilities. Those need the RPC runtime: it copies what the stock runtime cannot, and it reaches into
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
     * Whether a capability may be anywhere in the struct, so that copying one takes its capabilities along. AnyPointer and type
     * parameters count, except in files that say they never stand for a capability.
     */
    boolean carries(Declaration.Struct struct) {
        return carriers.computeIfAbsent(struct.id(), id -> reaches(struct, true, new HashSet<>()));
    }

    /** Whether the struct has fields, at any depth but not inside lists, that calls can be pipelined on. */
    boolean hasPipeline(Declaration.Struct struct) {
        return pipelines.computeIfAbsent(struct.id(), id -> reaches(struct, false, new HashSet<>()));
    }

    /** Whether a value of that type may hold a capability. */
    boolean carries(FieldType type) {
        return reaches(type, false, true, new HashSet<>());
    }

    /**
     * The pointers of a struct that a capability may lie behind, counted from its first. A group has the struct's pointers, and
     * members of a union share them: what one of them holds, another one overwrites.
     */
    Set<Integer> carryingPointers(Declaration.Struct struct) {
        Declaration.Struct whole = struct;
        for (Declaration scope : schema.scopes(struct)) {
            if (whole.group() && scope instanceof Declaration.Struct around) {
                whole = around;
            }
        }
        Set<Integer> found = new HashSet<>();
        addCarryingPointers(whole, schema.isDataOnly(whole), found);
        return found;
    }

    private void addCarryingPointers(Declaration.Struct struct, boolean dataOnly, Set<Integer> found) {
        for (Declaration.Field field : struct.fields()) {
            switch (field) {
                case Declaration.Group group -> addCarryingPointers(schema.struct(group.typeId()), dataOnly, found);
                case Declaration.Slot slot -> {
                    if (reaches(slot.type(), dataOnly, true, new HashSet<>())) {
                        found.add(slot.offset());
                    }
                }
            }
        }
    }

    /** The search starts anew for every struct: a result found inside a cycle would only hold for where it was entered. */
    private boolean reaches(Declaration.Struct struct, boolean throughLists, Set<Long> seen) {
        if (!seen.add(struct.id())) {
            return false;
        }
        boolean dataOnly = schema.isDataOnly(struct);
        for (Declaration.Field field : struct.fields()) {
            boolean found = switch (field) {
                case Declaration.Group group -> reaches(schema.struct(group.typeId()), throughLists, seen);
                case Declaration.Slot slot -> reaches(slot.type(), dataOnly, throughLists, seen);
            };
            if (found && dataOnly) {
                throw new SchemaException(struct.header().displayName() + "." + field.name()
                        + " can hold a capability, but its file is $Java.dataOnly; drop one or the other");
            }
            if (found) {
                return true;
            }
        }
        return false;
    }

    private boolean reaches(FieldType type, boolean dataOnly, boolean throughLists, Set<Long> seen) {
        return switch (type) {
            case FieldType.AnyPointer(FieldType.Kind kind) -> !dataOnly || kind == FieldType.Kind.CAPABILITY;
            case FieldType.Parameter parameter -> !dataOnly;
            case FieldType.MethodParameter parameter -> !dataOnly;
            case FieldType.InterfaceRef reference -> true;
            case FieldType.StructRef(long id, Bindings bindings) -> reaches(schema.struct(id), throughLists, seen);
            case FieldType.ListOf(FieldType element) -> throughLists && reaches(element, dataOnly, true, seen);
            case FieldType.Primitive primitive -> false;
            case FieldType.EnumRef reference -> false;
            case FieldType.Text text -> false;
            case FieldType.Data data -> false;
        };
    }
}
