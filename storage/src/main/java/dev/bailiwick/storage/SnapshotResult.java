package dev.bailiwick.storage;

/** What came of taking a snapshot. */
public sealed interface SnapshotResult permits SnapshotResult.Taken, Denied {
    /** It is kept, durably. */
    record Taken(SnapshotInfo snapshot) implements SnapshotResult {}
}
