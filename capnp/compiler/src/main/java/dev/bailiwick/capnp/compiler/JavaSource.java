package dev.bailiwick.capnp.compiler;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * One Java file as it is being written: indented lines, and the imports that the names used so far ask for.
 *
 * <p>A name is imported only if nothing the file declares or inherits would shadow it; otherwise it is spelled out.
 */
final class JavaSource {
    /** Classes that generated bodies declare or inherit from the runtime's base classes, and which thus shadow others. */
    private static final Set<String> ALWAYS_TAKEN =
            Set.of("Builder", "Reader", "Factory", "Which", "Pipeline", "Client", "Server");

    private static final int WIDTH = 120;

    private final JavaName outermost;
    private final Set<String> taken = new TreeSet<>(ALWAYS_TAKEN);
    /** Classes that the file declares exactly once, so that their name alone says which. */
    private final Set<String> unique = new TreeSet<>();

    private final Set<String> packageClasses;
    /** Outermost classes referred to by simple name, and the package each is from. */
    private final TreeMap<String, String> simpleNames = new TreeMap<>();

    private final StringBuilder body = new StringBuilder();
    private int indent;

    /**
     * An empty file.
     *
     * @param nested simple names of all classes the file will declare inside its outermost class, as often as it does
     * @param packageClasses outermost classes known in the same package
     */
    JavaSource(JavaName outermost, List<String> nested, Set<String> packageClasses) {
        this.outermost = outermost;
        this.packageClasses = packageClasses;
        for (String name : nested) {
            if (taken.add(name)) {
                unique.add(name);
            } else {
                unique.remove(name);
            }
        }
    }

    /** Adds lines at the current depth. Lines of the text itself may be indented further; empty ones stay empty. */
    void add(String text) {
        for (String line : (Iterable<String>) text.lines()::iterator) {
            if (!line.isBlank()) {
                body.repeat(' ', indent * 4).append(line);
            }
            body.append('\n');
        }
    }

    /** Adds a line that opens a block, and goes one level deeper. */
    void open(String text) {
        int parameters = text.indexOf('(') + 1;
        boolean tooLong = indent * 4 + text.length() + 2 > WIDTH && parameters > 0;
        add(tooLong ? text.substring(0, parameters) + "\n        " + text.substring(parameters) + " {" : text + " {");
        indent++;
    }

    /** Closes the innermost block. */
    void close() {
        indent--;
        add("}");
    }

    /** An empty line, unless there is one already or a block has just been opened. */
    void gap() {
        if (!body.isEmpty() && body.indexOf("\n\n", body.length() - 2) < 0 && body.charAt(body.length() - 2) != '{') {
            body.append('\n');
        }
    }

    /** A doc comment, if there is anything to say. */
    void doc(Optional<String> comment) {
        comment.ifPresent(text -> add(Javadoc.comment(text, List.of())));
    }

    /** A doc comment with lines of our own at its end, which are Javadoc already. */
    void doc(Optional<String> comment, List<String> tags) {
        add(Javadoc.comment(comment.orElse(""), tags));
    }

    /** How to refer to a generated class from this file. */
    String ref(JavaName name) {
        if (name.packageName().equals(outermost.packageName())
                && name.outermost().equals(outermost.path())) {
            // A direct member of the outermost class is in scope everywhere in the file.
            String inner = name.path()
                    .substring(
                            Math.min(outermost.path().length() + 1, name.path().length()));
            int dot = inner.indexOf('.');
            if (unique.contains(dot < 0 ? inner : inner.substring(0, dot))) {
                return inner;
            }
        }
        return named(name.packageName(), name.path(), name.outermost());
    }

    /** How to refer to a class of the Cap'n Proto runtime, nested classes after a dot. */
    String runtime(String path) {
        return imported("org.capnproto", path);
    }

    /** How to refer to a class of {@code java.util}. */
    String javaUtil(String path) {
        return imported("java.util", path);
    }

    /** How to refer to any class, nested classes after a dot. */
    String imported(String packageName, String path) {
        int dot = path.indexOf('.');
        return named(packageName, path, dot < 0 ? path : path.substring(0, dot));
    }

    /** How to refer to a class of {@code java.lang}. */
    String lang(String name) {
        return taken.contains(name) || packageClasses.contains(name) ? "java.lang." + name : name;
    }

    /** The first user of a simple name gets it, be it a class of this package or an imported one. */
    private String named(String packageName, String path, String outer) {
        boolean own = packageName.equals(outermost.packageName());
        if (taken.contains(outer) || (!own && outer.equals(outermost.path()))) {
            return packageName + "." + path;
        }
        return packageName.equals(simpleNames.computeIfAbsent(outer, name -> packageName))
                ? path
                : packageName + "." + path;
    }

    /** The whole file. */
    GeneratedFile finish(String schemaFile) {
        StringBuilder file = new StringBuilder();
        file.append(GeneratedFile.HEADER).append(schemaFile).append("; do not edit.\n");
        file.append("package ").append(outermost.packageName()).append(";\n\n");
        TreeSet<String> lines = new TreeSet<>();
        simpleNames.forEach((outer, packageName) -> {
            if (!packageName.equals(outermost.packageName())) {
                lines.add("import " + packageName + "." + outer + ";\n");
            }
        });
        lines.forEach(file::append);
        if (!lines.isEmpty()) {
            file.append('\n');
        }
        file.append(body);
        return new GeneratedFile(outermost.qualified().replace('.', '/') + ".java", file.toString());
    }
}
