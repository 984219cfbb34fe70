package dev.bailiwick.accountstore;

import static dev.bailiwick.accountstore.Stores.DAEMON;
import static dev.bailiwick.accountstore.Stores.NOON;
import static dev.bailiwick.accountstore.Stores.committed;
import static dev.bailiwick.accountstore.Stores.key;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.bailiwick.engine.Engine;
import dev.bailiwick.profiles.PrincipalKind;
import dev.bailiwick.profiles.ProfileRef;
import dev.bailiwick.profiles.ResourceProfile;
import dev.bailiwick.profiles.ServiceIdentity;
import dev.bailiwick.schema.AccountName;
import dev.bailiwick.schema.ApprovalId;
import dev.bailiwick.schema.BindingId;
import dev.bailiwick.schema.Canonical;
import dev.bailiwick.schema.ContentHash;
import dev.bailiwick.schema.Hash256;
import dev.bailiwick.schema.Id128;
import dev.bailiwick.schema.NameKey;
import dev.bailiwick.schema.PrincipalId;
import dev.bailiwick.schema.ProfileId;
import dev.bailiwick.schema.RecordId;
import dev.bailiwick.schema.RootId;
import dev.bailiwick.schema.SessionId;
import dev.bailiwick.schema.TransactionId;
import dev.bailiwick.schema.VersionId;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every account store does, over whichever engine. */
abstract class AccountStoreContract {
    private Engine engine;
    private AccountStore store;
    private AccountStoreReader reader;
    private AccountStoreManager manager;

    abstract Engine openEngine();

    @BeforeEach
    void openStore() {
        engine = openEngine();
        store = Stores.inMemory(engine);
        reader = store.accounts();
        manager = store.accountManager();
    }

    /** Every test leaves a store in which nothing is out of place. */
    @AfterEach
    void theStoreIsSound() {
        try (AccountStore closing = store;
                Engine closedFirst = engine) {
            assertThat(closedFirst.state()).isEqualTo(Engine.State.OPEN);
            assertThat(closing.inspector().verify().findings()).isEmpty();
        }
    }

    // ---- lookups ----

    @Test
    void aCreatedAccountIsFoundByNamePrincipalAndId() {
        Stored<Account> alice = Stores.create(store, "Alice");
        assertThat(alice.content().name()).isEqualTo("alice");
        assertThat(alice.version()).isEqualTo(1);
        assertThat(alice.createdAt()).isEqualTo(NOON);
        assertThat(reader.byName(key("ALICE"))).contains(alice);
        assertThat(reader.byPrincipal(alice.content().principalId())).contains(alice);
        assertThat(reader.byId(alice.recordId())).contains(alice);
        assertThat(reader.byName(key("bob"))).isEmpty();
        assertThat(reader.byPrincipal(PrincipalId.of(new byte[16]))).isEmpty();
    }

