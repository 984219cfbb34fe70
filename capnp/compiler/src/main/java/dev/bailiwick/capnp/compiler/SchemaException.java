package dev.bailiwick.capnp.compiler;

/** A schema that no Java can be generated for, or a request that is not one. The message is for whoever wrote the schema. */
final class SchemaException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    SchemaException(String message) {
        super(message);
    }

    SchemaException(String message, Throwable cause) {
        super(message, cause);
    }
}
