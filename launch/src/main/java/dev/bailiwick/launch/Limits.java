package dev.bailiwick.launch;

import java.time.Duration;

/** The bounds of what is done for one program, each with its reason. */
public final class Limits {
    /** Bytes of a program's output that wait to be read: the program waits beyond it, as at a pipe. */
    static final int OUTPUT_BYTES = 64 * 1024;

    /** Bytes for a program's input that wait until it reads them. */
    static final int INPUT_BYTES = 64 * 1024;

    /** Bytes in one read or one write (the schema states it). */
    public static final int TRANSFER_BYTES = 64 * 1024;

    /** Reads, and likewise writes, of one program that wait at a time: a client needs one. */
    static final int WAITING = 16;

    /** Bytes of a file that is measured before it is started: it is copied while it is hashed. */
    static final long MEASURED_BYTES = 512L << 20;

    /** Files a program may have open. */
    static final int OPEN_FILES = 1_024;

    /** Bytes of the private /tmp: it is memory. */
    static final long TMP_BYTES = 64L << 20;

    /** How often programs are looked at. What they take beyond a limit between two looks is the price of having no cgroup where there is none. */
    static final Duration LOOK = Duration.ofMillis(50);

    /** How long the end of everything is waited for when the launchpad closes; the kernel needs far less. */
    static final Duration LAST_WAIT = Duration.ofSeconds(5);

    private Limits() {}
}
