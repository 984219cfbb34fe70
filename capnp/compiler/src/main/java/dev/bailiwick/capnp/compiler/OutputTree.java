package dev.bailiwick.capnp.compiler;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/** A source root that holds generated files. */
final class OutputTree {
    private OutputTree() {}

    /** Writes the files, leaving others alone. */
    static void write(Path root, List<GeneratedFile> files) throws IOException {
        for (GeneratedFile file : files) {
            Path path = root.resolve(file.path());
            Path parent = path.getParent();
            if (parent != null) {
                Files.createDirectories(parent);
            }
            Files.writeString(path, file.content());
        }
    }

    /** Writes the files and deletes generated ones that are no longer among them. */
    static void replace(Path root, List<GeneratedFile> files) throws IOException {
        Set<String> kept = new HashSet<>();
        files.forEach(file -> kept.add(file.path()));
        for (Map.Entry<String, String> old : read(root).entrySet()) {
            if (!kept.contains(old.getKey())) {
                if (!old.getValue().startsWith(GeneratedFile.HEADER)) {
                    throw new SchemaException(root.resolve(old.getKey())
                            + " was not generated and will not be deleted; move it to another source root");
                }
                Files.delete(root.resolve(old.getKey()));
            }
        }
        write(root, files);
    }

    /** Every Java file below a source root, by relative path. */
    static Map<String, String> read(Path root) throws IOException {
        Map<String, String> found = new TreeMap<>();
        if (Files.isDirectory(root)) {
            try (Stream<Path> walk = Files.walk(root)) {
                for (Path file :
                        (Iterable<Path>) walk.filter(path -> path.toString().endsWith(".java"))::iterator) {
                    found.put(root.relativize(file).toString().replace('\\', '/'), Files.readString(file));
                }
            }
        }
        return found;
    }
}
