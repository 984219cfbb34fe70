package dev.bailiwick.profiles;

import java.time.Duration;

/** The bounds of everything in this module, each with its reason. A value beyond one is refused, never cut down. */
public final class Limits {
    /** Characters in the name of a role, fragment, profile or posture: they are typed on command lines. */
    public static final int TOKEN_CHARS = 64;

    /** Characters of prose about a role or in a display name: one line of a table. */
    public static final int PROSE_CHARS = 256;

    /** Elements of one list of names; also bounds what a record of this module can weigh. */
    public static final int LIST_ITEMS = 64;

    /** Characters of a label's or attribute's value. */
    public static final int LABEL_CHARS = 256;

    /** Roles, and likewise fragments, in one catalogue: the planner walks all of them on every login. */
    public static final int CATALOGUE_ITEMS = 256;

    /** Bytes in any one quota: 1 PiB, so that sums over many accounts stay far from overflow. */
    public static final long QUOTA_BYTES = 1L << 50;

    /** Processes, threads, capabilities, queue places: any one count. Beyond this it would not be a limit. */
    public static final int COUNT = 1_000_000;

    /** Live sessions of one account: each holds membranes and a temporary namespace in memory. */
    public static final int SESSIONS_PER_ACCOUNT = 1_000;

    /** A quota window: CPU and log budgets are meant to refill while somebody is watching. */
    public static final Duration WINDOW = Duration.ofDays(31);

    /** Page frames: as many pages of 4 KiB as a byte quota may cover. */
    public static final long FRAME_PAGES = QUOTA_BYTES / 4_096;

    /** Microseconds of a CPU window. */
    public static final long CPU_WINDOW_US = WINDOW.toMillis() * 1_000;

    /** Microseconds of processor time in one window: all of the longest one on every processor of a large machine. */
    public static final long CPU_BUDGET_US = CPU_WINDOW_US * 1_024;

    /** The longest a session may live before its holder has to authenticate again. */
    public static final Duration SESSION_LIFETIME = Duration.ofDays(31);

    /** Characters in the path of a service's binary, as Linux bounds paths. */
    public static final int PATH_CHARS = 4_096;

    /** Characters of an identity that a service runs as: the longest name of a directory. */
    public static final int IDENTITY_CHARS = 512;

    /** Hooks of a service before its start, and likewise after it: each of them delays it. */
    public static final int SERVICE_HOOKS = 8;

    /** Characters of a data directory's descriptor: some dozens of entries; it is part of every version of the account. */
    public static final int DESCRIPTOR_CHARS = 8_192;

    /** Programs in one catalogue: a launcher lists all of them. */
    public static final int PROGRAMS = 256;

    /** Arguments that a program may be given: a command line that a person or a script writes. */
    public static final int PROGRAM_ARGUMENTS = 1_024;

    /** Bytes of all arguments of a program together: half of what Linux takes at the least (execve(2), 32 pages). */
    public static final int PROGRAM_ARGUMENT_BYTES = 1 << 16;

    /** Bytes of a manifest file: many times the shipped one, and small enough to hold in memory twice. */
    public static final int MANIFEST_BYTES = 1 << 18;

    /** Lines of a manifest: {@link #MANIFEST_ACCOUNTS} accounts and {@link #MANIFEST_PROFILES} profiles, spaciously set. */
    public static final int MANIFEST_LINES = 8_192;

    /**
     * Blank and comment lines in a row. The TOML parser looks ahead over all of them at each, so that its time grows with
     * the square of the run: measured, a thousand of them cost seconds and a hundred some milliseconds.
     */
    public static final int MANIFEST_IDLE_LINES = 100;

    /** Accounts in one manifest: it seeds the first identities; a directory of people belongs in the store. */
    public static final int MANIFEST_ACCOUNTS = 256;

    /** Profiles of each sort in one manifest, and in the catalogue of a store. */
    public static final int MANIFEST_PROFILES = 64;

    /** Credentials in one manifest: one or two an account. */
    public static final int MANIFEST_CREDENTIALS = 2 * MANIFEST_ACCOUNTS;

    /** Problems reported of one manifest: enough to fix a day's work at once, bounded for a file of nothing but faults. */
    public static final int MANIFEST_PROBLEMS = 1_000;

    /** How long a one-time code that {@code init} prints may stay usable: it is meant for the same sitting or the next day. */
    public static final Duration ENROLMENT_CODE_LIFETIME = Duration.ofDays(7);

    private Limits() {}
}
