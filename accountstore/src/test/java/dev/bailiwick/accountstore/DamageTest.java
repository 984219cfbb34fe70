package dev.bailiwick.accountstore;

import static dev.bailiwick.accountstore.Stores.DAEMON;
import static dev.bailiwick.accountstore.Stores.committed;
import static dev.bailiwick.accountstore.Stores.key;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bailiwick.engine.Engine;
import dev.bailiwick.engine.RamEngine;
import dev.bailiwick.engine.Table;
import dev.bailiwick.schema.TransactionId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Rows are changed behind the store's back, below every check but those of the store itself: all of it is found, and what is damaged
 * is refused instead of read.
 */
class DamageTest {
    private Engine engine;
    private AccountStore store;
    private Stored<Account> alice;

    @BeforeEach
    void aStoreInWhichAliceWasLocked() {
        engine = RamEngine.open();
        store = Stores.inMemory(engine);
        Stored<Account> created = Stores.create(store, "alice");
        committed(store.accountManager().setStatus(created.recordId(), AccountStatus.LOCKED, 1, DAEMON));
        alice = store.accounts().byName(key("alice")).orElseThrow();
        assertThat(findings()).isEmpty();
    }

    @AfterEach
    void close() {
        store.close();
        engine.close();
    }

    @Test
    void everyFlippedBitOfARecordIsFoundNamedAndRefused() {
        byte[] row = Keys.record(RecordKind.ACCOUNT, alice.recordId(), 2);
        eachFlip(StoreTables.RECORDS, row, damage -> {
            assertThat(findings())
                    .as(damage)
                    .anySatisfy(finding ->
                            assertThat(finding.what()).isEqualTo("account " + alice.recordId() + " version 2"));
            assertThatThrownBy(this::readAlice)
                    .as(damage)
                    .isInstanceOfSatisfying(
                            CorruptStoreException.class,
                            e -> assertThat(e.what()).isEqualTo("account " + alice.recordId() + " version 2"));
        });
    }

    @Test
    void everyFlippedByteOfAnOldVersionIsFoundAndRefused() {
        byte[] row = Keys.record(RecordKind.ACCOUNT, alice.recordId(), 1);
        eachByteFlip(StoreTables.RECORDS, row, damage -> {
            assertThat(findings()).as(damage).isNotEmpty();
            assertThatThrownBy(() -> store.accounts().history(alice.recordId()))
                    .as(damage)
                    .isInstanceOf(CorruptStoreException.class);
        });
    }

    @Test
    void everyFlippedByteOfAJournalEntryIsFoundNamedAndRefused() {
        eachByteFlip(StoreTables.JOURNAL, Keys.number(3), damage -> {
            assertThat(findings()).as(damage).isNotEmpty();
            assertThatThrownBy(() -> store.accounts().history(alice.recordId()))
                    .as(damage)
                    .isInstanceOfSatisfying(
                            CorruptStoreException.class,
                            e -> assertThat(e.what()).isEqualTo("journal entry 3"));
        });
    }

    @Test
    void everyFlippedByteOfAnAuditEntryIsFoundAndRefused() {
        eachByteFlip(StoreTables.AUDIT, Keys.number(2), damage -> {
            assertThat(findings()).as(damage).isNotEmpty();
            assertThatThrownBy(() -> store.auditLog().read(1, 10)).as(damage).isInstanceOf(CorruptStoreException.class);
        });
    }

    @Test
    void everyFlippedBitOfAHeadRowIsFoundAndRefused() {
        eachFlip(StoreTables.HEADS, Keys.head(RecordKind.ACCOUNT, alice.recordId()), damage -> {
            assertThat(findings()).as(damage).isNotEmpty();
            assertThatThrownBy(this::readAlice).as(damage).isInstanceOf(CorruptStoreException.class);
        });
    }

    @Test
    void everyFlippedBitOfAnIndexValueIsFoundAndRefused() {
        eachFlip(StoreTables.INDEX, Keys.name(key("alice")), damage -> {
            assertThat(findings()).as(damage).isNotEmpty();
            assertThatThrownBy(this::readAlice).as(damage).isInstanceOf(CorruptStoreException.class);
        });
        eachFlip(StoreTables.INDEX, Keys.principal(alice.content().principalId()), damage -> {
            assertThat(findings()).as(damage).isNotEmpty();
            assertThatThrownBy(() -> readFresh(
                            reader -> reader.byPrincipal(alice.content().principalId())))
                    .as(damage)
                    .isInstanceOf(CorruptStoreException.class);
        });
    }

