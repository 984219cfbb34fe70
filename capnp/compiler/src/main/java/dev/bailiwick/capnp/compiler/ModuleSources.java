package dev.bailiwick.capnp.compiler;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * One folder of schema files and the source root that holds what was generated for them.
 *
 * @param schemas the folder; only {@code *.capnp} directly in it count
 * @param output the source root, which holds nothing else
 * @param imports the folder that absolute imports such as {@code /capnp/java.capnp} start from
 */
record ModuleSources(Path schemas, Path output, Path imports) {
    /** The two places of a Maven module: for the program and for its tests. Either may be missing. */
    static List<ModuleSources> of(Path module, Path imports) {
        return List.of(
                new ModuleSources(module.resolve("src/main/capnp"), module.resolve("src/generated/java"), imports),
                new ModuleSources(
                        module.resolve("src/test/capnp"), module.resolve("src/test/generated/java"), imports));
    }

    /** Rewrites the generated sources. Without schema files, nothing is touched. */
    void regenerate() throws IOException, InterruptedException {
        if (!schemaFiles().isEmpty()) {
            OutputTree.replace(output, generate());
        }
    }

    /** Relative paths of generated sources that are missing, superfluous or different, in order. */
    Set<String> stale() throws IOException, InterruptedException {
        Map<String, String> actual = OutputTree.read(output);
        Set<String> stale = new TreeSet<>();
        for (GeneratedFile file : generate()) {
            if (!actual.remove(file.path(), file.content())) {
                stale.add(file.path());
            }
        }
        stale.addAll(actual.keySet());
        return stale;
    }

    private List<GeneratedFile> generate() throws IOException, InterruptedException {
        return schemaFiles().isEmpty() ? List.of() : Generator.generate(SchemaReader.read(request()));
    }

    private List<Path> schemaFiles() throws IOException {
        if (!Files.isDirectory(schemas)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(schemas)) {
            return files.filter(file -> file.toString().endsWith(".capnp"))
                    .sorted()
                    .toList();
        }
    }

    /** What `capnp compile` makes of the schema files: the request it would send to a plugin. */
    byte[] request() throws IOException, InterruptedException {
        List<String> command =
                new ArrayList<>(List.of("capnp", "compile", "-I" + imports, "--src-prefix=" + schemas, "-o-"));
        schemaFiles().forEach(schema -> command.add(schema.toString()));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        process.getOutputStream().close();
        byte[] request = process.getInputStream().readAllBytes();
        if (process.waitFor() != 0) {
            throw new SchemaException(
                    "`capnp compile` refused the schema files in " + schemas + "; see its messages above");
        }
        return request;
    }
}
