package dev.bailiwick.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** The command line of a daemon of this build's own classes, in a process of its own. */
final class DaemonProcess {
    private DaemonProcess() {}

    /** Starts one that stops when its standard input closes. Its standard error goes to the file; nobody has read its standard output. */
    static Process start(Path store, Path socket, Path log, List<String> options) throws IOException {
        List<String> command = OwnProgram.command(Bailiwickd.class);
        command.addAll(List.of("--store", store.toString(), "--socket", socket.toString(), "--stop-on-eof"));
        command.addAll(options);
        return new ProcessBuilder(command).redirectError(log.toFile()).start();
    }
}