    /** Rows of every table of which the store has one for alice, or for the store as a whole. */
    static List<Table> tables() {
        return StoreTables.ALL;
    }

    @ParameterizedTest
    @MethodSource("tables")
    void everyFlippedByteOfTheFirstAndLastValueOfATableIsFound(Table table) {
        List<Row> rows = rows(table);
        for (Row row : List.of(rows.getFirst(), rows.getLast())) {
            eachByteFlip(
                    table,
                    row.key(),
                    damage -> assertThat(findings()).as(damage).isNotEmpty());
        }
    }

    @Test
    void everyFlippedBitOfTheStoresOwnFactsIsFound() {
        for (Row row : rows(StoreTables.META)) {
            eachFlip(
                    StoreTables.META,
                    row.key(),
                    damage -> assertThat(findings()).as(damage).isNotEmpty());
        }
    }

    @ParameterizedTest
    @MethodSource("tables")
    void everyFlippedByteOfTheFirstAndLastKeyOfATableIsFound(Table table) {
        List<Row> rows = rows(table);
        for (Row row : List.of(rows.getFirst(), rows.getLast())) {
            for (int i = 0; i < row.key().length; i++) {
                byte[] moved = row.key().clone();
                moved[i] ^= 0x41;
                write(table, row.key(), null);
                byte[] covered = read(table, moved);
                write(table, moved, row.value());
                assertThat(findings()).as("%s key byte %d", table.name(), i).isNotEmpty();
                write(table, moved, covered);
                write(table, row.key(), row.value());
            }
        }
        assertThat(findings()).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("tables")
    void everyMissingRowIsFound(Table table) {
        for (Row row : rows(table)) {
            write(table, row.key(), null);
            assertThat(findings()).as("%s without one row", table.name()).isNotEmpty();
            write(table, row.key(), row.value());
        }
        assertThat(findings()).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("tables")
    void anAddedRowIsFound(Table table) {
        Row last = rows(table).getLast();
        byte[] added = last.key().clone();
        added[added.length - 1] ^= 0x11;
        assertThat(read(table, added)).isNull();
        write(table, added, last.value());
        assertThat(findings()).as("%s with one row more", table.name()).isNotEmpty();
    }

    @Test
    void anOlderValidVersionInPlaceOfTheNewestIsFoundAndRefused() {
        byte[] first = read(StoreTables.RECORDS, Keys.record(RecordKind.ACCOUNT, alice.recordId(), 1));
        write(StoreTables.RECORDS, Keys.record(RecordKind.ACCOUNT, alice.recordId(), 2), first);
        assertThat(findings()).isNotEmpty();
        assertThatThrownBy(this::readAlice).isInstanceOf(CorruptStoreException.class);
    }

    @Test
    void headsTurnedBackToAnOlderVersionAreFound() {
        Stored<?> first =
                engine.<Stored<?>>read(view -> new Records(view).version(RecordKind.ACCOUNT, alice.recordId(), 1));
        write(
                StoreTables.HEADS,
                Keys.head(RecordKind.ACCOUNT, alice.recordId()),
                new Head(1, first.contentHash()).encode());
        assertThat(findings())
                .extracting(Finding::what)
                .anyMatch(what -> what.contains(alice.recordId().toString()));
    }

    @Test
    void anotherAccountsValidRecordIsFoundAndRefused() {
        Stored<Account> bob = Stores.create(store, "bob");
        byte[] bobs = read(StoreTables.RECORDS, Keys.record(RecordKind.ACCOUNT, bob.recordId(), 1));
        write(StoreTables.RECORDS, Keys.record(RecordKind.ACCOUNT, alice.recordId(), 2), bobs);
        assertThat(findings()).isNotEmpty();
        assertThatThrownBy(this::readAlice).isInstanceOf(CorruptStoreException.class);
    }

    @Test
    void aNameThatLeadsToAnotherAccountIsRefused() {
        Stored<Account> bob = Stores.create(store, "bob");
        write(StoreTables.INDEX, Keys.name(key("alice")), bob.recordId().toBytes());
        assertThatThrownBy(this::readAlice)
                .isInstanceOf(CorruptStoreException.class)
                .hasMessageContaining("index row");
        assertThat(findings()).isNotEmpty();
    }

    @Test
    void nothingIsCommittedOnTopOfARecordThatIsFoundDamagedWhenItIsLoaded() {
        Transaction transaction = damagedBelow();
        assertThatThrownBy(() -> engine.commit(txn -> StateMachine.apply(txn, StateMachine.Command.of(transaction))))
                .isInstanceOf(CorruptStoreException.class);
        assertThat(store.inspector().head().journalSize()).isEqualTo(3);
    }

    @Test
    void aRecordThatRotsOnceItIsKnownIsFoundAndDoesNotSpreadToTheNextVersion() {
        Transaction transaction = damagedBelow();
        assertThat(store.commit(transaction)).isInstanceOf(CommitResult.Committed.class);
        Stored<Account> after = store.accounts().byId(alice.recordId()).orElseThrow();
        assertThat(after.previousHash()).contains(alice.contentHash());
        assertThat(after.content()).isEqualTo(alice.content().withStatus(AccountStatus.ACTIVE));
        assertThat(findings()).isNotEmpty();
    }

    /** Flips a bit in alice's newest version; answers a transaction that replaces it. */
    private Transaction damagedBelow() {
        byte[] row = Keys.record(RecordKind.ACCOUNT, alice.recordId(), 2);
        byte[] bytes = read(StoreTables.RECORDS, row);
        bytes[40] ^= 1;
        write(StoreTables.RECORDS, row, bytes);
        return new Transaction(
                TransactionId.of(new byte[16]),
                Stores.NOON,
                new Actor.Daemon(),
                "account.test",
                Optional.empty(),
                List.of(Mutation.replace(alice, alice.content().withStatus(AccountStatus.ACTIVE))),
                List.of());
    }

    @Test
    void aCheckpointIsNotSignedOverADamagedTree() {
        byte[] node = read(StoreTables.JOURNAL_TREE, Keys.node(0, 2));
        node[0] ^= 1;
        write(StoreTables.JOURNAL_TREE, Keys.node(0, 2), node);
        assertThatThrownBy(() -> store.inspector().checkpoint()).isInstanceOf(CorruptStoreException.class);
    }

    // ---- helpers ----

    /** Runs {@code check} with each single bit of a value flipped in turn, then puts the value back. */
    private void eachFlip(Table table, byte[] key, Consumer<String> check) {
        eachFlip(table, key, 1, check);
    }

    /** The same with one bit of each byte, each time another one; of the few long values, one bit in every ninth byte. */
    private void eachByteFlip(Table table, byte[] key, Consumer<String> check) {
        eachFlip(table, key, read(table, key).length > 1024 ? 73 : 9, check);
    }

    private void eachFlip(Table table, byte[] key, int step, Consumer<String> check) {
        byte[] whole = read(table, key);
        assertThat(whole).isNotNull();
        for (int bit = 0; bit < whole.length * 8; bit += step) {
            byte[] flipped = whole.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);
            write(table, key, flipped);
            check.accept(table.name() + " bit " + bit);
        }
        write(table, key, whole);
        assertThat(findings()).isEmpty();
    }

    private List<Finding> findings() {
        return store.inspector().verify().findings();
    }

    private void readAlice() {
        readFresh(reader -> reader.byName(key("alice")));
    }

    /** Past the cache, as after a restart. */
    private void readFresh(Function<AccountStoreReader, Optional<Stored<Account>>> lookup) {
        Optional<Stored<Account>> found = store.read(snapshot -> lookup.apply(snapshot.accounts()));
        assertThat(found).isPresent();
    }

    private List<Row> rows(Table table) {
        List<Row> rows = new ArrayList<>();
        engine.read(view -> {
            view.scan(table, new byte[0], null, (key, value) -> rows.add(new Row(key, value)));
            return true;
        });
        assertThat(rows).isNotEmpty();
        return rows;
    }

    @SuppressWarnings("ArrayRecordComponent") // rows are never compared
    private record Row(byte[] key, byte[] value) {}

    @SuppressWarnings("NullAway") // tests read rows that are there; where one may be absent they say so
    private byte[] read(Table table, byte[] key) {
        return engine.<Optional<byte[]>>read(view -> Optional.ofNullable(view.get(table, key)))
                .orElse(null);
    }

    private void write(Table table, byte[] key, byte @Nullable [] value) {
        engine.commit(txn -> {
            if (value == null) {
                txn.delete(table, key);
            } else {
                txn.put(table, key, value.clone());
            }
            return true;
        });
    }
}