    @Test
    void accountsAreListedInPagesByName() {
        List<String> names = new ArrayList<>();
        for (String name : List.of("zoe", "alice", "Mallory", "bob")) {
            Stores.create(store, name);
        }
        Page<Stored<Account>, NameKey> page = reader.list(Optional.empty(), 2);
        page.items().forEach(account -> names.add(account.content().nameKey().text()));
        while (page.next().isPresent()) {
            page = reader.list(page.next(), 2);
            assertThat(page.items()).hasSizeBetween(1, 2);
            page.items()
                    .forEach(account -> names.add(account.content().nameKey().text()));
        }
        assertThat(names).isSorted().contains("alice", "bob", "mallory", "zoe", "operator", "guest");
        assertThatThrownBy(() -> reader.list(Optional.empty(), 0)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void servicesAreFoundByNamesThatNoTwoShare() {
        Stored<Account> vault = service("vault");
        Stored<Account> web = service("web");
        assertThat(reader.service("vault")).contains(vault);
        assertThat(reader.services("", 2).items())
                .extracting(account -> account.content().name())
                .containsExactly("health-probe", "vault");
        assertThat(reader.services("vault", 2).items()).containsExactly(web);

        assertRejected(redefined(vault, "web"), Rejection.NAME_TAKEN);
        Stores.committed(redefined(vault, "safe"));

        assertThat(reader.service("safe")).map(Stored::recordId).contains(vault.recordId());
        assertThat(reader.service("vault")).isEmpty();
        assertRejected(redefined(Stores.create(store, "alice"), "alice"), Rejection.NOT_FOUND);
    }

    private Stored<Account> service(String name) {
        Account probe = reader.service("health-probe").orElseThrow().content();
        Stores.committed(manager.create(
                new NewAccount(
                        AccountName.parse(name),
                        "",
                        PrincipalKind.SERVICE,
                        probe.roles(),
                        probe.resourceProfile(),
                        probe.policyProfile(),
                        List.of(),
                        Optional.of(named(name))),
                DAEMON));
        return reader.byName(key(name)).orElseThrow();
    }

    private CommitResult redefined(Stored<Account> account, String name) {
        return manager.defineService(
                account.recordId(), named(name), Optional.empty(), Optional.empty(), account.version(), DAEMON);
    }

    private static ServiceIdentity named(String name) {
        return new ServiceIdentity(name, "/srv/" + name, Hash256.sha256(new byte[] {1}), "bailiwickd");
    }

    @Test
    void rawRecordsAreCanonicalAndHaveTheHashTheyState() {
        Stored<Account> alice = Stores.create(store, "alice");
        byte[] raw = reader.rawRecord(alice.recordId()).orElseThrow();
        assertThat(Canonical.isCanonical(raw)).isTrue();
        assertThat(ContentHash.ofRecord(0x85e54c8155b49333L, raw, 10)).isEqualTo(alice.contentHash());
    }

    // ---- compare-and-set ----

    @Test
    void aChangeMakesTheNextVersion() {
        Stored<Account> alice = Stores.create(store, "alice");
        Receipt receipt = committed(manager.setStatus(alice.recordId(), AccountStatus.DISABLED, 1, DAEMON));
        Stored<Account> now = reader.byId(alice.recordId()).orElseThrow();
        assertThat(now.version()).isEqualTo(2);
        assertThat(now.previousHash()).contains(alice.contentHash());
        assertThat(now.content().status()).isEqualTo(AccountStatus.DISABLED);
        assertThat(receipt.changes())
                .containsExactly(new Change(RecordKind.ACCOUNT, alice.recordId(), 2, now.contentHash()));
        assertThat(reader.byName(key("alice"))).contains(now);
    }

    @Test
    void aStaleExpectationIsAConflictWithTheCurrentVersionAndWritesNothing() {
        Stored<Account> alice = Stores.create(store, "alice");
        committed(manager.setStatus(alice.recordId(), AccountStatus.LOCKED, 1, DAEMON));
        Stored<Account> now = reader.byId(alice.recordId()).orElseThrow();
        long size = store.inspector().head().journalSize();
        CommitResult stale = manager.setStatus(alice.recordId(), AccountStatus.ACTIVE, 1, DAEMON);
        assertThat(stale)
                .isEqualTo(new CommitResult.Conflict(
                        RecordKind.ACCOUNT, alice.recordId(), 2, Optional.of(now.contentHash())));
        assertThat(store.inspector().head().journalSize()).isEqualTo(size);
        assertThat(reader.byId(alice.recordId())).contains(now);
    }

    @Test
    void aTransactionIsAllOrNothing() {
        Stored<Account> alice = Stores.create(store, "alice");
        Stored<Account> bob = Stores.create(store, "bob");
        CommitResult result = store.commit(transaction(
                7,
                Mutation.replace(alice, alice.content().withStatus(AccountStatus.LOCKED)),
                new Mutation(bob.recordId(), Expected.version(9), bob.content())));
        assertThat(result).isInstanceOf(CommitResult.Conflict.class);
        assertThat(reader.byId(alice.recordId())).contains(alice);
    }

    @Test
    void anExpectedHashMustMatchToo() {
        Stored<Account> alice = Stores.create(store, "alice");
        Expected wrong = new Expected(1, Optional.of(Hash256.sha256(new byte[0])));
        assertThat(store.commit(transaction(7, new Mutation(alice.recordId(), wrong, alice.content()))))
                .isInstanceOf(CommitResult.Conflict.class);
    }

    @Test
    void preconditionsGuardRecordsThatAreNotWritten() {
        Stored<Account> alice = Stores.create(store, "alice");
        Stored<Account> bob = Stores.create(store, "bob");
        committed(manager.setStatus(bob.recordId(), AccountStatus.LOCKED, 0, DAEMON));
        Transaction guarded = new Transaction(
                TransactionId.of(id(7)),
                NOON,
                new Actor.Daemon(),
                "account.test",
                Optional.empty(),
                List.of(Mutation.replace(alice, alice.content().withStatus(AccountStatus.LOCKED))),
                List.of(new Precondition(RecordKind.ACCOUNT, bob.recordId(), bob.expected())));
        assertThat(store.commit(guarded))
                .isInstanceOfSatisfying(
                        CommitResult.Conflict.class,
                        conflict -> assertThat(conflict.recordId()).isEqualTo(bob.recordId()));
        assertThat(reader.byId(alice.recordId())).contains(alice);
    }

    @Test
    void aTransactionRepeatedUnderItsIdIsAppliedOnceAndAnsweredTheSame() {
        Stored<Account> alice = Stores.create(store, "alice");
        Transaction lock =
                transaction(7, Mutation.replace(alice, alice.content().withStatus(AccountStatus.LOCKED)));
        Receipt first = committed(store.commit(lock));
        committed(manager.setStatus(alice.recordId(), AccountStatus.ACTIVE, 0, DAEMON));
        assertThat(committed(store.commit(lock))).isEqualTo(first);
        assertThat(reader.byId(alice.recordId()).orElseThrow().version()).isEqualTo(3);
        Transaction other =
                transaction(7, Mutation.replace(alice, alice.content().withStatus(AccountStatus.DISABLED)));
        assertRejected(store.commit(other), Rejection.TRANSACTION_ID_TAKEN);
    }

    @Test
    void openVersionsAreProposedAnewUntilTheyFit() {
        Stored<Account> alice = Stores.create(store, "alice");
        int callers = 8;
        try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            List<CompletableFuture<CommitResult>> results = IntStream.range(0, callers)
                    .mapToObj(i -> CompletableFuture.supplyAsync(
                            () -> manager.setStatus(
                                    alice.recordId(),
                                    i % 2 == 0 ? AccountStatus.LOCKED : AccountStatus.ACTIVE,
                                    0,
                                    DAEMON),
                            executor))
                    .toList();
            results.forEach(result -> committed(result.join()));
        }
        assertThat(reader.byId(alice.recordId()).orElseThrow().version()).isEqualTo(1 + callers);
    }

    @Test
    void ofRacingChangesToOneVersionExactlyOneWins() {
        Stored<Account> alice = Stores.create(store, "alice");
        try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            List<CompletableFuture<CommitResult>> results = IntStream.range(0, 16)
                    .mapToObj(i -> CompletableFuture.supplyAsync(
                            () -> manager.setStatus(alice.recordId(), AccountStatus.LOCKED, 1, DAEMON), executor))
                    .toList();
            assertThat(results.stream().map(CompletableFuture::join).filter(CommitResult.Committed.class::isInstance))
                    .hasSize(1);
        }
    }

