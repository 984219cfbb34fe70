package dev.bailiwick.accountstore;

import dev.bailiwick.accountstore.CommitResult.Committed;
import dev.bailiwick.accountstore.CommitResult.Conflict;
import dev.bailiwick.accountstore.CommitResult.Rejected;
import dev.bailiwick.engine.View;
import dev.bailiwick.profiles.ProfileRef;
import dev.bailiwick.schema.ContentHash;
import dev.bailiwick.schema.Hash256;
import dev.bailiwick.schema.PrincipalId;
import dev.bailiwick.schema.RecordId;
import dev.bailiwick.schema.TransactionId;
import dev.bailiwick.schema.VersionId;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The deterministic core of the store: a state and a command give a transition (ARCHITECTURE 5).
 *
 * <p>INVARIANT (determinism): nothing here reads a clock, draws a number, or depends on the order of a hash map, the locale or the
 * default character set. Time, ids and name keys come with the command. Two stores that apply the same commands in the same order
 * hold the same bytes.
 *
 * <p>Everything is computed into {@link Rows} first and checked there; an unsuccessful transition has no rows. One instance applies
 * one command.
 */
final class StateMachine {
    /** What a command comes to: an answer, and the rows to write, which are none unless it is committed for the first time. */
    record Transition(CommitResult result, Optional<Rows> rows) {
        private static Transition refused(CommitResult result) {
            return new Transition(result, Optional.empty());
        }
    }

    /** A command as it is ordered: the transaction and the hash of its canonical bytes. */
    record Command(Transaction transaction, Hash256 hash, int bytes) {
        static Command of(Transaction transaction) {
            byte[] canonical = JournalCodec.encode(transaction);
            return new Command(
                    transaction, ContentHash.ofStruct(JournalCodec.COMMAND_TYPE_ID, canonical), canonical.length);
        }
    }

    private final View view;
    private final Records records;
    private final Command command;
    private final Transaction transaction;
    private final Meta meta;

    /** As it will be. */
    private final long policyEpoch;

    private final Rows rows;
    private final ChainMemory chains;

    /** Of the entry: as proposed, but never before the entry before. */
    private final Instant time;

    /** The records that the transaction writes, as they will be, in the order of its mutations. */
    private final Map<RecordRef, Stored<?>> written = new LinkedHashMap<>();

    /** The versions that they replace. */
    private final Map<RecordRef, Stored<?>> replaced = new HashMap<>();

    /** The accounts that it writes, by principal, and those that they replace. */
    private final Map<PrincipalId, Account> accountsWritten = new HashMap<>();

    private final Map<PrincipalId, Account> accountsReplaced = new HashMap<>();

    /** Whose role bindings it writes. */
    private final Set<PrincipalId> bound = new HashSet<>();

    private StateMachine(View view, Command command, ChainMemory chains) {
        this.view = view;
        this.records = new Records(view, chains.records());
        this.command = command;
        this.transaction = command.transaction();
        this.meta = Meta.load(view);
        this.policyEpoch = policyEpoch(transaction, meta);
        this.rows = new Rows(view);
        this.chains = chains;
        this.time = later(transaction.time(), chains.lastTime(HashChain.JOURNAL, view));
    }

    private static Instant later(Instant one, Instant other) {
        return one.isBefore(other) ? other : one;
    }

    /** Applies a command to the state in {@code view}. */
    static Transition apply(View view, Command command) {
        return apply(view, command, new ChainMemory());
    }

    /** The same, helped by what is remembered of the chains. */
    static Transition apply(View view, Command command, ChainMemory chains) {
        return new StateMachine(view, command, chains).apply();
    }

    private Transition apply() {
        Optional<CommitResult> repeated = repeated();
        if (repeated.isPresent()) {
            return Transition.refused(repeated.get());
        }
        Optional<? extends CommitResult> refusal = size().<CommitResult>map(r -> r)
                .or(this::conflict)
                .or(this::writeRecords)
                .or(this::writeIndex)
                .or(this::references)
                .or(this::administrators);
        return refusal.isPresent() ? Transition.refused(refusal.get()) : commit();
    }

