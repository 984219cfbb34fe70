package dev.bailiwick.accountstore;

import static dev.bailiwick.accountstore.Stores.DAEMON;
import static dev.bailiwick.accountstore.Stores.NOON;
import static dev.bailiwick.accountstore.Stores.key;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bailiwick.engine.Engine;
import dev.bailiwick.engine.RamEngine;
import dev.bailiwick.engine.Table;
import dev.bailiwick.schema.AccountName;
import dev.bailiwick.schema.PrincipalId;
import dev.bailiwick.schema.RecordId;
import dev.bailiwick.schema.StoreId;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Objects;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What comes out of a store that is damaged in one way or another, and that it never has more authority than before. */
class StoreRecoveryTest {
    @TempDir
    private Path directory;

    private final Engine engine = RamEngine.open();
    private AccountStore store;
    private Stored<Account> alice;
    private StoreFiles before;
    private RecoveryTerms.Trust trust = RecoveryTerms.Trust.ANCHOR;
    private Instant now = NOON.plusSeconds(60);

    @BeforeEach
    void aStoreWithAnAnchor() {
        store = Stores.inMemory(engine);
        alice = Stores.create(store, "alice");
        Stores.create(store, "bob");
        disable("bob");
        before = StoreFiles.defaultsFor(directory.resolve("store"));
        anchor();
    }

    private void anchor() {
        RollbackAnchor.replace(before.anchor(), engine.read(Anchoring::headOf));
    }

    private void disable(String name) {
        Stored<Account> account = store.accounts().byName(key(name)).orElseThrow();
        Stores.committed(store.accountManager()
                .setStatus(account.recordId(), AccountStatus.DISABLED, account.version(), DAEMON));
    }

    /** Flips one bit in the middle of a row. */
    private void damage(Table table, byte[] key) {
        engine.commit(txn -> {
            byte[] row = Objects.requireNonNull(txn.get(table, key));
            row[row.length / 2] ^= 1;
            txn.put(table, key, row);
            return true;
        });
    }

    private record Recovered(AccountStore store, RecoverySummary summary) {
        Account account(String name) {
            return store.accounts().byName(key(name)).orElseThrow().content();
        }
    }

    private Recovered recovered() {
        return recovered(Optional.of(engine));
    }

    private Recovered recovered(Optional<Engine> damaged) {
        Engine target = RamEngine.open();
        Path keyFile = directory.resolve("key");
        RecoverySummary summary = StoreRecovery.into(
                target,
                damaged,
                new RecoveryTerms(before, keyFile, trust, Stores.seeds(), 1000),
                InstantSource.fixed(now),
                new SplittableRandom(99));
        AccountStore opened = AccountStore.open(
                target,
                new StoreFiles(keyFile, before.anchor(), new AnchorMode.None()),
                InstantSource.fixed(now),
                new SplittableRandom(7));
        assertThat(opened.inspector().verify().findings()).isEmpty();
        assertThat(opened.inspector().head().storeEpoch())
                .isEqualTo(
                        summary.predecessor().map(head -> head.storeEpoch() + 1).orElse(1L));
        return new Recovered(opened, summary);
    }

    @Test
    void aStoreThatIsWholeKeepsEverythingAndItsHistory() {
        Recovered recovered = recovered();

        assertThat(recovered.summary.scope()).isEqualTo(RecoverySummary.Scope.WHOLE);
        assertThat(recovered.account("alice")).isEqualTo(alice.content());
        assertThat(recovered.account("bob").status()).isEqualTo(AccountStatus.DISABLED);
        assertThat(recovered.account("operator"))
                .isEqualTo(
                        store.accounts().byName(key("operator")).orElseThrow().content());
        assertThat(recovered.store.accounts().history(alice.recordId()))
                .extracting(entry -> entry.entry().operation())
                .containsExactly("account.create");
        assertThat(recovered.summary.accountsSeeded()).isEmpty();
        assertThat(recovered.summary.enrolling()).isEmpty();
    }

