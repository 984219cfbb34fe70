package dev.bailiwick.broker;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.bailiwick.accountstore.Account;
import dev.bailiwick.accountstore.AccountStatus;
import dev.bailiwick.accountstore.Attribution;
import dev.bailiwick.accountstore.CommitResult;
import dev.bailiwick.accountstore.CorruptStoreException;
import dev.bailiwick.accountstore.Credential;
import dev.bailiwick.accountstore.CredentialKind;
import dev.bailiwick.accountstore.CredentialState;
import dev.bailiwick.accountstore.NewAccount;
import dev.bailiwick.accountstore.PolicyProfileContent;
import dev.bailiwick.accountstore.Receipt;
import dev.bailiwick.accountstore.RecordKind;
import dev.bailiwick.accountstore.Rejection;
import dev.bailiwick.accountstore.ResourceProfileContent;
import dev.bailiwick.accountstore.StoreSnapshot;
import dev.bailiwick.accountstore.Stored;
import dev.bailiwick.capnp.rpc.CallContext;
import dev.bailiwick.capnp.rpc.Calls;
import dev.bailiwick.capnp.rpc.IncomingCall;
import dev.bailiwick.capnp.rpc.RpcException;
import dev.bailiwick.profiles.PolicyCatalogue;
import dev.bailiwick.profiles.PolicyProfile;
import dev.bailiwick.profiles.PrincipalKind;
import dev.bailiwick.profiles.ProfileRef;
import dev.bailiwick.profiles.RoleDefinition;
import dev.bailiwick.profiles.ServiceIdentity;
import dev.bailiwick.schema.AccountName;
import dev.bailiwick.schema.Hash256;
import dev.bailiwick.schema.InvalidNameException;
import dev.bailiwick.schema.RecordId;
import dev.bailiwick.schema.gen.AccountStoreManager;
import dev.bailiwick.schema.gen.CreateResult;
import dev.bailiwick.schema.gen.MutationResult;
import dev.bailiwick.schema.gen.PolicyProfileManager;
import dev.bailiwick.schema.gen.ResourceProfileManager;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.capnproto.Data;
import org.capnproto.StructFactory;
import org.capnproto.StructReader;
import org.capnproto.Text;
import org.capnproto.TextList;

/**
 * Serves the changes that an account administrator makes (seed 002, {@code account-admin}): people's accounts, their status,
 * their profiles and their ordinary roles. It has no way to a home, a verifier or a key, and none to an administrative role: not
 * by binding one, and not by a one-time code for somebody who has one that the administrator has not.
 *
 * <p>Every change carries the administrator's gate into the commit lane, so that none lands after a grant was revoked.
 */
final class AccountManagerServer implements AccountStoreManager.Server {
    private static final String DEFAULT_PROFILE = "standard";
    private static final SortedSet<String> DEFAULT_ROLES = new TreeSet<>(List.of("local-user"));
    private static final String CODE_LABEL = "enrolment code";

    private final Administrator administrator;
    private final OwnBundle own;
    private final StoreRecords.Snapshots snapshots;
    private final Records records;
    private final dev.bailiwick.accountstore.AccountStoreManager accounts;
    private final InstantSource clock;
    private final RandomGenerator random;
    private final BindingChanges bindings;
    private final ProfileManagers profiles;

    /**
     * @param own the administrator's own bundle, which what they change of profiles, or by giving others, must not widen
     * @param random must be unpredictable: enrolment codes come from it
     */
    AccountManagerServer(
            Administrator administrator,
            OwnBundle own,
            StoreRecords.Snapshots snapshots,
            Records records,
            Administrator.Powers powers,
            InstantSource clock,
            RandomGenerator random) {
        this.administrator = administrator;
        this.own = own;
        this.snapshots = snapshots;
        this.records = records;
        this.accounts = powers.accounts();
        this.clock = clock;
        this.random = random;
        this.bindings = new BindingChanges(administrator, snapshots, accounts, clock);
        this.profiles = new ProfileManagers(administrator, own, snapshots, powers, random);
    }

    @Override
    public CompletionStage<?> dispatch(IncomingCall call) throws Exception {
        return administrator.answering(
                () -> StoreTrouble.telling(() -> AccountStoreManager.Server.super.dispatch(call)));
    }

