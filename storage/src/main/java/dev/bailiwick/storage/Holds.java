package dev.bailiwick.storage;

import dev.bailiwick.schema.RootId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * What open blobs and writers keep from being deleted. It lives in memory only: after a crash nothing is open, and a fresh
 * start deletes whatever is pending.
 *
 * <p>The hard part is a reader that looks up a content number while the lane removes the last entry with that content. Both
 * sides meet here:
 *
 * <ul>
 *   <li>The lane asks {@link #release}. If somebody has the content pinned, it must be kept as detached content; otherwise
 *       it is doomed, and the lane deletes it in the same batch. Either way the lane calls {@link #settle} once the batch has
 *       landed or failed. Until then detached content stays, even without pins: a reader may still see it referred to, and
 *       pin it.
 *   <li>A reader pins first and then looks whether the content is still what the entry refers to. Pinning doomed content is
 *       refused until the batch has landed ({@link #settle}), and then the look finds it gone and starts over.
 * </ul>
 *
 * <p>So a pin that was granted and confirmed always finds its bytes, until {@link #evict} takes them to keep the detached
 * bytes of a root within bounds, or the root is deleted; then the hold says that they are gone.
 *
 * <p>Thread-safe. No method blocks or calls the engine, so the lane may call all of them.
 */
final class Holds {
    /** A content number of a root. Never used for other content. */
    record Key(RootId root, long content) {}

    /** The pins of one content. */
    static final class Hold {
        private int pins;
        private @Nullable CompletableFuture<Void> doomed;
        private boolean detaching;
        private volatile boolean gone;

        /** Whether the bytes may have been deleted in spite of the pins. */
        boolean gone() {
            return gone;
        }
    }

    /** What pinning gave. */
    sealed interface Pin {
        record Held(Hold hold) implements Pin {}

        /** The content is being deleted; {@code settled} completes when that has landed or failed. */
        record Doomed(CompletableFuture<Void> settled) implements Pin {}
    }

    /** What the lane must do with content that no entry refers to any more. */
    enum Fate {
        DELETE,
        KEEP_DETACHED
    }

    /** What is in memory for one root. */
    private static final class Room {
        private final Map<Long, Hold> holds = new HashMap<>();
        private final Map<Long, Long> detachedBytes = new LinkedHashMap<>();
        private long stagedBytes;
        private int writers;

        private boolean isEmpty() {
            return holds.isEmpty() && detachedBytes.isEmpty() && stagedBytes == 0 && writers == 0;
        }
    }

    private final Map<RootId, Room> rooms = new HashMap<>();

    synchronized Pin pin(Key key) {
        Hold hold = room(key.root()).holds.computeIfAbsent(key.content(), k -> new Hold());
        if (hold.doomed != null) {
            return new Pin.Doomed(hold.doomed);
        }
        hold.pins++;
        return new Pin.Held(hold);
    }

    /** Gives a pin back. Returns whether the content was detached and is now to be collected. */
    synchronized boolean unpin(Key key, Hold hold) {
        hold.pins--;
        if (hold.pins > 0) {
            return false;
        }
        return !hold.detaching && forget(key);
    }

    /** Returns whether the content was detached. */
    private boolean forget(Key key) {
        Room room = room(key.root());
        room.holds.remove(key.content());
        boolean detached = room.detachedBytes.remove(key.content()) != null;
        drop(key.root(), room);
        return detached;
    }

    /** On the lane: what becomes of content with {@code bytes} bytes that has just lost its last reference. */
    synchronized Fate release(Key key, long bytes) {
        Room room = room(key.root());
        Hold hold = room.holds.computeIfAbsent(key.content(), k -> new Hold());
        if (hold.pins > 0) {
            hold.detaching = true;
            room.detachedBytes.put(key.content(), bytes);
            return Fate.KEEP_DETACHED;
        }
        hold.doomed = new CompletableFuture<>();
        return Fate.DELETE;
    }

    /**
     * The batch that deletes or detaches the content has landed, or never will. Returns whether the content is detached,
     * pinned by nobody, and now to be collected.
     */
    boolean settle(Key key, boolean landed) {
        Settled settled = settled(key, landed);
        if (settled.doomed != null) {
            // Outside the lock: what waits for it runs here.
            settled.doomed.complete(null);
        }
        return settled.collectable;
    }

    private record Settled(@Nullable CompletableFuture<Void> doomed, boolean collectable) {}

    private synchronized Settled settled(Key key, boolean landed) {
        Room room = rooms.get(key.root());
        Hold hold = room == null ? null : room.holds.get(key.content());
        if (room == null || hold == null) {
            return new Settled(null, false);
        }
        hold.detaching = false;
        if (!landed) {
            room.detachedBytes.remove(key.content());
        }
        boolean collectable = hold.pins == 0 && forget(key);
        return new Settled(hold.doomed, collectable);
    }

    /** Takes the oldest detached contents of a root until at most {@code allowedBytes} are left; they are to be collected. */
    synchronized List<Key> evict(RootId root, long allowedBytes) {
        Room room = rooms.get(root);
        if (room == null) {
            return List.of();
        }
        long bytes =
                room.detachedBytes.values().stream().mapToLong(Long::longValue).sum();
        List<Key> taken = new ArrayList<>();
        Iterator<Map.Entry<Long, Long>> oldestFirst =
                room.detachedBytes.entrySet().iterator();
        while (bytes > allowedBytes && oldestFirst.hasNext()) {
            Map.Entry<Long, Long> oldest = oldestFirst.next();
            Hold hold = room.holds.get(oldest.getKey());
            if (hold != null && hold.detaching) {
                continue;
            }
            bytes -= oldest.getValue();
            if (hold != null) {
                hold.gone = true;
            }
            taken.add(new Key(root, oldest.getKey()));
            oldestFirst.remove();
        }
        drop(root, room);
        return taken;
    }

    /** The root is deleted: no open blob of it can be read any more. */
    synchronized void rootDeleted(RootId root) {
        Room room = rooms.get(root);
        if (room != null) {
            room.holds.values().forEach(hold -> hold.gone = true);
            room.detachedBytes.clear();
            drop(root, room);
        }
    }

    /** Counts a new writer unless the root has {@code most} already. */
    synchronized boolean openWriter(RootId root, int most) {
        Room room = room(root);
        if (room.writers >= most) {
            return false;
        }
        room.writers++;
        return true;
    }

    /** The writer is done; its staged bytes no longer count. */
    synchronized void closeWriter(RootId root, long stagedBytes) {
        Room room = room(root);
        room.writers--;
        room.stagedBytes -= stagedBytes;
        drop(root, room);
    }

    /** Counts {@code bytes} of an open writer as staged, if no more than {@code allowedBytes} of the root are then. */
    synchronized Staging stage(RootId root, long bytes, long allowedBytes) {
        Room room = room(root);
        long before = room.stagedBytes;
        boolean granted = bytes <= allowedBytes - before;
        if (granted) {
            room.stagedBytes += bytes;
        }
        return new Staging(granted, before);
    }

    /**
     * What staging gave.
     *
     * @param before bytes staged in the root before
     */
    record Staging(boolean granted, long before) {}

    /** Whether nothing is held: what tests check at their end. */
    synchronized boolean isEmpty() {
        return rooms.isEmpty();
    }

    private Room room(RootId root) {
        return rooms.computeIfAbsent(root, r -> new Room());
    }

    private void drop(RootId root, Room room) {
        if (room.isEmpty()) {
            rooms.remove(root);
        }
    }
}
