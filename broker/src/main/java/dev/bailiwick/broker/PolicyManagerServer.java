package dev.bailiwick.broker;

import dev.bailiwick.accountstore.Account;
import dev.bailiwick.accountstore.AccountStore;
import dev.bailiwick.accountstore.Attribution;
import dev.bailiwick.accountstore.CommitResult;
import dev.bailiwick.accountstore.CorruptStoreException;
import dev.bailiwick.accountstore.PolicyProfileContent;
import dev.bailiwick.accountstore.PolicyVersion;
import dev.bailiwick.accountstore.Receipt;
import dev.bailiwick.accountstore.RecordKind;
import dev.bailiwick.accountstore.Rejection;
import dev.bailiwick.accountstore.StoreSnapshot;
import dev.bailiwick.accountstore.Stored;
import dev.bailiwick.capnp.rpc.CallContext;
import dev.bailiwick.capnp.rpc.Calls;
import dev.bailiwick.capnp.rpc.IncomingCall;
import dev.bailiwick.profiles.PolicyCatalogue;
import dev.bailiwick.profiles.PolicyProfile;
import dev.bailiwick.profiles.ProfileCodecs;
import dev.bailiwick.profiles.RoleDefinition;
import dev.bailiwick.schema.AccountName;
import dev.bailiwick.schema.Canonical;
import dev.bailiwick.schema.Hash256;
import dev.bailiwick.schema.InvalidNameException;
import dev.bailiwick.schema.RecordId;
import dev.bailiwick.schema.gen.MutationResult;
import dev.bailiwick.schema.gen.PolicyChange;
import dev.bailiwick.schema.gen.PolicyManager;
import dev.bailiwick.schema.gen.PolicyProfileManager;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * Serves the changes that a policy administrator makes (seed 002, {@code policy-admin}): the role catalogue, policy profiles, and who has
 * which role, administrative ones included. It leads to no end resource, and its holder does not widen their own bundle by it: roles of
 * their own account are not theirs to bind, and a catalogue or a profile that would give their account more is refused ({@link OwnBundle}).
 * Both bounds are for whoever leased it; whoever opened the store's directory is bounded by nothing that we could do.
 */
final class PolicyManagerServer implements PolicyManager.Server {
    private final Administrator administrator;
    private final Optional<Grant> holder;
    private final OwnBundle own;
    private final AccountStore store;
    private final ProfileManagers profiles;

    /**
     * @param holder whose bundle it must not widen; empty for whoever opened the store's directory
     * @param random profile ids come from it
     */
    PolicyManagerServer(
            Administrator administrator,
            Optional<Grant> holder,
            Planner planner,
            AccountStore store,
            RandomGenerator random) {
        this.administrator = administrator;
        this.holder = holder;
        this.own = new OwnBundle(holder, planner);
        this.store = store;
        this.profiles =
                new ProfileManagers(new ProfileAuthor(), own, store::read, Administrator.Powers.over(store), random);
    }

    /** May newly allow every role, except one that is bound to them and was not allowed so far. */
    private final class ProfileAuthor implements Administrator {
        @Override
        public Attribution attribution() {
            return administrator.attribution();
        }

        @Override
        public boolean has(String role) {
            return holder.isEmpty()
                    || administrator.has(role)
                    || !holdersAccount().roles().contains(role);
        }

        @Override
        public <T> T answering(Callable<T> call) throws Exception {
            return administrator.answering(call);
        }
    }

    private Account holdersAccount() {
        RecordId record = holder.orElseThrow().session().identity().account();
        return store.read(snapshot -> snapshot.accounts().byId(record))
                .map(Stored::content)
                .orElseThrow(() -> new IllegalStateException("the account of a live session is gone"));
    }

    @Override
    public CompletionStage<?> dispatch(IncomingCall call) throws Exception {
        return administrator.answering(() -> StoreTrouble.telling(() -> PolicyManager.Server.super.dispatch(call)));
    }

    @Override
    public CompletionStage<?> show(
            CallContext<PolicyManager.ShowParams.Reader, PolicyManager.ShowResults.Builder> call) {
        call.results()
                .setPolicyVersion(wire(store.read(snapshot -> snapshot.policy().policy())));
        return Calls.DONE;
    }

