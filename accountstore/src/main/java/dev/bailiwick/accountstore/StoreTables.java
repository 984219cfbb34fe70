package dev.bailiwick.accountstore;

import dev.bailiwick.engine.Table;
import java.util.List;

/** The engine tables of the account store; {@code docs/format.md} gives their rows. Whoever opens the engine names {@link #ALL}. */
public final class StoreTables {
    /** Kind, record id, version: the canonical bytes of that version. */
    static final Table RECORDS = new Table("records");
    /** Kind, record id: newest version and its content hash. */
    static final Table HEADS = new Table("heads");
    /** Kind, record id, version: the journal sequence that wrote it. */
    static final Table CHANGES = new Table("changes");
    /** Type and key: where to find a record by something other than its id. */
    static final Table INDEX = new Table("index");
    /** Transaction id: its sequence and command hash. */
    static final Table TRANSACTIONS = new Table("transactions");
    /** Sequence: canonical journal entry. */
    static final Table JOURNAL = new Table("journal");
    /** Level, index: hash of a complete subtree of the journal. */
    static final Table JOURNAL_TREE = new Table("journal-tree");
    /** Sequence: canonical audit record. */
    static final Table AUDIT = new Table("audit");
    /** Level, index: hash of a complete subtree of the audit chain. */
    static final Table AUDIT_TREE = new Table("audit-tree");
    /** Facts about the store as a whole. */
    static final Table META = new Table("meta");

    /** All of them. */
    public static final List<Table> ALL =
            List.of(RECORDS, HEADS, CHANGES, INDEX, TRANSACTIONS, JOURNAL, JOURNAL_TREE, AUDIT, AUDIT_TREE, META);

    private StoreTables() {}
}
