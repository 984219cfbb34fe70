package dev.bailiwick.daemon;

import dev.bailiwick.capnp.rpc.Limits;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What a daemon is told by whoever starts it.
 *
 * @param store the store it serves
 * @param socket where, absolute
 * @param version the program's version, shown by {@code status}
 * @param peer what one peer may take
 * @param connections peers at a time, at least 1; processes of one user get at most half of them. What peers have kept in memory,
 *     all together, is bounded by a quarter of the heap, and half of that for one user
 * @param sessions live sessions at most
 * @param hashThreads passwords hashed at once
 * @param sources who is asked for identities that are not the store's, in this order
 */
public record DaemonConfig(
        StoreLocation store,
        Path socket,
        String version,
        Limits peer,
        int connections,
        int sessions,
        int hashThreads,
        List<OutsideSource> sources) {
    /** One message holds at most one transfer of 1 MiB and what goes with it. */
    private static final int MESSAGE_BYTES = 2 << 20;

    /** Calls of one peer that are not finished: a pipelining client needs tens. */
    private static final int CALLS = 1024;

    /** Capabilities of one connection: a bundle has some twenty, and a client may open many blobs. */
    private static final int EXPORTS = 16_384;

    /** Unanswered bytes of one peer: a few whole transfers. */
    private static final int WINDOW_BYTES = 8 << 20;

    private static final int CONNECTIONS = 4096;

    /** Refuses numbers below one, and sources of one name. */
    public DaemonConfig {
        if (connections < 1) {
            throw new IllegalArgumentException("a daemon serves at least one connection");
        }
        sources = List.copyOf(sources);
        Set<String> names = new HashSet<>();
        for (OutsideSource source : sources) {
            if (!names.add(source.name())) {
                throw new IllegalArgumentException("two identity sources are called \"" + source.name() + "\"");
            }
        }
    }

    /** The same, asking those sources in that order. Refuses two of one name. */
    public DaemonConfig asking(List<OutsideSource> outside) {
        return new DaemonConfig(store, socket, version, peer, connections, sessions, hashThreads, outside);
    }

    /** The limits of a daemon that serves the users of one machine. */
    public static DaemonConfig of(StoreLocation store, Path socket, String version) {
        Limits peer = Limits.DEFAULT
                .withMessageBytes(MESSAGE_BYTES)
                .withCalls(CALLS, CALLS)
                .withTables(EXPORTS, EXPORTS)
                .withWindow(WINDOW_BYTES, 2 * WINDOW_BYTES);
        int processors = Runtime.getRuntime().availableProcessors();
        return new DaemonConfig(
                store,
                socket,
                version,
                peer,
                CONNECTIONS,
                dev.bailiwick.broker.Limits.SESSIONS,
                Math.min(processors, dev.bailiwick.broker.Limits.HASH_THREADS),
                List.of());
    }
}