    @Test
    void aStoreThatIsNotProvedTheNewestKeepsItsAccountsWithoutAuthority() {
        // As after a rollback: the anchor knows of more than there is.
        AnchoredHead head = engine.read(Anchoring::headOf);
        RollbackAnchor.replace(
                before.anchor(),
                new AnchoredHead(
                        head.storeId(), 1, head.size() + 1, head.auditRoot(), head.auditSize() + 1, head.root()));

        Recovered recovered = recovered();

        assertThat(recovered.summary.scope()).isEqualTo(RecoverySummary.Scope.OLDER);
        Account kept = recovered.account("alice");
        assertThat(kept.principalId()).isEqualTo(alice.content().principalId());
        assertThat(kept.status()).isEqualTo(AccountStatus.RECOVERY_ONLY);
        assertThat(kept.roles()).isEmpty();
        assertThat(kept.credentialRefs()).isEmpty();
        assertThat(recovered.account("bob").status()).isEqualTo(AccountStatus.DISABLED);
        assertThat(recovered.summary.bindingsRevoked()).isPositive();
        assertThat(recovered.summary.predecessor().orElseThrow().size()).isEqualTo(head.size() + 1);
    }

    @Test
    void theManifestsOperatorGetsInAgainWithACodeAndTheRolesItHad() {
        before = before.withMode(new AnchorMode.None());

        Recovered recovered = recovered();

        Account operator = recovered.account("operator");
        assertThat(operator.status()).isEqualTo(AccountStatus.ACTIVE);
        assertThat(operator.roles()).containsExactly("account-admin", "local-user", "storage-admin");
        assertThat(recovered.summary.enrolling())
                .contains(recovered
                        .store
                        .accounts()
                        .byName(key("operator"))
                        .orElseThrow()
                        .recordId());
    }

    @Test
    void theManifestNeitherEnablesNorEmpowersWhatTheStoreTookAway() {
        Stored<Account> second = Stores.create(store, "carol");
        Stores.committed(
                store.accountManager().addRole(second.recordId(), "account-admin", Optional.empty(), 1, DAEMON));
        Stored<Account> operator = store.accounts().byName(key("operator")).orElseThrow();
        Stores.committed(
                store.accountManager().removeRole(operator.recordId(), "storage-admin", operator.version(), DAEMON));
        disable("recovery");
        before = before.withMode(new AnchorMode.None());

        Recovered recovered = recovered();

        assertThat(recovered.account("operator").roles()).containsExactly("account-admin", "local-user");
        assertThat(recovered.account("recovery").status()).isEqualTo(AccountStatus.DISABLED);
        assertThat(recovered.account("carol").roles()).isEmpty();
    }

    @Test
    void oneDamagedRecordRestrictsItsAccountAndNoOther() {
        Stores.committed(store.accountManager().setStatus(alice.recordId(), AccountStatus.LOCKED, 1, DAEMON));
        Stores.committed(store.accountManager().setStatus(alice.recordId(), AccountStatus.ACTIVE, 2, DAEMON));
        anchor();
        damage(StoreTables.RECORDS, Keys.record(RecordKind.ACCOUNT, alice.recordId(), 3));

        Recovered recovered = recovered();

        assertThat(recovered.summary.scope()).isEqualTo(RecoverySummary.Scope.NEWEST);
        assertThat(recovered.account("alice").status()).isEqualTo(AccountStatus.LOCKED);
        assertThat(recovered.account("operator"))
                .isEqualTo(
                        store.accounts().byName(key("operator")).orElseThrow().content());
        assertThat(recovered.account("bob").status()).isEqualTo(AccountStatus.DISABLED);
    }

    @Test
    void aDamagedRoleBindingIsARoleLess() {
        Stored<Account> operator = store.accounts().byName(key("operator")).orElseThrow();
        byte[] row = engine.read(view -> Objects.requireNonNull(
                view.get(StoreTables.INDEX, Keys.role(operator.content().principalId(), "storage-admin"))));
        damage(StoreTables.RECORDS, Keys.record(RecordKind.ROLE_BINDING, RecordId.of(row), 1));

        Recovered recovered = recovered();

        assertThat(recovered.account("operator").roles()).containsExactly("account-admin", "local-user");
        assertThat(recovered.summary.notes()).anyMatch(note -> note.contains("storage-admin"));
    }

    @Test
    void aHoleInTheJournalLeavesTheAccountsAndTakesTheirAuthority() {
        damage(StoreTables.JOURNAL, Keys.number(2));

        Recovered recovered = recovered();

        assertThat(recovered.summary.scope()).isEqualTo(RecoverySummary.Scope.OLDER);
        assertThat(recovered.account("alice").status()).isEqualTo(AccountStatus.RECOVERY_ONLY);
        assertThat(recovered.account("operator").status()).isEqualTo(AccountStatus.ACTIVE);
    }

