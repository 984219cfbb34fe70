package dev.bailiwick.torture;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;

/**
 * How to run the parts.
 *
 * @param seed of everything that is drawn
 * @param longRun whether to take the time
 * @param share of which a long run does one part, at least 1
 * @param folder where stores may be made; empty at first
 * @param manifest what they are seeded with
 */
record Run(long seed, boolean longRun, int share, Path folder, Path manifest) {
    /** The draws of one part, which do not depend on the parts that ran before it. */
    SplittableRandom random(Part part) {
        return new SplittableRandom(seed ^ ((long) part.name().hashCode() << 32));
    }

    /** How often to do something. */
    int times(int shortRun, int whenLong) {
        return longRun ? Math.ceilDiv(whenLong, share) : shortRun;
    }

    /** A folder for one part. */
    Path folder(Part part) throws IOException {
        return Files.createDirectories(folder.resolve(part.name()));
    }
}
