package dev.bailiwick.broker;

import java.time.Duration;

/** The bounds of everything the broker does for its callers, each with its reason. */
public final class Limits {
    /** Live sessions of the whole daemon. Each weighs a few KiB; together they stay far below the default heap. */
    public static final int SESSIONS = 120_000;

    /** Sessions without an account that one operating-system user may have at once; they cost the caller nothing. */
    public static final int ANONYMOUS_SESSIONS_PER_UID = 64;

    /** Shortest password, in characters (NIST SP 800-63B, 3.1.1.2). */
    public static final int PASSWORD_MIN_CHARS = 8;

    /** Longest password, in bytes as sent and as prepared: a sentence fits, a denial of service does not. */
    public static final int PASSWORD_MAX_BYTES = 1_024;

    /** Most threads that hash passwords; each takes 19 MiB, kept between hashes until the heap runs short. */
    public static final int HASH_THREADS = 16;

    /** Passwords waiting to be hashed: a second or two of work, beyond which a caller had better hear so at once. */
    public static final int HASH_QUEUE = 64;

    /** Highest Argon2 memory, in KiB, taken from a stored credential: a record must not make the daemon run out of it. */
    public static final int HASH_MEMORY_KIB = 262_144;

    /** Highest Argon2 passes taken from a stored credential. */
    public static final int HASH_PASSES = 16;

    /** Wrong passwords in a row before attempts are spaced out: people mistype. */
    public static final int FREE_FAILURES = 3;

    /** The longest spacing between attempts: long enough to make guessing hopeless, short enough to wait for. */
    public static final Duration BACKOFF_MAX = Duration.ofSeconds(30);

    /** How long failures add up towards a lockout: from the first of them on. */
    public static final Duration LOCKOUT_WINDOW = Duration.ofMinutes(15);

    /** How long a lockout lasts: an attacker gets tens of guesses an hour, and an owner need not wait for the next day. */
    public static final Duration LOCKOUT = Duration.ofMinutes(15);

    /** Failures of one operating-system user at one name within the window that lock them out of it. */
    public static final int LOCKOUT_FAILURES = 10;

    /** Failures of all users at one name's password that lock it for everybody: several times what one user can make. */
    public static final int LOCKOUT_FAILURES_OF_NAME = 50;

    /** Failures of one user at all names together: beyond mistakes, even of a program that logs many people in. */
    public static final int LOCKOUT_FAILURES_OF_UID = 100;

    /** Attempts that wait for those before them to be settled; more than that are refused at once. */
    public static final int WAITING_ATTEMPTS = 256;

    /** How long a challenge may be answered: long enough to type a passphrase or touch a token. */
    public static final Duration CHALLENGE_LIFE = Duration.ofMinutes(1);

    /** Unanswered challenges of one operating-system user: one for each login under way, and a few to forget. */
    public static final int CHALLENGES_PER_UID = 16;

    /** Unanswered challenges of everybody: some hundred bytes each. */
    public static final int CHALLENGES = 16_384;

    /** SSH keys of one account that log in: every machine of a person has its own. */
    public static final int SSH_KEYS = 16;

    /** Characters of a credential's label: it is shown in one line. */
    public static final int LABEL_CHARS = 64;

    /** Names, users and pairs of them whose failures are remembered; the longest untouched is forgotten first. */
    public static final int BACKOFF_ENTRIES = 10_000;

    /** How long a one-time enrolment code lasts: handed over in person or in a chat, used the same day. */
    public static final Duration ENROLMENT_LIFE = Duration.ofHours(24);

    /** How long an external binding lasts at most: whoever vouched for somebody has to look again some time. */
    public static final Duration BINDING_LIFE = Duration.ofDays(366);

    /** Characters of a provider, tenant, subject or claim name; issuers are URLs, subjects at most 255 (OpenID Connect Core 2). */
    public static final int BINDING_TEXT = 255;

    /** Elements in one page of any list; a longer answer would hold a connection and a large message. */
    public static final int PAGE = 256;

    /** Bytes in one write of a blob or one read from it (the schema states it). */
    public static final int TRANSFER_BYTES = 1 << 20;

    /** Bytes of a path as sent; deeper trees than that are a mistake. */
    public static final int PATH_BYTES = 4_096;

    /** Bytes of one log line. */
    public static final int LOG_LINE_BYTES = 4_096;

    /** Blobs being written at once in one grant: each may hold one transfer in memory. */
    public static final int OPEN_WRITERS = 16;

