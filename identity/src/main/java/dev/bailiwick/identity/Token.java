package dev.bailiwick.identity;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a token says at one moment: identity for access checks on secured objects, and nothing else. Holding one permits nothing, and no
 * capability is granted or withheld because of it. Immutable, so thread-safe; the object that changes is {@link LiveToken}.
 *
 * <p>It keeps a table of its SIDs beside the list of groups, so that a check finds each entry's SID in constant time without making an object.
 */
public final class Token {
    private static final int ALLOWS = 1;
    private static final int DENIES = 2;

    /** Whom access decisions see when a token may not be used for them (seed 001): Anonymous, in Everyone, untrusted, without privileges. */
    static final Token ANONYMOUS = anonymous(new TokenId(0));

    private final TokenId id;
    private final long revision;
    private final TokenSpec spec;
    private final TokenType type;
    private final ImpersonationLevel level;
    private final @Nullable Sid[] table;
    private final byte[] matches;

    private Token(
            TokenId id,
            long revision,
            TokenSpec spec,
            TokenType type,
            ImpersonationLevel level,
            @Nullable Sid[] table,
            byte[] matches) {
        this.id = id;
        this.revision = revision;
        this.spec = spec;
        this.type = type;
        this.level = level;
        this.table = table;
        this.matches = matches;
    }

    static Token make(TokenId id, long revision, TokenSpec spec, TokenType type, ImpersonationLevel level) {
        List<Group> groups = spec.groups();
        // At most half full, so that looking for what is not there ends soon.
        int places = Integer.highestOneBit(Math.max(4, groups.size() + 1)) * 4;
        @Nullable Sid[] table = new @Nullable Sid[places];
        byte[] matches = new byte[places];
        put(table, matches, spec.user(), ALLOWS | DENIES);
        for (int at = 0; at < groups.size(); at++) {
            Group group = groups.get(at);
            int kinds = (group.allows() ? ALLOWS : 0) | (group.denies() ? DENIES : 0);
            put(table, matches, group.sid(), kinds);
        }
        return new Token(id, revision, spec, type, level, table, matches);
    }

    private static void put(@Nullable Sid[] table, byte[] matches, Sid sid, int kinds) {
        int place = place(table, sid);
        table[place] = sid;
        matches[place] |= (byte) kinds;
    }

    /** Where the SID is, or where it would be. */
    private static int place(@Nullable Sid[] table, Sid sid) {
        int mask = table.length - 1;
        int place = sid.hashCode() & mask;
        while (true) {
            Sid there = table[place];
            if (there == null || there.equals(sid)) {
                return place;
            }
            place = (place + 1) & mask;
        }
    }

    static Token anonymous(TokenId id) {
        TokenSpec spec = TokenSpec.of(
                        WellKnownSid.ANONYMOUS.sid(),
                        IntegrityLevel.UNTRUSTED,
                        new LogonSession(0, LogonType.NETWORK),
                        new TokenSource("Anonym", 0))
                .withGroup(Group.always(WellKnownSid.EVERYONE.sid()));
        return make(id, 0, spec, TokenType.IMPERSONATION, ImpersonationLevel.ANONYMOUS);
    }

    /** Which token object this was read from. */
    public TokenId id() {
        return id;
    }

    /** Grows by one with every change of the token object. */
    public long revision() {
        return revision;
    }

    /** The principal. */
    public Sid user() {
        return spec.user();
    }

    /** The groups, the SIDs of the service and of the logon session among them. */
    public List<Group> groups() {
        return spec.groups();
    }

    /** The per-service SID; one of the groups. */
    public Optional<Sid> service() {
        return spec.service();
    }

    /** The SID of the logon session, if it is one of the groups. */
    public Optional<Sid> logon() {
        return spec.groups().stream()
                .filter(group -> group.has(GroupAttribute.LOGON_ID))
                .map(Group::sid)
                .findFirst();
    }

    /** What it is for. */
    public TokenType type() {
        return type;
    }

    /** Of an impersonation token, how far it goes; of a primary token, the highest level at which it may be passed on. */
    public ImpersonationLevel level() {
        return level;
    }

    /** The integrity level. */
    public IntegrityLevel integrity() {
        return spec.integrity();
    }

    /** The four masks. */
    public Privileges privileges() {
        return spec.privileges();
    }

    /** The logon session. */
    public LogonSession session() {
        return spec.session();
    }

    /** Who made it. */
    public TokenSource source() {
        return spec.source();
    }

    /** What else is said about the user. */
    public List<Claim> claims() {
        return spec.claims();
    }

    /** All that was specified, as it is now. */
    public TokenSpec spec() {
        return spec;
    }

    /** Whether access decisions are made with it: every token but an impersonation token below level impersonation. */
    public boolean decides() {
        return type == TokenType.PRIMARY || level.compareTo(ImpersonationLevel.IMPERSONATION) >= 0;
    }

    /** The token that access decisions are made with: this one, or Anonymous (S-1-5-7) if this one is for identification only (seed 001). */
    public Token judged() {
        return decides() ? this : ANONYMOUS;
    }

    /** Whether a privilege may be made use of: it is present and enabled in the token that decisions are made with. */
    public boolean holds(Privilege privilege) {
        return judged().privileges().holds(privilege);
    }

    /**
     * Whether the identity may be forwarded to another machine: it has level delegation, and a network identity, which Local Service has not
     * (seeds 000 and 003).
     */
    public boolean forwardable() {
        return level == ImpersonationLevel.DELEGATION
                && !user().equals(WellKnownSid.LOCAL_SERVICE.sid())
                && !user().equals(WellKnownSid.ANONYMOUS.sid());
    }

    /** Whether an entry that allows something to that SID allows it to this token. */
    boolean matchesAllow(Sid sid) {
        return (matches[place(table, sid)] & ALLOWS) != 0;
    }

    /** Whether an entry that denies something to that SID denies it to this token. */
    boolean matchesDeny(Sid sid) {
        return (matches[place(table, sid)] & DENIES) != 0;
    }

    Token with(Privileges privileges) {
        return new Token(id, revision + 1, spec.withPrivileges(privileges), type, level, table, matches);
    }

    Token with(List<Group> groups) {
        return make(id, revision + 1, spec.withGroups(groups), type, level);
    }

    /** Says what it is of, not what it may do. */
    @Override
    public String toString() {
        return id + " of " + user() + ", " + type.text() + ", " + level.text() + ", "
                + integrity().text();
    }
}
