package dev.bailiwick.storage;

import java.util.List;

/** What came of listing snapshots. */
public sealed interface SnapshotsResult permits SnapshotsResult.Listed, Denied {
    /** All there are, oldest first. */
    record Listed(List<SnapshotInfo> snapshots) implements SnapshotsResult {
        /** Copies the list. */
        public Listed {
            snapshots = List.copyOf(snapshots);
        }
    }
}