    // ---- the same command again ----

    private Optional<CommitResult> repeated() {
        if (!chains.ids().mayBeUsed(transaction.id())) {
            return Optional.empty();
        }
        byte @Nullable [] row =
                view.get(StoreTables.TRANSACTIONS, transaction.id().toBytes());
        if (row == null) {
            return Optional.empty();
        }
        TransactionRow before = TransactionRow.decode(transaction.id(), row);
        JournalEntry entry = records.entry(before.sequence());
        boolean same = before.commandHash().equals(command.hash())
                || (transaction.requestHash().isPresent()
                        && transaction.requestHash().equals(entry.requestHash()));
        return Optional.of(same ? committed(entry) : idTaken(transaction.id()));
    }

    /**
     * What a client's request under an id it chose came to, if it was committed before: so that asking again is harmless, though
     * a manager would by now propose something else for it.
     */
    static Optional<CommitResult> answered(View view, TransactionId id, Hash256 requestHash) {
        byte @Nullable [] row = view.get(StoreTables.TRANSACTIONS, id.toBytes());
        if (row == null) {
            return Optional.empty();
        }
        JournalEntry entry =
                new Records(view).entry(TransactionRow.decode(id, row).sequence());
        return Optional.of(entry.requestHash().equals(Optional.of(requestHash)) ? committed(entry) : idTaken(id));
    }

    private static CommitResult committed(JournalEntry entry) {
        return new Committed(receipt(entry, HashChain.JOURNAL.entryHash(JournalCodec.encode(entry))));
    }

    private static CommitResult idTaken(TransactionId id) {
        return rejected(Rejection.TRANSACTION_ID_TAKEN, id + " was used for another transaction");
    }

    /** A row of {@code TRANSACTIONS}: sequence 8, command hash 32. */
    record TransactionRow(long sequence, Hash256 commandHash) {
        static TransactionRow decode(TransactionId id, byte[] row) {
            if (row.length != Long.BYTES + Hash256.BYTES) {
                throw new CorruptStoreException("transaction " + id, "its row has the wrong length");
            }
            ByteBuffer buffer = ByteBuffer.wrap(row);
            long sequence = buffer.getLong();
            byte[] hash = new byte[Hash256.BYTES];
            buffer.get(hash);
            return new TransactionRow(sequence, Hash256.of(hash));
        }

        byte[] encode() {
            return ByteBuffer.allocate(Long.BYTES + Hash256.BYTES)
                    .putLong(sequence)
                    .put(commandHash.toBytes())
                    .array();
        }
    }

    // ---- shape and versions ----

    private Optional<Rejected> size() {
        int mutations = transaction.mutations().size();
        if (mutations < 1
                || mutations > StoreLimits.MUTATIONS
                || transaction.preconditions().size() > StoreLimits.PRECONDITIONS
                || command.bytes() > StoreLimits.COMMAND_BYTES) {
            return Optional.of(rejected(
                    Rejection.SIZE,
                    "a transaction writes 1 to " + StoreLimits.MUTATIONS + " records, depends on at most "
                            + StoreLimits.PRECONDITIONS + " and has at most " + StoreLimits.COMMAND_BYTES + " bytes"));
        }
        Set<RecordRef> seen = new HashSet<>();
        for (Mutation mutation : transaction.mutations()) {
            RecordRef record = refOf(mutation);
            if (!seen.add(record)) {
                return Optional.of(rejected(Rejection.RECORD_TWICE, record + " is written twice"));
            }
        }
        return Optional.empty();
    }

    private Optional<CommitResult> conflict() {
        for (Precondition precondition : transaction.preconditions()) {
            Optional<CommitResult> conflict =
                    conflict(precondition.kind(), precondition.recordId(), precondition.expected());
            if (conflict.isPresent()) {
                return conflict;
            }
        }
        for (Mutation mutation : transaction.mutations()) {
            Optional<CommitResult> conflict =
                    conflict(mutation.content().recordKind(), mutation.recordId(), mutation.expected());
            if (conflict.isPresent()) {
                return conflict;
            }
        }
        return Optional.empty();
    }

