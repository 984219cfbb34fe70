package dev.bailiwick.capnp.rpc;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** A call of the peer's: an entry in the answer table. Guarded by its connection. */
final class Answer implements CallHandle.Outcome {
    private final Answers table;
    final int id;

    /** Whether the results stay here for another question to take. */
    final boolean keepsResults;

    /** Bytes of the call, which count until it returned. */
    final long callBytes;

    /** The call here; null only while it is being delivered. */
    @Nullable
    CallHandle handle;

    /** Exports the results refer to. */
    int[] resultExports = Described.NONE;

    /** Bytes of results kept for calls pipelined on them, which count until the peer is finished. */
    long heldBytes;

    /** Whether the peer was told that results, or capabilities in them, are its own. */
    boolean leadsBack;

    /** The call of the peer's whose results this one was made on; null once this is over. */
    @Nullable
    Answer pipelinedOn;

    /** Calls made on the results, and other uses of them, that keep the call from being cancelled. */
    int dependents;

    /** Places in the results that the peer used before it was told them; null if none. Added to under the lock. */
    private volatile @Nullable Set<PipelinePath> usedAhead;

    boolean returned;
    boolean finished;

    /** Whether the call here was given up, or will be in a moment. */
    boolean handleClosed;

    Answer(Answers table, int id, boolean keepsResults, long callBytes) {
        this.table = table;
        this.id = id;
        this.keepsResults = keepsResults;
        this.callBytes = callBytes;
    }

    /** The call here has an outcome, which goes to the peer. */
    @Override
    public void known(@Nullable Parcel results, @Nullable RpcException failure) {
        table.sendReturn(this, results, failure);
    }

    /** The peer uses that place in the results. Under the lock, before the place is asked for. */
    void use(PipelinePath path) {
        if (!returned) {
            Set<PipelinePath> paths = usedAhead;
            if (paths == null) {
                paths = ConcurrentHashMap.newKeySet();
                usedAhead = paths;
            }
            if (paths.size() < PromisedPipeline.MOST_PLACES) {
                paths.add(path);
            }
        }
    }

    /**
     * What the peer's calls on results that it did not know yet went to, by place, as fresh references. That can be a promise in
     * which they still wait although the results are known, and what the peer calls after the return must not overtake them.
     * Asked for when the results are known, and outside the lock.
     */
    Map<PipelinePath, ClientHook> usedAhead() {
        Set<PipelinePath> paths = usedAhead;
        CallHandle known = handle;
        if (paths == null || known == null) {
            return Map.of();
        }
        Map<PipelinePath, ClientHook> used = new HashMap<>();
        paths.forEach(path -> used.put(path, known.pipeline().capability(path)));
        return used;
    }
}
