package dev.bailiwick.broker;

import dev.bailiwick.identity.IdentitySource;
import dev.bailiwick.launch.LaunchSite;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * What a broker is told by whoever starts it.
 *
 * @param version the program's version, shown by {@code status}
 * @param clock what time it is
 * @param random unpredictable: session references, salts and one-time codes come from it. Thread-safe
 * @param hashThreads passwords hashed at once, 1 to {@link Limits#HASH_THREADS}; usually one for each processor
 * @param sessions live sessions at most, 1 to {@link Limits#SESSIONS}
 * @param keyringSecret where the key is that wraps those of keyrings
 * @param launch where programs are launched; empty if none are
 * @param identitySources who is asked for identities that are not this store's, in this order
 */
public record BrokerConfig(
        String version,
        InstantSource clock,
        RandomGenerator random,
        int hashThreads,
        int sessions,
        KeyringSecret keyringSecret,
        Optional<LaunchSite> launch,
        List<IdentitySource> identitySources) {
    /** A broker that launches nothing. */
    public BrokerConfig(
            String version,
            InstantSource clock,
            RandomGenerator random,
            int hashThreads,
            int sessions,
            KeyringSecret keyringSecret) {
        this(version, clock, random, hashThreads, sessions, keyringSecret, Optional.empty(), List.of());
    }

    /** The same, launching programs there. */
    public BrokerConfig launchingAt(LaunchSite site) {
        return new BrokerConfig(
                version, clock, random, hashThreads, sessions, keyringSecret, Optional.of(site), identitySources);
    }

    /** The same, asking those sources. */
    public BrokerConfig asking(List<IdentitySource> sources) {
        return new BrokerConfig(version, clock, random, hashThreads, sessions, keyringSecret, launch, sources);
    }

    /** Refuses numbers out of bounds. */
    public BrokerConfig {
        identitySources = List.copyOf(identitySources);
        if (hashThreads < 1 || hashThreads > Limits.HASH_THREADS) {
            throw new IllegalArgumentException("hashThreads must be 1 to " + Limits.HASH_THREADS);
        }
        if (sessions < 1 || sessions > Limits.SESSIONS) {
            throw new IllegalArgumentException("sessions must be 1 to " + Limits.SESSIONS);
        }
    }
}
