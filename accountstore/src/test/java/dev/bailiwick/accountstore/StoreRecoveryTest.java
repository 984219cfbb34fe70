package dev.bailiwick.accountstore;

import static dev.bailiwick.accountstore.Stores.DAEMON;
import static dev.bailiwick.accountstore.Stores.NOON;
import static dev.bailiwick.accountstore.Stores.key;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bailiwick.engine.Engine;
import dev.bailiwick.engine.RamEngine;
import dev.bailiwick.engine.Table;
import dev.bailiwick.profiles.ProfileRef;
import dev.bailiwick.profiles.ResourceProfile;
import dev.bailiwick.schema.AccountName;
import dev.bailiwick.schema.BindingId;
import dev.bailiwick.schema.Hash256;
import dev.bailiwick.schema.PrincipalId;
import dev.bailiwick.schema.ProfileId;
import dev.bailiwick.schema.RecordId;
import dev.bailiwick.schema.StoreId;
import dev.bailiwick.schema.TransactionId;
import dev.bailiwick.schema.VersionId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What comes out of a store that is damaged in one way or another, and that it never has more authority than before. */
class StoreRecoveryTest {
    @TempDir
    private Path directory;

    private Engine engine = RamEngine.open();
    private List<Mutation> seeds = Stores.seeds();
    private int recoveries;
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

    private record Recovered(Engine engine, AccountStore store, RecoverySummary summary) {
        Account account(String name) {
            return store.accounts().byName(key(name)).orElseThrow().content();
        }
    }

    private Stored<Account> stored(String name) {
        return store.accounts().byName(key(name)).orElseThrow();
    }

    /** A store whose key is in a file, so that a recovery can find it. */
    private void withAKeyFile() {
        engine = RamEngine.open();
        before = StoreFiles.defaultsFor(directory.resolve("filed"))
                .withAnchor(directory.resolve("filed.anchor"))
                .withMode(new AnchorMode.Strict());
        createDirectory(before.key().getParent());
        store = AccountStore.create(engine, before, seeds, InstantSource.fixed(NOON), new SplittableRandom(3));
        alice = Stores.create(store, "alice");
    }

