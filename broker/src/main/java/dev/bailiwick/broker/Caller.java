package dev.bailiwick.broker;

/**
 * Who is at the other end, as the operating system vouches for it. It is no authority: it decides which session references work,
 * whose failures are counted, and what the audit chain notes.
 *
 * @param uid operating-system user id
 * @param source where the caller sits
 */
record Caller(int uid, SessionSource source) {}