    // ---- rules ----

    @Test
    void namesAreUniqueAfterNormalisation() {
        Stores.create(store, "\u00c5sa");
        assertRejected(manager.create(Stores.localUser(store, "a\u030aSA"), DAEMON), Rejection.NAME_TAKEN);
    }

    @Test
    void renamingFreesTheOldNameAndKeepsTheAccount() {
        Stored<Account> alice = Stores.create(store, "alice");
        assertThat(reader.byName(key("alice"))).contains(alice);
        committed(store.commit(transaction(7, Mutation.replace(alice, renamed(alice.content(), "alicia")))));
        assertThat(reader.byName(key("alice"))).isEmpty();
        assertThat(reader.byName(key("alicia")).orElseThrow().recordId()).isEqualTo(alice.recordId());
        Stored<Account> second = Stores.create(store, "alice");
        assertThat(reader.byName(key("alice"))).contains(second);
    }

    @Test
    void twoAccountsMaySwapNamesInOneTransaction() {
        Stored<Account> alice = Stores.create(store, "alice");
        Stored<Account> bob = Stores.create(store, "bob");
        committed(store.commit(transaction(
                7,
                Mutation.replace(alice, renamed(alice.content(), "bob")),
                Mutation.replace(bob, renamed(bob.content(), "alice")))));
        assertThat(reader.byName(key("alice")).orElseThrow().recordId()).isEqualTo(bob.recordId());
        assertThat(reader.byName(key("bob")).orElseThrow().recordId()).isEqualTo(alice.recordId());
    }

    @Test
    void aPrincipalHasOneAccountAndKeepsIt() {
        Stored<Account> alice = Stores.create(store, "alice");
        Account twin = renamed(alice.content(), "twin");
        assertRejected(
                store.commit(transaction(7, Mutation.create(RecordId.of(id(9)), twin))), Rejection.PRINCIPAL_TAKEN);
        Stored<Account> bob = Stores.create(store, "bob");
        Account stolen = renamed(alice.content(), "bob");
        assertRejected(store.commit(transaction(8, Mutation.replace(bob, stolen))), Rejection.IMMUTABLE_FIELD);
    }

    @Test
    void rolesAreBoundAndRevokedWithTheirProjection() {
        Stored<Account> alice = Stores.create(store, "alice");
        PrincipalId principal = alice.content().principalId();
        committed(manager.addRole(alice.recordId(), "security-auditor", Optional.empty(), 1, DAEMON));
        assertThat(reader.byId(alice.recordId()).orElseThrow().content().roles())
                .containsExactly("local-user", "security-auditor");
        assertThat(reader.members("security-auditor")).containsExactly(principal);
        committed(manager.removeRole(alice.recordId(), "security-auditor", 0, DAEMON));
        assertThat(reader.byId(alice.recordId()).orElseThrow().content().roles())
                .containsExactly("local-user");
        assertThat(reader.members("security-auditor")).isEmpty();
        assertThat(reader.roleBindings(principal))
                .extracting(
                        binding -> binding.content().role(),
                        binding -> binding.content().state())
                .containsExactly(
                        tuple("local-user", BindingState.ACTIVE), tuple("security-auditor", BindingState.REVOKED));
        assertRejected(manager.removeRole(alice.recordId(), "security-auditor", 0, DAEMON), Rejection.NOT_FOUND);
        committed(manager.addRole(alice.recordId(), "security-auditor", Optional.empty(), 0, DAEMON));
        assertThat(reader.roleBindings(principal).getLast().version()).isEqualTo(3);
    }

    @Test
    void aRoleThatThePolicyDoesNotDefineIsRejected() {
        Stored<Account> alice = Stores.create(store, "alice");
        assertRejected(manager.addRole(alice.recordId(), "root", Optional.empty(), 0, DAEMON), Rejection.UNKNOWN_ROLE);
    }

    @Test
    void rolesCannotBeListedWithoutABinding() {
        Stored<Account> alice = Stores.create(store, "alice");
        Account grabbing = alice.content().withRoles(new TreeSet<>(List.of("local-user", "account-admin")));
        assertRejected(store.commit(transaction(7, Mutation.replace(alice, grabbing))), Rejection.ROLES_DIFFER);
    }

    @Test
    void noRoleIsBoundToAPrincipalWithoutAnAccount() {
        RoleBinding binding = new RoleBinding(
                PrincipalId.of(id(9)), "local-user", BindingState.ACTIVE, Optional.empty(), Optional.empty());
        assertRejected(
                store.commit(transaction(7, Mutation.create(RecordId.of(id(8)), binding))),
                Rejection.DANGLING_REFERENCE);
    }

    @Test
    void profilesThatAreReferredToMustExistAndBeOfTheRightSort() {
        Stored<Account> alice = Stores.create(store, "alice");
        ProfileRef nowhere = ProfileRef.following(ProfileId.of(id(9)));
        assertRejected(
                manager.setProfiles(alice.recordId(), Optional.of(nowhere), Optional.empty(), 0, DAEMON),
                Rejection.DANGLING_REFERENCE);
        ProfileRef wrongSort = alice.content().policyProfile();
        assertRejected(
                manager.setProfiles(alice.recordId(), Optional.of(wrongSort), Optional.empty(), 0, DAEMON),
                Rejection.DANGLING_REFERENCE);
    }