    @Override
    public CompletionStage<?> create(
            CallContext<AccountStoreManager.CreateParams.Reader, AccountStoreManager.CreateResults.Builder> call) {
        AccountStoreManager.CreateParams.Reader params = call.params();
        CreateResult.Builder result = call.results().initResult();
        try {
            create(params, result);
        } catch (RefusedException refused) {
            refused.refusal().into(result.initDenied());
        } catch (CorruptStoreException damage) {
            Refusal.of(damage).into(result.initDenied());
        }
        return Calls.DONE;
    }

    private void create(AccountStoreManager.CreateParams.Reader params, CreateResult.Builder result) {
        Attribution by = attribution(params.getTransactionId(), AccountStoreManager.CreateParams.factory, params);
        AccountName name = name(params.getName().toString());
        String displayName = displayName(params.getDisplayName().toString(), name);
        SortedSet<String> roles = roles(params.getRoles());
        Profiles profiles = snapshots.read(snapshot -> {
            PolicyCatalogue catalogue = snapshot.policy().policy().content().catalogue();
            Stored<ResourceProfileContent> resources = resourceProfile(
                    snapshot, orDefault(params.getResourceProfile().toString()));
            Stored<PolicyProfileContent> policy =
                    policyProfile(snapshot, orDefault(params.getPolicyProfile().toString()), PrincipalKind.HUMAN);
            roles.forEach(role -> requireOrdinary(
                    catalogue, role, PrincipalKind.HUMAN, policy.content().profile()));
            return new Profiles(resources, policy);
        });
        EnrolmentCode code = EnrolmentCode.draw(random);
        Instant expiresAt = codeExpiry();
        CommitResult committed = accounts.create(
                new NewAccount(
                        name,
                        displayName,
                        PrincipalKind.HUMAN,
                        roles,
                        ProfileRef.following(
                                profiles.resources().content().profile().profileId()),
                        ProfileRef.following(
                                profiles.policy().content().profile().profileId()),
                        List.of(code.credential(CODE_LABEL, expiresAt)),
                        Optional.empty()),
                by);
        switch (committed) {
            case CommitResult.Committed(Receipt receipt) ->
                created(result, accountOf(receipt), receipt, code, expiresAt);
            case CommitResult.Conflict _ -> throw new RefusedException(busy());
            case CommitResult.Rejected(Rejection rejection, String message) ->
                throw new RefusedException(Refusal.of(rejection, message));
        }
    }

    private record Profiles(Stored<ResourceProfileContent> resources, Stored<PolicyProfileContent> policy) {}

    private void created(
            CreateResult.Builder result, RecordId account, Receipt receipt, EnrolmentCode code, Instant expiresAt) {
        CreateResult.Created.Builder created = result.initCreated();
        created.setAccount(Wire.account(byId(account)));
        created.setSequence(receipt.sequence());
        if (!holds(account, code)) {
            // Asked again: the code was told the first time, and only its hash is kept.
            return;
        }
        created.setEnrolmentCode(code.text().getBytes(US_ASCII));
        created.setCodeExpiresAtMs(expiresAt.toEpochMilli());
    }

    private boolean holds(RecordId account, EnrolmentCode code) {
        return records.byId(account).stream()
                .flatMap(dossier -> dossier.credentials().stream())
                .anyMatch(credential -> credential.content().verifier().equals(code.verifier()));
    }

    @Override
    public CompletionStage<?> setStatus(
            CallContext<AccountStoreManager.SetStatusParams.Reader, AccountStoreManager.SetStatusResults.Builder>
                    call) {
        AccountStoreManager.SetStatusParams.Reader params = call.params();
        AccountStatus status = switch (params.getStatus()) {
            case ACTIVE -> AccountStatus.ACTIVE;
            case DISABLED -> AccountStatus.DISABLED;
            case LOCKED -> AccountStatus.LOCKED;
            case RECOVERY_ONLY -> AccountStatus.RECOVERY_ONLY;
            case _NOT_IN_SCHEMA -> throw RpcException.failed("invalid-argument: a status of a newer schema");
        };
        mutate(
                params.getName().toString(),
                call.results().initResult(),
                () -> attribution(params.getTransactionId(), AccountStoreManager.SetStatusParams.factory, params),
                (account, by) -> accounts.setStatus(account.recordId(), status, params.getExpect(), by));
        return Calls.DONE;
    }

