package dev.bailiwick.storage;

import java.util.List;

/**
 * What verification looked at and found.
 *
 * @param roots roots, deleted ones included
 * @param entries entries of all roots
 * @param blobs contents of all roots
 * @param chunks rows of those contents
 * @param logLines lines of all logs
 * @param findings what is wrong, at most {@value #MOST_FINDINGS}
 * @param findingsOmitted how much more is wrong
 */
public record StorageReport(
        long roots,
        long entries,
        long blobs,
        long chunks,
        long logLines,
        List<StorageFinding> findings,
        long findingsOmitted) {
    /** The most findings that are listed. */
    public static final int MOST_FINDINGS = 1000;

    /** Copies the list. */
    public StorageReport {
        findings = List.copyOf(findings);
    }

    /** Whether nothing is wrong. */
    public boolean clean() {
        return findings.isEmpty();
    }
}
