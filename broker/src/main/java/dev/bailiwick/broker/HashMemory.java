package dev.bailiwick.broker;

import java.util.ArrayDeque;
import java.util.Deque;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator.Block;

/**
 * What one hash is computed in, 1 KiB a block, kept for the next: made anew each time it would be 19 MiB of garbage, in twenty thousand
 * objects, that a collection in the middle of a hash copies. Blocks are wiped when they come back. Not thread-safe: one hash has it at a
 * time.
 */
final class HashMemory implements Argon2BytesGenerator.BlockPool {
    /** As many as a hash with the parameters in force takes, and a few that it computes in besides. What takes more gives the rest back. */
    private static final int KEPT = PasswordHash.CURRENT.memoryKib() + 8;

    // First in, first out, so that blocks come in the order in which they lie in memory.
    private final Deque<Block> free = new ArrayDeque<>();

    @Override
    public Block allocate() {
        Block block = free.pollFirst();
        return block == null ? new Block() : block;
    }

    @Override
    public void deallocate(Block block) {
        block.clear();
        if (free.size() < KEPT) {
            free.addLast(block);
        }
    }

    /** Blocks that wait for the next hash. */
    int blocks() {
        return free.size();
    }
}
