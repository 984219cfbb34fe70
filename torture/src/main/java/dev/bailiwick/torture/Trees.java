package dev.bailiwick.torture;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Whole folders at once. */
final class Trees {
    private Trees() {}

    static void copy(Path from, Path to) throws IOException {
        for (Path file : all(from)) {
            Files.copy(
                    file,
                    to.resolve(from.relativize(file).toString()),
                    StandardCopyOption.COPY_ATTRIBUTES,
                    StandardCopyOption.REPLACE_EXISTING);
        }
    }

    static void delete(Path tree) throws IOException {
        if (Files.exists(tree)) {
            for (Path file :
                    all(tree).stream().sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    /** The regular files below a folder, in an order that repeats. */
    static List<Path> files(Path tree) throws IOException {
        return all(tree).stream().filter(Files::isRegularFile).toList();
    }

    private static List<Path> all(Path tree) throws IOException {
        try (Stream<Path> found = Files.walk(tree)) {
            return found.sorted().toList();
        } catch (NoSuchFileException e) {
            throw new IOException("there is no folder " + tree, e);
        }
    }
}
