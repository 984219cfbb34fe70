package dev.bailiwick.accountstore;

import dev.bailiwick.schema.Id128;
import java.util.random.RandomGenerator;

/** Draws the 16 bytes of new ids. Two are never the same but by a chance of one in 2^64 after 2^32 ids. */
final class IdSource {
    private final RandomGenerator random;

    IdSource(RandomGenerator random) {
        this.random = random;
    }

    byte[] next() {
        byte[] id = new byte[Id128.BYTES];
        synchronized (random) {
            random.nextBytes(id);
        }
        return id;
    }
}
