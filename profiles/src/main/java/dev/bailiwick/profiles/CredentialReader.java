package dev.bailiwick.profiles;

import dev.bailiwick.profiles.ManifestProblem.Code;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads the {@code [[credential]]} tables of a manifest. Version 1 has one kind, a one-time enrolment code. */
final class CredentialReader {
    private static final String ENROLMENT_CODE = "enrolment-code";
    private static final Duration SHORTEST = Duration.ofMinutes(1);

    private final Problems problems;

    CredentialReader(Problems problems) {
        this.problems = problems;
    }

    /** How long each code is valid, by credential id. */
    Declared<Duration> credentials(List<TableReader> tables) {
        Declared<Duration> declared = new Declared<>();
        for (TableReader table : tables) {
            int before = problems.count();
            Located<String> id = table.token("id");
            table.choice("kind", CredentialReader::kind, ENROLMENT_CODE);
            Duration validFor = table.duration("valid-for", SHORTEST, Limits.ENROLMENT_CODE_LIFETIME);
            table.finish();
            if (id != null) {
                @Nullable Duration sound = problems.count() == before ? validFor : null;
                declared.declare(id, sound)
                        .ifPresent(first -> problems.add(
                                Code.DUPLICATE_CREDENTIAL,
                                id.at(),
                                "a credential \"" + id.value() + "\" is already defined at " + first,
                                "rename one of them"));
            }
        }
        return declared;
    }

    private static Optional<String> kind(String text) {
        return text.equals(ENROLMENT_CODE) ? Optional.of(text) : Optional.empty();
    }
}
