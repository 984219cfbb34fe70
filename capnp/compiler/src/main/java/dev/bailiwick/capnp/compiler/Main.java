package dev.bailiwick.capnp.compiler;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;

/**
 * The command line. Without arguments it is a {@code capnpc} plugin: it reads a request on standard input and writes below
 * the current directory. With {@code generate MODULE IMPORTS} it compiles a module's schema files itself.
 */
final class Main {
    private static final int FAILED = 1;

    private Main() {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
        System.exit(run(List.of(arguments), System.err));
    }

    private static int run(List<String> arguments, PrintStream messages) throws IOException, InterruptedException {
        try {
            if (arguments.isEmpty()) {
                OutputTree.write(Path.of(""), Generator.generate(SchemaReader.read(System.in.readAllBytes())));
                return 0;
            }
            if (arguments.size() == 3 && arguments.getFirst().equals("generate")) {
                ModuleSources module = new ModuleSources(Path.of(arguments.get(1)), Path.of(arguments.get(2)));
                module.regenerate();
                return 0;
            }
            messages.println("usage: (no arguments) < request, or: generate MODULE-FOLDER IMPORT-FOLDER");
            return FAILED;
        } catch (SchemaException refused) {
            messages.println("capnp-compiler: " + refused.getMessage());
            return FAILED;
        }
    }
}
