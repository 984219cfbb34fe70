package dev.bailiwick.capnp.rpc;

import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.capnproto.StructFactory;

/**
 * What is known of a method at run time, from its schema.
 *
 * @param interfaceId the type id of the interface that declares it
 * @param ordinal its number there, 0 to 65535
 * @param name its name, as in the schema
 * @param params the type of its parameters; by supplier, because types that mention each other could not be initialised otherwise
 * @param results the type of its results
 * @param annotations values by annotation id: {@code Boolean}, {@code Long} for any integer (unsigned 64-bit ones as their bit
 *     pattern), {@code Double}, {@code String}, the generated Java enum's constant, or for Void {@link org.capnproto.Void}
 */
public record MethodSchema(
        long interfaceId,
        int ordinal,
        String name,
        Supplier<StructFactory<?, ?>> params,
        Supplier<StructFactory<?, ?>> results,
        Map<Long, Object> annotations) {
    /** Copies the annotations. */
    public MethodSchema {
        annotations = Map.copyOf(annotations);
    }

    /** The value of the annotation with that id, if the method carries it and it is of that type. */
    public <T> Optional<T> annotation(long annotationId, Class<T> type) {
        Object value = annotations.get(annotationId);
        return type.isInstance(value) ? Optional.of(type.cast(value)) : Optional.empty();
    }
}
