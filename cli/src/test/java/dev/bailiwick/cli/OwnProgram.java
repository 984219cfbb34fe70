package dev.bailiwick.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Programs of this build's own classes, in processes of their own. */
final class OwnProgram {
    private OwnProgram() {}

    /** The command line that runs it; whoever asked adds its arguments. */
    static List<String> command(Class<?> main) {
        return new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                main.getName()));
    }
}
