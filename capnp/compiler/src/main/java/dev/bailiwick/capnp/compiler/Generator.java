package dev.bailiwick.capnp.compiler;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Turns a {@link Schema} into Java files, one for every declaration at the top of a requested file, and one more for the
 * constants and annotations there.
 */
final class Generator {
    private final Schema schema;
    private final JavaNames names;
    private final TypeParameters parameters;
    private final Capabilities capabilities;

    private Generator(Schema schema) {
        this.schema = schema;
        this.names = new JavaNames(schema);
        this.parameters = new TypeParameters(schema);
        this.capabilities = new Capabilities(schema);
    }

    /**
     * All files for the requested schema files, in their order.
     *
     * @throws SchemaException if there is anything no Java is generated for; then there is no partial result
     */
    static List<GeneratedFile> generate(Schema schema) {
        return new Generator(schema).files();
    }

    private List<GeneratedFile> files() {
        List<GeneratedFile> files = new ArrayList<>();
        Set<String> paths = new HashSet<>();
        for (Schema.RequestedFile requested : schema.requested()) {
            if (!(schema.declaration(requested.id()) instanceof Declaration.SchemaFile file)) {
                throw new SchemaException("the request asks for node " + Schema.hex(requested.id()) + " as a file");
            }
            for (GeneratedFile generated : file(requested, file)) {
                if (!paths.add(generated.path())) {
                    throw new SchemaException(requested.name() + ": " + generated.path()
                            + " would be written twice; rename a type, or the $Java.outerClassname");
                }
                files.add(generated);
            }
        }
        return files;
    }

    private List<GeneratedFile> file(Schema.RequestedFile requested, Declaration.SchemaFile file) {
        List<GeneratedFile> files = new ArrayList<>();
        List<Declaration.Nested> loose = new ArrayList<>();
        names.packageOf(file);
        for (Declaration.Nested child : file.header().nested()) {
            switch (schema.declaration(child.id())) {
                case Declaration.Constant constant -> loose.add(child);
                case Declaration.AnnotationType annotation -> loose.add(child);
                case Declaration.Struct struct -> files.add(type(requested, struct));
                case Declaration.Enumeration enumeration -> files.add(type(requested, enumeration));
                case Declaration.Interface type -> files.add(type(requested, type));
                case Declaration.SchemaFile nested ->
                    throw new SchemaException(
                            "the request nests the file " + nested.header().displayName() + " in another declaration");
            }
        }
        if (!loose.isEmpty()) {
            JavaSource out = source(names.outerClass(file));
            new TypeEmitter(schema, names, parameters, capabilities, out)
                    .outerClass(file, names.outerClass(file), loose);
            files.add(out.finish(requested.name()));
        }
        return files;
    }

    private GeneratedFile type(Schema.RequestedFile requested, Declaration declaration) {
        JavaSource out = source(names.of(declaration.id()));
        new TypeEmitter(schema, names, parameters, capabilities, out).topLevel(declaration);
        return out.finish(requested.name());
    }

    private JavaSource source(JavaName outermost) {
        return new JavaSource(outermost, names.nestedIn(outermost), names.outermostIn(outermost.packageName()));
    }
}
