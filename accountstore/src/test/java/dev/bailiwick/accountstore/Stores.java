package dev.bailiwick.accountstore;

import dev.bailiwick.engine.Engine;
import dev.bailiwick.engine.EngineLimits;
import dev.bailiwick.engine.RamEngine;
import dev.bailiwick.engine.RocksEngine;
import dev.bailiwick.engine.RocksOptions;
import dev.bailiwick.engine.StoreOwner;
import dev.bailiwick.profiles.PrincipalKind;
import dev.bailiwick.profiles.SeedManifest;
import dev.bailiwick.profiles.SeedPlan;
import dev.bailiwick.schema.AccountName;
import dev.bailiwick.schema.NameKey;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeSet;

/** Stores seeded from the shipped manifest, with a clock and ids that repeat. */
final class Stores {
    static final Instant NOON = Instant.parse("2026-11-20T12:00:00Z");
    static final Attribution DAEMON = Attribution.of(new Actor.Daemon());

    /** Read once: parsing it takes longer than most tests. */
    private static final SeedPlan PLAN = plan();

    private Stores() {}

    private static SeedPlan plan() {
        try {
            return switch (SeedManifest.parse(Path.of("../profiles/manifests/default.toml"))) {
                case SeedManifest.Parsed(SeedPlan plan) -> plan;
                case SeedManifest.Refused refused -> throw new IllegalStateException(refused.toString());
            };
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static List<Mutation> seeds() {
        return SeedRecords.of(
                PLAN,
                NOON,
                code -> OpaqueBytes.of(("verifier of " + code.label()).getBytes(StandardCharsets.UTF_8)),
                "sha256");
    }

    static AccountStore inMemory(Engine engine) {
        return AccountStore.createInMemory(engine, seeds(), InstantSource.fixed(NOON), new SplittableRandom(1));
    }

    static AccountStore inMemory() {
        return inMemory(RamEngine.open());
    }

    static Engine rocks(Path directory, RocksOptions.Mode mode) {
        return RocksEngine.open(new RocksOptions(
                directory, StoreTables.ALL, mode, StoreOwner.thisProcess(Optional.empty()), EngineLimits.DEFAULT));
    }

    static NameKey key(String name) {
        return AccountName.parse(name).key();
    }

    /** A local user as the shipped profiles make one. */
    static NewAccount localUser(AccountStore store, String name) {
        Account operator = store.accounts().list(Optional.empty(), 100).items().stream()
                .map(Stored::content)
                .filter(account -> account.roles().contains("local-user"))
                .findFirst()
                .orElseThrow();
        return new NewAccount(
                AccountName.parse(name),
                name + " the tester",
                PrincipalKind.HUMAN,
                new TreeSet<>(List.of("local-user")),
                operator.resourceProfile(),
                operator.policyProfile(),
                List.of(),
                Optional.empty());
    }

    static Stored<Account> create(AccountStore store, String name) {
        committed(store.accountManager().create(localUser(store, name), DAEMON));
        return store.accounts().byName(key(name)).orElseThrow();
    }

    static Receipt committed(CommitResult result) {
        return switch (result) {
            case CommitResult.Committed(Receipt receipt) -> receipt;
            case CommitResult.Conflict conflict -> throw new AssertionError(conflict.toString());
            case CommitResult.Rejected rejected -> throw new AssertionError(rejected.toString());
        };
    }
}