    private Optional<CommitResult> conflict(RecordKind kind, RecordId record, Expected expected) {
        Optional<Head> head = records.head(kind, record);
        long version = head.map(Head::version).orElse(0L);
        Optional<Hash256> hash = head.map(Head::contentHash);
        boolean same = version == expected.version()
                && (expected.hash().isEmpty() || expected.hash().equals(hash));
        return same ? Optional.empty() : Optional.of(new Conflict(kind, record, version, hash));
    }

    // ---- records ----

    private Optional<CommitResult> writeRecords() {
        for (Mutation mutation : transaction.mutations()) {
            RecordRef record = refOf(mutation);
            Optional<Stored<?>> before = records.newest(record.kind(), record.recordId());
            Optional<String> changed = before.flatMap(old -> Immutable.changed(old.content(), mutation.content()));
            if (changed.isPresent()) {
                return Optional.of(
                        rejected(Rejection.IMMUTABLE_FIELD, changed.get() + " of " + record + " never changes"));
            }
            RecordCodec.Sealed sealed = RecordCodec.seal(chain(mutation, before), mutation.content());
            byte[] bytes = sealed.bytes();
            if (bytes.length > StoreLimits.RECORD_BYTES) {
                return Optional.of(
                        rejected(Rejection.SIZE, record + " has more than " + StoreLimits.RECORD_BYTES + " bytes"));
            }
            Stored<?> after = stored(sealed.chain(), mutation.content());
            note(record, before, after);
            rows.put(StoreTables.RECORDS, Keys.record(record.kind(), record.recordId(), after.version()), bytes);
            rows.put(
                    StoreTables.HEADS,
                    Keys.head(record.kind(), record.recordId()),
                    new Head(after.version(), after.contentHash()).encode());
        }
        return Optional.empty();
    }

    private static long policyEpoch(Transaction transaction, Meta meta) {
        for (Mutation mutation : transaction.mutations()) {
            if (mutation.content().recordKind().movesPolicyEpoch()) {
                return meta.policyEpoch() + 1;
            }
        }
        return meta.policyEpoch();
    }

    private void note(RecordRef record, Optional<Stored<?>> before, Stored<?> after) {
        written.put(record, after);
        before.ifPresent(old -> replaced.put(record, old));
        if (after.content() instanceof Account account) {
            accountsWritten.put(account.principalId(), account);
        }
        if (after.content() instanceof RoleBinding binding) {
            bound.add(binding.principalId());
        }
        before.map(Stored::content)
                .filter(Account.class::isInstance)
                .map(Account.class::cast)
                .ifPresent(account -> accountsReplaced.put(account.principalId(), account));
    }

    private ChainFields chain(Mutation mutation, Optional<Stored<?>> before) {
        return new ChainFields(
                mutation.recordId(),
                ChainFields.SCHEMA_VERSION,
                meta.storeEpoch(),
                before.map(Stored::version).orElse(0L) + 1,
                policyEpoch,
                before.map(Stored::contentHash),
                Optional.empty(),
                before.<Instant>map(Stored::createdAt).orElse(time),
                time);
    }

    private static Stored<?> stored(ChainFields sealed, RecordContent content) {
        return new Stored<>(
                sealed.recordId(),
                sealed.recordVersion(),
                sealed.schemaVersion(),
                sealed.storeEpoch(),
                sealed.policyEpoch(),
                sealed.previousHash(),
                sealed.contentHash().orElseThrow(),
                sealed.createdAt(),
                sealed.updatedAt(),
                content);
    }

    // ---- indexes ----

