package dev.bailiwick.broker;

import static dev.bailiwick.broker.Holder.get;
import static dev.bailiwick.broker.Holder.put;
import static org.assertj.core.api.Assertions.assertThat;

import dev.bailiwick.schema.gen.Namespace;
import dev.bailiwick.schema.gen.SessionBundle;
import dev.bailiwick.storage.StorageVerifier;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** What becomes of namespaces at their limits and at their ends, as their holders see it. */
class StorageSlotsTest {
    private static final int MIB = 1 << 20;

    private static byte[] mib(int fill) {
        byte[] content = new byte[MIB];
        Arrays.fill(content, (byte) fill);
        return content;
    }

    private static long quota(Namespace.Client namespace) {
        try (var response = namespace.usageRequest().send().join()) {
            return response.get().getQuotaBytes();
        }
    }

    private static long used(Namespace.Client namespace) {
        try (var response = namespace.usageRequest().send().join()) {
            return response.get().getUsedBytes();
        }
    }

    @Test
    void aCacheEvictsAndOthersRefuse() {
        try (World world = World.seeded()) {
            Holder alice = world.alice(world.operator());
            Namespace.Client cache = alice.hold(SessionBundle.Reader::getCache);
            Namespace.Client tmp = alice.hold(SessionBundle.Reader::getTmp);
            int fitting = Math.toIntExact(quota(cache) / MIB);

            for (int i = 0; i < fitting + 5; i++) {
                assertThat(put(cache, "copy-" + i, mib(i))).isEqualTo("stored");
                assertThat(used(cache)).isLessThanOrEqualTo(quota(cache));
            }
            assertThat(get(cache, "copy-" + (fitting + 4))).hasSize(MIB);

            int inTmp = Math.toIntExact(quota(tmp) / MIB);
            for (int i = 0; i < inTmp; i++) {
                assertThat(put(tmp, "scratch-" + i, mib(1))).isEqualTo("stored");
            }
            assertThat(put(tmp, "one-more", mib(1))).isEqualTo("quota-exceeded");
        }
    }

    @Test
    void tmpIsGoneAtLogout() {
        try (World world = World.seeded()) {
            Holder alice = world.alice(world.operator());
            put(alice.hold(SessionBundle.Reader::getTmp), "scratch", "x");
            long before = roots(world);
            alice.logout();

            assertThat(roots(world)).isEqualTo(before - 1);
        }
    }

    @Test
    void tmpIsGoneAtExpiry() {
        try (World world = World.seeded()) {
            Holder alice = world.alice(world.operator());
            put(alice.hold(SessionBundle.Reader::getTmp), "scratch", "x");
            put(alice.home(), "kept", "y");
            assertThat(roots(world)).isEqualTo(2);

            world.clock.advance(Duration.ofDays(3));
            world.broker.sweep();

            // What is left is alice's home: a root is made when it is first used, and nobody used any other.
            assertThat(roots(world)).isEqualTo(1);
        }
    }

    @Test
    void tmpIsGoneAtTheNextStartAfterACrashAndHomeIsNot() {
        try (World world = World.seeded()) {
            Holder alice = world.alice(world.operator());
            put(alice.hold(SessionBundle.Reader::getTmp), "scratch", "x");
            put(alice.home(), "kept", "y");
            assertThat(roots(world)).isEqualTo(2);

            // Another process over what a killed one left: nothing was told that the sessions are over.
            try (Broker next = Broker.idle(
                    world.engine,
                    world.store,
                    new BrokerConfig("test", world.clock, new SecureRandom(), 1, 10, KeyringSecret.inMemory()))) {
                assertThat(next.sessions()).isZero();
                assertThat(roots(world)).isEqualTo(1);
                assertThat(new StorageVerifier(world.engine).verify().findings())
                        .isEmpty();
            }
            assertThat(get(alice.home(), "kept")).isEqualTo("y");
        }
    }

    private static long roots(World world) {
        return new StorageVerifier(world.engine).verify().roots();
    }
}
