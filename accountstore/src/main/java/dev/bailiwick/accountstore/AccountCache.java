package dev.bailiwick.accountstore;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.bailiwick.engine.Engine;
import dev.bailiwick.schema.NameKey;
import dev.bailiwick.schema.PrincipalId;
import dev.bailiwick.schema.RecordId;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Newest account versions in memory, by record id, and the ids under names and principals.
 *
 * <p>INVARIANT (cache): no lookup answers an older version than any reader has seen, in particular once a commit is acknowledged. The
 * lane suspends a key before it publishes, and invalidates it afterwards, before it acknowledges; a suspended key is looked up in
 * the published state. A load excludes both: one that ran before is thrown away, and one that runs afterwards reads what is published.
 * Only what exists is kept: an absent name costs a read each time and no memory.
 *
 * <p>A name's entry may be stale after a renaming, so an account found by name is used only if it still has that name.
 */
final class AccountCache {
    /** What a lookup answers, kept as it is answered, so that an answer from memory allocates nothing. */
    private record Known(Optional<Stored<Account>> answer) {
        /** In place of an account of which another version is about to be published. */
        static final Known SUSPENDED = new Known(Optional.empty());

        /** Only what exists is kept, so nothing else has no answer. */
        boolean isSuspended() {
            return answer.isEmpty();
        }
    }

    private final Engine engine;

    private final Cache<RecordId, Known> heads = bounded().build();
    private final Cache<NameKey, RecordId> names = bounded().build();
    private final Cache<PrincipalId, RecordId> principals = bounded().build();

    AccountCache(Engine engine) {
        this.engine = engine;
    }

    /** Keeps itself in order on the thread that uses it: handing that to another one with each commit costs several times as much. */
    private static Caffeine<Object, Object> bounded() {
        return Caffeine.newBuilder().maximumSize(StoreLimits.CACHED_ACCOUNTS).executor(Runnable::run);
    }

    Optional<Stored<Account>> byId(RecordId record) {
        Known known = heads.getIfPresent(record);
        if (known == null) {
            known = heads.get(record, this::load);
        }
        if (known != null && known.isSuspended()) {
            return engine.read(view -> new ViewAccountReader(view).byId(record));
        }
        return known == null ? Optional.empty() : known.answer();
    }

    @SuppressWarnings("NullAway") // Caffeine takes a null from the loader for "absent, do not keep"
    private @Nullable Known load(RecordId record) {
        Optional<Stored<Account>> read = engine.read(view -> new ViewAccountReader(view).byId(record));
        return read.isPresent() ? new Known(read) : null;
    }

    Optional<Stored<Account>> byName(NameKey name) {
        RecordId known = names.getIfPresent(name);
        if (known != null) {
            Optional<Stored<Account>> account = byId(known);
            if (account.isPresent() && account.get().content().nameKey().equals(name)) {
                return account;
            }
        }
        Optional<Stored<Account>> read = engine.read(view -> new ViewAccountReader(view).byName(name));
        read.ifPresent(account -> names.put(name, account.recordId()));
        return read;
    }

    Optional<Stored<Account>> byPrincipal(PrincipalId principal) {
        // INVARIANT (immutable principal): a principal's account never becomes another one's.
        RecordId known = principals.getIfPresent(principal);
        if (known != null) {
            return byId(known);
        }
        Optional<Stored<Account>> read = engine.read(view -> new ViewAccountReader(view).byPrincipal(principal));
        read.ifPresent(account -> principals.put(principal, account.recordId()));
        return read;
    }

    /** Before readers see what was written: from now on they are answered from the published state. */
    void suspend(Receipt receipt) {
        forEachAccount(receipt, account -> heads.put(account, Known.SUSPENDED));
    }

    /** Once readers see it. */
    void invalidate(Receipt receipt) {
        forEachAccount(receipt, heads::invalidate);
    }

    private static void forEachAccount(Receipt receipt, Consumer<RecordId> action) {
        for (Change change : receipt.changes()) {
            if (change.kind() == RecordKind.ACCOUNT) {
                action.accept(change.recordId());
            }
        }
    }
}