    /** INVARIANT (indexes): after every commit the index holds exactly the rows that the records derive. */
    private Optional<CommitResult> writeIndex() {
        // What moves away goes first, so that records of one transaction can exchange their names. Rows that stay as
        // they
        // are are not written again.
        Map<RecordRef, List<IndexRow>> added = new LinkedHashMap<>();
        for (Map.Entry<RecordRef, Stored<?>> entry : written.entrySet()) {
            Stored<?> after = entry.getValue();
            Stored<?> before = replaced.get(entry.getKey());
            if (before != null && IndexRow.stay(before.content(), after.content())) {
                continue;
            }
            List<IndexRow> gone = before == null ? List.of() : IndexRow.ofHead(before.recordId(), before.content());
            List<IndexRow> derived = new ArrayList<>(IndexRow.ofHead(after.recordId(), after.content()));
            for (IndexRow row : gone) {
                if (!derived.removeIf(row::matches)) {
                    rows.delete(StoreTables.INDEX, row.key());
                }
            }
            derived.addAll(IndexRow.ofVersion(
                    after.recordId(),
                    after.version(),
                    after.content(),
                    Optional.ofNullable(before).map(Stored::content)));
            added.put(entry.getKey(), derived);
        }
        for (Map.Entry<RecordRef, List<IndexRow>> entry : added.entrySet()) {
            for (IndexRow row : entry.getValue()) {
                byte @Nullable [] other = rows.get(StoreTables.INDEX, row.key());
                if (other != null) {
                    return Optional.of(taken(row, other, Objects.requireNonNull(written.get(entry.getKey()))));
                }
                rows.put(StoreTables.INDEX, row.key(), row.value());
            }
        }
        return Optional.empty();
    }

    private Rejected taken(IndexRow row, byte[] otherValue, Stored<?> record) {
        if (row.taken() == Rejection.NAME_CONFUSABLE && record.content() instanceof Account account) {
            String other = after(RecordKind.ACCOUNT, RecordId.of(otherValue))
                    .map(Stored::content)
                    .map(content -> "'" + ((Account) content).name() + "'")
                    .orElse("another account's");
            return rejected(row.taken(), "'" + account.name() + "' looks like the name " + other + "; choose another");
        }
        return rejected(row.taken(), refOf(record) + " would share a key with another record");
    }

    // ---- rules across records ----

    private Optional<CommitResult> references() {
        Set<PrincipalId> principals = new LinkedHashSet<>();
        for (Stored<?> record : written.values()) {
            Optional<String> dangling = dangling(record, principals);
            if (dangling.isPresent()) {
                return Optional.of(
                        rejected(Rejection.DANGLING_REFERENCE, refOf(record) + " refers to " + dangling.get()));
            }
            if (record.content() instanceof StoreKeyContent key && !takesOver(key, replaced.get(refOf(record)))) {
                return Optional.of(rejected(
                        Rejection.KEY_STATEMENT,
                        "the key in use has not said that " + key.publicKey() + " takes over"));
            }
        }
        Optional<CommitResult> unknownRole = unknownRole();
        return unknownRole.isPresent() ? unknownRole : rolesDiffer(principals);
    }

    /** What a record refers to in vain; also gathers the principals whose roles may have moved. */
    private Optional<String> dangling(Stored<?> record, Set<PrincipalId> principals) {
        return switch (record.content()) {
            case Account account -> {
                principals.add(account.principalId());
                yield danglingCredential(account)
                        .or(() -> danglingProfile(RecordKind.RESOURCE_PROFILE, account.resourceProfile()))
                        .or(() -> danglingProfile(RecordKind.POLICY_PROFILE, account.policyProfile()));
            }
            case RoleBinding binding -> {
                principals.add(binding.principalId());
                yield missingPrincipal(binding.principalId());
            }
            case ExternalBinding binding ->
                missingPrincipal(binding.principalId())
                        .or(() -> danglingProfile(RecordKind.RESOURCE_PROFILE, binding.resourceProfile()))
                        .or(() -> danglingProfile(RecordKind.POLICY_PROFILE, binding.policyProfile()));
            case Credential credential ->
                missingPrincipal(credential.principalId()).or(() -> unlistedCredential(record.recordId(), credential));
            case ResourceProfileContent profile -> Optional.empty();
            case PolicyProfileContent profile -> Optional.empty();
            case PolicyVersion policy -> Optional.empty();
            case StoreKeyContent key -> Optional.empty();
            case SeedManifestContent manifest ->
                manifest.accounts().stream()
                        .filter(id -> after(RecordKind.ACCOUNT, id).isEmpty())
                        .findFirst()
                        .map(id -> "account " + id + ", which does not exist");
        };
    }

