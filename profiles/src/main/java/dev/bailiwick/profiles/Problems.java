package dev.bailiwick.profiles;

import dev.bailiwick.profiles.ManifestProblem.Code;
import java.util.ArrayList;
import java.util.List;

/** Collects what is wrong while reading goes on, so that everything is reported at once. Confined to one thread. */
final class Problems {
    private final List<ManifestProblem> found = new ArrayList<>();
    private int count;

    void add(Code code, Position at, String message, String hint) {
        count++;
        if (found.size() < Limits.MANIFEST_PROBLEMS) {
            found.add(new ManifestProblem(code, at.line(), at.column(), message, hint));
        } else if (found.size() == Limits.MANIFEST_PROBLEMS) {
            found.add(new ManifestProblem(
                    Code.TOO_MANY_PROBLEMS,
                    at.line(),
                    at.column(),
                    "more than " + Limits.MANIFEST_PROBLEMS + " problems; the rest is not reported",
                    "fix these and try again"));
        }
    }

    /** A count that grows with every problem, also with those not kept: unchanged across a stretch of reading, that stretch was sound. */
    int count() {
        return count;
    }

    /** Everything found, in the order of the file. */
    List<ManifestProblem> inOrder() {
        return found.stream().sorted(ManifestProblem.BY_PLACE).toList();
    }
}
