package dev.bailiwick.storage;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Streams one new version of an entry. Nothing is visible until {@link #commit}; a writer that is closed, or lost in a crash,
 * leaves nothing. It keeps less than one chunk in memory; full chunks are stored as they come, and count against a bound of
 * their own: all unfinished writers of a root together may have as many bytes stored as the quota has.
 *
 * <p>Thread-safe; calls are taken one after the other.
 */
public final class BlobWriter implements AutoCloseable {
    private final StorageLane lane;
    private final Access access;
    private final String path;
    private final Function<NewContent, PutResult> store;
    private final MessageDigest digest = Sha256.digest();

    private State state;
    private Denied refusal;
    private ByteBuffer buffer = ByteBuffer.allocate(0);
    private long total;
    private long stagedBytes;
    private @Nullable Long content;
    private int chunks;

    private enum State {
        OPEN,
        DONE
    }

    private BlobWriter(
            StorageLane lane,
            Access access,
            String path,
            State state,
            Denied refusal,
            Function<NewContent, PutResult> store) {
        this.lane = lane;
        this.access = access;
        this.path = path;
        this.state = state;
        this.refusal = refusal;
        this.store = store;
    }

    /** A writer that gives one answer to everything. */
    static BlobWriter refusing(StorageLane lane, Access access, Denied refusal) {
        return new BlobWriter(lane, access, "", State.DONE, refusal, fresh -> refusal);
    }

    static BlobWriter opened(StorageLane lane, Access access, String path, Function<NewContent, PutResult> store) {
        int most = lane.limits().openWriters();
        return lane.holds().openWriter(access.root(), most)
                ? new BlobWriter(lane, access, path, State.OPEN, Denials.closed(), store)
                : refusing(lane, access, new Denied.QuotaExceeded("openWriters", most, most, 1));
    }

    /**
     * Takes more bytes, at most {@link StorageLimits#putBytes} a call. After a refusal the writer is finished, and {@link #commit}
     * gives the same refusal.
     *
     * @param data left as it is
     */
    public synchronized WriteResult write(ByteBuffer data) {
        if (state == State.DONE) {
            return refusal;
        }
        int most = lane.limits().putBytes();
        if (data.remaining() > most) {
            return refuse(Denials.tooLarge(data.remaining(), most));
        }
        // No version of this size could ever be stored: say so now rather than at the end.
        if (data.remaining() > access.quota().bytes() - total) {
            return refuse(new Denied.QuotaExceeded(
                    access.quota().name(), access.quota().bytes(), total, data.remaining()));
        }
        boolean taken = false;
        try {
            Optional<Denied> denied = take(data);
            taken = denied.isEmpty();
            return denied.isPresent() ? refuse(denied.get()) : new WriteResult.Accepted(total);
        } finally {
            // An exception leaves it open which bytes are stored, so there is no going on from it.
            if (!taken && state == State.OPEN) {
                end(Denials.closed(), true);
            }
        }
    }

    private Optional<Denied> take(ByteBuffer data) {
        digest.update(data.duplicate());
        total += data.remaining();
        ByteBuffer unstored = ByteBuffer.allocate(buffer.remaining() + data.remaining())
                .put(buffer)
                .put(data.duplicate())
                .flip();
        int chunkBytes = lane.limits().chunkBytes();
        int whole = unstored.remaining() / chunkBytes * chunkBytes;
        Optional<Denied> denied = whole == 0 ? Optional.empty() : stage(unstored.slice(0, whole));
        buffer = ByteBuffer.allocate(unstored.remaining() - whole)
                .put(unstored.slice(whole, unstored.remaining() - whole))
                .flip();
        return denied;
    }

    private Optional<Denied> stage(ByteBuffer whole) {
        Quota quota = access.quota();
        Holds.Staging staging = lane.holds().stage(access.root(), whole.remaining(), quota.bytes());
        if (!staging.granted()) {
            return Optional.of(new Denied.QuotaExceeded(
                    quota.name() + " (unfinished writers)", quota.bytes(), staging.before(), whole.remaining()));
        }
        stagedBytes += whole.remaining();
        return lane.change(access, path, Optional::of, edits -> {
            long number = content == null ? edits.newObject() : content;
            if (content == null) {
                edits.putPending(number, PendingRow.STAGED);
                edits.save();
            }
            int chunkBytes = lane.limits().chunkBytes();
            for (int from = 0; from < whole.limit(); from += chunkBytes) {
                edits.putChunk(number, chunks++, whole.slice(from, chunkBytes));
            }
            content = number;
            return Optional.empty();
        });
    }

    /** Makes what was written the entry's new version. Whatever the answer, the writer is finished. */
    public synchronized PutResult commit() {
        if (state == State.DONE) {
            return refusal;
        }
        NewContent fresh = new NewContent(BlobHash.of(digest.digest()), total, Optional.ofNullable(content), buffer);
        Optional<PutResult> result = Optional.empty();
        try {
            result = Optional.of(store.apply(fresh));
        } finally {
            end(
                    result.flatMap(BlobWriter::denied).orElse(Denials.closed()),
                    result.filter(r -> r instanceof PutResult.Stored).isEmpty());
        }
        return result.get();
    }

    private static Optional<Denied> denied(PutResult result) {
        return switch (result) {
            case Denied denied -> Optional.of(denied);
            case PutResult.Stored ignored -> Optional.empty();
            case Conflict ignored -> Optional.empty();
        };
    }

    /** Gives the writer up unless it is finished. Idempotent. */
    @Override
    public synchronized void close() {
        if (state == State.OPEN) {
            end(Denials.closed(), true);
        }
    }

    private Denied refuse(Denied denied) {
        end(denied, true);
        return denied;
    }

    private void end(Denied later, boolean discard) {
        state = State.DONE;
        refusal = later;
        buffer = ByteBuffer.allocate(0);
        try {
            if (discard && content != null) {
                lane.collect(new Holds.Key(access.root(), content));
            }
        } finally {
            lane.holds().closeWriter(access.root(), stagedBytes);
        }
    }
}
