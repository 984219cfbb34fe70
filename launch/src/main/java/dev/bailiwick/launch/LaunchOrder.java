package dev.bailiwick.launch;

import dev.bailiwick.schema.Hash256;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One program to be started.
 *
 * @param name for messages
 * @param file absolute
 * @param sha256 what the file must be; what was measured is what is executed
 * @param arguments after the name
 * @param reads further paths that it sees, read-only
 * @param network whether it has the machine's network, or none
 * @param uid the operating-system user that asked; a daemon of root's runs programs as that user and never as root
 * @param environment variables besides the fixed ones
 */
public record LaunchOrder(
        String name,
        Path file,
        Optional<Hash256> sha256,
        List<String> arguments,
        List<Path> reads,
        boolean network,
        int uid,
        Map<String, String> environment) {
    /** Copies the lists. */
    public LaunchOrder {
        arguments = List.copyOf(arguments);
        reads = List.copyOf(reads);
        environment = Map.copyOf(environment);
        if (!file.isAbsolute()) {
            throw new IllegalArgumentException("a program is named by an absolute path");
        }
    }
}