    @Override
    public CompletionStage<?> addRole(
            CallContext<AccountStoreManager.AddRoleParams.Reader, AccountStoreManager.AddRoleResults.Builder> call) {
        AccountStoreManager.AddRoleParams.Reader params = call.params();
        String role = params.getRole().toString();
        mutate(
                params.getName().toString(),
                call.results().initResult(),
                () -> attribution(params.getTransactionId(), AccountStoreManager.AddRoleParams.factory, params),
                (account, by) -> {
                    requireOrdinary(account, role);
                    return accounts.addRole(account.recordId(), role, Optional.empty(), params.getExpect(), by);
                });
        return Calls.DONE;
    }

    @Override
    public CompletionStage<?> removeRole(
            CallContext<AccountStoreManager.RemoveRoleParams.Reader, AccountStoreManager.RemoveRoleResults.Builder>
                    call) {
        AccountStoreManager.RemoveRoleParams.Reader params = call.params();
        String role = params.getRole().toString();
        mutate(
                params.getName().toString(),
                call.results().initResult(),
                () -> attribution(params.getTransactionId(), AccountStoreManager.RemoveRoleParams.factory, params),
                (account, by) -> {
                    requireOrdinary(definition(catalogue(), role));
                    return accounts.removeRole(account.recordId(), role, params.getExpect(), by);
                });
        return Calls.DONE;
    }

    @Override
    public CompletionStage<?> setProfiles(
            CallContext<AccountStoreManager.SetProfilesParams.Reader, AccountStoreManager.SetProfilesResults.Builder>
                    call) {
        AccountStoreManager.SetProfilesParams.Reader params = call.params();
        String resources = params.getResourceProfile().toString();
        String policy = params.getPolicyProfile().toString();
        mutate(
                params.getName().toString(),
                call.results().initResult(),
                () -> attribution(params.getTransactionId(), AccountStoreManager.SetProfilesParams.factory, params),
                (account, by) -> {
                    References references = snapshots.read(snapshot -> {
                        References found = references(
                                snapshot, resources, policy, account.content().kind());
                        own.requireNoWider(snapshot, account.recordId(), found.resources(), found.policy());
                        return found;
                    });
                    return accounts.setProfiles(
                            account.recordId(),
                            references.resources(),
                            references.policy(),
                            onTop(account, params.getExpect()),
                            by);
                });
        return Calls.DONE;
    }

    /** What their own account had decides what its holder newly gets, so the change lands on that version only. */
    private long onTop(Stored<Account> account, long expect) {
        return expect == 0 && own.isOf(account.recordId()) ? account.version() : expect;
    }

    private record References(Optional<ProfileRef> resources, Optional<ProfileRef> policy) {}

    private static References references(StoreSnapshot snapshot, String resources, String policy, PrincipalKind kind) {
        Optional<ProfileRef> resourceReference = resources.isEmpty()
                ? Optional.empty()
                : Optional.of(ProfileRef.following(
                        resourceProfile(snapshot, resources).content().profile().profileId()));
        Optional<ProfileRef> policyReference = policy.isEmpty()
                ? Optional.empty()
                : Optional.of(ProfileRef.following(policyProfile(snapshot, policy, kind)
                        .content()
                        .profile()
                        .profileId()));
        return new References(resourceReference, policyReference);
    }

    @Override
    public CompletionStage<?> rename(
            CallContext<AccountStoreManager.RenameParams.Reader, AccountStoreManager.RenameResults.Builder> call) {
        AccountStoreManager.RenameParams.Reader params = call.params();
        mutate(
                params.getName().toString(),
                call.results().initResult(),
                () -> attribution(params.getTransactionId(), AccountStoreManager.RenameParams.factory, params),
                (account, by) -> accounts.rename(
                        account.recordId(), name(params.getNewName().toString()), params.getExpect(), by));
        return Calls.DONE;
    }

    @Override
    public CompletionStage<?> defineService(
            CallContext<
                            AccountStoreManager.DefineServiceParams.Reader,
                            AccountStoreManager.DefineServiceResults.Builder>
                    call) {
        AccountStoreManager.DefineServiceParams.Reader params = call.params();
        answer(
                call.results().initResult(),
                () -> attribution(params.getTransactionId(), AccountStoreManager.DefineServiceParams.factory, params),
                by -> defineService(params, by));
        return Calls.DONE;
    }