    private boolean takesOver(StoreKeyContent key, @Nullable Stored<?> before) {
        return KeyRules.continues(
                key,
                Optional.ofNullable(before)
                        // An epoch that follows another may begin with a key of its own: who recovers may not have the
                        // old one.
                        .filter(old -> old.storeEpoch() == meta.storeEpoch())
                        .map(Stored::content)
                        .map(StoreKeyContent.class::cast),
                Checkpoint.originOf(meta.storeId(), meta.storeEpoch()),
                HashChain.JOURNAL.head(view).size() + 1);
    }

    private Optional<String> missingPrincipal(PrincipalId principal) {
        return accountOf(principal).isPresent() ? Optional.empty() : Optional.of(principal + ", which has no account");
    }

    private Optional<String> danglingCredential(Account account) {
        for (RecordId id : account.credentialRefs()) {
            Optional<Credential> credential =
                    after(RecordKind.CREDENTIAL, id).map(Stored::content).map(Credential.class::cast);
            if (credential.isEmpty() || !credential.get().principalId().equals(account.principalId())) {
                return Optional.of("credential " + id + ", which is not one of this principal's");
            }
        }
        return Optional.empty();
    }

    private Optional<String> unlistedCredential(RecordId id, Credential credential) {
        return accountOf(credential.principalId())
                .filter(account -> credential.state() == CredentialState.ACTIVE
                        && !account.credentialRefs().contains(id))
                .map(account -> "an account that does not list it");
    }

    private Optional<String> danglingProfile(RecordKind kind, ProfileRef reference) {
        byte @Nullable [] row = rows.get(StoreTables.INDEX, Keys.profile(reference.profileId()));
        if (row == null || row[0] != (byte) kind.code()) {
            return Optional.of(reference.profileId() + ", which is no " + kind.text());
        }
        if (reference.versionId().isEmpty()) {
            return Optional.empty();
        }
        VersionId version = reference.versionId().get();
        byte @Nullable [] pinned = rows.get(StoreTables.INDEX, Keys.version(version));
        boolean ofProfile =
                pinned != null && ByteBuffer.wrap(pinned, 0, row.length).equals(ByteBuffer.wrap(row));
        return ofProfile
                ? Optional.empty()
                : Optional.of(version + ", which is no version of " + reference.profileId());
    }

    /** A role that becomes active must be defined by the policy as it will be. */
    private Optional<CommitResult> unknownRole() {
        List<RoleBinding> active = new ArrayList<>();
        for (Stored<?> record : written.values()) {
            if (record.content() instanceof RoleBinding binding && binding.state() == BindingState.ACTIVE) {
                active.add(binding);
            }
        }
        if (active.isEmpty()) {
            return Optional.empty();
        }
        byte @Nullable [] row = rows.get(StoreTables.INDEX, Keys.policy());
        Optional<PolicyVersion> policy = row == null
                ? Optional.empty()
                : after(RecordKind.POLICY_VERSION, RecordId.of(row))
                        .map(Stored::content)
                        .map(PolicyVersion.class::cast);
        for (RoleBinding binding : active) {
            if (policy.isEmpty()
                    || policy.get().catalogue().role(binding.role()).isEmpty()) {
                return Optional.of(rejected(
                        Rejection.UNKNOWN_ROLE, "the policy in force defines no role '" + binding.role() + "'"));
            }
        }
        return Optional.empty();
    }