    @Test
    void anAccountThatNobodyVouchesForGetsNothing() {
        Account forged = new Account(
                PrincipalId.of(new byte[16]),
                alice.content().kind(),
                "mallory",
                key("mallory"),
                AccountName.parse("mallory").skeleton(),
                "",
                AccountStatus.ACTIVE,
                new TreeSet<>(),
                alice.content().roles(),
                alice.content().attributes(),
                alice.content().resourceProfile(),
                alice.content().policyProfile(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
        RecordId id = RecordId.of(new byte[16]);
        ChainFields chain = RecordCodec.sealed(
                new ChainFields(
                        id, ChainFields.SCHEMA_VERSION, 1, 1, 1, Optional.empty(), Optional.empty(), NOON, NOON),
                forged);
        engine.commit(txn -> {
            txn.put(StoreTables.RECORDS, Keys.record(RecordKind.ACCOUNT, id, 1), RecordCodec.encode(chain, forged));
            return true;
        });

        Recovered recovered = recovered();

        assertThat(recovered.account("mallory").status()).isEqualTo(AccountStatus.RECOVERY_ONLY);
        assertThat(recovered.account("mallory").roles()).isEmpty();
    }

    @Test
    void whereNothingIsLeftTheManifestIsAllThereIs() {
        Recovered recovered = recovered(Optional.empty());

        assertThat(recovered.summary.scope()).isEqualTo(RecoverySummary.Scope.NOTHING);
        assertThat(recovered.summary.accountsSeeded()).contains("operator", "recovery");
        assertThat(recovered.summary.predecessor()).contains(engine.read(Anchoring::headOf));
        assertThat(recovered.store.accounts().byName(key("alice"))).isEmpty();
        assertThat(recovered.store.inspector().head().storeId())
                .isEqualTo(store.inspector().head().storeId());
    }

    @Test
    void aManifestAccountWhoseRecordIsLostComesBackRestricted() {
        Stored<Account> operator = store.accounts().byName(key("operator")).orElseThrow();
        for (long version = 1; version <= operator.version(); version++) {
            damage(StoreTables.RECORDS, Keys.record(RecordKind.ACCOUNT, operator.recordId(), version));
        }

        Recovered recovered = recovered();

        assertThat(recovered.account("operator").status()).isEqualTo(AccountStatus.RECOVERY_ONLY);
        assertThat(recovered.account("operator").principalId())
                .isEqualTo(operator.content().principalId());
    }

    @Test
    void aClockThatRanAheadIsLeftBehindWithTheEpoch() {
        now = NOON.minus(Duration.ofDays(400));

        Recovered recovered = recovered();

        assertThat(recovered.summary.scope()).isEqualTo(RecoverySummary.Scope.NEWEST);
        assertThat(recovered.account("alice")).isEqualTo(alice.content());
        assertThat(recovered.account("operator").roles()).contains("account-admin");
    }

    @Test
    void whoeverRecoversMayVouchForACopyBeingTheNewest() {
        before = before.withMode(new AnchorMode.None());
        trust = RecoveryTerms.Trust.OPERATOR;

        Recovered recovered = recovered();

        assertThat(recovered.summary.scope()).isEqualTo(RecoverySummary.Scope.WHOLE);
        assertThat(recovered.account("alice").status()).isEqualTo(AccountStatus.ACTIVE);
        assertThat(recovered.store.auditLog().read(1, 1).getFirst().event().newValue())
                .isEqualTo("store.recover.as-newest");
    }

    @Test
    void anotherStoresAnchorIsNotTaken() {
        AnchoredHead head = engine.read(Anchoring::headOf);
        RollbackAnchor.replace(
                before.anchor(),
                new AnchoredHead(
                        StoreId.of(new byte[16]), 1, head.size(), head.root(), head.auditSize(), head.auditRoot()));
        assertThatThrownBy(this::recovered)
                .isInstanceOfSatisfying(
                        AnchorException.class, e -> assertThat(e.code()).isEqualTo(AnchorException.Code.FOREIGN));
    }
}
