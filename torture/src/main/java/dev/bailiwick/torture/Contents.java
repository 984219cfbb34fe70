package dev.bailiwick.torture;

import dev.bailiwick.accountstore.Account;
import dev.bailiwick.accountstore.AccountStoreReader;
import dev.bailiwick.accountstore.AuditEntry;
import dev.bailiwick.accountstore.AuditLog;
import dev.bailiwick.accountstore.HistoryEntry;
import dev.bailiwick.accountstore.Page;
import dev.bailiwick.accountstore.StoreHead;
import dev.bailiwick.accountstore.StoreTables;
import dev.bailiwick.accountstore.Stored;
import dev.bailiwick.engine.Engine;
import dev.bailiwick.engine.Table;
import dev.bailiwick.schema.NameKey;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * All that a store holds, to be compared with what it should hold: what its readers give, and beneath that each row of each table.
 *
 * @param head sizes and roots
 * @param accounts the newest versions, by name
 * @param histories all versions of each of them
 * @param audit the whole audit chain
 * @param rows a hash of all rows, by table
 */
record Contents(
        StoreHead head,
        List<Stored<Account>> accounts,
        List<List<HistoryEntry<Account>>> histories,
        List<AuditEntry> audit,
        SortedMap<String, String> rows) {

    static Contents of(Subject.Session session) {
        AccountStoreReader reader = session.store().accounts();
        List<Stored<Account>> accounts = new ArrayList<>();
        Optional<NameKey> after = Optional.empty();
        do {
            Page<Stored<Account>, NameKey> page = reader.list(after, AccountStoreReader.PAGE);
            accounts.addAll(page.items());
            after = page.next();
        } while (after.isPresent());
        List<List<HistoryEntry<Account>>> histories = accounts.stream()
                .map(account -> reader.history(account.recordId()))
                .toList();
        return new Contents(
                session.store().inspector().head(),
                accounts,
                histories,
                audit(session.store().auditLog()),
                rows(session.engine()));
    }

    private static List<AuditEntry> audit(AuditLog log) {
        List<AuditEntry> entries = new ArrayList<>();
        List<AuditEntry> page;
        do {
            page = log.read(entries.size() + 1L, AuditLog.PAGE);
            entries.addAll(page);
        } while (page.size() == AuditLog.PAGE);
        return entries;
    }

    private static SortedMap<String, String> rows(Engine engine) {
        return engine.read(view -> {
            SortedMap<String, String> hashes = new TreeMap<>();
            for (Table table : StoreTables.ALL) {
                MessageDigest digest = sha256();
                view.scan(table, new byte[0], null, (key, value) -> {
                    digest.update((byte) key.length);
                    digest.update(key);
                    digest.update(sha256().digest(value));
                    return true;
                });
                hashes.put(table.name(), HexFormat.of().formatHex(digest.digest()));
            }
            return hashes;
        });
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /** Whether readers see the same, whatever lies beneath. */
    boolean isServedAs(Contents expected) {
        return accounts.equals(expected.accounts)
                && histories.equals(expected.histories)
                && audit.equals(expected.audit);
    }

    /** Where this differs from what it should be, for people. */
    String difference(Contents expected) {
        if (!head.equals(expected.head)) {
            return "the head is " + head + " and should be " + expected.head;
        }
        if (!accounts.equals(expected.accounts)) {
            return "accounts differ";
        }
        if (!histories.equals(expected.histories)) {
            return "histories differ";
        }
        if (!audit.equals(expected.audit)) {
            return "the audit chain differs";
        }
        return rows.equals(expected.rows) ? "nothing differs" : "rows differ: " + rows + " and not " + expected.rows;
    }
}
