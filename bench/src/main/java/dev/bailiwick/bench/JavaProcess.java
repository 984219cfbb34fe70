package dev.bailiwick.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Command lines of further virtual machines with this one's class path. */
public final class JavaProcess {
    private static final String HEAP = "-Xmx512m";

    private JavaProcess() {}

    /** With the options of the daemon's launcher. */
    public static List<String> of(Class<?> main, String... arguments) {
        return withHeap(HEAP, main, arguments);
    }

    /** As {@link #of}, with another heap, given as an option. */
    public static List<String> withHeap(String heap, Class<?> main, String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                heap,
                "-XX:-UsePerfData",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                main.getName()));
        command.addAll(List.of(arguments));
        return command;
    }
}