    @Test
    void namesThatLookAlikeAreNotGivenToTwo() {
        Stores.create(store, "paypal");
        Stored<Account> bob = Stores.create(store, "bob");
        // The first is Cyrillic throughout, the second has a Greek letter, the third a digit.
        for (String lookalike : List.of("\u0440\u0430\u0443\u0440\u0430\u04cf", "p\u03b1ypal", "paypa1", "Paypa1")) {
            assertRejected(manager.create(Stores.localUser(store, lookalike), DAEMON), Rejection.NAME_CONFUSABLE);
            assertRejected(
                    store.commit(transaction(7, Mutation.replace(bob, renamed(bob.content(), lookalike)))),
                    Rejection.NAME_CONFUSABLE);
        }
        assertRejected(manager.create(Stores.localUser(store, "PAYPAL"), DAEMON), Rejection.NAME_TAKEN);
        Stored<Account> modern = Stores.create(store, "modern");
        assertThat(manager.create(Stores.localUser(store, "modem"), DAEMON))
                .isInstanceOfSatisfying(
                        CommitResult.Rejected.class,
                        rejected -> assertThat(rejected.message()).contains("'modem' looks like the name 'modern'"));
        committed(store.commit(transaction(8, Mutation.replace(modern, renamed(modern.content(), "modem")))));
    }

    /** The skeleton is that of the lower-case name, so nothing else may be what people see. */
    @Test
    void namesThatOnlyCapitalsMakeLookAlikeAreNotShownSo() {
        for (String name : List.of("alice", "aIice", "IlIa", "lIia")) {
            Stored<Account> made = Stores.create(store, name);
            assertThat(made.content().name()).isEqualTo(made.content().nameKey().text());
        }
        Stored<Account> renamed = Stores.create(store, "bob");
        committed(manager.rename(renamed.recordId(), AccountName.parse("CaroI"), 0, DAEMON));
        assertThat(reader.byName(Stores.key("caroi")).orElseThrow().content().name())
                .isEqualTo("caroi");
    }

    @Test
    void idsAreNeverUsedForSomethingElse() {
        Stored<Account> alice = Stores.create(store, "alice");
        Account other = Stores.create(store, "bob").content();
        assertThat(store.commit(transaction(7, Mutation.create(alice.recordId(), other))))
                .isInstanceOf(CommitResult.Conflict.class);
        assertRejected(
                store.commit(transaction(7, Mutation.create(RecordId.of(id(1)), renamed(alice.content(), "alias")))),
                Rejection.PRINCIPAL_TAKEN);
        committed(manager.setStatus(alice.recordId(), AccountStatus.DISABLED, 0, DAEMON));
        assertRejected(
                store.commit(transaction(7, Mutation.create(RecordId.of(id(1)), renamed(alice.content(), "alias")))),
                Rejection.PRINCIPAL_TAKEN);
    }

    @Test
    void aVersionOfAProfileStaysAsItIs() {
        Stored<ResourceProfileContent> first = store.resourceProfiles().list().getFirst();
        ResourceProfile changed = larger(first.content().profile());
        assertRejected(
                store.commit(transaction(
                        7,
                        Mutation.replace(
                                first,
                                new ResourceProfileContent(first.content().versionId(), changed)))),
                Rejection.ID_TAKEN);
        committed(store.resourceProfileManager().update(changed, 1, DAEMON));
        assertThat(store.resourceProfiles()
                        .resolve(new ProfileRef(
                                changed.profileId(), Optional.of(first.content().versionId()), 0)))
                .contains(first);
        assertRejected(
                store.commit(transaction(
                        8,
                        Mutation.replace(
                                store.resourceProfiles().byName(changed.name()).orElseThrow(),
                                new ResourceProfileContent(
                                        first.content().versionId(),
                                        first.content().profile())))),
                Rejection.ID_TAKEN);
    }

    @Test
    void aClientMayAskAgainUnderItsOwnId() {
        ClientRequest request = new ClientRequest(TransactionId.of(id(7)), Hash256.sha256(new byte[] {1}));
        Receipt first = committed(manager.create(Stores.localUser(store, "alice"), DAEMON.asking(request)));
        Stored<Account> alice = reader.byName(key("alice")).orElseThrow();
        committed(manager.setStatus(alice.recordId(), AccountStatus.LOCKED, 0, DAEMON));
        // By now the name is taken and other ids would be drawn; asking again is still answered as the first time.
        assertThat(committed(manager.create(Stores.localUser(store, "alice"), DAEMON.asking(request))))
                .isEqualTo(first);
        ClientRequest other = new ClientRequest(request.id(), Hash256.sha256(new byte[] {2}));
        assertRejected(
                manager.create(Stores.localUser(store, "bob"), DAEMON.asking(other)), Rejection.TRANSACTION_ID_TAKEN);
        assertRejected(
                manager.setStatus(alice.recordId(), AccountStatus.ACTIVE, 1, DAEMON.asking(other)),
                Rejection.TRANSACTION_ID_TAKEN);
        assertThat(reader.byName(key("bob"))).isEmpty();
    }

