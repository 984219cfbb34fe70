package dev.bailiwick.bench.store;

import dev.bailiwick.accountstore.Account;
import dev.bailiwick.accountstore.AccountStatus;
import dev.bailiwick.accountstore.AccountStore;
import dev.bailiwick.accountstore.Actor;
import dev.bailiwick.accountstore.AnchorMode;
import dev.bailiwick.accountstore.CommitResult;
import dev.bailiwick.accountstore.Expected;
import dev.bailiwick.accountstore.Mutation;
import dev.bailiwick.accountstore.OpaqueBytes;
import dev.bailiwick.accountstore.Receipt;
import dev.bailiwick.accountstore.SeedRecords;
import dev.bailiwick.accountstore.StoreFiles;
import dev.bailiwick.accountstore.StoreTables;
import dev.bailiwick.accountstore.Stored;
import dev.bailiwick.accountstore.Transaction;
import dev.bailiwick.engine.EngineLimits;
import dev.bailiwick.engine.RocksEngine;
import dev.bailiwick.engine.RocksOptions;
import dev.bailiwick.engine.StoreOwner;
import dev.bailiwick.profiles.PrincipalKind;
import dev.bailiwick.profiles.SeedManifest;
import dev.bailiwick.schema.AccountName;
import dev.bailiwick.schema.NameKey;
import dev.bailiwick.schema.PrincipalId;
import dev.bailiwick.schema.RecordId;
import dev.bailiwick.schema.TransactionId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;

/** A store of {@code count} accounts named {@code account-0} and so on, whose ids follow from their numbers. */
final class Accounts implements AutoCloseable {
    private static final int PER_TRANSACTION = 1000;
    private static final long RECORD_IDS = 0x6163636f756e7473L;
    private static final long PRINCIPAL_IDS = 0x7072696e63697061L;

    private final RecordingEngine engine;
    private final AccountStore store;
    private final Path directory;
    private final int count;
    private final Account like;
    private final SplittableRandom ids = new SplittableRandom();

    private Accounts(RecordingEngine engine, AccountStore store, Path directory, int count, Account like) {
        this.engine = engine;
        this.store = store;
        this.directory = directory;
        this.count = count;
        this.like = like;
    }

    /** Makes the store and fills it. */
    static Accounts create(Path directory, Path manifest, AnchorMode mode, int count) throws IOException {
        List<Mutation> seeds = switch (SeedManifest.parse(manifest)) {
            case SeedManifest.Parsed(var plan) ->
                SeedRecords.of(
                        plan,
                        InstantSource.system().instant(),
                        code -> OpaqueBytes.of(code.label().getBytes(StandardCharsets.UTF_8)),
                        "sha256");
            case SeedManifest.Refused refused -> throw new IllegalStateException(refused.toString());
        };
        RecordingEngine engine = engine(directory, RocksOptions.Mode.CREATE);
        AccountStore store = AccountStore.create(
                engine,
                StoreFiles.defaultsFor(directory).withMode(mode),
                seeds,
                InstantSource.system(),
                new SplittableRandom());
        Accounts accounts = new Accounts(engine, store, directory, count, anAccount(store));
        accounts.fill();
        return accounts;
    }

    /** Opens a store that {@link #create} made. */
    static Accounts open(Path directory, AnchorMode mode, int count) {
        RecordingEngine engine = engine(directory, RocksOptions.Mode.READ_WRITE);
        AccountStore store = AccountStore.open(
                engine,
                StoreFiles.defaultsFor(directory).withMode(mode),
                InstantSource.system(),
                new SplittableRandom());
        return new Accounts(engine, store, directory, count, anAccount(store));
    }

    private static RecordingEngine engine(Path directory, RocksOptions.Mode mode) {
        return new RecordingEngine(RocksEngine.open(new RocksOptions(
                directory, StoreTables.ALL, mode, StoreOwner.thisProcess(Optional.empty()), EngineLimits.DEFAULT)));
    }

    private static Account anAccount(AccountStore store) {
        return store.accounts().list(Optional.empty(), 1).items().getFirst().content();
    }

    private void fill() {
        for (int from = 0; from < count; from += PER_TRANSACTION) {
            List<Mutation> mutations = new ArrayList<>();
            for (int i = from; i < Math.min(count, from + PER_TRANSACTION); i++) {
                mutations.add(Mutation.create(recordId(i), account(i)));
            }
            committed(store.commit(transaction("account.create", mutations)));
        }
    }

    AccountStore store() {
        return store;
    }

    RecordingEngine engine() {
        return engine;
    }

    int count() {
        return count;
    }

    /** Where RocksDB keeps it. */
    Path database() {
        return directory.resolve("db");
    }

    static NameKey name(int number) {
        return AccountName.parse("account-" + number).key();
    }

    static RecordId recordId(int number) {
        return RecordId.of(id(RECORD_IDS, number));
    }

    private static byte[] id(long salt, int number) {
        byte[] id = new byte[16];
        new SplittableRandom(salt + number).nextBytes(id);
        return id;
    }

    private Account account(int number) {
        AccountName name = AccountName.parse("account-" + number);
        return new Account(
                PrincipalId.of(id(PRINCIPAL_IDS, number)),
                PrincipalKind.HUMAN,
                name.text(),
                name.key(),
                name.skeleton(),
                "Account " + number + " of the benchmark",
                AccountStatus.ACTIVE,
                new TreeSet<>(),
                new TreeSet<>(),
                new TreeMap<>(),
                like.resourceProfile(),
                like.policyProfile(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    /** The accounts {@code from <= number < to}, to be changed by one caller at a time. */
    Writer writer(int from, int to) {
        List<Stored<Account>> owned = new ArrayList<>();
        for (int i = from; i < to; i++) {
            owned.add(store.accounts().byId(recordId(i)).orElseThrow());
        }
        return new Writer(owned);
    }

    private Transaction transaction(String operation, List<Mutation> mutations) {
        byte[] id = new byte[16];
        synchronized (ids) {
            ids.nextBytes(id);
        }
        return new Transaction(
                TransactionId.of(id),
                store.clock().instant(),
                new Actor.Daemon(),
                operation,
                Optional.empty(),
                mutations,
                List.of());
    }

    private static Receipt committed(CommitResult result) {
        return switch (result) {
            case CommitResult.Committed(Receipt receipt) -> receipt;
            case CommitResult.Conflict conflict -> throw new IllegalStateException(conflict.toString());
            case CommitResult.Rejected rejected -> throw new IllegalStateException(rejected.toString());
        };
    }

    @Override
    public void close() {
        engine.close();
        store.close();
    }

    /** Changes accounts by compare-and-set, one commit at a time. Used by one thread at a time. */
    final class Writer {
        private final List<Stored<Account>> owned;
        private final long[] versions;
        private int next;

        private Writer(List<Stored<Account>> owned) {
            this.owned = owned;
            this.versions = owned.stream().mapToLong(Stored::version).toArray();
        }

        /** One durable commit that changes the status of one account, if it is still at the version last seen. */
        void commit() {
            int which = next++ % versions.length;
            Stored<Account> account = owned.get(which);
            AccountStatus status = versions[which] % 2 == 0 ? AccountStatus.ACTIVE : AccountStatus.DISABLED;
            Mutation mutation = new Mutation(
                    account.recordId(),
                    Expected.version(versions[which]),
                    account.content().withStatus(status));
            Receipt receipt = committed(store.commit(transaction("account.status", List.of(mutation))));
            versions[which] = receipt.changes().getFirst().version();
        }
    }
}
