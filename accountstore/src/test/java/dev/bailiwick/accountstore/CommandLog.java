package dev.bailiwick.accountstore;

import dev.bailiwick.engine.Engine;
import dev.bailiwick.engine.RamEngine;
import dev.bailiwick.schema.AccountName;
import dev.bailiwick.schema.Hash256;
import dev.bailiwick.schema.RecordId;
import dev.bailiwick.schema.TransactionId;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.TreeSet;

/** What a busy store ordered, whether it was carried out or not: the canonical bytes of each command, as replicas are given them. */
final class CommandLog {
    private static final List<String> ROLES = List.of("local-user", "developer", "account-admin", "storage-admin");

    private final List<byte[]> commands = new ArrayList<>();
    private final List<String> outcomes = new ArrayList<>();
    private final Random random;
    private final AccountStore store;
    private final AccountStoreManager accounts;
    private final ResourceProfileManager resources;
    private final PolicyProfileManager policies;
    private final NewAccount model; // from before the script takes roles away

    private CommandLog(long seed, Engine engine) {
        this.random = new Random(seed);
        this.store = Stores.inMemory(engine);
        Reading reading = new Reading(engine);
        IdSource ids = new IdSource(new SplittableRandom(seed));
        // A clock that jumps, also back: the store's times must come from the commands.
        var clock = (InstantSource) () -> Stores.NOON.plus(Duration.ofMillis(random.nextInt(100_000)));
        this.accounts = new LiveAccountManager(this::commit, reading, clock, ids);
        this.resources = new LiveResourceProfileManager(this::commit, reading, clock, ids);
        this.policies = new LivePolicyProfileManager(this::commit, reading, clock, ids);
        this.model = Stores.localUser(store, "model");
    }

    /** The log of a script that the seed draws. */
    static CommandLog drawn(long seed, int steps) {
        CommandLog log = new CommandLog(seed, RamEngine.open());
        for (int i = 0; i < steps; i++) {
            log.step(i);
        }
        return log;
    }

    List<byte[]> commands() {
        return commands.stream().map(byte[]::clone).toList();
    }

    /** How the commands ended where they were first carried out, in order. */
    List<String> outcomes() {
        return List.copyOf(outcomes);
    }

    private CommitResult commit(Transaction transaction, CommitGate gate) {
        CommitResult result = order(transaction);
        switch (random.nextInt(12)) {
            case 0 -> order(transaction); // by a client that did not hear the answer
            case 1 ->
                order(
                        new Transaction( // by one that looked before the other wrote
                                TransactionId.of(Arrays.copyOf(
                                        Hash256.sha256(transaction.id().toBytes())
                                                .toBytes(),
                                        16)),
                                transaction.time(),
                                transaction.actor(),
                                transaction.operation(),
                                transaction.approval(),
                                transaction.mutations(),
                                transaction.preconditions()));
            default -> {}
        }
        return result;
    }

    private CommitResult order(Transaction transaction) {
        CommitResult result = store.commit(transaction);
        commands.add(JournalCodec.encode(transaction));
        outcomes.add(result.toString());
        return result;
    }

    private void step(int i) {
        RecordId account = anyAccount();
        long expect = random.nextInt(4) == 0 ? 1 : 0;
        CommitResult ignored = switch (random.nextInt(12)) {
            case 0, 1, 2 -> create(i);
            case 3 -> accounts.setStatus(account, any(AccountStatus.values()), expect, Stores.DAEMON);
            case 4 -> accounts.addRole(account, any(ROLES), expiry(), expect, Stores.DAEMON);
            case 5 -> accounts.removeRole(account, any(ROLES), expect, Stores.DAEMON);
            case 6 -> accounts.rename(account, AccountName.parse("Renamed" + random.nextInt(40)), 0, Stores.DAEMON);
            case 7 -> credential(account);
            case 8 -> bind(account);
            case 9 -> unbind();
            case 10 -> resources.update(resource().profile(), expect, Stores.DAEMON);
            default -> policies.update(policy().profile(), expect, Stores.DAEMON);
        };
        assert ignored != null;
    }

    private CommitResult create(int i) {
        return accounts.create(
                new NewAccount(
                        AccountName.parse("user" + (random.nextInt(5) == 0 ? random.nextInt(i + 1) : i)),
                        "Benutzer \u00dc\u0130\u0131 " + i,
                        model.kind(),
                        new TreeSet<>(List.of("local-user", any(ROLES))),
                        model.resourceProfile(),
                        model.policyProfile(),
                        List.of(),
                        Optional.empty()),
                Stores.DAEMON);
    }

    private CommitResult credential(RecordId account) {
        Map<RecordId, CredentialState> states = new HashMap<>();
        store.accounts()
                .byId(account)
                .orElseThrow()
                .content()
                .credentialRefs()
                .forEach(ref -> states.put(ref, any(CredentialState.values())));
        byte[] verifier = new byte[32];
        random.nextBytes(verifier);
        NewCredential added = new NewCredential(
                CredentialKind.PASSWORD,
                "password",
                "argon2id",
                OpaqueBytes.of(new byte[] {1, 2}),
                OpaqueBytes.of(verifier),
                expiry());
        return accounts.changeCredentials(account, List.of(added, added), states, 0, Stores.DAEMON);
    }

    private CommitResult bind(RecordId account) {
        Account content = store.accounts().byId(account).orElseThrow().content();
        return accounts.bind(
                new NewBinding(
                        "https://issuer.example",
                        Hash256.sha256(("subject " + random.nextInt(20)).getBytes(StandardCharsets.UTF_8)),
                        content.principalId(),
                        "tenant",
                        new TreeSet<>(List.of("groups", "acr", "claim-" + random.nextInt(9))),
                        expiry(),
                        content.policyProfile(),
                        content.resourceProfile()),
                Stores.DAEMON);
    }

    private CommitResult unbind() {
        return store.accounts().externalBindings(Optional.empty(), 100).items().stream()
                .findAny()
                .map(binding -> accounts.unbind(binding.content().bindingId(), 0, Stores.DAEMON))
                .orElseGet(() -> create(0));
    }

    private ResourceProfileContent resource() {
        return any(store.resourceProfiles().list()).content();
    }

    private PolicyProfileContent policy() {
        return any(store.policy().profiles()).content();
    }

    private RecordId anyAccount() {
        return any(store.accounts().list(Optional.empty(), 1000).items()).recordId();
    }

    private Optional<Instant> expiry() {
        return random.nextBoolean() ? Optional.empty() : Optional.of(Stores.NOON.plusSeconds(random.nextInt(1, 9_999)));
    }

    private <T> T any(List<T> of) {
        return of.get(random.nextInt(of.size()));
    }

    @SafeVarargs
    private <T> T any(T... of) {
        return of[random.nextInt(of.length)];
    }
}
