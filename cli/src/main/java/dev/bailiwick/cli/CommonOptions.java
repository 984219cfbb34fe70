package dev.bailiwick.cli;

import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** The options every command takes, before or after its name. */
final class CommonOptions {
    /** How answers are printed. */
    enum Format {
        /** For people. */
        table,
        /** For programs: one object or array, with field names as in the schema. */
        json
    }

    @Option(
            names = "--socket",
            paramLabel = "PATH",
            scope = ScopeType.INHERIT,
            description =
                    "The daemon's socket. Default: $$BAILIWICK_SOCKET, else bailiwickd.sock in the runtime directory"
                            + " ($$XDG_RUNTIME_DIR/bailiwick, else /run/bailiwick).")
    private @Nullable Path socket;

    @Option(
            names = "--session-file",
            paramLabel = "FILE",
            scope = ScopeType.INHERIT,
            description = "Where the session is kept between commands, so that one user can hold several."
                    + " Default: $$BAILIWICK_SESSION, else in the runtime directory.")
    private @Nullable Path sessionFile;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            scope = ScopeType.INHERIT,
            description = "table, for people (the default), or json, for programs.")
    private Format format = Format.table;

    Optional<Path> socket() {
        return Optional.ofNullable(socket).map(Path::toAbsolutePath);
    }

    Optional<Path> sessionFile() {
        return Optional.ofNullable(sessionFile);
    }

    Format format() {
        return format;
    }
}
