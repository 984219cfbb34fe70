package dev.bailiwick.accountstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bailiwick.engine.Engine;
import dev.bailiwick.engine.RamEngine;
import dev.bailiwick.engine.Row;
import dev.bailiwick.engine.Table;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("The background check")
final class ScrubTest {
    private static final InstantSource CLOCK = InstantSource.fixed(Stores.NOON);

    @TempDir
    private Path folder;

    private final Engine engine = RamEngine.open();
    private final AccountStore store = Stores.inMemory(engine);

    /** Where the chain of the audit log itself is damaged, nothing can be appended to it. */
    private static final class Deaf implements AuditLog {
        @Override
        public long append(List<AuditEvent> events) {
            return 0;
        }

        @Override
        public List<AuditEntry> read(long fromSequence, int limit) {
            return List.of();
        }
    }

    private Scrub scrub() {
        return new Scrub(engine, store.auditLog(), CLOCK, folder.resolve("scrub"));
    }

    private static void pass(Scrub scrub) {
        boolean ended = false;
        while (!ended) {
            ended = scrub.step();
        }
    }

    private Row lastOf(Table table) {
        return engine.read(view -> view.last(table, new byte[0], null).orElseThrow());
    }

    private void put(Table table, byte[] key, byte[] value) {
        engine.commit(txn -> {
            txn.put(table, key, value);
            return true;
        });
    }

    private static byte[] flipped(byte[] value) {
        byte[] flipped = value.clone();
        flipped[flipped.length / 2] ^= 1;
        return flipped;
    }

    @Test
    void findsNothingInASoundStore() {
        Stores.create(store, "alice");
        try (Scrub scrub = scrub()) {
            pass(scrub);

            assertThat(scrub.status().findings()).isEmpty();
            assertThat(scrub.status().passes()).isEqualTo(1);
            assertThat(scrub.status().lastFinished()).contains(Stores.NOON);
        }
    }

    @Test
    void findsABitThatRottedInWhicheverTableAndAuditsItOnce() {
        Stores.create(store, "alice");
        for (Table table : List.of(
                StoreTables.RECORDS,
                StoreTables.HEADS,
                StoreTables.CHANGES,
                StoreTables.INDEX,
                StoreTables.TRANSACTIONS,
                StoreTables.JOURNAL,
                StoreTables.JOURNAL_TREE,
                StoreTables.AUDIT,
                StoreTables.AUDIT_TREE)) {
            Row row = lastOf(table);
            put(table, row.key(), flipped(row.value()));
            try (Scrub scrub = new Scrub(engine, new Deaf(), CLOCK, folder.resolve(table.name()))) {
                pass(scrub);

                assertThat(scrub.status().findings()).as(table.name()).isNotEmpty();
            }
            put(table, row.key(), row.value());
        }
    }

    @Test
    void auditsWhatItFindsOnceAndForgetsItWhenAWholePassFindsItNoMore() {
        Row row = lastOf(StoreTables.RECORDS);
        put(StoreTables.RECORDS, row.key(), flipped(row.value()));
        long audited = store.inspector().head().auditSize();
        try (Scrub scrub = scrub()) {
            pass(scrub);
            int found = scrub.status().findings().size();
            pass(scrub);

            assertThat(found).isPositive();
            assertThat(store.inspector().head().auditSize()).isEqualTo(audited + found);

            put(StoreTables.RECORDS, row.key(), row.value());
            pass(scrub);
            pass(scrub);

            assertThat(scrub.status().findings()).isEmpty();
        }
    }

    @Test
    void goesOnAfterARestartWhereItWas() {
        for (int i = 0; i < 60; i++) {
            Stores.create(store, "user-" + i);
        }
        long rows;
        String position;
        try (Scrub scrub = scrub()) {
            scrub.step();
            scrub.step();
            rows = scrub.status().rows();
            position = scrub.status().position();
        }

        try (Scrub again = scrub()) {
            assertThat(again.status().rows()).isEqualTo(rows).isPositive();
            assertThat(again.status().position()).isEqualTo(position);
        }
    }

    @Test
    void loadsNoRecordOfAnyKindWithoutRedoingItsHash() {
        Stores.create(store, "alice");
        Set<RecordKind> kinds = EnumSet.noneOf(RecordKind.class);
        List<byte[]> keys = new ArrayList<>();
        engine.read(view -> {
            view.scan(StoreTables.RECORDS, new byte[0], null, (key, value) -> keys.add(key));
            return true;
        });
        for (byte[] key : keys) {
            RecordRef ref = RecordRef.ofKey(key, "records");
            long version = ByteBuffer.wrap(key, Keys.HEAD_BYTES, Long.BYTES).getLong();
            byte[] value = engine.read(view -> new Records(view).bytes(ref.kind(), ref.recordId(), version));
            put(StoreTables.RECORDS, key, flipped(value));
            assertThatThrownBy(
                            () -> engine.read(view -> new Records(view).version(ref.kind(), ref.recordId(), version)))
                    .as("%s", ref)
                    .isInstanceOf(CorruptStoreException.class);
            put(StoreTables.RECORDS, key, value);
            kinds.add(ref.kind());
        }

        assertThat(kinds).contains(RecordKind.ACCOUNT, RecordKind.CREDENTIAL, RecordKind.ROLE_BINDING);
    }
}