    private CommitResult defineService(AccountStoreManager.DefineServiceParams.Reader params, Attribution by) {
        String name = params.getName().toString();
        ServiceIdentity definition = ServiceChanges.definition(name, params.getDefinition());
        AccountName accountName = name(name);
        Optional<Stored<Account>> existing =
                snapshots.read(snapshot -> snapshot.accounts().service(name));
        if (existing.isEmpty() && params.getExpect() != 0) {
            throw new RefusedException(SecuredData.unknown(name));
        }
        String resources = params.getResourceProfile().toString();
        String policy = params.getPolicyProfile().toString();
        boolean fresh = existing.isEmpty();
        References references = snapshots.read(snapshot -> {
            String policyName = fresh && policy.isEmpty() ? ServiceChanges.PROFILE : policy;
            References found = references(
                    snapshot,
                    fresh && resources.isEmpty() ? ServiceChanges.PROFILE : resources,
                    policyName,
                    PrincipalKind.SERVICE);
            if (fresh) {
                requireOrdinary(
                        snapshot.policy().policy().content().catalogue(),
                        ServiceChanges.ROLE,
                        PrincipalKind.SERVICE,
                        policyProfile(snapshot, policyName, PrincipalKind.SERVICE)
                                .content()
                                .profile());
            }
            return found;
        });
        return ServiceChanges.define(
                accounts,
                existing,
                accountName,
                definition,
                references.resources(),
                references.policy(),
                params.getExpect(),
                by);
    }

    @Override
    public CompletionStage<?> issueEnrolment(
            CallContext<
                            AccountStoreManager.IssueEnrolmentParams.Reader,
                            AccountStoreManager.IssueEnrolmentResults.Builder>
                    call) {
        CreateResult.Builder result = call.results().initResult();
        String name = call.params().getName().toString();
        try {
            issueEnrolment(name(name), result);
        } catch (RefusedException refused) {
            refused.refusal().into(result.initDenied());
        } catch (CorruptStoreException damage) {
            Refusal.of(damage).into(result.initDenied());
        }
        return Calls.DONE;
    }

    private void issueEnrolment(AccountName name, CreateResult.Builder result) {
        EnrolmentCode code = EnrolmentCode.draw(random);
        Instant expiresAt = codeExpiry();
        for (int attempt = 0; attempt < Limits.REPLANS; attempt++) {
            Dossier dossier =
                    records.byName(name.key()).orElseThrow(() -> new RefusedException(Names.unknown(name.text())));
            requireNoMorePowerful(dossier.account().content());
            CommitResult committed = accounts.changeCredentials(
                    dossier.account().recordId(),
                    List.of(code.credential(CODE_LABEL, expiresAt)),
                    disabled(dossier),
                    dossier.account().version(),
                    attribution());
            switch (committed) {
                case CommitResult.Committed(Receipt receipt) -> {
                    created(result, dossier.account().recordId(), receipt, code, expiresAt);
                    return;
                }
                case CommitResult.Conflict _ -> {}
                case CommitResult.Rejected(Rejection rejection, String message) ->
                    throw new RefusedException(Refusal.of(rejection, message));
            }
        }
        throw new RefusedException(busy());
    }

    private static Map<RecordId, CredentialState> disabled(Dossier dossier) {
        Map<RecordId, CredentialState> states = new HashMap<>();
        for (Stored<Credential> credential : dossier.credentials()) {
            if (credential.content().kind() == CredentialKind.ENROLMENT_CODE
                    && credential.content().state() == CredentialState.ACTIVE) {
                states.put(credential.recordId(), CredentialState.DISABLED);
            }
        }
        return states;
    }

    /** A code makes whoever has it the account: it may not lead to an administrative role that the issuer does not have. */
    private void requireNoMorePowerful(Account target) {
        if (target.kind() != PrincipalKind.HUMAN && target.kind() != PrincipalKind.OPERATOR) {
            throw new RefusedException(new Refusal(
                    "role-not-allowed",
                    "enrolment codes are for people's accounts, not for one of kind "
                            + target.kind().text(),
                    "seed a code in the manifest"));
        }
        Precedence.beyond(administrator, catalogue(), target.roles()).ifPresent(role -> {
            throw new RefusedException(new Refusal(
                    "administrative-role",
                    "the account has the administrative role \"" + role + "\", which you do not have",
                    "ask somebody who has it"));
        });
    }

