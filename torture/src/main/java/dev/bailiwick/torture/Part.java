package dev.bailiwick.torture;

import java.io.IOException;

/** One way to treat stores badly. It holds no state of its own: all that it does follows from the run's seed. */
interface Part {
    /** The word by which it is asked for. */
    String name();

    /** Does it, and answers what came of it. */
    Outcome run(Run run) throws IOException, InterruptedException;
}
