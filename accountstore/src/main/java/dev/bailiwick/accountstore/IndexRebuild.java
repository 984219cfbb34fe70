package dev.bailiwick.accountstore;

import dev.bailiwick.engine.Txn;
import dev.bailiwick.engine.View;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Derives the index anew. The records are the authority: each version is checked as on every load, and what it derives is written where
 * it is missing or differs; a row that no record derives is removed. Damaged records end it with {@link CorruptStoreException}, and
 * nothing is written then.
 *
 * <p>One pass gathers at most {@link #CHANGES} changes, so that memory stays bounded whatever the damage; passes are repeated until one
 * finds nothing.
 */
final class IndexRebuild {
    /** Rows one pass changes: a batch of a few megabytes. */
    static final int CHANGES = 16 * 1024;

    private final View view;
    private final Records records;
    private final List<IndexRow> missing = new ArrayList<>();
    private final List<byte[]> extra = new ArrayList<>();
    private long rows;

    /** The version looked at last, for what continues it. */
    private @Nullable Stored<?> previous;

    private IndexRebuild(View view) {
        this.view = view;
        this.records = new Records(view);
    }

    /**
     * What a rebuild did.
     *
     * @param rows that the records derive
     * @param written rows that were missing or wrong
     * @param removed rows that no record derived
     */
    record Pass(long rows, long written, long removed) {
        boolean changedNothing() {
            return written == 0 && removed == 0;
        }
    }

    /** Looks at everything and mends what it finds, up to the bound. */
    static Pass run(Txn txn) {
        IndexRebuild pass = new IndexRebuild(txn);
        pass.derive();
        pass.findExtra();
        // Removed first: a wrong row may be one that another record derives.
        pass.extra.forEach(key -> txn.delete(StoreTables.INDEX, key));
        pass.missing.forEach(row -> txn.put(StoreTables.INDEX, row.key(), row.value()));
        return new Pass(pass.rows, pass.missing.size(), pass.extra.size());
    }

    private boolean full() {
        return missing.size() + extra.size() >= CHANGES;
    }

    private void derive() {
        view.scan(StoreTables.RECORDS, new byte[0], null, (key, value) -> {
            visit(key, value);
            return !full();
        });
    }

    private void visit(byte[] key, byte[] value) {
        if (key.length != Keys.RECORD_BYTES) {
            throw new CorruptStoreException("records row", "its key is malformed");
        }
        RecordRef ref = RecordRef.ofKey(key, "records");
        long version = Keys.versionOf(key);
        Stored<?> stored = Records.decode(ref.kind(), ref.recordId(), version, value);
        Stored<?> before = previous;
        boolean continues = before != null
                && before.kind() == stored.kind()
                && before.recordId().equals(stored.recordId());
        if (continues != version > 1) {
            throw new CorruptStoreException(ref.version(version), "the version before it is missing");
        }
        Optional<RecordContent> old = continues && before != null ? Optional.of(before.content()) : Optional.empty();
        IndexRow.ofVersion(stored.recordId(), version, stored.content(), old).forEach(this::require);
        Head head = records.head(ref.kind(), ref.recordId())
                .orElseThrow(() -> new CorruptStoreException(ref.toString(), "its head row is missing"));
        if (head.version() == version) {
            if (!head.contentHash().equals(stored.contentHash())) {
                throw new CorruptStoreException(ref.version(version), "its hash is not the one in its head row");
            }
            IndexRow.ofHead(stored.recordId(), stored.content()).forEach(this::require);
        }
        previous = stored;
    }

    private void require(IndexRow row) {
        rows++;
        byte @Nullable [] found = view.get(StoreTables.INDEX, row.key());
        if (!Arrays.equals(found, row.value())) {
            missing.add(row);
        }
    }

    private void findExtra() {
        view.scan(StoreTables.INDEX, new byte[0], null, (key, value) -> {
            if (!derived(key, value)) {
                extra.add(key);
            }
            return !full();
        });
    }

    /** Whether a record derives this very row. A row that cannot even be read is derived by none. */
    private boolean derived(byte[] key, byte[] value) {
        try {
            RecordRef target = IndexRow.target(key, value);
            OptionalLong version = IndexRow.targetVersion(key, value);
            Optional<Head> head = records.head(target.kind(), target.recordId());
            if (head.isEmpty()
                    || (version.isPresent()
                            && (version.getAsLong() < 1
                                    || version.getAsLong() > head.get().version()))) {
                return false;
            }
            List<IndexRow> rowsOfTarget = version.isPresent()
                    ? records.derivedBy(target.kind(), target.recordId(), version.getAsLong())
                    : IndexRow.ofHead(
                            target.recordId(),
                            records.required(target.kind(), target.recordId(), "an index row")
                                    .content());
            return rowsOfTarget.stream().anyMatch(row -> row.matches(key, value));
        } catch (CorruptStoreException unreadable) {
            // The records themselves were checked before: only the row can be at fault.
            return false;
        }
    }
}
