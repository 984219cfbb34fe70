package dev.bailiwick.accountstore;

import dev.bailiwick.engine.EngineException;
import java.util.ArrayList;
import java.util.List;

/** Gathers findings up to {@link StoreLimits#FINDINGS}; from then on damage is only counted. */
final class Findings {
    private final List<Finding> findings = new ArrayList<>();
    private long left;

    void add(String code, String what, String message) {
        if (findings.size() < StoreLimits.FINDINGS) {
            findings.add(new Finding(code, what, message));
        } else {
            left++;
        }
    }

    /** Runs one check; corruption that it throws becomes a finding. */
    void check(String code, Runnable check) {
        try {
            check.run();
        } catch (CorruptStoreException e) {
            add(e.code() == CorruptStoreException.Code.CORRUPT ? code : e.code().word(), e.what(), e.why());
        } catch (EngineException e) {
            // Damage below the tables ends this check, not the others; anything else is no finding about the store.
            if (e.code() != EngineException.Code.CORRUPT && e.code() != EngineException.Code.LOST) {
                throw e;
            }
            add("file", "store files", String.valueOf(e.getMessage()));
        }
    }

    List<Finding> all() {
        if (left > 0) {
            List<Finding> all = new ArrayList<>(findings);
            all.add(new Finding("more", "store", left + " further findings were left out"));
            return all;
        }
        return findings;
    }
}