    /** INVARIANT (projection): an account's roles are those of its principal's active bindings. */
    private Optional<CommitResult> rolesDiffer(Set<PrincipalId> principals) {
        for (PrincipalId principal : principals) {
            Account account = accountOf(principal).orElseThrow();
            SortedSet<String> bound = boundRoles(account);
            if (!account.roles().equals(bound)) {
                return Optional.of(rejected(
                        Rejection.ROLES_DIFFER,
                        "account '" + account.name() + "' lists roles " + account.roles() + " but is bound to "
                                + bound));
            }
            if (bound.size() > StoreLimits.ROLES || account.credentialRefs().size() > StoreLimits.CREDENTIALS) {
                return Optional.of(rejected(
                        Rejection.SIZE,
                        "account '" + account.name() + "' would have more than " + StoreLimits.ROLES + " roles or "
                                + StoreLimits.CREDENTIALS + " credentials"));
            }
        }
        return Optional.empty();
    }

    /** What the account is bound to; where neither it nor a binding of it is touched, what the projection was found to be before. */
    private SortedSet<String> boundRoles(Account account) {
        PrincipalId principal = account.principalId();
        Account before = accountsReplaced.get(principal);
        boolean same = before != null && before.roles().equals(account.roles()) && !bound.contains(principal);
        return same ? account.roles() : activeRoles(principal);
    }

    private SortedSet<String> activeRoles(PrincipalId principal) {
        SortedSet<String> roles = new TreeSet<>();
        for (byte[] value :
                rows.withPrefix(StoreTables.INDEX, Keys.roles(principal)).values()) {
            RoleBinding binding = (RoleBinding) after(RecordKind.ROLE_BINDING, RecordId.of(value))
                    .orElseThrow(() -> new CorruptStoreException(
                            "index rows of " + principal, "they name a role binding that is missing"))
                    .content();
            if (binding.state() == BindingState.ACTIVE) {
                roles.add(binding.role());
            }
        }
        return roles;
    }

    /** INVARIANT (administrable): no transaction makes a store harder to administer than until the last administrator leaves. */
    private Optional<CommitResult> administrators() {
        Administration before = new Administration(records, new Rows(view), records::newest, time);
        boolean rests = false;
        for (Stored<?> old : replaced.values()) {
            rests |= before.rests(old);
        }
        if (!rests) {
            return Optional.empty();
        }
        Administration.Reach reach = new Administration(records, rows, this::after, time).reach();
        return reach == Administration.Reach.LASTING || reach.compareTo(before.reach()) >= 0
                ? Optional.empty()
                : Optional.of(rejected(
                        Rejection.LAST_ACCOUNT_ADMIN,
                        "nobody could administer accounts any more; give another active account, one whose owner has set a"
                                + " password, the role " + Administration.ROLE + " first"));
    }

    /** A record as it will be. */
    private Optional<Stored<?>> after(RecordKind kind, RecordId record) {
        Stored<?> changed = written.get(new RecordRef(kind, record));
        return changed != null ? Optional.of(changed) : records.newest(kind, record);
    }

    private Optional<Account> accountOf(PrincipalId principal) {
        // INVARIANT (indexes): a principal has one account, and its index row names it.
        Account changed = accountsWritten.get(principal);
        if (changed != null) {
            return Optional.of(changed);
        }
        byte @Nullable [] row = rows.get(StoreTables.INDEX, Keys.principal(principal));
        return row == null
                ? Optional.empty()
                : after(RecordKind.ACCOUNT, RecordId.of(row))
                        .map(Stored::content)
                        .map(Account.class::cast);
    }

    // ---- journal ----

