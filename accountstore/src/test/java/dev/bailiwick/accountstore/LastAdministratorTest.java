package dev.bailiwick.accountstore;

import static dev.bailiwick.accountstore.Stores.DAEMON;
import static dev.bailiwick.accountstore.Stores.NOON;
import static dev.bailiwick.accountstore.Stores.committed;
import static dev.bailiwick.accountstore.Stores.key;
import static org.assertj.core.api.Assertions.assertThat;

import dev.bailiwick.engine.Engine;
import dev.bailiwick.engine.RamEngine;
import dev.bailiwick.profiles.BundleFragment;
import dev.bailiwick.profiles.PolicyCatalogue;
import dev.bailiwick.profiles.PolicyProfile;
import dev.bailiwick.profiles.ProfileRef;
import dev.bailiwick.profiles.ResourceProfile;
import dev.bailiwick.profiles.RoleDefinition;
import dev.bailiwick.profiles.Slot;
import dev.bailiwick.schema.AccountName;
import dev.bailiwick.schema.BindingId;
import dev.bailiwick.schema.Hash256;
import dev.bailiwick.schema.ProfileId;
import dev.bailiwick.schema.RecordId;
import dev.bailiwick.schema.TransactionId;
import dev.bailiwick.schema.VersionId;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** There is no way to leave a store without somebody who can administer its accounts: each thing that it takes is tried. */
class LastAdministratorTest {
    private final SplittableRandom random = new SplittableRandom(5);
    private final Engine engine = RamEngine.open();
    private final AccountStore store = Stores.inMemory(engine);
    private final AccountStoreManager manager = store.accountManager();

    @BeforeEach
    void theOperatorHasSetAPassword() {
        Stored<Account> operator = operator();
        RecordId code = operator.content().credentialRefs().first();
        committed(manager.changeCredentials(
                operator.recordId(),
                List.of(password(Optional.empty())),
                Map.of(code, CredentialState.CONSUMED),
                0,
                DAEMON));
    }

    @AfterEach
    void somebodyCanStillAdminister() {
        assertThat(operator().content().status()).isEqualTo(AccountStatus.ACTIVE);
        assertThat(operator().content().roles()).contains("account-admin");
        store.close();
        engine.close();
    }

    @Test
    void notByAnotherStatus() {
        for (AccountStatus status :
                List.of(AccountStatus.DISABLED, AccountStatus.LOCKED, AccountStatus.RECOVERY_ONLY)) {
            assertKept(manager.setStatus(operator().recordId(), status, 0, DAEMON));
        }
    }

    @Test
    void notByTakingTheRole() {
        assertKept(manager.removeRole(operator().recordId(), "account-admin", 0, DAEMON));
    }

    @Test
    void notByLettingTheRoleRunOut() {
        assertKept(manager.addRole(
                operator().recordId(), "account-admin", Optional.of(NOON.plus(Duration.ofDays(1))), 0, DAEMON));
    }

    @Test
    void notByTakingTheCredential() {
        RecordId password = operator().content().credentialRefs().first();
        assertKept(manager.changeCredentials(
                operator().recordId(), List.of(), Map.of(password, CredentialState.DISABLED), 0, DAEMON));
        assertKept(manager.changeCredentials(
                operator().recordId(),
                List.of(password(Optional.of(NOON.plus(Duration.ofHours(1))))),
                Map.of(password, CredentialState.DISABLED),
                0,
                DAEMON));
        committed(manager.changeCredentials(
                operator().recordId(),
                List.of(password(Optional.empty())),
                Map.of(password, CredentialState.DISABLED),
                0,
                DAEMON));
    }

    @Test
    void notByAnotherPolicyProfile() {
        ProfileRef standard = ProfileRef.following(store.policy()
                .profileByName("standard")
                .orElseThrow()
                .content()
                .profile()
                .profileId());
        assertKept(manager.setProfiles(operator().recordId(), Optional.empty(), Optional.of(standard), 0, DAEMON));
        ProfileRef stale = new ProfileRef(operator().content().policyProfile().profileId(), Optional.empty(), 1000);
        assertKept(manager.setProfiles(operator().recordId(), Optional.empty(), Optional.of(stale), 0, DAEMON));
    }

    @Test
    void notByAnotherResourceProfile() {
        ResourceProfile some = store.resourceProfiles()
                .byName("operator")
                .orElseThrow()
                .content()
                .profile();
        ResourceProfile none = withoutSessions(some, ProfileId.of(id()));
        committed(store.resourceProfileManager().create(none, DAEMON));
        ProfileRef reference = ProfileRef.following(none.profileId());
        assertKept(manager.setProfiles(operator().recordId(), Optional.of(reference), Optional.empty(), 0, DAEMON));
    }