    @Override
    public CompletionStage<?> createBinding(
            CallContext<
                            AccountStoreManager.CreateBindingParams.Reader,
                            AccountStoreManager.CreateBindingResults.Builder>
                    call) {
        AccountStoreManager.CreateBindingParams.Reader params = call.params();
        bindings.create(params, this::requireNoMorePowerful, call.results().initResult());
        return Calls.DONE;
    }

    @Override
    public CompletionStage<?> disableBinding(
            CallContext<
                            AccountStoreManager.DisableBindingParams.Reader,
                            AccountStoreManager.DisableBindingResults.Builder>
                    call) {
        bindings.disable(call.params(), call.results().initResult());
        return Calls.DONE;
    }

    @Override
    public CompletionStage<?> resourceProfiles(
            CallContext<
                            AccountStoreManager.ResourceProfilesParams.Reader,
                            AccountStoreManager.ResourceProfilesResults.Builder>
                    call) {
        call.results().setManager(ResourceProfileManager.client(profiles.resources()));
        return Calls.DONE;
    }

    @Override
    public CompletionStage<?> policyProfiles(
            CallContext<
                            AccountStoreManager.PolicyProfilesParams.Reader,
                            AccountStoreManager.PolicyProfilesResults.Builder>
                    call) {
        call.results().setManager(PolicyProfileManager.client(profiles.policies()));
        return Calls.DONE;
    }

    /** One change of an account that exists. */
    private interface Change {
        CommitResult commit(Stored<Account> account, Attribution by);
    }

    private void mutate(String name, MutationResult.Builder result, Supplier<Attribution> asking, Change change) {
        answer(result, asking, by -> change.commit(named(name), by));
    }

    private void answer(
            MutationResult.Builder result, Supplier<Attribution> asking, Function<Attribution, CommitResult> change) {
        try {
            Attribution by = asking.get();
            // Before the name is looked up: it may be what the first time changed.
            CommitResult outcome = by.request().flatMap(accounts::answered).orElseGet(() -> change.apply(by));
            switch (outcome) {
                case CommitResult.Committed(Receipt receipt) -> {
                    MutationResult.Committed.Builder committed = result.initCommitted();
                    committed.setAccount(Wire.account(byId(accountOf(receipt))));
                    committed.setSequence(receipt.sequence());
                }
                case CommitResult.Conflict(var _, var _, long version, Optional<Hash256> hash) -> {
                    MutationResult.Conflict.Builder conflict = result.initConflict();
                    conflict.setCurrentVersion(version);
                    hash.ifPresent(value -> conflict.setCurrentHash(value.toBytes()));
                }
                case CommitResult.Rejected(Rejection rejection, String message) ->
                    Refusal.of(rejection, message).into(result.initDenied());
            }
        } catch (RefusedException refused) {
            refused.refusal().into(result.initDenied());
        } catch (CorruptStoreException damage) {
            Refusal.of(damage).into(result.initDenied());
        }
    }

    private Stored<Account> named(String name) {
        return snapshots
                .read(snapshot -> snapshot.accounts().byName(name(name).key()))
                .orElseThrow(() -> new RefusedException(Names.unknown(name)));
    }