    @Test
    void noKeyTakesOverWithoutTheWordOfTheOneBefore() {
        CheckpointKey before = CheckpointKey.parse(
                        store.inspector().checkpoint().verifierKey())
                .orElseThrow()
                .key();
        committed(store.rotateKey(DAEMON));
        CheckpointKey now = CheckpointKey.parse(store.inspector().checkpoint().verifierKey())
                .orElseThrow()
                .key();
        assertThat(now).isNotEqualTo(before);
        Stored<?> record =
                engine.read(view -> new Records(view).byIndex(Keys.storeKey())).orElseThrow();
        assertThat(record.version()).isEqualTo(2);
        assertRejected(
                store.commit(transaction(7, Mutation.replace(record, new StoreKeyContent(before, Optional.empty())))),
                Rejection.KEY_STATEMENT);
        assertRejected(
                store.commit(transaction(
                        7,
                        Mutation.replace(
                                record, new StoreKeyContent(now, ((StoreKeyContent) record.content()).statement())))),
                Rejection.KEY_STATEMENT);
        assertRejected(
                store.commit(transaction(
                        7, Mutation.create(RecordId.of(id(1)), new StoreKeyContent(before, Optional.empty())))),
                Rejection.ID_TAKEN);
    }

    @Test
    void transactionsHaveASizeAndNameEachRecordOnce() {
        Stored<Account> alice = Stores.create(store, "alice");
        assertRejected(store.commit(transaction(7)), Rejection.SIZE);
        assertRejected(
                store.commit(transaction(
                        8,
                        Mutation.replace(alice, alice.content()),
                        Mutation.replace(alice, alice.content().withStatus(AccountStatus.LOCKED)))),
                Rejection.RECORD_TWICE);
    }

    @Test
    void theAccountManagerWritesNoProfilesAndNoPolicy() {
        Stored<ResourceProfileContent> profile = store.resourceProfiles().list().getFirst();
        assertRejected(
                manager.commit(transaction(7, Mutation.replace(profile, profile.content())), CommitGate.alwaysOpen()),
                Rejection.NOT_THIS_MANAGER);
    }

    // ---- credentials ----

    @Test
    void credentialsAreReachedThroughTheCredentialReaderOnly() {
        Stored<Account> alice = Stores.create(store, "alice");
        committed(manager.changeCredentials(alice.recordId(), List.of(password("one")), Map.of(), 0, DAEMON));
        Stored<Account> now = reader.byId(alice.recordId()).orElseThrow();
        Stored<Credential> one = store.credentials().credentials(now).getFirst();
        assertThat(one.content().verifier()).isEqualTo(OpaqueBytes.of("one".getBytes(StandardCharsets.UTF_8)));
        assertThat(one.toString()).doesNotContain("one").contains("[3 bytes]");

        committed(manager.changeCredentials(
                alice.recordId(),
                List.of(password("two")),
                Map.of(one.recordId(), CredentialState.DISABLED),
                now.version(),
                DAEMON));
        Stored<Account> later = reader.byId(alice.recordId()).orElseThrow();
        assertThat(store.credentials().credentials(later))
                .singleElement()
                .satisfies(two -> assertThat(two.recordId()).isNotEqualTo(one.recordId()));
        assertThat(store.credentials().credential(one.recordId()).content().state())
                .isEqualTo(CredentialState.DISABLED);
    }

    @Test
    void anotherPrincipalsCredentialCannotBeListed() {
        Stored<Account> alice = Stores.create(store, "alice");
        Stored<Account> bob = Stores.create(store, "bob");
        committed(manager.changeCredentials(alice.recordId(), List.of(password("one")), Map.of(), 0, DAEMON));
        Account thieving = bob.content()
                .withCredentialRefs(
                        reader.byId(alice.recordId()).orElseThrow().content().credentialRefs());
        assertRejected(store.commit(transaction(7, Mutation.replace(bob, thieving))), Rejection.DANGLING_REFERENCE);
        assertRejected(
                manager.changeCredentials(
                        bob.recordId(),
                        List.of(),
                        Map.of(
                                reader.byId(alice.recordId())
                                        .orElseThrow()
                                        .content()
                                        .credentialRefs()
                                        .first(),
                                CredentialState.DISABLED),
                        0,
                        DAEMON),
                Rejection.NOT_FOUND);
    }

    // ---- profiles, policy, external bindings, storage roots ----

    @Test
    void profileReferencesFollowTheNewestVersionOrPinOne() {
        ResourceProfileReader profiles = store.resourceProfiles();
        Stored<ResourceProfileContent> first = profiles.list().getFirst();
        long epoch = store.inspector().head().policyEpoch();
        committed(store.resourceProfileManager().update(larger(first.content().profile()), 1, DAEMON));
        Stored<ResourceProfileContent> second =
                profiles.byName(first.content().profile().name()).orElseThrow();
        assertThat(second.version()).isEqualTo(2);
        assertThat(second.policyEpoch()).isEqualTo(epoch + 1);
        assertThat(store.inspector().head().policyEpoch()).isEqualTo(epoch + 1);

        ProfileId id = first.content().profile().profileId();
        assertThat(profiles.resolve(ProfileRef.following(id))).contains(second);
        assertThat(profiles.resolve(
                        new ProfileRef(id, Optional.of(first.content().versionId()), 0)))
                .contains(first);
        assertThat(profiles.resolve(
                        new ProfileRef(id, Optional.of(first.content().versionId()), epoch + 1)))
                .isEmpty();
        assertThat(profiles.resolve(ProfileRef.following(
                        store.policy().profiles().getFirst().content().profile().profileId())))
                .isEmpty();
        assertThat(profiles.history(first.content().profile().name()))
                .extracting(entry -> entry.record().version())
                .containsExactly(1L, 2L);
        assertThat(store.resourceProfileManager().update(larger(first.content().profile()), 1, DAEMON))
                .isInstanceOf(CommitResult.Conflict.class);
    }

