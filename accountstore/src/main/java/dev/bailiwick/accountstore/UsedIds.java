package dev.bailiwick.accountstore;

import dev.bailiwick.engine.Engine;
import dev.bailiwick.engine.EngineException;
import dev.bailiwick.schema.Id128;
import dev.bailiwick.schema.TransactionId;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLongArray;
import org.jspecify.annotations.Nullable;

/**
 * Which transaction ids were surely never used, so that a commit need not look its id up in the table: nearly every id is new, and that
 * look-up is the one read of a commit that no remembered row can answer.
 *
 * <p>A Bloom filter. An id chooses one block of 512 bits and six bits in it; what it says is used may be new, and is then looked up; what it
 * says is new was never used. Whoever chooses ids so that they meet can make commits cost what they would without it, no more.
 *
 * <p>INVARIANT (no used id is called new): until {@link #isComplete} every id may be used. The lane adds each id that it writes from the
 * moment the filter is made; all that was written before that is read from the table by a thread that begins when the work that made
 * the filter is published.
 *
 * <p>{@link #counted}, {@link #mayBeUsed} and {@link #willUse} belong to the commit lane; the rest may be called by any thread.
 */
final class UsedIds {
    /** Bits for each id: some three new ids of a thousand are looked up for nothing, more when there are more ids than were reckoned with. */
    private static final int BITS_PER_ID = 16;

    private static final int BLOCK_WORDS = 8;
    private static final int BITS = 6;
    private static final int BIT_INDEX_BITS = 9;
    private static final int ROWS_AT_ONCE = 4096;

    /** Spreads an id over the blocks, in case those who choose ids count them up. */
    private static final long SPREAD = 0x9e3779b97f4a7c15L;

    private final AtomicBoolean loading = new AtomicBoolean();
    private long commits;
    private volatile @Nullable AtomicLongArray words;
    private volatile boolean complete;

    /** Counts a commit, of so many until now. Answers whether ids are to be loaded once it is published, as many more can be expected. */
    boolean counted(long usedSoFar) {
        if (loading.get()) {
            return false;
        }
        commits++;
        if (commits < StoreLimits.COMMITS_BEFORE_FILTER) {
            return false;
        }
        if (words == null) {
            long ids = Math.clamp(2 * usedSoFar, StoreLimits.FILTERED_IDS_AT_LEAST, StoreLimits.FILTERED_IDS);
            words = new AtomicLongArray((int) (Long.highestOneBit(ids) * BITS_PER_ID / Long.SIZE));
        }
        return true;
    }

    /** False only if no committed transaction has this id. */
    boolean mayBeUsed(TransactionId id) {
        AtomicLongArray filter = words;
        if (!complete || filter == null) {
            return true;
        }
        byte[] bytes = id.toBytes();
        int block = block(bytes, filter);
        long which = which(bytes);
        for (int i = 0; i < BITS; i++) {
            int bit = bit(which, i);
            if (!isSet(filter.getPlain(block + bit / Long.SIZE), bit)) {
                return false;
            }
        }
        return true;
    }

    /** Notes an id that is about to be written. That it may not be after all does no harm. */
    void willUse(TransactionId id) {
        AtomicLongArray filter = words;
        if (filter != null) {
            add(id.toBytes(), filter);
        }
    }

    private static void add(byte[] id, AtomicLongArray filter) {
        int block = block(id, filter);
        long which = which(id);
        for (int i = 0; i < BITS; i++) {
            int bit = bit(which, i);
            int word = block + bit / Long.SIZE;
            long old = filter.getPlain(word);
            // The lane and the loading thread add at the same time.
            while (!isSet(old, bit) && !filter.compareAndSet(word, old, old | (1L << bit))) {
                old = filter.get(word);
            }
        }
    }

    /** Whether a bit is set in the word that it is in. */
    private static boolean isSet(long word, int bit) {
        return ((word >>> bit) & 1) != 0;
    }

    private static int block(byte[] id, AtomicLongArray filter) {
        int blocks = filter.length() / BLOCK_WORDS;
        int chosen = (int) (mixed(Keys.numberAt(id, 0) ^ mixed(Keys.numberAt(id, Long.BYTES))) >>> Integer.SIZE);
        return (chosen & (blocks - 1)) * BLOCK_WORDS;
    }

    private static long which(byte[] id) {
        return mixed(Keys.numberAt(id, Long.BYTES) ^ Long.rotateLeft(Keys.numberAt(id, 0), 17));
    }

    private static long mixed(long value) {
        long spread = value * SPREAD;
        return (spread ^ (spread >>> Integer.SIZE)) * SPREAD;
    }

    private static int bit(long which, int i) {
        return (int) (which >>> (i * BIT_INDEX_BITS)) & (BLOCK_WORDS * Long.SIZE - 1);
    }

    /** Reads the ids that are in the table already, on a thread of its own. The first call counts. */
    void load(Engine engine) {
        AtomicLongArray filter = words;
        if (filter != null && loading.compareAndSet(false, true)) {
            var _ = Thread.ofPlatform().daemon().name("used-ids").start(() -> {
                try {
                    loadAll(engine, filter);
                    complete = true;
                } catch (EngineException e) {
                    // Closed, or damaged, which those who look for damage find and tell: ids go on being looked up.
                }
            });
        }
    }

    /** In parts, so that a state is not held for long. Ids that are added between two of them are added by the lane as well. */
    private static void loadAll(Engine engine, AtomicLongArray filter) {
        byte[] next = new byte[0];
        boolean more = true;
        while (more) {
            byte[] from = next;
            byte[][] last = new byte[1][];
            more = engine.read(view -> {
                int[] rows = new int[1];
                view.sweep(StoreTables.TRANSACTIONS, from, null, (key, value) -> {
                    if (key.length == Id128.BYTES) {
                        add(key, filter);
                    }
                    last[0] = key;
                    return ++rows[0] < ROWS_AT_ONCE;
                });
                return rows[0] == ROWS_AT_ONCE;
            });
            next = last[0] == null ? next : following(last[0]);
        }
    }

    /** The least key after {@code key}. */
    private static byte[] following(byte[] key) {
        return Arrays.copyOf(key, key.length + 1);
    }

    /** Whether all ids are in the filter. */
    boolean isComplete() {
        return complete;
    }
}
