package dev.bailiwick.storage;

import dev.bailiwick.schema.Id128;
import dev.bailiwick.schema.PrincipalId;
import java.nio.ByteBuffer;

/**
 * A root and its line of the quota ledger.
 *
 * <pre>
 * body = state:1  durability:1  owner:16  createdAtMs:8  modifiedAtMs:8  generation:8  nextObject:8  usedBytes:8  entries:8
 * </pre>
 *
 * @param generation grows with every change; the version of whatever that change touched
 * @param nextObject the number of the next node or content, never used again; 0 stands for the root itself
 * @param usedBytes INVARIANT (exact ledger): the sum of the sizes of all entries
 * @param entries INVARIANT (exact ledger): the number of entries
 */
record RootRow(
        State state,
        Durability durability,
        PrincipalId owner,
        long createdAtMs,
        long modifiedAtMs,
        long generation,
        long nextObject,
        long usedBytes,
        long entries) {
    private static final int BYTES = 2 + Id128.BYTES + 6 * Long.BYTES;

    enum State {
        LIVE(1),
        /** Absent to every reader; its rows are being deleted. */
        DELETED(2);

        private final int code;

        State(int code) {
            this.code = code;
        }

        private static State ofCode(int code) {
            return switch (code) {
                case 1 -> LIVE;
                case 2 -> DELETED;
                default -> throw new BadRowException("unknown root state " + code);
            };
        }
    }

    static RootRow fresh(PrincipalId owner, Durability durability, long now) {
        return new RootRow(State.LIVE, durability, owner, now, now, 0, 1, 0, 0);
    }

    RootRow deleted() {
        return new RootRow(
                State.DELETED,
                durability,
                owner,
                createdAtMs,
                modifiedAtMs,
                generation,
                nextObject,
                usedBytes,
                entries);
    }

    RootRow withNextObject(long next) {
        return new RootRow(state, durability, owner, createdAtMs, modifiedAtMs, generation, next, usedBytes, entries);
    }

    /** The next generation, with this ledger. */
    RootRow changed(long now, long bytes, long count) {
        return new RootRow(state, durability, owner, createdAtMs, now, generation + 1, nextObject, bytes, count);
    }

    ByteBuffer body() {
        return ByteBuffer.allocate(BYTES)
                .put((byte) state.code)
                .put((byte) durability.code())
                .put(owner.toBytes())
                .putLong(createdAtMs)
                .putLong(modifiedAtMs)
                .putLong(generation)
                .putLong(nextObject)
                .putLong(usedBytes)
                .putLong(entries)
                .flip();
    }

    static RootRow decode(ByteBuffer body) {
        Body.requireLength(body, BYTES);
        State state = State.ofCode(body.get());
        Durability durability = Durability.ofCode(body.get());
        return new RootRow(
                state,
                durability,
                PrincipalId.of(Body.bytes(body, Id128.BYTES)),
                body.getLong(),
                body.getLong(),
                body.getLong(),
                body.getLong(),
                body.getLong(),
                body.getLong());
    }
}