    @Test
    void policyAsOfAnOlderSequenceCanBeReadAgain() {
        Stored<PolicyVersion> first = store.policy().policy();
        PolicyVersion next =
                new PolicyVersion(VersionId.of(id(9)), first.content().catalogue());
        committed(store.commit(transaction(7, Mutation.replace(first, next))));
        assertThat(store.policy().policy().content()).isEqualTo(next);
        assertThat(store.policy().policyAt(1)).contains(first);
        assertThat(store.policy().policyAt(0)).isEmpty();
        assertRejected(store.commit(transaction(8, Mutation.create(RecordId.of(id(10)), next))), Rejection.ID_TAKEN);
    }

    @Test
    void externalSubjectsAreBoundOnce() {
        Stored<Account> alice = Stores.create(store, "alice");
        Hash256 subject = Hash256.sha256(new byte[] {1});
        ExternalBinding binding = external(alice, BindingId.of(id(1)), subject);
        committed(store.commit(transaction(7, Mutation.create(RecordId.of(id(2)), binding))));
        assertThat(reader.externalBinding("https://id.example", subject)
                        .orElseThrow()
                        .content())
                .isEqualTo(binding);
        assertThat(reader.externalBinding(BindingId.of(id(1)))).isPresent();
        assertThat(reader.externalBinding("https://other.example", subject)).isEmpty();
        assertRejected(
                store.commit(transaction(
                        8, Mutation.create(RecordId.of(id(3)), external(alice, BindingId.of(id(4)), subject)))),
                Rejection.DUPLICATE_BINDING);
    }

    @Test
    void storageRootsAreKept() {
        Stored<Account> alice = Stores.create(store, "alice");
        StorageRoot home = root(1);
        StorageRoot config = root(2);
        StorageRoot cache = root(3);
        committed(manager.setRoots(alice.recordId(), home, config, cache, 1, DAEMON));
        Account now = reader.byId(alice.recordId()).orElseThrow().content();
        assertThat(List.of(now.homeRoot(), now.configRoot(), now.cacheRoot()))
                .containsExactly(Optional.of(home), Optional.of(config), Optional.of(cache));
    }

    // ---- history ----

    @Test
    void historyTellsWhoChangedWhatUnderWhichApproval() {
        Stored<Account> alice = Stores.create(store, "alice");
        Actor actor = new Actor.Session(PrincipalId.of(id(1)), SessionId.of(id(2)));
        Attribution approved = new Attribution(actor, Optional.of(ApprovalId.of(id(3))), CommitGate.alwaysOpen());
        committed(manager.setStatus(alice.recordId(), AccountStatus.DISABLED, 1, approved));
        List<HistoryEntry<Account>> history = reader.history(alice.recordId());
        assertThat(history)
                .extracting(
                        entry -> entry.record().version(),
                        entry -> entry.entry().operation(),
                        entry -> entry.entry().actor(),
                        entry -> entry.entry().approval().isPresent())
                .containsExactly(
                        tuple(1L, "account.create", new Actor.Daemon(), false),
                        tuple(2L, "account.status", actor, true));
        assertThat(reader.history(RecordId.of(id(9)))).isEmpty();
    }

    @Test
    void anAccountCanBeReadAsOfAnySequence() {
        Stored<Account> alice = Stores.create(store, "alice");
        long created = store.inspector().head().journalSize();
        Stores.create(store, "bob");
        committed(manager.setStatus(alice.recordId(), AccountStatus.LOCKED, 1, DAEMON));
        long locked = store.inspector().head().journalSize();
        assertThat(reader.atSequence(alice.recordId(), created - 1)).isEmpty();
        assertThat(reader.atSequence(alice.recordId(), created)).contains(alice);
        assertThat(reader.atSequence(alice.recordId(), locked - 1)).contains(alice);
        assertThat(reader.atSequence(alice.recordId(), locked).orElseThrow().version())
                .isEqualTo(2);
        assertThat(reader.atSequence(alice.recordId(), Long.MAX_VALUE)
                        .orElseThrow()
                        .version())
                .isEqualTo(2);
    }

    // ---- order of events ----

    @Test
    void olderStatesAreAskedByTheNamesOfTheirTime() {
        Stored<Account> first = Stores.create(store, "alice");
        long created = store.inspector().head().journalSize();
        committed(store.commit(transaction(7, Mutation.replace(first, renamed(first.content(), "anne")))));
        Stored<Account> second = Stores.create(store, "Alice");
        long reused = store.inspector().head().journalSize();
        Stored<Account> anne = reader.byName(key("anne")).orElseThrow();
        committed(store.commit(transaction(8, Mutation.replace(anne, renamed(anne.content(), "annette")))));
        long now = store.inspector().head().journalSize();

        assertThat(reader.byNameAt(key("alice"), created)).contains(first);
        assertThat(reader.byNameAt(key("alice"), reused)).contains(second);
        assertThat(reader.byNameAt(key("alice"), created - 1)).isEmpty();
        assertThat(reader.byNameAt(key("annette"), created)).contains(first);
        assertThat(reader.byNameAt(key("anne"), created)).contains(first);
        assertThat(reader.byNameAt(key("anne"), now))
                .contains(reader.byId(first.recordId()).orElseThrow());
        assertThat(reader.byName(key("anne"))).isEmpty();
        assertThat(reader.everNamed(key("anne"))).contains(first.recordId());
        assertThat(reader.everNamed(key("alice"))).contains(second.recordId());
        assertThat(reader.everNamed(key("nobody"))).isEmpty();

        assertThat(namesAt(created)).contains("alice").doesNotContain("anne", "annette");
        assertThat(namesAt(reused))
                .contains("alice", "anne")
                .doesNotContain("annette")
                .isSorted();
        assertThat(namesAt(now))
                .contains("alice", "annette")
                .doesNotContain("anne")
                .isSorted();
        assertThat(namesAt(0)).isEmpty();
    }

