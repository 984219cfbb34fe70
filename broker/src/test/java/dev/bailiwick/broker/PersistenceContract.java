package dev.bailiwick.broker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bailiwick.accountstore.AccountStore;
import dev.bailiwick.accountstore.StoreTables;
import dev.bailiwick.engine.Engine;
import dev.bailiwick.engine.Table;
import dev.bailiwick.schema.gen.Namespace;
import dev.bailiwick.schema.gen.SessionBundle;
import dev.bailiwick.storage.StorageTables;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Guests and anonymous callers cannot persist anything, by any sequence of calls: an {@link Explorer} makes many, from what connects
 * and from what a session of theirs holds, and then every row of every table is what it was before, but for the audit chain. One class
 * below for each kind of store.
 *
 * <p>{@code -Dexploration.calls=} makes it longer, {@code -Dexploration.seed=} repeats a run.
 */
abstract class PersistenceContract {
    private static final int SEQUENCES = 6;
    private static final int MOST_SEQUENCES = 60;

    /** What chance has to come to before it is worth looking at the rows: behind each slot, and from there further. */
    private static final Set<String> REACHED = Set.of(
            "SessionManager.guest",
            "SessionManager.anonymous",
            "UserSession.info",
            "Namespace.put",
            "Namespace.get",
            "BlobWriter.commit",
            "Blob.read",
            "LogReader.read",
            "Help.read");

    private static final int CALLS = Integer.getInteger("exploration.calls", 120);
    private static final long SEED = Long.getLong("exploration.seed", System.nanoTime());

    /** A fresh world on a store of that kind. */
    abstract World seeded();

    /** The world's store as a daemon that starts again finds it, on files after an orderly end, or as a crash at this moment leaves it. */
    abstract Found again(World world, End end);

    /** How a daemon came to its end. */
    enum End {
        ORDERLY,
        CRASH
    }

    /**
     * What is found.
     *
     * @param engine with what is stored
     * @param store over it
     * @param close lets go of both
     */
    record Found(Engine engine, AccountStore store, Runnable close) {}

    @Test
    void nothingOfWhatGuestsAndAnonymousCallersDoOutlivesThem() {
        try (World world = seeded()) {
            Map<String, String> before = rows(world.engine);
            Map<String, Integer> answered = new TreeMap<>();
            int calls = 0;
            for (int sequence = 0;
                    sequence < SEQUENCES || (!answered.keySet().containsAll(REACHED) && sequence < MOST_SEQUENCES);
                    sequence++) {
                try (Explorer explorer = explorer(world, sequence)) {
                    explorer.explore(CALLS);
                    calls += explorer.calls();
                    explorer.answered().forEach((method, count) -> answered.merge(method, count, Integer::sum));
                    fillAllNamespaces(explorer);
                }
                // Whoever has not logged out expires.
                world.clock.advance(Duration.ofHours(3));
                world.broker.sweep();
            }
            System.out.println("exploration, seed " + SEED + ": " + calls + " calls, answered by " + answered);

            assertThat(leftovers(before, restarted(world))).isEmpty();
            // Or it proved little: it has to get from the bundle to what is behind it, and from there further.
            assertThat(answered.keySet()).containsAll(REACHED);
        }
    }

    @Test
    void aCrashLeavesNothingOfThemEither() {
        try (World world = seeded()) {
            Map<String, String> before = rows(world.engine);
            try (Explorer explorer = explorer(world, SEQUENCES)) {
                explorer.explore(CALLS);
                fillAllNamespaces(explorer);
                assertThat(leftovers(before, rows(world.engine)))
                        .as("rows while the sessions live")
                        .isNotEmpty();
            }
            // Without ending a session first: as if the daemon had been killed.
            assertThat(leftovers(before, started(world, again(world, End.CRASH))))
                    .isEmpty();
        }
    }

