package dev.bailiwick.capnp.rpc;

import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Where a server keeps its sturdy references. How durable they are is this table's affair: what a method returned from must be
 * as safe as the implementation promises, so a durable one returns from {@link #add} and the removals only when the change
 * is synced.
 *
 * <p>Implementations are safe for use by any thread, each method is atomic, and they fail with an {@link IOException} rather
 * than answer that something damaged is absent. One suite of tests, {@code SturdyRefStoreContract}, holds for all of them.
 */
public interface SturdyRefStore {
    /**
     * Adds a record.
     *
     * @throws IllegalArgumentException if there is one with that hash
     */
    void add(SturdyRecord record) throws IOException;

    /** The record with that hash, expired or not. */
    Optional<SturdyRecord> find(SturdyHash hash) throws IOException;

    /** Removes the record with that hash; says whether there was one. */
    boolean remove(SturdyHash hash) throws IOException;

    /** Removes all records of an owner; says how many there were. */
    int removeAllOf(SturdyOwner owner) throws IOException;

    /** Removes the records that are {@linkplain SturdyRecord#isExpired expired} at that time; says how many there were. */
    int removeExpired(Instant now) throws IOException;

    /** The records of an owner, expired or not, in no particular order. */
    List<SturdyRecord> allOf(SturdyOwner owner) throws IOException;

    /** How many records an owner has, expired or not. */
    int countOf(SturdyOwner owner) throws IOException;

    /** How many records there are, expired or not. */
    int size() throws IOException;
}