    private List<String> namesAt(long sequence) {
        List<String> names = new ArrayList<>();
        Optional<NameKey> after = Optional.empty();
        do {
            Page<Stored<Account>, NameKey> page = reader.listAt(sequence, after, 2);
            page.items()
                    .forEach(account -> names.add(account.content().nameKey().text()));
            after = page.next();
        } while (after.isPresent());
        return names;
    }

    @Test
    void aNameThatCameBackIsListedOnce() {
        Stored<Account> alice = Stores.create(store, "alice");
        committed(store.commit(transaction(7, Mutation.replace(alice, renamed(alice.content(), "anne")))));
        Stored<Account> anne = reader.byId(alice.recordId()).orElseThrow();
        committed(store.commit(transaction(8, Mutation.replace(anne, renamed(anne.content(), "alice")))));
        assertThat(namesAt(store.inspector().head().journalSize()))
                .containsOnlyOnce("alice")
                .doesNotContain("anne");
    }

    @Test
    void aTimeNamesTheNewestEntryProposedByThen() {
        long before = store.inspector().head().journalSize();
        Stored<Account> alice = Stores.create(store, "alice");
        Transaction later = new Transaction(
                TransactionId.of(id(7)),
                NOON.plusSeconds(60),
                new Actor.Daemon(),
                "account.test",
                Optional.empty(),
                List.of(Mutation.replace(alice, alice.content().withStatus(AccountStatus.LOCKED))),
                List.of());
        committed(store.commit(later));
        assertThat(reader.sequenceAt(NOON.minusMillis(1))).isZero();
        assertThat(reader.sequenceAt(NOON)).isEqualTo(before + 1);
        assertThat(reader.sequenceAt(NOON.plusSeconds(59))).isEqualTo(before + 1);
        assertThat(reader.sequenceAt(NOON.plusSeconds(60))).isEqualTo(before + 2);
        assertThat(reader.sequenceAt(Instant.MAX)).isEqualTo(before + 2);
    }

    @Test
    void listenersAreToldOncePublishedAndBeforeTheAnswer() {
        Stored<Account> alice = Stores.create(store, "alice");
        List<String> events = new CopyOnWriteArrayList<>();
        store.addCommitListener((receipt, written) -> events.add("told of entry " + receipt.sequence() + " at version "
                + engine.readAsync(view -> new ViewAccountReader(view)
                                .byId(alice.recordId())
                                .orElseThrow()
                                .version())
                        .toCompletableFuture()
                        .join()));
        committed(manager.setStatus(alice.recordId(), AccountStatus.LOCKED, 1, DAEMON));
        events.add("answered");
        assertThat(events).containsExactly("told of entry 3 at version 2", "answered");
    }

    @Test
    void listenersAreToldWhatTheRecordsNowSay() {
        Stored<Account> alice = Stores.create(store, "alice");
        List<RecordContent> told = new CopyOnWriteArrayList<>();
        store.addCommitListener((receipt, written) -> told.addAll(written));
        committed(manager.setStatus(alice.recordId(), AccountStatus.LOCKED, 1, DAEMON));
        assertThat(told).containsExactly(alice.content().withStatus(AccountStatus.LOCKED));
    }

    @Test
    void aChangeThroughAClosedGateIsRejected() {
        Stored<Account> alice = Stores.create(store, "alice");
        Attribution closed = Attribution.of(new Actor.Daemon(), () -> Optional.of("the session has ended"));
        assertRejected(manager.setStatus(alice.recordId(), AccountStatus.LOCKED, 1, closed), Rejection.REVOKED);
        assertRejected(
                manager.commit(
                        transaction(7, Mutation.replace(alice, alice.content().withStatus(AccountStatus.LOCKED))),
                        closed.gate()),
                Rejection.REVOKED);
        assertThat(reader.byId(alice.recordId())).contains(alice);
    }