    private static void createDirectory(@Nullable Path place) {
        try {
            Files.createDirectories(Objects.requireNonNull(place));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** As after a rollback: the anchor knows of more than there is. */
    private void rolledBack() {
        AnchoredHead head = engine.read(Anchoring::headOf);
        RollbackAnchor.replace(
                before.anchor(),
                new AnchoredHead(
                        head.storeId(), 1, head.size() + 1, head.root(), head.auditSize() + 1, head.auditRoot()));
    }

    private Recovered recovered() {
        return recovered(Optional.of(engine));
    }

    private Recovered recovered(Optional<Engine> damaged) {
        Engine target = RamEngine.open();
        Path keyFile = directory.resolve("key-" + recoveries++);
        RecoverySummary summary = StoreRecovery.into(
                target,
                damaged,
                new RecoveryTerms(before, keyFile, trust, seeds, 1000),
                InstantSource.fixed(now),
                new SplittableRandom(99 + recoveries));
        AccountStore opened = AccountStore.open(
                target,
                new StoreFiles(keyFile, before.anchor(), new AnchorMode.None()),
                InstantSource.fixed(now),
                new SplittableRandom(7));
        assertThat(opened.inspector().verify().findings()).isEmpty();
        assertThat(opened.inspector().head().storeEpoch())
                .isEqualTo(
                        summary.predecessor().map(head -> head.storeEpoch() + 1).orElse(1L));
        return new Recovered(target, opened, summary);
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
        AnchoredHead head = engine.read(Anchoring::headOf);
        rolledBack();

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
    void anotherStoresAnchorIsNotTakenWhateverCanBeRead() {
        AnchoredHead head = engine.read(Anchoring::headOf);
        RollbackAnchor.replace(
                before.anchor(),
                new AnchoredHead(
                        StoreId.of(new byte[16]), 1, head.size(), head.root(), head.auditSize(), head.auditRoot()));
        assertForeign();
        delete(StoreTables.META, Keys.utf8("journal"));
        assertForeign();
        delete(StoreTables.META, Keys.utf8(Meta.STORE_ID_KEY));
        trust = RecoveryTerms.Trust.OPERATOR;
        assertForeign();
    }

    @Test
    void whereNothingSaysWhichStoreItWasAnAnchorIsTakenOnlyOnSomebodysWord() {
        delete(StoreTables.META, Keys.utf8(Meta.STORE_ID_KEY));
        delete(StoreTables.JOURNAL, Keys.number(1));
        assertForeign();

        trust = RecoveryTerms.Trust.OPERATOR;
        assertThat(recovered().summary.predecessor()).contains(RollbackAnchor.read(before.anchor()));
    }

    private void assertForeign() {
        assertThatThrownBy(this::recovered)
                .isInstanceOfSatisfying(
                        AnchorException.class, e -> assertThat(e.code()).isEqualTo(AnchorException.Code.FOREIGN));
    }

    private void delete(Table table, byte[] key) {
        engine.commit(txn -> {
            txn.delete(table, key);
            return true;
        });
    }

    @Test
    void anotherManifestIsRefusedThoughTheStoreIsWhole() {
        seeds = Stores.seeds().stream()
                .map(seed -> seed.content() instanceof SeedManifestContent stated
                        ? Mutation.create(
                                seed.recordId(),
                                new SeedManifestContent(
                                        stated.name(),
                                        Hash256.of(new byte[Hash256.BYTES]),
                                        Optional.empty(),
                                        stated.accounts()))
                        : seed)
                .toList();
        assertThatThrownBy(this::recovered)
                .isInstanceOf(OtherManifestException.class)
                .hasMessageContaining("manifest");
    }

    // ---- what the newest version would have said ----

    @Test
    void anAccountOfTheManifestWhoseNewestVersionIsLostIsNotTakenForWhatItWasBefore() {
        disable("recovery");
        Stored<Account> disabled = stored("recovery");
        anchor();
        damage(StoreTables.RECORDS, Keys.record(RecordKind.ACCOUNT, disabled.recordId(), disabled.version()));

        Recovered recovered = recovered();
        assertThat(recovered.summary.scope()).isEqualTo(RecoverySummary.Scope.NEWEST);
        assertThat(recovered.account("recovery").status()).isEqualTo(AccountStatus.RECOVERY_ONLY);
        assertThat(recovered.account("recovery").roles()).isEmpty();
        assertThat(recovered.summary.enrolling()).doesNotContain(disabled.recordId());

        // Whatever is left that speaks of it is enough.
        rolledBack();
        delete(StoreTables.HEADS, Keys.head(RecordKind.ACCOUNT, disabled.recordId()));
        delete(StoreTables.RECORDS, Keys.record(RecordKind.ACCOUNT, disabled.recordId(), disabled.version()));
        assertThat(recovered().account("recovery").status()).isEqualTo(AccountStatus.RECOVERY_ONLY);
        delete(StoreTables.CHANGES, Keys.record(RecordKind.ACCOUNT, disabled.recordId(), disabled.version()));
        assertThat(recovered().account("recovery").status()).isEqualTo(AccountStatus.RECOVERY_ONLY);
    }

    @Test
    void aVersionThatNobodyVouchesForStillDisables() {
        disable("recovery");
        Stored<Account> disabled = stored("recovery");
        rolledBack();
        delete(StoreTables.HEADS, Keys.head(RecordKind.ACCOUNT, disabled.recordId()));
        for (long version = 1; version <= disabled.version(); version++) {
            delete(StoreTables.CHANGES, Keys.record(RecordKind.ACCOUNT, disabled.recordId(), version));
        }

        Recovered recovered = recovered();

        assertThat(recovered.account("recovery").status()).isEqualTo(AccountStatus.DISABLED);
        assertThat(recovered.summary.enrolling()).doesNotContain(disabled.recordId());
    }

    @Test
    void aRoleComesBackForNoLongerThanItWasGiven() {
        Stored<Account> operator = stored("operator");
        Instant end = NOON.plus(Duration.ofDays(9));
        Stores.committed(store.accountManager()
                .addRole(operator.recordId(), "storage-admin", Optional.of(end), operator.version(), DAEMON));
        rolledBack();

        Recovered recovered = recovered();

        Account account = recovered.account("operator");
        assertThat(account.roles()).containsExactly("account-admin", "local-user", "storage-admin");
        assertThat(binding(recovered, account, "storage-admin").expiresAt()).contains(end);
        assertThat(binding(recovered, account, "local-user").expiresAt()).isEmpty();
    }

    private static RoleBinding binding(Recovered recovered, Account account, String role) {
        return (RoleBinding) recovered.engine.read(view -> new Records(view)
                .byIndex(Keys.role(account.principalId(), role))
                .orElseThrow()
                .content());
    }

    @Test
    void aRoleWhoseBindingIsLostDoesNotComeBackWithTheManifest() {
        Stored<Account> operator = stored("operator");
        Stores.committed(
                store.accountManager().removeRole(operator.recordId(), "storage-admin", operator.version(), DAEMON));
        byte[] row = engine.read(view -> Objects.requireNonNull(
                view.get(StoreTables.INDEX, Keys.role(operator.content().principalId(), "storage-admin"))));
        // The projection of the account as it was before, and of the binding only that there was something newer.
        long newest = stored("operator").version();
        delete(StoreTables.RECORDS, Keys.record(RecordKind.ACCOUNT, operator.recordId(), newest));
        delete(StoreTables.CHANGES, Keys.record(RecordKind.ACCOUNT, operator.recordId(), newest));
        delete(StoreTables.HEADS, Keys.head(RecordKind.ACCOUNT, operator.recordId()));
        damage(StoreTables.JOURNAL, Keys.number(engine.read(Anchoring::headOf).size()));
        damage(StoreTables.RECORDS, Keys.record(RecordKind.ROLE_BINDING, RecordId.of(row), 2));

        Recovered recovered = recovered();

        assertThat(recovered.account("operator").roles()).doesNotContain("storage-admin");
    }

    @Test
    void anAccountOfTheManifestWithOtherProfilesIsNotGivenTheManifests() {
        Stored<Account> operator = stored("operator");
        Stored<Account> recovery = stored("recovery");
        Stores.committed(store.accountManager()
                .setProfiles(
                        recovery.recordId(),
                        Optional.of(operator.content().resourceProfile()),
                        Optional.empty(),
                        recovery.version(),
                        DAEMON));
        rolledBack();

        Recovered recovered = recovered();

        assertThat(recovered.account("recovery").status()).isEqualTo(AccountStatus.RECOVERY_ONLY);
        assertThat(recovered.account("recovery").resourceProfile())
                .isEqualTo(operator.content().resourceProfile());
        assertThat(recovered.account("operator").status()).isEqualTo(AccountStatus.ACTIVE);
    }

    // ---- profiles and policy ----

    private Stored<ResourceProfileContent> profileOf(Stored<Account> account) {
        return store.resourceProfiles()
                .resolve(account.content().resourceProfile())
                .orElseThrow();
    }

    @Test
    void aProfileVersionThatWasNeverCommittedDoesNotComeAlong() {
        Stored<ResourceProfileContent> profile = profileOf(alice);
        ResourceProfileContent forged = new ResourceProfileContent(
                VersionId.of(new byte[16]), profile.content().profile());
        ChainFields chain = RecordCodec.sealed(
                new ChainFields(
                        profile.recordId(),
                        ChainFields.SCHEMA_VERSION,
                        1,
                        9999,
                        1,
                        Optional.of(profile.contentHash()),
                        Optional.empty(),
                        NOON,
                        NOON),
                forged);
        engine.commit(txn -> {
            txn.put(
                    StoreTables.RECORDS,
                    Keys.record(RecordKind.RESOURCE_PROFILE, profile.recordId(), 9999),
                    RecordCodec.encode(chain, forged));
            return true;
        });

        Recovered recovered = recovered();

        assertThat(recovered.summary.scope()).isEqualTo(RecoverySummary.Scope.NEWEST);
        assertThat(recovered.account("alice")).isEqualTo(alice.content());
        assertThat(recovered
                        .store
                        .resourceProfiles()
                        .history(profile.content().profile().name()))
                .extracting(entry -> entry.record().content())
                .containsExactly(profile.content());
    }

    @Test
    void aLostProfileRestrictsThoseWhoRelyOnIt() {
        Stored<ResourceProfileContent> profile = profileOf(alice);
        damage(StoreTables.RECORDS, Keys.record(RecordKind.RESOURCE_PROFILE, profile.recordId(), 1));

        Recovered recovered = recovered();

        assertThat(recovered.summary.scope()).isEqualTo(RecoverySummary.Scope.NEWEST);
        assertThat(recovered.account("alice").status()).isEqualTo(AccountStatus.RECOVERY_ONLY);
        assertThat(recovered.account("alice").roles()).isEmpty();
        assertThat(recovered.account("recovery")).isEqualTo(stored("recovery").content());
    }

    @Test
    void aLostProfileThatIsNotTheManifestsLosesNobodysId() {
        ResourceProfile like = profileOf(alice).content().profile();
        ProfileId own = ProfileId.of(new byte[16]);
        Stores.committed(store.resourceProfileManager().create(named(like, own, "narrow"), DAEMON));
        Stored<ResourceProfileContent> narrow =
                store.resourceProfiles().byName("narrow").orElseThrow();
        Stores.committed(store.accountManager()
                .setProfiles(alice.recordId(), Optional.of(ProfileRef.following(own)), Optional.empty(), 1, DAEMON));
        anchor();
        damage(StoreTables.RECORDS, Keys.record(RecordKind.RESOURCE_PROFILE, narrow.recordId(), 1));

        Recovered recovered = recovered();

        assertThat(recovered.store.accounts().byName(key("alice")))
                .as("%s", recovered.summary)
                .isPresent();
        assertThat(recovered.account("alice").principalId())
                .isEqualTo(alice.content().principalId());
        assertThat(recovered.account("alice").status()).isEqualTo(AccountStatus.RECOVERY_ONLY);
        assertThat(recovered.summary.notes()).anyMatch(note -> note.contains("a profile of it is lost"));
    }

    private static ResourceProfile named(ResourceProfile like, ProfileId id, String name) {
        return new ResourceProfile(
                id,
                name,
                like.homeQuotaBytes(),
                like.configQuotaBytes(),
                like.cacheQuotaBytes(),
                like.tempQuotaBytes(),
                like.sessionLimit(),
                like.processLimit(),
                like.threadLimit(),
                like.capLimit(),
                like.memoryCommitLimitBytes(),
                like.frameGrantLimitPages(),
                like.endpointQueueLimit(),
                like.inFlightCallLimit(),
                like.pendingIpcSubmissionLimit(),
                like.ringScratchLimitBytes(),
                like.logQuotaBytesPerWindow(),
                like.logWindow(),
                like.cpuBudgetUsPerWindow(),
                like.cpuWindowUs(),
                like.timerWaiterLimit(),
                like.networkProfile(),
                like.launcherProfile());
    }

    @Test
    void aLostPolicyLeavesNobodyInForceAndEverybodyThere() {
        RecordId policy =
                engine.read(view -> new Records(view).indexed(Keys.policy()).orElseThrow());
        damage(StoreTables.RECORDS, Keys.record(RecordKind.POLICY_VERSION, policy, 1));

        Recovered recovered = recovered();

        assertThat(recovered.account("alice").status()).isEqualTo(AccountStatus.RECOVERY_ONLY);
        assertThat(recovered.account("operator").status()).isEqualTo(AccountStatus.RECOVERY_ONLY);
        assertThat(recovered.account("bob").status()).isEqualTo(AccountStatus.DISABLED);
        Account operator = recovered.account("operator");
        RecordId id =
                recovered.store.accounts().byName(key("operator")).orElseThrow().recordId();
        Stores.committed(recovered.store.accountManager().setStatus(id, AccountStatus.ACTIVE, 1, DAEMON));
        Stores.committed(recovered.store.accountManager().addRole(id, "account-admin", Optional.empty(), 2, DAEMON));
        assertThat(operator.principalId())
                .isEqualTo(stored("operator").content().principalId());
    }

    @Test
    void whatIsLeftOfAnAccountTakesNobodysName() {
        Stored<Account> lost = stored("recovery");
        Stores.committed(
                store.accountManager().rename(lost.recordId(), AccountName.parse("rescue"), lost.version(), DAEMON));
        Stored<Account> other = Stores.create(store, "recovery");
        anchor();
        for (long version = 1; version <= lost.version() + 1; version++) {
            damage(StoreTables.RECORDS, Keys.record(RecordKind.ACCOUNT, lost.recordId(), version));
        }

        Recovered recovered = recovered();

        assertThat(recovered.account("recovery")).isEqualTo(other.content());
        assertThat(recovered.summary.notes()).anyMatch(note -> note.contains("'recovery'"));
    }

    @Test
    void anExternalBindingOfARestrictedAccountEnds() {
        for (Stored<Account> account : List.of(alice, stored("operator"))) {
            Stores.committed(store.commit(new Transaction(
                    TransactionId.of(account.recordId().toBytes()),
                    NOON,
                    new Actor.Daemon(),
                    "external.bind",
                    Optional.empty(),
                    List.of(Mutation.create(
                            account.recordId(),
                            new ExternalBinding(
                                    BindingId.of(account.recordId().toBytes()),
                                    "https://issuer.example",
                                    account.contentHash(),
                                    account.content().principalId(),
                                    "",
                                    new TreeSet<>(),
                                    Optional.empty(),
                                    account.content().policyProfile(),
                                    account.content().resourceProfile(),
                                    BindingState.ACTIVE))),
                    List.of())));
        }
        Stores.committed(store.accountManager().setStatus(alice.recordId(), AccountStatus.ACTIVE, 1, DAEMON));
        anchor();
        damage(StoreTables.RECORDS, Keys.record(RecordKind.ACCOUNT, alice.recordId(), 2));

        Recovered recovered = recovered();

        assertThat(recovered.account("alice").status()).isEqualTo(AccountStatus.RECOVERY_ONLY);
        assertThat(externalState(recovered, alice.recordId())).isEqualTo(BindingState.REVOKED);
        assertThat(externalState(recovered, stored("operator").recordId())).isEqualTo(BindingState.ACTIVE);
    }

    private static BindingState externalState(Recovered recovered, RecordId id) {
        return ((ExternalBinding) recovered.engine.read(view -> new Records(view)
                        .newest(RecordKind.EXTERNAL_BINDING, id)
                        .orElseThrow()
                        .content()))
                .state();
    }

    // ---- the key ----

    @Test
    void aWholeStoreKeepsItsKeyWhichRotatesAndProvesAsBefore() {
        withAKeyFile();
        Stores.committed(store.rotateKey(DAEMON));
        CheckpointKey used = engine.read(Meta::publicKey);

        Recovered once = recovered();

        assertThat(once.summary.scope()).isEqualTo(RecoverySummary.Scope.WHOLE);
        assertThat(once.engine.read(Meta::publicKey)).isEqualTo(used);
        assertProves(once);
        Stores.committed(once.store.rotateKey(DAEMON));
        assertProves(once);
        assertThat(once.store.inspector().verify().findings()).isEmpty();
        assertSoundFollowingEveryReference(once);
    }

    private void assertSoundFollowingEveryReference(Recovered recovered) {
        assertThat(Verifier.thoroughly(recovered.engine, named -> {}, Optional.empty(), InstantSource.fixed(now))
                        .findings())
                .isEmpty();
    }

    /** A version of the epoch before, and one of this epoch. */
    private void assertProves(Recovered recovered) {
        String verifierKey = recovered.store.inspector().checkpoint().verifierKey();
        Stores.committed(recovered.store.accountManager().setStatus(alice.recordId(), AccountStatus.ACTIVE, 0, DAEMON));
        long newest =
                recovered.store.accounts().byName(key("alice")).orElseThrow().version();
        for (long version : new long[] {1, newest}) {
            String proof = recovered
                    .store
                    .prover()
                    .inclusion(RecordKind.ACCOUNT, alice.recordId(), version, 0)
                    .orElseThrow();
            assertThat(ProofChecker.check(
                            proof, new ProofTrust(Optional.of(verifierKey), Optional.empty(), Optional.empty())))
                    .isInstanceOf(ProofVerdict.Included.class);
        }
    }

    @Test
    void aKeyRotatedInAnEpochThatAnotherSkippedStillVerifies() {
        withAKeyFile();
        Stores.committed(store.rotateKey(DAEMON));
        AnchoredHead head = engine.read(Anchoring::headOf);
        RollbackAnchor.replace(
                before.anchor(),
                new AnchoredHead(head.storeId(), 3, head.size(), head.root(), head.auditSize(), head.auditRoot()));
        trust = RecoveryTerms.Trust.OPERATOR;

        Recovered recovered = recovered();

        assertThat(recovered.summary.scope()).isEqualTo(RecoverySummary.Scope.WHOLE);
        assertThat(recovered.store.inspector().head().storeEpoch()).isEqualTo(4);
        assertSoundFollowingEveryReference(recovered);
        assertProves(recovered);
    }

    @Test
    void aKeyThatMayHaveBeenReplacedSinceSignsNothingMore() {
        withAKeyFile();
        CheckpointKey used = engine.read(Meta::publicKey);
        rolledBack();

        assertThat(recovered().engine.read(Meta::publicKey)).isNotEqualTo(used);
        trust = RecoveryTerms.Trust.OPERATOR;
        assertThat(recovered().engine.read(Meta::publicKey)).isNotEqualTo(used);
    }
}
