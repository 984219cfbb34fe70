package dev.bailiwick.capnp.rpc;

import org.jspecify.annotations.Nullable;

/** A call of the peer's: an entry in the answer table. Guarded by its connection. */
final class Answer {
    final int id;

    /** Whether the results stay here for another question to take. */
    final boolean keepsResults;

    /** Bytes of the call, which count until it returned. */
    final long callBytes;

    /** The call here; null only while it is being delivered. */
    @Nullable
    CallHandle handle;

    /** Exports the results refer to. */
    int[] resultExports = {};

    /** Bytes of results kept for calls pipelined on them, which count until the peer is finished. */
    long heldBytes;

    /** Whether the peer was told that results, or capabilities in them, are its own. */
    boolean leadsBack;

    /** The call of the peer's whose results this one was made on; null once this is over. */
    @Nullable
    Answer pipelinedOn;

    /** Calls made on the results, and other uses of them, that keep the call from being cancelled. */
    int dependents;

    boolean returned;
    boolean finished;

    Answer(int id, boolean keepsResults, long callBytes) {
        this.id = id;
        this.keepsResults = keepsResults;
        this.callBytes = callBytes;
    }
}
