package dev.bailiwick.accountstore;

import dev.bailiwick.accountstore.Proposals.Draft;
import dev.bailiwick.profiles.ProfileRef;
import dev.bailiwick.profiles.ServiceIdentity;
import dev.bailiwick.schema.AccountName;
import dev.bailiwick.schema.BindingId;
import dev.bailiwick.schema.PrincipalId;
import dev.bailiwick.schema.RecordId;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiFunction;

/** Proposes changes of accounts and what hangs on them. */
final class LiveAccountManager implements AccountStoreManager {
    private final Committing store;
    private final Proposals proposals;
    private final IdSource ids;

    LiveAccountManager(Committing store, Reading reading, InstantSource clock, IdSource ids) {
        this.store = store;
        this.proposals = new Proposals(store, reading, clock, ids);
        this.ids = ids;
    }

    @Override
    public CommitResult create(NewAccount account, Attribution by) {
        PrincipalId principal = PrincipalId.of(ids.next());
        RecordId record = RecordId.of(ids.next());
        SortedSet<RecordId> credentialRefs = new TreeSet<>();
        List<Mutation> mutations = new ArrayList<>();
        for (NewCredential credential : account.credentials()) {
            RecordId id = RecordId.of(ids.next());
            credentialRefs.add(id);
            mutations.add(Mutation.create(id, credential.of(principal)));
        }
        for (String role : account.roles()) {
            mutations.add(Mutation.create(
                    RecordId.of(ids.next()), binding(principal, role, BindingState.ACTIVE, Optional.empty(), by)));
        }
        mutations.addFirst(Mutation.create(
                record,
                new Account(
                        principal,
                        account.kind(),
                        account.name().text(),
                        account.name().key(),
                        account.name().skeleton(),
                        account.displayName(),
                        AccountStatus.ACTIVE,
                        credentialRefs,
                        account.roles(),
                        new TreeMap<>(),
                        account.resourceProfile(),
                        account.policyProfile(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        account.service())));
        return proposals.propose("account.create", by, 0, snapshot -> new Draft.Write(mutations));
    }

    @Override
    public CommitResult setStatus(RecordId account, AccountStatus status, long expect, Attribution by) {
        return change(
                "account.status",
                account,
                expect,
                by,
                (snapshot, found) -> replacing(found, found.content().withStatus(status)));
    }

    @Override
    public CommitResult addRole(
            RecordId account, String role, Optional<Instant> expiresAt, long expect, Attribution by) {
        RecordId fresh = RecordId.of(ids.next());
        return change("role.bind", account, expect, by, (snapshot, found) -> {
            PrincipalId principal = found.content().principalId();
            RoleBinding binding = binding(principal, role, BindingState.ACTIVE, expiresAt, by);
            Mutation bind = bindingOf(snapshot, principal, role)
                    .map(old -> Mutation.replace(old, binding))
                    .orElseGet(() -> Mutation.create(fresh, binding));
            SortedSet<String> roles = new TreeSet<>(found.content().roles());
            roles.add(role);
            return new Draft.Write(
                    List.of(Mutation.replace(found, found.content().withRoles(roles)), bind));
        });
    }

    @Override
    public CommitResult removeRole(RecordId account, String role, long expect, Attribution by) {
        return change("role.unbind", account, expect, by, (snapshot, found) -> {
            PrincipalId principal = found.content().principalId();
            Optional<Stored<RoleBinding>> old = bindingOf(snapshot, principal, role)
                    .filter(binding -> binding.content().state() == BindingState.ACTIVE);
            if (old.isEmpty()) {
                return Proposals.notFound(
                        "role '" + role + "' bound to '" + found.content().name() + "'");
            }
            SortedSet<String> roles = new TreeSet<>(found.content().roles());
            roles.remove(role);
            RoleBinding revoked = binding(
                    principal, role, BindingState.REVOKED, old.get().content().expiresAt(), by);
            return new Draft.Write(List.of(
                    Mutation.replace(found, found.content().withRoles(roles)), Mutation.replace(old.get(), revoked)));
        });
    }

    @Override
    public CommitResult setProfiles(
            RecordId account,
            Optional<ProfileRef> resourceProfile,
            Optional<ProfileRef> policyProfile,
            long expect,
            Attribution by) {
        return change(
                "account.profiles",
                account,
                expect,
                by,
                (snapshot, found) -> replacing(
                        found,
                        found.content()
                                .withProfiles(
                                        resourceProfile.orElse(found.content().resourceProfile()),
                                        policyProfile.orElse(found.content().policyProfile()))));
    }

    @Override
    public CommitResult defineService(
            RecordId account,
            ServiceIdentity definition,
            Optional<ProfileRef> resourceProfile,
            Optional<ProfileRef> policyProfile,
            long expect,
            Attribution by) {
        return change("account.service", account, expect, by, (snapshot, found) -> {
            Account before = found.content();
            if (before.service().isEmpty()) {
                return Proposals.notFound("service of '" + before.name() + "'");
            }
            return replacing(
                    found,
                    before.withProfiles(
                                    resourceProfile.orElse(before.resourceProfile()),
                                    policyProfile.orElse(before.policyProfile()))
                            .withService(definition));
        });
    }

    @Override
    public CommitResult setRoots(
            RecordId account, StorageRoot home, StorageRoot config, StorageRoot cache, long expect, Attribution by) {
        return change(
                "account.roots",
                account,
                expect,
                by,
                (snapshot, found) -> replacing(found, found.content().withRoots(home, config, cache)));
    }

    @Override
    public CommitResult changeCredentials(
            RecordId account,
            List<NewCredential> added,
            Map<RecordId, CredentialState> states,
            long expect,
            Attribution by) {
        return proposals.propose("account.credentials", by, expect, snapshot -> {
            Optional<Stored<Account>> found = snapshot.accounts().byId(account);
            if (found.isEmpty()) {
                return Proposals.notFound("account " + account);
            }
            return Proposals.stale(found.get(), expect)
                    .orElseGet(() -> credentialsDraft(snapshot, found.get(), added, new TreeMap<>(states)));
        });
    }

    private Draft credentialsDraft(
            ViewSnapshot snapshot,
            Stored<Account> account,
            List<NewCredential> added,
            SortedMap<RecordId, CredentialState> states) {
        SortedSet<RecordId> refs = new TreeSet<>(account.content().credentialRefs());
        List<Mutation> mutations = new ArrayList<>();
        for (Map.Entry<RecordId, CredentialState> state : states.entrySet()) {
            Optional<Stored<Credential>> credential = snapshot.credential(account, state.getKey());
            if (credential.isEmpty()) {
                return Proposals.notFound("credential " + state.getKey() + " of '"
                        + account.content().name() + "'");
            }
            mutations.add(Mutation.replace(
                    credential.get(), credential.get().content().withState(state.getValue())));
            switch (state.getValue()) {
                case ACTIVE -> {}
                // Listing only what is usable keeps an account's record small however often its password is changed.
                case CONSUMED, DISABLED -> refs.remove(state.getKey());
            }
        }
        for (NewCredential credential : added) {
            RecordId id = RecordId.of(ids.next());
            refs.add(id);
            mutations.add(Mutation.create(id, credential.of(account.content().principalId())));
        }
        mutations.addFirst(Mutation.replace(account, account.content().withCredentialRefs(refs)));
        return new Draft.Write(mutations);
    }

    @Override
    public CommitResult rename(RecordId account, AccountName name, long expect, Attribution by) {
        return change(
                "account.rename",
                account,
                expect,
                by,
                (snapshot, found) -> replacing(found, found.content().withName(name)));
    }

    @Override
    public CommitResult bind(NewBinding binding, Attribution by) {
        RecordId record = RecordId.of(ids.next());
        BindingId id = BindingId.of(ids.next());
        return proposals.propose("binding.create", by, 0, snapshot -> {
            Optional<Stored<ExternalBinding>> before =
                    snapshot.accounts().externalBinding(binding.provider(), binding.subjectHash());
            if (before.isEmpty()) {
                return new Draft.Write(List.of(Mutation.create(record, binding.of(id))));
            }
            ExternalBinding old = before.get().content();
            return old.state() == BindingState.REVOKED && old.principalId().equals(binding.principalId())
                    ? new Draft.Write(List.of(Mutation.replace(before.get(), binding.of(old.bindingId()))))
                    : new Draft.Refuse(new CommitResult.Rejected(
                            Rejection.DUPLICATE_BINDING,
                            "that subject of '" + old.provider() + "' "
                                    + (old.state() == BindingState.ACTIVE ? "is" : "was") + " bound by "
                                    + old.bindingId()));
        });
    }

    @Override
    public CommitResult unbind(BindingId binding, long expect, Attribution by) {
        return proposals.propose("binding.disable", by, expect, snapshot -> {
            Optional<Stored<ExternalBinding>> found = snapshot.accounts().externalBinding(binding);
            if (found.isEmpty()) {
                return Proposals.notFound("binding " + binding);
            }
            return Proposals.stale(found.get(), expect)
                    .orElseGet(() -> found.get().content().state() == BindingState.ACTIVE
                            ? new Draft.Write(List.of(Mutation.replace(
                                    found.get(), found.get().content().revoked())))
                            : Proposals.notFound("binding " + binding + " in force: it is disabled already"));
        });
    }

    @Override
    public Optional<CommitResult> answered(ClientRequest request) {
        return proposals.answered(request);
    }

    @Override
    public CommitResult commit(Transaction transaction, CommitGate gate) {
        for (Mutation mutation : transaction.mutations()) {
            switch (mutation.content().recordKind()) {
                case ACCOUNT, ROLE_BINDING, EXTERNAL_BINDING, CREDENTIAL -> {}
                case RESOURCE_PROFILE, POLICY_PROFILE, POLICY_VERSION, SEED_MANIFEST, STORE_KEY -> {
                    return new CommitResult.Rejected(
                            Rejection.NOT_THIS_MANAGER,
                            "accounts are managed here, not "
                                    + mutation.content().recordKind().text());
                }
            }
        }
        return store.commit(transaction, gate);
    }

    private CommitResult change(
            String operation,
            RecordId account,
            long expect,
            Attribution by,
            BiFunction<ViewSnapshot, Stored<Account>, Draft> drafting) {
        return proposals.propose(operation, by, expect, snapshot -> {
            Optional<Stored<Account>> found = snapshot.accounts().byId(account);
            if (found.isEmpty()) {
                return Proposals.notFound("account " + account);
            }
            return Proposals.stale(found.get(), expect).orElseGet(() -> drafting.apply(snapshot, found.get()));
        });
    }

    private static Draft replacing(Stored<Account> found, Account content) {
        return new Draft.Write(List.of(Mutation.replace(found, content)));
    }

    private static Optional<Stored<RoleBinding>> bindingOf(ViewSnapshot snapshot, PrincipalId principal, String role) {
        return snapshot.accounts().roleBindings(principal).stream()
                .filter(binding -> binding.content().role().equals(role))
                .findFirst();
    }

    private static RoleBinding binding(
            PrincipalId principal, String role, BindingState state, Optional<Instant> expiresAt, Attribution by) {
        Optional<PrincipalId> grantedBy = switch (by.actor()) {
            case Actor.Session(PrincipalId who, var session) -> Optional.of(who);
            case Actor.Offline offline -> Optional.empty();
            case Actor.Daemon daemon -> Optional.empty();
            case Actor.Manifest manifest -> Optional.empty();
        };
        return new RoleBinding(principal, role, state, expiresAt, grantedBy);
    }
}
