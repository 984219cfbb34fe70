package dev.bailiwick.broker;

/**
 * Who is at the other end, as the operating system vouches for it. It is no authority: it decides which session references work,
 * whose failures are counted, and what the audit chain notes.
 *
 * @param uid operating-system user id
 * @param pid process id when the caller connected, as this process sees it; 0 if nobody vouches for one
 * @param source where the caller sits
 */
record Caller(int uid, int pid, SessionSource source) {
    /** A caller of whom no process is known. */
    Caller(int uid, SessionSource source) {
        this(uid, 0, source);
    }
}
