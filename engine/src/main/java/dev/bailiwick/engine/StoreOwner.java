package dev.bailiwick.engine;

import java.util.Optional;

/**
 * Who holds a store directory, as written in its {@code owner} file.
 *
 * @param pid process id of the holder
 * @param endpoint where the holder can be spoken to, such as its socket path
 */
public record StoreOwner(long pid, Optional<String> endpoint) {
    /** Refuses an endpoint that would not survive as one line. */
    public StoreOwner {
        if (endpoint.isPresent() && endpoint.get().lines().count() != 1) {
            throw new IllegalArgumentException("endpoint must be one line");
        }
    }

    /** This process, reachable at {@code endpoint}. */
    public static StoreOwner thisProcess(Optional<String> endpoint) {
        return new StoreOwner(ProcessHandle.current().pid(), endpoint);
    }

    String toFileText() {
        return "pid=" + pid + "\n" + endpoint.map(e -> "endpoint=" + e + "\n").orElse("");
    }

    static Optional<StoreOwner> fromFileText(String text) {
        Optional<Long> pid = Optional.empty();
        Optional<String> endpoint = Optional.empty();
        for (String line : text.lines().toList()) {
            if (line.matches("pid=\\d{1,18}")) {
                pid = Optional.of(Long.valueOf(line.substring("pid=".length())));
            } else if (line.startsWith("endpoint=")) {
                endpoint = Optional.of(line.substring("endpoint=".length()));
            }
        }
        Optional<String> where = endpoint;
        return pid.map(p -> new StoreOwner(p, where));
    }

    @Override
    public String toString() {
        return "process " + pid + endpoint.map(e -> " at " + e).orElse("");
    }
}