    /** Versions of an account shown by one {@code history} call: a record that changed more often than that is queried by sequence. */
    public static final int HISTORY = 1_024;

    /** How long a share with an end lasts at most: beyond a year it may as well have none. */
    public static final Duration SHARE_LIFE = Duration.ofDays(366);

    /** Bytes sealed, unsealed or signed in one call (the schema states it): more goes under a key of its own. */
    public static final int KEYRING_BYTES = 1 << 20;

    /** Bytes of the context that sealed bytes are bound to: a name or a path fits. */
    public static final int KEYRING_CONTEXT_BYTES = 4_096;

    /** Accounts whose facts are kept until the next commit, and plans made from them: those that log in again and again. */
    public static final int KEPT_FACTS = 2_048;

    /** Versions of profiles and role catalogues kept in one copy: sites have a few of each. */
    public static final int KEPT_PROFILES = 64;

    /** How long a launched program has to claim what was left for it: to start, on a busy machine. */
    public static final Duration TICKET_LIFE = Duration.ofMinutes(1);

    /** How often a plan is made again because something it rests on moved meanwhile. Beyond it the store is too busy. */
    public static final int REPLANS = 16;

    /** How often sessions past their end are cleared away. Their capabilities stop working at the end itself. */
    public static final Duration SWEEP = Duration.ofSeconds(1);

    /** How long a lease lasts at most, whatever policy says: a working day. */
    public static final Duration LEASE = Duration.ofHours(8);

    /** How short a lease may be: below that it lapses before it can be used. */
    public static final Duration LEASE_MIN = Duration.ofSeconds(1);

    /** How long a request waits for a decision: whoever asked has gone home by then. */
    public static final Duration REQUEST = Duration.ofHours(1);

    /** Requests that wait or run in one session: one for each fragment that anybody needs at once. */
    public static final int REQUESTS_PER_SESSION = 8;

    /** The same of one principal, over all its sessions. */
    public static final int REQUESTS_PER_PRINCIPAL = 16;

    /** The same of the whole daemon: a reviewer looks at them one by one. */
    public static final int REQUESTS = 4_096;

    /** Requests of one session that are remembered after they are over. */
    public static final int REQUESTS_REMEMBERED = 16;

    /** Calls that wait for the decision of one request. */
    public static final int REQUEST_WAITERS = 8;

    /** Characters of a reason, of a request or of an administrator who ends a session; it is audited, where texts are bounded too. */
    public static final int REASON_CHARS = 160;

    /** How long cheap refusals of one operating-system user are counted before they are noted in one audit entry. */
    public static final Duration DENIAL_WINDOW = Duration.ofMinutes(1);

    /** Operating-system users and reasons whose refusals are counted apart; beyond it they are counted as one. */
    public static final int DENIAL_ENTRIES = 1_024;

    /** Audit entries that one query looks at; a longer search goes on in the next call. */
    public static final int AUDIT_SCAN = 20_000;

    /** Flows of execution of one session: each client that a service acts as is one, and each program with a token of its own. */
    public static final int FLOWS_PER_SESSION = 256;

    /** Connections to one service: each is a few hundred bytes here, and a capability there. */
    public static final int CONNECTIONS_PER_SERVICE = 1_024;

    /** Connections of one session to all services: programs that look after many things at once have a few dozens. */
    public static final int CONNECTIONS_PER_SESSION = 64;

    /** Connections that wait until one service has taken them: beyond that it is too busy to be asked. */
    public static final int WAITING_CONNECTIONS = 32;

    /** How long a service has to take a connection: a person waits for that. */
    public static final Duration ACCEPT = Duration.ofSeconds(10);

    /** Bytes of one request to a service and of one answer (the schema states it). */
    public static final int SERVICE_REQUEST_BYTES = 1 << 20;

    /** Requests under way in one connection: beyond a client's own pipelining they only queue in the service. */
    public static final int REQUESTS_PER_CONNECTION = 16;

    /** How long a hook, a health check or a reload may take: longer, and a start would look as if it hung. */
    public static final Duration SERVICE_COMMAND = Duration.ofSeconds(30);

    /** How long stopping a service waits for its processes, which are killed and not asked. */
    public static final Duration SERVICE_STOP = Duration.ofSeconds(10);

    /** Bytes of a hook's or a health check's output that are shown: a message, not a log. */
    public static final int SERVICE_OUTPUT_BYTES = 4_096;

    private Limits() {}
}
