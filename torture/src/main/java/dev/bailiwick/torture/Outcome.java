package dev.bailiwick.torture;

import java.util.List;

/**
 * What came of a part.
 *
 * @param counts what was done and seen, for people
 * @param failures what must not happen and did, a sentence each
 */
record Outcome(String counts, List<String> failures) {
    Outcome {
        failures = List.copyOf(failures);
    }

    boolean passed() {
        return failures.isEmpty();
    }
}
