package dev.bailiwick.torture;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Counts verdicts. */
final class Tally {
    private final TreeMap<String, Integer> refusals = new TreeMap<>();
    private final List<String> failures = new ArrayList<>();
    private int cases;
    private int refused;
    private int reported;
    private int harmless;

    /** @param what was done, for the failure */
    void add(String what, Verdict verdict) {
        cases++;
        switch (verdict) {
            case Verdict.Refused(String code, String message) -> {
                refused++;
                refusals.merge(code, 1, Integer::sum);
            }
            case Verdict.Reported reported -> this.reported++;
            case Verdict.Harmless() -> harmless++;
            case Verdict.Wrong(String wrong) -> failures.add(what + ": " + wrong);
        }
    }

    List<String> failures() {
        return failures;
    }

    int cases() {
        return cases;
    }

    int harmless() {
        return harmless;
    }

    @Override
    public String toString() {
        String codes = refusals.entrySet().stream()
                .map(code -> code.getValue() + " " + code.getKey())
                .collect(Collectors.joining(", "));
        return cases + " cases: " + refused + " refused" + (codes.isEmpty() ? "" : " (" + codes + ")") + ", " + reported
                + " reported, " + harmless + " harmless, " + failures.size() + " unnoticed";
    }
}
