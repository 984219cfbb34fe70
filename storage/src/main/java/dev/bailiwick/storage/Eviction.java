package dev.bailiwick.storage;

import dev.bailiwick.schema.RootId;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Makes room in a root that evicts. */
final class Eviction {
    /** How often one write makes room. Others may take the room it made; beyond this it is refused. */
    private static final int TRIES = 64;

    private final StorageLane lane;
    private final Access access;
    private final EvictionPolicy policy;

    Eviction(StorageLane lane, Access access, EvictionPolicy policy) {
        this.lane = lane;
        this.access = access;
        this.policy = policy;
    }

    /** A write, to be tried until there is room. */
    interface Write {
        PutResult run();
    }

    /** The write, with room made for it if it needs any. A write that could never fit is refused, and nothing is removed for it. */
    PutResult roomFor(long size, Write write) {
        PutResult result = write.run();
        for (int tries = 0; tries < TRIES; tries++) {
            if (!(result instanceof Denied.QuotaExceeded over)
                    || size > access.quota().bytes()) {
                return result;
            }
            boolean ofBytes = over.limit().equals(access.quota().name());
            long missing = over.requested() - (over.allowed() - over.used());
            if (!makeRoom(ofBytes ? missing : 0, ofBytes ? 0 : missing)) {
                return result;
            }
            result = write.run();
        }
        return result;
    }

    /** Returns whether anything was removed. */
    private boolean makeRoom(long bytes, long entries) {
        if (!policy.isTold()) {
            policy.tell(all(), false);
        }
        boolean toldAgain = false;
        while (true) {
            List<EvictionPolicy.Key> victims = policy.coldest(bytes, entries);
            if (victims.isEmpty()) {
                if (toldAgain) {
                    return false;
                }
                // Caffeine may have let go of what the store still has.
                policy.tell(all(), true);
                toldAgain = true;
            } else if (removed(victims, entries > 0)) {
                return true;
            }
            // Whatever is ranked and is there no more was forgotten on the way, so this comes to an end.
        }
    }

    private boolean removed(List<EvictionPolicy.Key> victims, boolean withNamespaces) {
        boolean removed = false;
        int most = lane.limits().rowsPerTurn();
        for (int from = 0; from < victims.size(); from += most) {
            List<EvictionPolicy.Key> some = victims.subList(from, Math.min(from + most, victims.size()));
            removed |= lane.change(access, "", denied -> false, edits -> evict(edits, some, withNamespaces));
            some.forEach(policy::removed);
        }
        return removed;
    }

    private static boolean evict(RootEdits edits, List<EvictionPolicy.Key> victims, boolean withNamespaces) {
        long bytes = 0;
        long entries = 0;
        for (EvictionPolicy.Key victim : victims) {
            EntryName name = new EntryName(victim.name(), victim.name().getBytes(StandardCharsets.UTF_8).length);
            Optional<EntryRow> entry = edits.entry(victim.parent(), name, victim.name());
            if (entry.isEmpty() || !(entry.get().target() instanceof EntryRow.Target.Content content)) {
                continue;
            }
            edits.dereference(content, victim.name());
            edits.deleteEntry(victim.parent(), name);
            bytes += content.size();
            entries++;
            if (withNamespaces) {
                entries += pruned(edits, victim.parent());
            }
        }
        if (entries > 0) {
            edits.finish(-bytes, -entries);
        }
        return entries > 0;
    }

    /** Removes namespaces that have become empty, upwards: they are entries, too, and a put makes them again. */
    private static long pruned(RootEdits edits, long from) {
        long removed = 0;
        long node = from;
        while (node != 0 && !edits.hasEntries(node)) {
            NodeRow row = edits.node(node, "").orElseThrow(() -> edits.damaged("", "a namespace is missing"));
            edits.deleteEntry(
                    row.parent(), new EntryName(row.name(), row.name().getBytes(StandardCharsets.UTF_8).length));
            edits.deleteNode(node);
            removed++;
            node = row.parent();
        }
        return removed;
    }

    /** All blobs of the root, those first that were changed longest ago. */
    private List<Map.Entry<EvictionPolicy.Key, Long>> all() {
        RootId root = access.root();
        record Found(EvictionPolicy.Key key, long size, long version) {}
        List<Found> found = lane.read(root, "", rows -> {
            List<Found> blobs = new ArrayList<>();
            rows.scanAllEntries((parent, name, entry) -> {
                if (entry.target() instanceof EntryRow.Target.Content content) {
                    blobs.add(new Found(new EvictionPolicy.Key(parent, name), content.size(), entry.version()));
                }
            });
            return blobs;
        });
        return found.stream()
                .sorted(Comparator.comparingLong(Found::version))
                .map(blob -> Map.entry(blob.key(), blob.size()))
                .toList();
    }
}
