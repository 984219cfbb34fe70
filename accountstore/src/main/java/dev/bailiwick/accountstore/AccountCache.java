package dev.bailiwick.accountstore;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.bailiwick.engine.Engine;
import dev.bailiwick.schema.NameKey;
import dev.bailiwick.schema.PrincipalId;
import dev.bailiwick.schema.RecordId;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Newest account versions in memory, by record id, and the ids under names and principals.
 *
 * <p>INVARIANT (cache): once a commit is acknowledged, no lookup answers an older version. A load and an invalidation of the same
 * key exclude each other; the lane invalidates after it has published and before it acknowledges. So a load that ran before the
 * invalidation is thrown away, and one that runs after it reads the published state. Only what exists is kept: an absent name costs a
 * read each time and no memory.
 *
 * <p>A name's entry may be stale after a renaming, so an account found by name is used only if it still has that name.
 */
final class AccountCache {
    /** What a lookup answers, kept as it is answered, so that an answer from memory allocates nothing. */
    private record Known(Optional<Stored<Account>> answer) {}

    private final Engine engine;

    private final Cache<RecordId, Known> heads =
            Caffeine.newBuilder().maximumSize(StoreLimits.CACHED_ACCOUNTS).build();
    private final Cache<NameKey, RecordId> names =
            Caffeine.newBuilder().maximumSize(StoreLimits.CACHED_ACCOUNTS).build();
    private final Cache<PrincipalId, RecordId> principals =
            Caffeine.newBuilder().maximumSize(StoreLimits.CACHED_ACCOUNTS).build();

    AccountCache(Engine engine) {
        this.engine = engine;
    }

    Optional<Stored<Account>> byId(RecordId record) {
        Known known = heads.getIfPresent(record);
        if (known == null) {
            known = heads.get(record, this::load);
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

    void invalidate(Receipt receipt) {
        for (Change change : receipt.changes()) {
            if (change.kind() == RecordKind.ACCOUNT) {
                heads.invalidate(change.recordId());
            }
        }
    }
}
