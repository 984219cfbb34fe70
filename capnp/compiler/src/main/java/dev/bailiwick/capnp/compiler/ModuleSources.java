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
 * The schema files of one Maven module, {@code src/main/capnp/*.capnp}, and the Java committed for them in
 * {@code src/generated/java}.
 *
 * @param module the module's folder
 * @param imports the folder that absolute imports such as {@code /capnp/java.capnp} start from
 */
record ModuleSources(Path module, Path imports) {
    /** Rewrites the generated sources. A module without schema files is left alone. */
    void regenerate() throws IOException, InterruptedException {
        List<Path> schemas = schemas();
        if (!schemas.isEmpty()) {
            OutputTree.replace(output(), generate(schemas));
        }
    }

    /** Relative paths of generated sources that are missing, superfluous or different, in order. */
    List<String> stale() throws IOException, InterruptedException {
        List<Path> schemas = schemas();
        Map<String, String> differing = OutputTree.read(output());
        Set<String> missing = new TreeSet<>();
        for (GeneratedFile file : schemas.isEmpty() ? List.<GeneratedFile>of() : generate(schemas)) {
            if (!differing.remove(file.path(), file.content())) {
                missing.add(file.path());
            }
        }
        missing.addAll(differing.keySet());
        return List.copyOf(missing);
    }

    Path output() {
        return module.resolve("src/generated/java");
    }

    private List<Path> schemas() throws IOException {
        Path folder = module.resolve("src/main/capnp");
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".capnp"))
                    .sorted()
                    .toList();
        }
    }

    private List<GeneratedFile> generate(List<Path> schemas) throws IOException, InterruptedException {
        return Generator.generate(SchemaReader.read(compile(schemas)));
    }

    private byte[] compile(List<Path> schemas) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(
                List.of("capnp", "compile", "-I" + imports, "--src-prefix=" + module.resolve("src/main/capnp"), "-o-"));
        schemas.forEach(schema -> command.add(schema.toString()));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        process.getOutputStream().close();
        byte[] request = process.getInputStream().readAllBytes();
        if (process.waitFor() != 0) {
            throw new SchemaException(
                    "`capnp compile` refused the schema files of " + module + "; see its messages above");
        }
        return request;
    }
}