    /** Control: one durable capability among what they hold is found. */
    @Test
    void aHomeThatWasPassedToAGuestIsFound() {
        try (World world = seeded()) {
            Holder alice = world.alice(world.operator());
            Map<String, String> before = rows(world.engine);
            try (Explorer explorer = explorer(world, 0)) {
                explorer.take(alice.home().share());
                explorer.explore(CALLS / 4);
                fillAllNamespaces(explorer);
            }

            assertThat(leftovers(before, restarted(world)))
                    .anyMatch(row -> row.startsWith("storage.entries"))
                    .anyMatch(row -> row.startsWith("storage.blobs"));
        }
    }

    /** Control: so is a record. */
    @Test
    void aRecordThatChangedIsFound() {
        try (World world = seeded()) {
            Map<String, String> before = rows(world.engine);
            world.operator();

            assertThat(leftovers(before, restarted(world))).anyMatch(row -> row.startsWith("records"));
        }
    }

    /** Holds what connects, a guest's bundle and an anonymous caller's. */
    private static Explorer explorer(World world, int sequence) {
        Explorer explorer = new Explorer(SEED + sequence);
        int uid = 5000 + sequence;
        explorer.take(world.connect(uid));
        Holder guest = world.guest(uid);
        // So that there is something to be found from the first call on.
        Holder.put(guest.home(), "a/b", "a guest's");
        Holder.put(guest.home(), "diary", "dear diary");
        for (Holder holder : List.of(guest, world.anonymous(uid))) {
            SessionBundle.Reader bundle = holder.bundle();
            explorer.takeAll(bundle);
        }
        return explorer;
    }

    /** Whatever namespace was reached, something is written there. */
    private static void fillAllNamespaces(Explorer explorer) {
        for (Namespace.Client namespace : explorer.held(Namespace.Client.class)) {
            try {
                Holder.put(namespace, "marker", "a guest was here");
            } catch (dev.bailiwick.capnp.rpc.RpcException revokedOrReadOnly) {
                assertThat(revokedOrReadOnly.reason()).isNotEmpty();
            }
        }
    }

    /** The rows after an orderly end and another start. */
    private Map<String, String> restarted(World world) {
        world.broker.close();
        return started(world, again(world, End.ORDERLY));
    }

    private static Map<String, String> started(World world, Found found) {
        try {
            Broker.idle(
                            found.engine(),
                            found.store(),
                            new BrokerConfig(
                                    "test",
                                    world.clock,
                                    new SecureRandom(),
                                    1,
                                    Limits.SESSIONS,
                                    KeyringSecret.inMemory()))
                    .close();
            return rows(found.engine());
        } finally {
            found.close().run();
        }
    }

    /** Every row outside the audit chain, by table and key. */
    private static Map<String, String> rows(Engine engine) {
        Map<String, String> rows = new TreeMap<>();
        engine.read(view -> {
            for (Table table : Stream.concat(StoreTables.ALL.stream(), StorageTables.all().stream())
                    .filter(table -> !table.name().startsWith("audit"))
                    .toList()) {
                view.scan(table, new byte[0], null, (key, value) -> {
                    // What the store knows of its chains as a whole has one row for each chain.
                    if (!new String(key, StandardCharsets.ISO_8859_1).contains("audit")) {
                        rows.put(
                                table.name() + " " + HexFormat.of().formatHex(key),
                                HexFormat.of().formatHex(Arrays.copyOf(value, Math.min(value.length, 4096))));
                    }
                    return true;
                });
            }
            return true;
        });
        return rows;
    }

    private static List<String> leftovers(Map<String, String> before, Map<String, String> after) {
        return Stream.concat(
                        after.entrySet().stream()
                                .filter(row -> !row.getValue().equals(before.get(row.getKey())))
                                .map(row -> row.getKey() + " = " + row.getValue()),
                        before.keySet().stream()
                                .filter(key -> !after.containsKey(key))
                                .map(key -> key + " is gone"))
                .toList();
    }
}