    private static RecordId accountOf(Receipt receipt) {
        return receipt.changes().stream()
                .filter(change -> change.kind() == RecordKind.ACCOUNT)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("a change of an account that writes none"))
                .recordId();
    }

    private Stored<Account> byId(RecordId account) {
        return snapshots
                .read(snapshot -> snapshot.accounts().byId(account))
                .orElseThrow(() -> new IllegalStateException("a committed account is not there"));
    }

    private Attribution attribution() {
        return administrator.attribution();
    }

    /** As {@link #attribution()}, for a call whose client may have chosen the transaction's id. */
    private <R extends StructReader> Attribution attribution(
            Data.Reader transactionId, StructFactory<?, R> factory, R params) {
        return Requests.attribution(administrator, transactionId, factory, params);
    }

    private Instant codeExpiry() {
        // Records hold milliseconds.
        return Instant.ofEpochMilli(clock.millis()).plus(Limits.ENROLMENT_LIFE);
    }

    private PolicyCatalogue catalogue() {
        return snapshots.read(snapshot -> snapshot.policy().policy().content().catalogue());
    }

    private void requireOrdinary(Stored<Account> account, String role) {
        Facts facts = snapshots.read(snapshot -> StoreRecords.facts(snapshot, account));
        if (!(facts.policyProfile() instanceof Facts.Lookup.Found<PolicyProfile>(var profile, var _, var _))) {
            throw new RefusedException(new Refusal(
                    "unknown-profile", "the account's policy profile cannot be used", "set its profiles first"));
        }
        requireOrdinary(catalogue(), role, account.content().kind(), profile);
    }

    private static void requireOrdinary(
            PolicyCatalogue catalogue, String role, PrincipalKind kind, PolicyProfile profile) {
        RoleDefinition definition = definition(catalogue, role);
        requireOrdinary(definition);
        if (!definition.kinds().contains(kind) || !profile.allowedRoles().contains(role)) {
            throw new RefusedException(new Refusal(
                    "role-not-allowed",
                    "policy profile \"" + profile.name() + "\" allows no role \"" + role + "\" for principals of kind "
                            + kind.text(),
                    "set another policy profile first"));
        }
    }

    private static RoleDefinition definition(PolicyCatalogue catalogue, String role) {
        return catalogue
                .role(role)
                .orElseThrow(() -> new RefusedException(
                        new Refusal("unknown-role", "there is no role \"" + role + "\"", "list the roles")));
    }

    private static void requireOrdinary(RoleDefinition role) {
        if (role.manifestOnly()) {
            throw new RefusedException(new Refusal(
                    "manifest-only-role", "role \"" + role.name() + "\" is bound by a seed manifest only", ""));
        }
        if (role.administrative()) {
            throw new RefusedException(new Refusal(
                    "administrative-role",
                    "role \"" + role.name() + "\" is administrative; account administrators bind ordinary roles only",
                    "ask a policy administrator"));
        }
    }

    private static Stored<ResourceProfileContent> resourceProfile(StoreSnapshot snapshot, String name) {
        return snapshot.resourceProfiles()
                .byName(name)
                .orElseThrow(() -> new RefusedException(new Refusal(
                        "unknown-profile", "there is no resource profile \"" + name + "\"", "list the profiles")));
    }

    private static Stored<PolicyProfileContent> policyProfile(StoreSnapshot snapshot, String name, PrincipalKind kind) {
        Stored<PolicyProfileContent> profile = snapshot.policy()
                .profileByName(name)
                .orElseThrow(() -> new RefusedException(new Refusal(
                        "unknown-profile", "there is no policy profile \"" + name + "\"", "list the policy profiles")));
        if (!profile.content().profile().kinds().contains(kind)) {
            throw new RefusedException(new Refusal(
                    "profile-kind",
                    "policy profile \"" + name + "\" does not serve principals of kind " + kind.text(),
                    "choose another"));
        }
        return profile;
    }

    private static String orDefault(String profile) {
        return profile.isEmpty() ? DEFAULT_PROFILE : profile;
    }

    private static AccountName name(String text) {
        try {
            return AccountName.parse(text);
        } catch (InvalidNameException e) {
            throw new RefusedException(Names.invalid(e));
        }
    }

    private static String displayName(String text, AccountName name) {
        if (text.length() > Account.DISPLAY_NAME_CHARS || text.chars().anyMatch(Character::isISOControl)) {
            throw new RefusedException(new Refusal(
                    "invalid-name",
                    "a display name has at most " + Account.DISPLAY_NAME_CHARS
                            + " characters and no control characters",
                    ""));
        }
        return text.isEmpty() ? name.text() : text;
    }

    private static SortedSet<String> roles(TextList.Reader list) {
        if (list.size() > dev.bailiwick.profiles.Limits.LIST_ITEMS) {
            throw new RefusedException(Refusal.because(
                    "too-large", "an account has at most " + dev.bailiwick.profiles.Limits.LIST_ITEMS + " roles"));
        }
        SortedSet<String> roles = new TreeSet<>();
        for (Text.Reader role : list) {
            roles.add(role.toString());
        }
        return roles.isEmpty() ? DEFAULT_ROLES : roles;
    }

    private static Refusal busy() {
        return new Refusal("store-busy", "the account keeps changing", "try again in a moment");
    }
}
