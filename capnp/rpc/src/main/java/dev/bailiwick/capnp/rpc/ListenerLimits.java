package dev.bailiwick.capnp.rpc;

/**
 * How much the peers of one listener may take together, and the processes of one user by themselves, so that no user can keep
 * the others out. What each connection may take is said by {@link Limits}; without these, all connections at once could take so
 * much from each that memory ends.
 *
 * @param connections connections at a time, at least 1; beyond, a peer is told so and disconnected
 * @param connectionsOfOneUser connections at a time from processes of one user id, at least 1
 * @param bytes what all peers together may have kept in memory here, at least 1: messages of which a part came, calls that have not
 *     returned, results that are kept or not read, and some 256 bytes for each entry of a table and 8 KiB for each connection. The
 *     connection that would take more is told so and aborted
 * @param bytesOfOneUser the same for the connections of one user id
 */
public record ListenerLimits(int connections, int connectionsOfOneUser, long bytes, long bytesOfOneUser) {
    /** The part of the heap that peers may take. Messages are copied now and then, and the objects that are called need some, too. */
    private static final int PART_OF_HEAP = 4;

    /** Refuses numbers below one. */
    public ListenerLimits {
        if (connections < 1 || connectionsOfOneUser < 1) {
            throw new IllegalArgumentException("a listener must take at least one connection, and one of each user");
        }
        if (bytes < 1 || bytesOfOneUser < 1) {
            throw new IllegalArgumentException("a listener's peers must be allowed some bytes of memory");
        }
    }

    /**
     * So many connections, and memory that fits this process: a quarter of the largest heap. One user may take half of that,
     * or all of it if one user may have all connections.
     */
    public static ListenerLimits of(int connections, int connectionsOfOneUser) {
        long bytes = Math.max(1, Runtime.getRuntime().maxMemory() / PART_OF_HEAP);
        long share = connectionsOfOneUser >= connections ? bytes : Math.max(1, bytes / 2);
        return new ListenerLimits(connections, connectionsOfOneUser, bytes, share);
    }
}