    private static dev.bailiwick.schema.gen.PolicyVersion.Reader wire(Stored<PolicyVersion> stored) {
        return Canonical.reader(stored.canonical()).getRoot(dev.bailiwick.schema.gen.PolicyVersion.factory);
    }

    @Override
    public CompletionStage<?> publish(
            CallContext<PolicyManager.PublishParams.Reader, PolicyManager.PublishResults.Builder> call) {
        PolicyManager.PublishParams.Reader params = call.params();
        PolicyChange.Builder result = call.results().initResult();
        try {
            Attribution by = Requests.attribution(
                    administrator, params.getTransactionId(), PolicyManager.PublishParams.factory, params);
            CommitResult outcome =
                    by.request().flatMap(store.accountManager()::answered).orElseGet(() -> publish(params, by));
            switch (outcome) {
                case CommitResult.Committed(Receipt receipt) -> {
                    PolicyChange.Committed.Builder committed = result.initCommitted();
                    committed.setPolicyVersion(
                            wire(store.read(snapshot -> snapshot.policy().policy())));
                    committed.setSequence(receipt.sequence());
                }
                case CommitResult.Conflict(var _, var _, long version, Optional<Hash256> hash) -> {
                    PolicyChange.Conflict.Builder conflict = result.initConflict();
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
        return Calls.DONE;
    }

    /** What is checked against the version that is replaced lands on that version only. */
    private CommitResult publish(PolicyManager.PublishParams.Reader params, Attribution by) {
        PolicyCatalogue catalogue = sound(params.getPolicyVersion());
        long expected = store.read(snapshot -> {
            Stored<PolicyVersion> before = snapshot.policy().policy();
            requireProfiles(snapshot, catalogue);
            requireUnused(snapshot, before.content().catalogue(), catalogue);
            own.requireNoWider(snapshot, before, catalogue);
            return params.getExpect() == 0 ? before.version() : params.getExpect();
        });
        return store.policyVersionManager().publish(catalogue, expected, by);
    }

    private static PolicyCatalogue sound(dev.bailiwick.schema.gen.PolicyVersion.Reader sent) {
        try {
            return ProfileCodecs.read(sent);
        } catch (IllegalArgumentException outOfBounds) {
            throw new RefusedException(new Refusal(
                    "invalid-policy",
                    Optional.ofNullable(outOfBounds.getMessage()).orElse("the policy cannot be read"),
                    "'policy show' prints the one in force"));
        }
    }

    private static void requireProfiles(StoreSnapshot snapshot, PolicyCatalogue catalogue) {
        for (Stored<PolicyProfileContent> stored : snapshot.policy().profiles()) {
            PolicyProfile profile = stored.content().profile();
            catalogue.fault(profile).ifPresent(fault -> {
                throw new RefusedException(new Refusal(
                        fault.code().text(),
                        "policy profile \"" + profile.name() + "\" does not go with it: " + fault.message(),
                        "change the profile first"));
            });
        }
    }

    private static void requireUnused(StoreSnapshot snapshot, PolicyCatalogue before, PolicyCatalogue after) {
        Set<String> gone = new TreeSet<>(before.roles().keySet());
        gone.removeAll(after.roles().keySet());
        for (String role : gone) {
            if (!snapshot.accounts().members(role).isEmpty()) {
                throw new RefusedException(new Refusal(
                        "role-in-use",
                        "role \"" + role + "\" would be gone, but accounts have it",
                        "remove it from them first; 'role show' names them"));
            }
        }
    }

    @Override
    public CompletionStage<?> policyProfiles(
            CallContext<PolicyManager.PolicyProfilesParams.Reader, PolicyManager.PolicyProfilesResults.Builder> call) {
        call.results().setManager(PolicyProfileManager.client(profiles.policies()));
        return Calls.DONE;
    }

    @Override
    public CompletionStage<?> addRole(
            CallContext<PolicyManager.AddRoleParams.Reader, PolicyManager.AddRoleResults.Builder> call) {
        PolicyManager.AddRoleParams.Reader params = call.params();
        String role = params.getRole().toString();
        mutate(
                params.getName().toString(),
                call.results().initResult(),
                () -> Requests.attribution(
                        administrator, params.getTransactionId(), PolicyManager.AddRoleParams.factory, params),
                (account, by) -> {
                    requireOther(account);
                    requireBindable(account, role);
                    return store.accountManager()
                            .addRole(account.recordId(), role, Optional.empty(), params.getExpect(), by);
                });
        return Calls.DONE;
    }

    @Override
    public CompletionStage<?> removeRole(
            CallContext<PolicyManager.RemoveRoleParams.Reader, PolicyManager.RemoveRoleResults.Builder> call) {
        PolicyManager.RemoveRoleParams.Reader params = call.params();
        String role = params.getRole().toString();
        mutate(
                params.getName().toString(),
                call.results().initResult(),
                () -> Requests.attribution(
                        administrator, params.getTransactionId(), PolicyManager.RemoveRoleParams.factory, params),
                (account, by) -> {
                    requireBoundByPeople(role);
                    return store.accountManager().removeRole(account.recordId(), role, params.getExpect(), by);
                });
        return Calls.DONE;
    }

    private void requireOther(Stored<Account> account) {
        boolean own = holder.filter(
                        grant -> grant.session().identity().account().equals(account.recordId()))
                .isPresent();
        if (own) {
            throw new RefusedException(new Refusal(
                    "own-account",
                    "nobody binds roles to their own account",
                    "let another policy administrator do it"));
        }
    }

    private Optional<RoleDefinition> role(String name) {
        return store.read(
                snapshot -> snapshot.policy().policy().content().catalogue().role(name));
    }

    /** A role that the catalogue has no more may be taken away all the same. */
    private void requireBoundByPeople(String role) {
        if (role(role).filter(RoleDefinition::manifestOnly).isPresent()) {
            throw new RefusedException(
                    new Refusal("manifest-only-role", "role \"" + role + "\" is bound by a seed manifest only", ""));
        }
    }

    private void requireBindable(Stored<Account> account, String name) {
        RoleDefinition role = role(name)
                .orElseThrow(() -> new RefusedException(
                        new Refusal("unknown-role", "there is no role \"" + name + "\"", "list the roles")));
        requireBoundByPeople(name);
        Facts facts = store.read(snapshot -> StoreRecords.facts(snapshot, account));
        boolean allowed = role.kinds().contains(account.content().kind())
                && facts.policyProfile() instanceof Facts.Lookup.Found<PolicyProfile>(var profile, var _, var _)
                && profile.allowedRoles().contains(name);
        if (!allowed) {
            throw new RefusedException(new Refusal(
                    "role-not-allowed",
                    "the account's policy profile allows no role \"" + name + "\" for principals of kind "
                            + account.content().kind().text(),
                    "set another policy profile first"));
        }
    }

    /** One change of an account that exists. */
    private interface Change {
        CommitResult commit(Stored<Account> account, Attribution by);
    }

    private void mutate(String name, MutationResult.Builder result, Supplier<Attribution> asking, Change change) {
        try {
            Attribution by = asking.get();
            // Before the name is looked up: it may be what the first time changed.
            CommitResult outcome = by.request()
                    .flatMap(store.accountManager()::answered)
                    .orElseGet(() -> change.commit(named(name), by));
            switch (outcome) {
                case CommitResult.Committed(Receipt receipt) -> {
                    MutationResult.Committed.Builder committed = result.initCommitted();
                    committed.setAccount(Wire.account(written(receipt)));
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
        AccountName parsed;
        try {
            parsed = AccountName.parse(name);
        } catch (InvalidNameException e) {
            throw new RefusedException(Names.invalid(e));
        }
        return store.read(snapshot -> snapshot.accounts().byName(parsed.key()))
                .orElseThrow(() -> new RefusedException(Names.unknown(name)));
    }

    private Stored<Account> written(Receipt receipt) {
        List<RecordId> accounts = receipt.changes().stream()
                .filter(change -> change.kind() == RecordKind.ACCOUNT)
                .map(dev.bailiwick.accountstore.Change::recordId)
                .toList();
        return store.read(snapshot -> snapshot.accounts().byId(accounts.getFirst()))
                .orElseThrow(() -> new IllegalStateException("a committed account is not there"));
    }
}