    private Transition commit() {
        HashChain.State journal = chains.load(HashChain.JOURNAL, view);
        List<Change> changes = new ArrayList<>(written.size());
        for (Stored<?> record : written.values()) {
            changes.add(new Change(record.kind(), record.recordId(), record.version(), record.contentHash()));
        }
        JournalEntry entry = new JournalEntry(
                journal.size() + 1,
                meta.storeEpoch(),
                policyEpoch,
                journal.lastEntryHash(),
                transaction.id(),
                command.hash(),
                transaction.operation(),
                changes,
                transaction.actor(),
                transaction.approval(),
                time,
                Optional.empty(),
                transaction.requestHash());
        HashChain.State grown = HashChain.JOURNAL.append(journal, JournalCodec.encode(entry), rows);
        chains.appended(HashChain.JOURNAL, grown, time);
        for (Change change : changes) {
            rows.put(
                    StoreTables.CHANGES,
                    Keys.record(change.kind(), change.recordId(), change.version()),
                    Keys.number(entry.sequence()));
        }
        rows.put(
                StoreTables.TRANSACTIONS,
                transaction.id().toBytes(),
                new TransactionRow(entry.sequence(), command.hash()).encode());
        chains.ids().willUse(transaction.id());
        if (policyEpoch != meta.policyEpoch()) {
            Meta.writePolicyEpoch(policyEpoch, rows);
        }
        for (Stored<?> record : written.values()) {
            if (record.content() instanceof StoreKeyContent key) {
                Meta.writePublicKey(key.publicKey(), rows);
            }
        }
        audit(entry);
        written.forEach(chains.records()::keep);
        Hash256 entryHash = grown.lastEntryHash().orElseThrow();
        return new Transition(new Committed(receipt(entry, entryHash)), Optional.of(rows));
    }

    /** Admin audit shares the commit's batch. */
    private void audit(JournalEntry entry) {
        AuditWords words = new AuditWords(this::profileName);
        written.forEach((record, stored) ->
                words.add(Optional.<Stored<?>>ofNullable(replaced.get(record)).map(Stored::content), stored.content()));
        AuditEvent event = new AuditEvent(
                entry.time(),
                "admin",
                "ok",
                Optional.of(entry.actor()),
                "",
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                entry.sequence(),
                Optional.of(entry.changes().getFirst().recordId().value()),
                words.before(),
                words.after(entry.operation()),
                entry.approval());
        appendAudit(view, chains, meta.storeEpoch(), List.of(event), rows);
    }

    private Optional<String> profileName(ProfileRef reference) {
        byte @Nullable [] row = rows.get(StoreTables.INDEX, Keys.profile(reference.profileId()));
        return Optional.ofNullable(row)
                .map(found -> RecordRef.ofKey(found, "index"))
                .flatMap(target -> after(target.kind(), target.recordId()))
                .flatMap(profile -> switch (profile.content()) {
                    case ResourceProfileContent content ->
                        Optional.of(content.profile().name());
                    case PolicyProfileContent content ->
                        Optional.of(content.profile().name());
                    case Account _,
                            RoleBinding _,
                            ExternalBinding _,
                            Credential _,
                            PolicyVersion _,
                            SeedManifestContent _,
                            StoreKeyContent _ -> Optional.empty();
                });
    }

    /** Appends events to the audit chain of the view; answers its new state. */
    static HashChain.State appendAudit(
            View view, ChainMemory chains, long storeEpoch, List<AuditEvent> events, Rows rows) {
        HashChain.State state = chains.load(HashChain.AUDIT, view);
        Instant last = chains.lastTime(HashChain.AUDIT, view);
        for (AuditEvent event : events) {
            last = later(event.time(), last);
            AuditEntry entry =
                    new AuditEntry(state.size() + 1, storeEpoch, state.lastEntryHash(), event.withTime(last));
            state = HashChain.AUDIT.extend(state, JournalCodec.encode(entry), rows);
        }
        HashChain.AUDIT.writeHead(state, rows);
        chains.appended(HashChain.AUDIT, state, last);
        return state;
    }

    private static Receipt receipt(JournalEntry entry, Hash256 entryHash) {
        return new Receipt(
                entry.sequence(),
                entryHash,
                entry.transactionId(),
                entry.storeEpoch(),
                entry.policyEpoch(),
                entry.time(),
                entry.changes());
    }

    private static RecordRef refOf(Mutation mutation) {
        return new RecordRef(mutation.content().recordKind(), mutation.recordId());
    }

    private static RecordRef refOf(Stored<?> record) {
        return new RecordRef(record.kind(), record.recordId());
    }

    private static Rejected rejected(Rejection code, String message) {
        return new Rejected(code, message);
    }
}
