package dev.bailiwick.storage;

import dev.bailiwick.engine.View;
import dev.bailiwick.schema.PrincipalId;

/** Verifies that the wrapped keys of one principal are as they were written. What is wrapped only the broker can open. */
final class KeyAudit {
    private final View view;
    private final PrincipalId principal;
    private final Findings findings;

    KeyAudit(View view, PrincipalId principal, Findings findings) {
        this.view = view;
        this.principal = principal;
        this.findings = findings;
    }

    void run() {
        String what = "keys of " + principal;
        byte[] prefix = principal.toBytes();
        findings.reading(
                what,
                () -> view.scan(StorageTables.KEYS, prefix, Keys.after(prefix), (key, value) -> {
                    try {
                        var _ = KeyTable.decode(key, value);
                    } catch (BadRowException e) {
                        findings.add("damaged", what, e.what());
                    }
                    return true;
                }));
    }
}
