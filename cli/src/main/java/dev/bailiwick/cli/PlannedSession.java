package dev.bailiwick.cli;

import dev.bailiwick.schema.gen.AccountStoreReader;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which session a plan is asked for: its kind, and of when. */
final class PlannedSession {
    @Option(
            names = "--kind",
            paramLabel = "KIND",
            description = "Kind of session: local, operator, guest, anonymous, external, service or recovery."
                    + " Default: the account's own.")
    private @Nullable String kind;

    @Mixin
    private final PointInTime at = new PointInTime();

    /** The kind, empty for the account's own. */
    String kind() {
        return kind == null ? "" : kind;
    }

    /** The journal sequence, 0 for now. Only a state of the past is looked up with the account reader. */
    long sequence(Powers powers) {
        if (!at.isPast()) {
            return 0;
        }
        try (AccountStoreReader.Client reader = powers.accountReader()) {
            return at.sequence(reader);
        }
    }
}
