package dev.bailiwick.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The command line of a daemon of this build's own classes, in a process of its own. */
final class DaemonProcess {
    private DaemonProcess() {}

    /** Starts one that stops when its standard input closes. Its standard error goes to the file; nobody has read its standard output. */
    static Process start(Path store, Path socket, Path log, List<String> options) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Bailiwickd.class.getName(),
                "--store",
                store.toString(),
                "--socket",
                socket.toString(),
                "--stop-on-eof"));
        command.addAll(options);
        return new ProcessBuilder(command).redirectError(log.toFile()).start();
    }
}
