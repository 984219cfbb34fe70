package dev.bailiwick.torture;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.rocksdb.util.Environment;

/**
 * Starts small JVMs quickly: RocksDB's native code is unpacked once instead of at each start, and the classes come out of an
 * archive once one has ended in good order.
 *
 * @param folder where both are kept
 */
record ChildJvm(Path folder) {
    static ChildJvm in(Path folder) throws IOException {
        String library = Environment.getJniLibraryFileName("rocksdb");
        try (InputStream code = ChildJvm.class.getClassLoader().getResourceAsStream(library)) {
            if (code != null) {
                Files.copy(code, folder.resolve(library), StandardCopyOption.REPLACE_EXISTING);
            }
        }
        return new ChildJvm(folder);
    }

    private Path archive() {
        return folder.resolve("classes.jsa");
    }

    /** The command that runs {@code main} of a class. */
    List<String> command(Class<?> main, List<String> arguments) {
        return command(
                main, Files.exists(archive()) ? List.of("-XX:SharedArchiveFile=" + archive()) : List.of(), arguments);
    }

    private List<String> command(Class<?> main, List<String> options, List<String> arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-XX:-UsePerfData",
                "-Xlog:disable",
                "-Xlog:all=off",
                "--enable-native-access=ALL-UNNAMED",
                "-Djava.library.path=" + folder));
        command.addAll(options);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(arguments);
        return command;
    }

    /** Lets a child run to its end, and makes the archive out of what it loaded. Without one the others start as well, later. */
    void archiveFrom(Class<?> main, List<String> arguments) throws IOException, InterruptedException {
        Process child = new ProcessBuilder(command(main, List.of("-XX:ArchiveClassesAtExit=" + archive()), arguments))
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("archive.log").toFile())
                .start();
        if (!child.waitFor(2, TimeUnit.MINUTES)) {
            child.destroyForcibly();
            throw new IOException("a child did not end: " + Files.readString(folder.resolve("archive.log")));
        }
        if (child.exitValue() != 0) {
            throw new IOException("a child failed: " + Files.readString(folder.resolve("archive.log")));
        }
    }
}
