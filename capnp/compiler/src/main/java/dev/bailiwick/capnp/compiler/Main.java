package dev.bailiwick.capnp.compiler;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;

/**
 * The command line. Without arguments it is a {@code capnpc} plugin: it reads a request on standard input and writes below
 * the current directory. The other forms compile the schema files of Maven modules themselves:
 *
 * <pre>
 * generate IMPORTS MODULE...   rewrite the modules' generated sources
 * check    IMPORTS MODULE...   write nothing; fail if they differ from what would be written
 * </pre>
 */
final class Main {
    private static final int DONE = 0;
    private static final int FAILED = 1;
    private static final int USAGE = 2;

    private Main() {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
        System.exit(run(List.of(arguments), System.in, Path.of(""), System.err));
    }

    /** Everything but the process; {@code folder} is where a plugin writes. */
    static int run(List<String> arguments, InputStream request, Path folder, PrintStream messages)
            throws IOException, InterruptedException {
        try {
            if (arguments.isEmpty()) {
                // Nothing is written before everything has been generated.
                List<GeneratedFile> files = Generator.generate(SchemaReader.read(request.readAllBytes()));
                OutputTree.write(folder, files);
                return DONE;
            }
            if (arguments.size() >= 3) {
                List<ModuleSources> modules = arguments.subList(2, arguments.size()).stream()
                        .flatMap(module -> ModuleSources.of(Path.of(module), Path.of(arguments.get(1))).stream())
                        .toList();
                switch (arguments.getFirst()) {
                    case "generate" -> {
                        return generate(modules);
                    }
                    case "check" -> {
                        return check(modules, messages);
                    }
                    default -> {}
                }
            }
            messages.println("usage: (no arguments, request on standard input) | generate IMPORTS MODULE..."
                    + " | check IMPORTS MODULE...");
            return USAGE;
        } catch (SchemaException refused) {
            messages.println("capnp-compiler: " + refused.getMessage());
            return FAILED;
        }
    }

    private static int generate(List<ModuleSources> modules) throws IOException, InterruptedException {
        for (ModuleSources module : modules) {
            module.regenerate();
        }
        return DONE;
    }

    private static int check(List<ModuleSources> modules, PrintStream messages)
            throws IOException, InterruptedException {
        int result = DONE;
        for (ModuleSources module : modules) {
            for (String stale : module.stale()) {
                messages.println("stale: " + module.output().resolve(stale));
                result = FAILED;
            }
        }
        if (result != DONE) {
            messages.println("regenerate with: mvn -Pgenerate compile");
        }
        return result;
    }
}
