package dev.bailiwick.accountstore;

import java.util.List;

/**
 * What a verification of the audit chain came to.
 *
 * @param entries looked at
 * @param findings what is wrong; empty when the chain is whole
 */
public record AuditReport(long entries, List<Finding> findings) {
    /** Copies the list. */
    public AuditReport {
        findings = List.copyOf(findings);
    }
}
