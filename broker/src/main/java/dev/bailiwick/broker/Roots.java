package dev.bailiwick.broker;

import dev.bailiwick.accountstore.Account;
import dev.bailiwick.accountstore.AccountStoreManager;
import dev.bailiwick.accountstore.Actor;
import dev.bailiwick.accountstore.Attribution;
import dev.bailiwick.accountstore.CommitResult;
import dev.bailiwick.accountstore.StorageRoot;
import dev.bailiwick.accountstore.Stored;
import dev.bailiwick.profiles.SlotAccess;
import dev.bailiwick.schema.Id128;
import dev.bailiwick.schema.RootId;
import java.nio.charset.StandardCharsets;
import java.util.random.RandomGenerator;

/**
 * Gives an account its storage roots, when a bundle needs them for the first time: an account that never logs in has none. Their
 * ids are random, so that nothing about a root follows from the account.
 */
final class Roots {
    /** Names the storage service of this daemon in records: there is one. */
    static final Id128 SERVICE = Id128.of("bailiwick-store.".getBytes(StandardCharsets.US_ASCII));

    private final AccountStoreManager accounts;
    private final RandomGenerator random;

    Roots(AccountStoreManager accounts, RandomGenerator random) {
        this.accounts = accounts;
        this.random = random;
    }

    /** Whether the plan grants a durable namespace of which the account has no root yet. */
    boolean areMissing(Stored<Account> account, BundlePlan plan) {
        for (PolicyDecision.Granted grant : plan.granted()) {
            boolean missing = switch (grant.slot()) {
                case HOME ->
                    grant.access() != SlotAccess.EPHEMERAL
                            && account.content().homeRoot().isEmpty();
                case CONFIG -> account.content().configRoot().isEmpty();
                case CACHE -> account.content().cacheRoot().isEmpty();
                case TERMINAL,
                        SESSION,
                        TMP,
                        LOGS,
                        LOG_SINK,
                        LAUNCHER,
                        APPROVAL,
                        CREDENTIALS,
                        KEYRING,
                        STATUS,
                        LOGIN,
                        HELP,
                        ACCOUNT_READER,
                        ACCOUNT_MANAGER,
                        PROFILE_READER,
                        ROLE_DIRECTORY,
                        PLANNER,
                        STORE_INSPECTOR,
                        APPROVAL_REVIEWER,
                        AUDIT_READER,
                        SESSION_DIRECTORY,
                        RESOURCE_PROFILE_MANAGER,
                        POLICY_MANAGER,
                        STORE_MAINTAINER,
                        KEY_BACKUP,
                        IDENTITY,
                        SERVICES,
                        SECURED,
                        SUPERVISOR -> false;
            };
            if (missing) {
                return true;
            }
        }
        return false;
    }

    /** Binds roots to the account, those it has kept. If it has changed meanwhile nothing is done; whoever asked reads again. */
    void provide(Stored<Account> account) {
        switch (accounts.setRoots(
                account.recordId(),
                account.content().homeRoot().orElseGet(this::fresh),
                account.content().configRoot().orElseGet(this::fresh),
                account.content().cacheRoot().orElseGet(this::fresh),
                account.version(),
                Attribution.of(new Actor.Daemon()))) {
            case CommitResult.Committed _, CommitResult.Conflict _ -> {}
            case CommitResult.Rejected(var rejection, String message) ->
                throw new IllegalStateException("storage roots were rejected: " + rejection.text() + ": " + message);
        }
    }

    private StorageRoot fresh() {
        return new StorageRoot(
                SERVICE, new RootId(new Id128(random.nextLong(), random.nextLong())), StorageRoot.SCHEMA_VERSION, 0);
    }
}