    @Test
    void notByANewVersionOfTheProfile() {
        Stored<PolicyProfileContent> before =
                store.policy().profileByName("operator").orElseThrow();
        PolicyProfile profile = before.content().profile();
        TreeSet<String> fewer = new TreeSet<>(profile.allowedRoles());
        fewer.remove("account-admin");
        PolicyProfile narrowed = new PolicyProfile(
                profile.profileId(),
                profile.name(),
                profile.kinds(),
                fewer,
                profile.fragments(),
                profile.sessionLifetime(),
                profile.idleTimeout(),
                profile.freshAuth(),
                profile.labels());
        assertKept(commit(Mutation.replace(before, new PolicyProfileContent(VersionId.of(id()), narrowed))));
    }

    @Test
    void notByANewVersionOfThePolicy() {
        Stored<PolicyVersion> before = store.policy().policy();
        PolicyCatalogue catalogue = before.content().catalogue();
        PolicyCatalogue withoutSlot = PolicyCatalogue.of(
                catalogue.roles().values(),
                catalogue.fragments().values().stream()
                        .map(LastAdministratorTest::withoutAccountManager)
                        .toList());
        List<RoleDefinition> roles = catalogue.roles().values().stream()
                .filter(role -> !role.name().equals("account-admin"))
                .toList();
        PolicyCatalogue withoutRole =
                PolicyCatalogue.of(roles, catalogue.fragments().values());
        for (PolicyCatalogue narrowed : List.of(withoutSlot, withoutRole)) {
            assertKept(commit(Mutation.replace(before, new PolicyVersion(VersionId.of(id()), narrowed))));
        }
    }

    @Test
    void aNewNameOrAnExternalBindingTakesNothing() {
        Stored<Account> operator = operator();
        committed(commit(Mutation.replace(operator, operator.content().withName(AccountName.parse("chief")))));
        Stored<Account> chief = store.accounts().byName(key("chief")).orElseThrow();
        committed(commit(Mutation.create(
                RecordId.of(id()),
                new ExternalBinding(
                        BindingId.of(id()),
                        "https://id.example",
                        Hash256.sha256(),
                        chief.content().principalId(),
                        "",
                        new TreeSet<>(),
                        Optional.empty(),
                        chief.content().policyProfile(),
                        chief.content().resourceProfile(),
                        BindingState.ACTIVE))));
        assertKept(manager.setStatus(chief.recordId(), AccountStatus.DISABLED, 0, DAEMON));
        committed(commit(Mutation.replace(chief, chief.content().withName(AccountName.parse("operator")))));
    }

    @Test
    void anotherAdministratorCountsOnceTheyCanLogInForGood() {
        Stored<Account> alice = Stores.create(store, "alice");
        Account operator = operator().content();
        committed(manager.setProfiles(
                alice.recordId(),
                Optional.of(operator.resourceProfile()),
                Optional.of(operator.policyProfile()),
                0,
                DAEMON));
        committed(manager.addRole(alice.recordId(), "account-admin", Optional.empty(), 0, DAEMON));
        assertKept(manager.setStatus(operator().recordId(), AccountStatus.DISABLED, 0, DAEMON));
        committed(
                manager.changeCredentials(alice.recordId(), List.of(password(Optional.empty())), Map.of(), 0, DAEMON));
        committed(manager.setStatus(operator().recordId(), AccountStatus.DISABLED, 0, DAEMON));
        assertKept(manager.setStatus(alice.recordId(), AccountStatus.LOCKED, 0, DAEMON));
        committed(manager.setStatus(operator().recordId(), AccountStatus.ACTIVE, 0, DAEMON));
    }

    private Stored<Account> operator() {
        return store.accounts().byName(key("operator")).orElseThrow();
    }

    private static ResourceProfile withoutSessions(ResourceProfile profile, ProfileId profileId) {
        return new ResourceProfile(
                profileId,
                "no-sessions",
                profile.homeQuotaBytes(),
                profile.configQuotaBytes(),
                profile.cacheQuotaBytes(),
                profile.tempQuotaBytes(),
                0,
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

    private static BundleFragment withoutAccountManager(BundleFragment fragment) {
        return new BundleFragment(
                fragment.name(),
                fragment.slots().stream()
                        .filter(rule -> rule.slot() != Slot.ACCOUNT_MANAGER)
                        .toList());
    }

    private CommitResult commit(Mutation mutation) {
        return store.commit(new Transaction(
                TransactionId.of(id()),
                NOON,
                new Actor.Daemon(),
                "account.test",
                Optional.empty(),
                List.of(mutation),
                List.of()));
    }

    private NewCredential password(Optional<Instant> expiresAt) {
        return new NewCredential(
                CredentialKind.PASSWORD,
                "password",
                "argon2id",
                OpaqueBytes.NONE,
                OpaqueBytes.of("secret".getBytes(StandardCharsets.UTF_8)),
                expiresAt);
    }

    private byte[] id() {
        byte[] id = new byte[16];
        random.nextBytes(id);
        return id;
    }

    private static void assertKept(CommitResult result) {
        assertThat(result)
                .isInstanceOfSatisfying(
                        CommitResult.Rejected.class,
                        rejected -> assertThat(rejected.code()).isEqualTo(Rejection.LAST_ACCOUNT_ADMIN));
    }
}
