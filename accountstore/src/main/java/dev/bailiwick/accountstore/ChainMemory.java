package dev.bailiwick.accountstore;

import dev.bailiwick.engine.View;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * The newest state of each chain, so that a commit need not read and hash the peaks of its tree anew; and beside it what is known
 * of records and of transaction ids.
 *
 * <p>What is remembered counts only while the chain's head row is still the very row it was remembered for, and that row names size,
 * last entry and root. So whatever became of the work that appended, the answer is the one that the stored rows would give; and a
 * state machine with this memory and one without it come to the same bytes.
 *
 * <p>Used by one thread at a time: the commit lane.
 */
final class ChainMemory {
    private final Map<String, Known> known = new HashMap<>();
    private final RecordMemory records = new RecordMemory();
    private final UsedIds ids = new UsedIds();

    /** A chain's state and the time of its last entry. */
    private static final class Known {
        final byte[] headRow;
        final HashChain.State state;
        final Instant lastTime;

        Known(byte[] headRow, HashChain.State state, Instant lastTime) {
            this.headRow = headRow;
            this.state = state;
            this.lastTime = lastTime;
        }
    }

    /** What is remembered of records. */
    RecordMemory records() {
        return records;
    }

    /** What is remembered of transaction ids. */
    UsedIds ids() {
        return ids;
    }

    /** As {@link HashChain#load}. */
    HashChain.State load(HashChain chain, View view) {
        return known(chain, view).state;
    }

    /** As {@link HashChain#lastTime}. */
    Instant lastTime(HashChain chain, View view) {
        return known(chain, view).lastTime;
    }

    private Known known(HashChain chain, View view) {
        byte[] headRow = chain.headRow(view);
        Known before = known.get(chain.headKey());
        if (before != null && Arrays.equals(before.headRow, headRow)) {
            return before;
        }
        Known loaded = new Known(headRow, chain.load(view), chain.lastTime(view));
        known.put(chain.headKey(), loaded);
        return loaded;
    }

    /** Takes over the state after an append. */
    void appended(HashChain chain, HashChain.State state, Instant time) {
        known.put(chain.headKey(), new Known(HashChain.headRow(state), state, time));
    }
}
