package dev.bailiwick.daemon;

import dev.bailiwick.broker.BrokerConfig;
import dev.bailiwick.broker.KeyringSecret;
import dev.bailiwick.broker.OfflineAuthority;
import dev.bailiwick.engine.RocksOptions;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Optional;

/**
 * A store opened by somebody who has its directory, with no daemon serving it. Closing it lets go of the store; capabilities from its
 * {@link #authority} must be closed before.
 */
public final class OfflineStore implements AutoCloseable {
    /** What is about to be done with it. */
    public enum Use {
        /** Look. Nothing in or beside the directory is written, not even to finish what a crash left. */
        READ,
        /** Change something. */
        CHANGE
    }

    private final OpenedStore store;
    private final OfflineAuthority authority;

    private OfflineStore(OpenedStore store, OfflineAuthority authority) {
        this.store = store;
        this.authority = authority;
    }

    /**
     * Opens a store.
     *
     * @param uid the operating-system user that changes are journalled with, unsigned
     * @throws DaemonException when it cannot be opened, among other reasons because a daemon holds it
     */
    public static OfflineStore open(StoreLocation location, Use use, int uid, String version) {
        return StoreProblems.explaining(() -> {
            InstantSource clock = InstantSource.system();
            SecureRandom random = new SecureRandom();
            OpenedStore store = OpenedStore.open(location, modeFor(use), Optional.empty(), clock, random);
            BrokerConfig config = new BrokerConfig(
                    version, store.accounts().clock(), random, 1, 1, KeyringSecret.in(location.directory()));
            return new OfflineStore(store, new OfflineAuthority(store.engine(), store.accounts(), uid, config));
        });
    }

    private static RocksOptions.Mode modeFor(Use use) {
        return switch (use) {
            case READ -> RocksOptions.Mode.READ_ONLY;
            case CHANGE -> RocksOptions.Mode.READ_WRITE;
        };
    }

    /** What can be done with it. */
    public OfflineAuthority authority() {
        return authority;
    }

    @Override
    public void close() {
        store.close();
    }
}
