package dev.bailiwick.accountstore;

import static dev.bailiwick.accountstore.Stores.DAEMON;
import static dev.bailiwick.accountstore.Stores.NOON;
import static dev.bailiwick.accountstore.Stores.committed;
import static dev.bailiwick.accountstore.Stores.key;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bailiwick.engine.Engine;
import dev.bailiwick.engine.RamEngine;
import dev.bailiwick.schema.AccountName;
import dev.bailiwick.schema.BindingId;
import dev.bailiwick.schema.Hash256;
import dev.bailiwick.schema.RecordId;
import dev.bailiwick.schema.TransactionId;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The index is derived: whatever becomes of it, the records give back the same bytes. */
class IndexRebuildTest {
    private final Engine engine = RamEngine.open();
    private final AccountStore store = Stores.inMemory(engine);
    private final Map<String, String> before;

    IndexRebuildTest() {
        Stored<Account> alice = Stores.create(store, "alice");
        committed(store.accountManager().rename(alice.recordId(), AccountName.parse("anne"), 0, DAEMON));
        committed(store.accountManager().addRole(alice.recordId(), "developer", Optional.empty(), 0, DAEMON));
        committed(store.accountManager().removeRole(alice.recordId(), "developer", 0, DAEMON));
        committed(store.rotateKey(DAEMON));
        committed(store.commit(new Transaction(
                TransactionId.of(new byte[16]),
                NOON,
                new Actor.Daemon(),
                "binding.test",
                Optional.empty(),
                List.of(Mutation.create(
                        RecordId.parse("rec-101112131415161718191a1b1c1d1e1f"),
                        new ExternalBinding(
                                BindingId.of(new byte[16]),
                                "https://id.example",
                                Hash256.sha256(),
                                alice.content().principalId(),
                                "",
                                new TreeSet<>(),
                                Optional.empty(),
                                alice.content().policyProfile(),
                                alice.content().resourceProfile(),
                                BindingState.ACTIVE))),
                List.of())));
        before = index();
    }

    @AfterEach
    void theRebuiltStoreIsSound() {
        assertThat(index()).isEqualTo(before);
        assertThat(store.inspector().verify().findings()).isEmpty();
        store.close();
        engine.close();
    }

    private Map<String, String> index() {
        return engine.read(view -> {
            Map<String, String> rows = new TreeMap<>();
            view.scan(StoreTables.INDEX, new byte[0], null, (key, value) -> {
                rows.put(HexFormat.of().formatHex(key), HexFormat.of().formatHex(value));
                return true;
            });
            return rows;
        });
    }

    private List<String> rowsOf(Keys.Index type) {
        String prefix = HexFormat.of().toHexDigits(type.code());
        return before.keySet().stream().filter(key -> key.startsWith(prefix)).toList();
    }

    private void change(String key, Optional<byte[]> value) {
        byte[] bytes = HexFormat.of().parseHex(key);
        engine.commit(txn -> {
            value.ifPresentOrElse(
                    to -> txn.put(StoreTables.INDEX, bytes, to), () -> txn.delete(StoreTables.INDEX, bytes));
            return true;
        });
    }

    @ParameterizedTest
    @EnumSource(Keys.Index.class)
    void rowsOfEachTypeComeBack(Keys.Index type) {
        List<String> rows = rowsOf(type);
        assertThat(rows).isNotEmpty();
        rows.forEach(row -> change(row, Optional.empty()));
        assertThat(store.inspector().verify().findings()).isNotEmpty();
        assertThat(store.rebuildIndexes(DAEMON)).isEqualTo(new IndexReport(before.size(), rows.size(), 0));
    }

    @ParameterizedTest
    @EnumSource(Keys.Index.class)
    void rowsThatLeadElsewhereAreSetRightAndRowsOfNobodyGo(Keys.Index type) {
        String row = rowsOf(type).getFirst();
        change(row, Optional.of(new byte[HexFormat.of().parseHex(before.get(row)).length]));
        change(row + "00", Optional.of(HexFormat.of().parseHex(before.get(row))));
        IndexReport report = store.rebuildIndexes(DAEMON);
        assertThat(report.rows()).isEqualTo(before.size());
        assertThat(report.written()).isPositive();
        assertThat(report.removed()).isPositive();
    }

    @Test
    void anAccountWhoseNameRowIsLostDoesNotLookAbsent() {
        String row = HexFormat.of().formatHex(Keys.name(key("anne")));
        change(row, Optional.empty());
        assertThatThrownBy(() -> engine.read(view -> new ViewAccountReader(view).byName(key("anne"))))
                .isInstanceOf(CorruptStoreException.class)
                .hasMessageContaining("does not lead to it");
        store.rebuildIndexes(DAEMON);
        assertThat(store.accounts().byName(key("anne"))).isPresent();
        assertThat(store.auditLog().read(1, 100))
                .anyMatch(entry -> entry.event().kind().equals("store.rebuild-indexes"));
    }

    @Test
    void aDamagedRecordIsRefusedAndNothingIsWritten() {
        RecordId anne = store.accounts().byName(key("anne")).orElseThrow().recordId();
        byte[] record = Keys.record(RecordKind.ACCOUNT, anne, 1);
        byte[] good = engine.read(view -> new Records(view).bytes(RecordKind.ACCOUNT, anne, 1));
        byte[] bad = good.clone();
        bad[40] ^= 1;
        put(record, bad);
        String row = rowsOf(Keys.Index.NAME).getFirst();
        change(row, Optional.empty());
        assertThatThrownBy(() -> store.rebuildIndexes(DAEMON)).isInstanceOf(CorruptStoreException.class);
        assertThat(index()).doesNotContainKey(row);
        put(record, good);
        store.rebuildIndexes(DAEMON);
    }

    private void put(byte[] key, byte[] value) {
        engine.commit(txn -> {
            txn.put(StoreTables.RECORDS, key.clone(), value.clone());
            return true;
        });
    }
}