    @Test
    void anExpiryThatWouldReadAsNeverIsRefused() {
        assertThatThrownBy(() -> new RoleBinding(
                        PrincipalId.of(id(1)),
                        "guest",
                        BindingState.ACTIVE,
                        Optional.of(Instant.EPOCH.plusNanos(1)),
                        Optional.empty()))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void anAcknowledgedChangeIsNeverHiddenByTheCache() {
        Stored<Account> alice = Stores.create(store, "alice");
        try (var executor = Executors.newFixedThreadPool(2)) {
            CompletableFuture<Void> reading = CompletableFuture.runAsync(
                    () -> {
                        for (int i = 0; i < 20_000; i++) {
                            assertThat(reader.byName(key("alice"))).isPresent();
                        }
                    },
                    executor);
            for (int version = 2; version <= 50; version++) {
                committed(manager.setStatus(alice.recordId(), AccountStatus.LOCKED, version - 1, DAEMON));
                assertThat(reader.byName(key("alice")).orElseThrow().version()).isEqualTo(version);
            }
            reading.join();
        }
    }

    @Test
    void aSnapshotShowsOneStateThroughout() {
        Stored<Account> alice = Stores.create(store, "alice");
        store.read(snapshot -> {
            long size = snapshot.head().journalSize();
            CompletableFuture.runAsync(
                            () -> committed(manager.setStatus(alice.recordId(), AccountStatus.LOCKED, 1, DAEMON)))
                    .join();
            assertThat(snapshot.accounts().byId(alice.recordId())).contains(alice);
            assertThat(snapshot.head().journalSize()).isEqualTo(size);
            return true;
        });
    }

    @Test
    void readersAreNotManagersAndManagersAreNotReaders() {
        assertThat((Object) reader).isNotInstanceOfAny(AccountStoreManager.class, CredentialReader.class);
        assertThat((Object) manager).isNotInstanceOfAny(AccountStoreReader.class, CredentialReader.class);
        assertThat((Object) store.resourceProfiles()).isNotInstanceOf(ResourceProfileManager.class);
        assertThat((Object) store.resourceProfileManager()).isNotInstanceOf(ResourceProfileReader.class);
        store.read(snapshot -> {
            assertThat((Object) snapshot.accounts())
                    .isNotInstanceOfAny(AccountStoreManager.class, CredentialReader.class);
            return true;
        });
    }

    // ---- audit ----

    @Test
    void eventsAreAuditedInOrderAndCommitsAuditThemselves() {
        AuditLog audit = store.auditLog();
        long before = store.inspector().head().auditSize();
        Stores.create(store, "alice");
        long last = audit.append(List.of(
                AuditEvent.of(NOON, "login.denied", "bad-credential", Optional.empty()),
                AuditEvent.of(NOON, "login", "ok", Optional.of(new Actor.Daemon()))));
        assertThat(last).isEqualTo(before + 3);
        assertThat(audit.read(before + 1, 10))
                .extracting(
                        entry -> entry.event().kind(), entry -> entry.event().journalSequence())
                .containsExactly(tuple("admin", 2L), tuple("login.denied", 0L), tuple("login", 0L));
        assertThat(audit.read(last + 1, 10)).isEmpty();
    }

    @Test
    void checkpointsAreSignedByTheStoresKey() {
        Stores.create(store, "alice");
        StoreInspector inspector = store.inspector();
        Checkpoint checkpoint = Checkpoint.open(
                        inspector.checkpoint().note(), inspector.checkpoint().verifierKey())
                .orElseThrow();
        assertThat(checkpoint.size()).isEqualTo(inspector.head().journalSize());
        assertThat(checkpoint.root()).isEqualTo(inspector.head().journalRoot());
    }

    // ---- helpers ----

    private static Transaction transaction(int id, Mutation... mutations) {
        return new Transaction(
                TransactionId.of(id(id)),
                NOON.plus(Duration.ofSeconds(id)),
                new Actor.Offline(1000),
                "account.test",
                Optional.empty(),
                List.of(mutations),
                List.of());
    }

    private static void assertRejected(CommitResult result, Rejection code) {
        assertThat(result)
                .isInstanceOfSatisfying(
                        CommitResult.Rejected.class,
                        rejected -> assertThat(rejected.code())
                                .as(rejected.message())
                                .isEqualTo(code));
    }

    private static byte[] id(int n) {
        byte[] id = new byte[16];
        id[0] = (byte) 0xee;
        id[15] = (byte) n;
        return id;
    }

    private static NewCredential password(String verifier) {
        return new NewCredential(
                CredentialKind.PASSWORD,
                "",
                "test",
                OpaqueBytes.NONE,
                OpaqueBytes.of(verifier.getBytes(StandardCharsets.UTF_8)),
                Optional.empty());
    }

    private static StorageRoot root(int n) {
        return new StorageRoot(Id128.of(id(n)), RootId.of(id(n + 100)), StorageRoot.SCHEMA_VERSION, n);
    }

    private static ExternalBinding external(Stored<Account> account, BindingId id, Hash256 subject) {
        return new ExternalBinding(
                id,
                "https://id.example",
                subject,
                account.content().principalId(),
                "",
                new TreeSet<>(List.of("email", "groups")),
                Optional.empty(),
                account.content().policyProfile(),
                account.content().resourceProfile(),
                BindingState.ACTIVE);
    }

    private static Account renamed(Account account, String name) {
        return account.withName(AccountName.parse(name));
    }

    private static ResourceProfile larger(ResourceProfile profile) {
        return new ResourceProfile(
                profile.profileId(),
                profile.name(),
                profile.homeQuotaBytes() + 1,
                profile.configQuotaBytes(),
                profile.cacheQuotaBytes(),
                profile.tempQuotaBytes(),
                profile.sessionLimit(),
                profile.processLimit(),
                profile.threadLimit(),
                profile.capLimit(),
                profile.memoryCommitLimitBytes(),
                profile.frameGrantLimitPages(),
                profile.endpointQueueLimit(),
                profile.inFlightCallLimit(),
                profile.pendingIpcSubmissionLimit(),
                profile.ringScratchLimitBytes(),
                profile.logQuotaBytesPerWindow(),
                profile.logWindow(),
                profile.cpuBudgetUsPerWindow(),
                profile.cpuWindowUs(),
                profile.timerWaiterLimit(),
                profile.networkProfile(),
                profile.launcherProfile());
    }
}
