package dev.bailiwick.capnp.compiler;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Objects;

/**
 * What {@code capnp compile} sent for a folder of schema files when they were last changed. It lets the generator be tested
 * where there is no {@code capnp}; {@link NativeToolsTest} says when one is out of date and how to write it anew.
 */
enum CommittedRequest {
    /** The compiler's own schema. */
    SCHEMA("schema.request", "src/main/capnp", "src/generated/java"),
    /** One of everything. */
    SAMPLES("samples.request", "src/test/capnp", "src/test/generated/java"),
    /** Interfaces, whose sources need the RPC runtime and are compiled and called in its tests. */
    INTERFACES("interfaces.request", "../rpc/src/test/capnp", "../rpc/src/test/generated/java");

    static final Path IMPORTS = Path.of("src/main/capnp");

    private final String resource;
    final Path schemas;
    final Path generated;

    CommittedRequest(String resource, String schemas, String generated) {
        this.resource = resource;
        this.schemas = Path.of(schemas);
        this.generated = Path.of(generated);
    }

    byte[] bytes() {
        try (InputStream in = Objects.requireNonNull(CommittedRequest.class.getResourceAsStream(resource), resource)) {
            return in.readAllBytes();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    ModuleSources sources() {
        return new ModuleSources(schemas, generated, IMPORTS);
    }

    Path file() {
        return Path.of("src/test/resources/dev/bailiwick/capnp/compiler", resource);
    }
}
