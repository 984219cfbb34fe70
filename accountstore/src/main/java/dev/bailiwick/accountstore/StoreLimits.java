package dev.bailiwick.accountstore;

import java.time.Duration;

/** The bounds of the account store, each with its reason. */
final class StoreLimits {
    /** Records one transaction may write: a manifest of the largest allowed size, with bindings and credentials. */
    static final int MUTATIONS = 4096;

    /** Records one transaction may depend on without writing them. */
    static final int PRECONDITIONS = 256;

    /** Canonical bytes of one record: a full catalogue takes about a tenth. */
    static final int RECORD_BYTES = 512 * 1024;

    /** Canonical bytes of one command: it is held in memory, and replicated as one message. */
    static final int COMMAND_BYTES = 4 * 1024 * 1024;

    /** Credentials of one account: each is checked in turn at login. */
    static final int CREDENTIALS = 64;

    /** Roles of one account: a lookup shows all of them. */
    static final int ROLES = 64;

    /** Audit events appended at once. */
    static final int AUDIT_EVENTS = 1024;

    /** Accounts whose newest version is kept in memory, about a kilobyte each. */
    static final int CACHED_ACCOUNTS = 100_000;

    /** Newest versions that the commit lane keeps in memory, about a kilobyte each. */
    static final int LANE_RECORDS = 16_384;

    /** Commits after which a store remembers which transaction ids were never used: what runs for one or two need not. */
    static final int COMMITS_BEFORE_FILTER = 256;

    /** Transaction ids that such a memory has room for, two bytes each; it has room for twice as many as there are, within these bounds. */
    static final int FILTERED_IDS_AT_LEAST = 1 << 20;

    /** As many are sixteen megabytes. Where there are more, more of the new ones are looked up. */
    static final int FILTERED_IDS = 1 << 23;

    /** Findings of one verification: enough to see the shape of the damage, bounded for a store of nothing but damage. */
    static final int FINDINGS = 1000;

    /** Times a manager proposes anew when it was told to change whichever version is newest and that moved meanwhile. */
    static final int PROPOSALS = 16;

    /** How far a clock may go back without anybody being alarmed: what a time service corrects after a start. */
    static final Duration CLOCK_CORRECTION = Duration.ofMinutes(1);

    private StoreLimits() {}
}
