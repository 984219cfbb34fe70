package dev.bailiwick.torture;

import dev.bailiwick.accountstore.Account;
import dev.bailiwick.accountstore.AccountStatus;
import dev.bailiwick.accountstore.AccountStore;
import dev.bailiwick.accountstore.Actor;
import dev.bailiwick.accountstore.AnchorMode;
import dev.bailiwick.accountstore.CommitResult;
import dev.bailiwick.accountstore.Mutation;
import dev.bailiwick.accountstore.OpaqueBytes;
import dev.bailiwick.accountstore.Receipt;
import dev.bailiwick.accountstore.SeedRecords;
import dev.bailiwick.accountstore.StoreFiles;
import dev.bailiwick.accountstore.StoreTables;
import dev.bailiwick.accountstore.Stored;
import dev.bailiwick.accountstore.Transaction;
import dev.bailiwick.engine.Engine;
import dev.bailiwick.engine.EngineLimits;
import dev.bailiwick.engine.RocksEngine;
import dev.bailiwick.engine.RocksOptions;
import dev.bailiwick.engine.StoreOwner;
import dev.bailiwick.profiles.PrincipalKind;
import dev.bailiwick.profiles.SeedManifest;
import dev.bailiwick.schema.AccountName;
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
import java.util.random.RandomGenerator;

/**
 * A store to be treated badly. It holds pairs of accounts; each transaction writes both accounts of a pair, with the same word as
 * display name, so that half of a transaction shows.
 *
 * @param directory of the store
 * @param files its key, its anchor, and when the anchor follows
 */
record Subject(Path directory, StoreFiles files) {
    private static final long RECORD_IDS = 0x746f72747572652dL;
    private static final long PRINCIPAL_IDS = 0x7072696e63697061L;
    private static final String FIRST_WORD = "untouched";

    /** A store at this place, with its anchor beside it, moved with each commit. */
    static Subject at(Path directory) {
        return new Subject(directory, StoreFiles.defaultsFor(directory));
    }

    /** The same with the anchor at another place. */
    Subject anchoredAt(Path anchor) {
        return new Subject(directory, files.withAnchor(anchor));
    }

    /** The same with another way to follow. */
    Subject anchored(AnchorMode mode) {
        return new Subject(directory, files.withMode(mode));
    }

    /** Makes the store, with {@code pairs} pairs of accounts. */
    Session create(Path manifest, int pairs, SplittableRandom random) throws IOException {
        List<Mutation> seeds = switch (SeedManifest.parse(manifest)) {
            case SeedManifest.Parsed(var plan) ->
                SeedRecords.of(
                        plan,
                        InstantSource.system().instant(),
                        code -> OpaqueBytes.of(code.label().getBytes(StandardCharsets.UTF_8)),
                        "sha256");
            case SeedManifest.Refused refused -> throw new IllegalStateException(refused.toString());
        };
        Engine engine = engine(RocksOptions.Mode.CREATE);
        try {
            Session session = new Session(
                    engine, AccountStore.create(engine, files, seeds, InstantSource.system(), random.split()), random);
            session.addPairs(pairs);
            return session;
        } catch (RuntimeException e) {
            engine.close();
            throw e;
        }
    }

    /** Opens the store as a daemon does. */
    Session open(RandomGenerator random) {
        return open(RocksOptions.Mode.READ_WRITE, random);
    }

    /** Opens the store. */
    Session open(RocksOptions.Mode mode, RandomGenerator random) {
        Engine engine = engine(mode);
        try {
            return new Session(engine, AccountStore.open(engine, files, InstantSource.system(), random), random);
        } catch (RuntimeException e) {
            engine.close();
            throw e;
        }
    }

    private Engine engine(RocksOptions.Mode mode) {
        return RocksEngine.open(new RocksOptions(
                directory, StoreTables.ALL, mode, StoreOwner.thisProcess(Optional.empty()), EngineLimits.DEFAULT));
    }

    /** The left or the right account of a pair. */
    static RecordId account(int pair, Side side) {
        return RecordId.of(id(RECORD_IDS, pair, side));
    }

    /** One of the two accounts of a pair. */
    enum Side {
        LEFT(0),
        RIGHT(1);

        private final int number;

        Side(int number) {
            this.number = number;
        }
    }

    private static byte[] id(long salt, int pair, Side side) {
        byte[] id = new byte[16];
        new SplittableRandom(salt + 2L * pair + side.number).nextBytes(id);
        return id;
    }

    /** An open store. */
    record Session(Engine engine, AccountStore store, RandomGenerator random) implements AutoCloseable {
        private void addPairs(int pairs) {
            Account like = store.accounts()
                    .list(Optional.empty(), 1)
                    .items()
                    .getFirst()
                    .content();
            List<Mutation> mutations = new ArrayList<>();
            for (int pair = 0; pair < pairs; pair++) {
                for (Side side : Side.values()) {
                    mutations.add(Mutation.create(account(pair, side), fresh(pair, side, like)));
                }
            }
            committed(commit("account.create", mutations));
        }

        private static Account fresh(int pair, Side side, Account like) {
            AccountName name = AccountName.parse("pair-" + pair + "-" + (side == Side.LEFT ? "left" : "right"));
            return new Account(
                    PrincipalId.of(id(PRINCIPAL_IDS, pair, side)),
                    PrincipalKind.HUMAN,
                    name.text(),
                    name.key(),
                    name.skeleton(),
                    FIRST_WORD,
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

        /** The newest version of an account. */
        Stored<Account> newest(int pair, Side side) {
            RecordId record = account(pair, side);
            return store.accounts()
                    .byId(record)
                    .orElseThrow(() -> new IllegalStateException("account " + record + " is gone"));
        }

        /** Gives both accounts of a pair this word, if both are at the versions seen. */
        CommitResult write(Stored<Account> left, Stored<Account> right, String word) {
            return commit(
                    "account.word",
                    List.of(
                            Mutation.replace(left, withWord(left.content(), word)),
                            Mutation.replace(right, withWord(right.content(), word))));
        }

        /** Gives both accounts of a pair this word, whichever their versions. */
        Receipt write(int pair, String word) {
            return committed(write(newest(pair, Side.LEFT), newest(pair, Side.RIGHT), word));
        }

        /** Commits records, as the daemon. */
        CommitResult commit(String operation, List<Mutation> mutations) {
            byte[] id = new byte[16];
            synchronized (random) {
                random.nextBytes(id);
            }
            return store.commit(new Transaction(
                    TransactionId.of(id),
                    store.clock().instant(),
                    new Actor.Daemon(),
                    operation,
                    Optional.empty(),
                    mutations,
                    List.of()));
        }

        @Override
        public void close() {
            engine.close();
            store.close();
        }
    }

    static Account withWord(Account account, String word) {
        return new Account(
                account.principalId(),
                account.kind(),
                account.name(),
                account.nameKey(),
                account.nameSkeleton(),
                word,
                account.status(),
                account.credentialRefs(),
                account.roles(),
                account.attributes(),
                account.resourceProfile(),
                account.policyProfile(),
                account.homeRoot(),
                account.configRoot(),
                account.cacheRoot(),
                account.service());
    }

    /** The receipt of what must have been committed. */
    static Receipt committed(CommitResult result) {
        return switch (result) {
            case CommitResult.Committed(Receipt receipt) -> receipt;
            case CommitResult.Conflict conflict -> throw new IllegalStateException(conflict.toString());
            case CommitResult.Rejected rejected -> throw new IllegalStateException(rejected.toString());
        };
    }
}
