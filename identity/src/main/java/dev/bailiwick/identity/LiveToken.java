package dev.bailiwick.identity;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.UnaryOperator;

/**
 * A token that lives: privileges and groups can be switched, privileges can be removed, use of privileges is noted. Nothing ever adds a
 * privilege or a group, and nothing raises the level or the integrity; a test holds every sequence of operations to that.
 *
 * <p>Thread-safe: changes take turns, and each exchanges one whole {@link Token} for the next, so a reader waits for nobody and never sees half a
 * request. Whoever makes use of a privilege, or changes groups, does not wait for a {@link Witness}.
 */
public final class LiveToken {
    /** Sees a change of privileges before it is made, while no other one is. */
    @FunctionalInterface
    public interface Witness {
        /**
         * What the masks are, and what the change will make of them; {@code used} may grow meanwhile.
         *
         * @throws RuntimeException if the change must not be made; it is not, and the caller gets the exception
         */
        void sees(Privileges before, Privileges after);
    }

    private static final Witness NOBODY = (before, after) -> {};

    /** Held during a change of privileges, its witness included; taken before the monitor, which is held for the exchange alone. */
    private final ReentrantLock turn = new ReentrantLock();

    private volatile Token now;

    LiveToken(Token token) {
        this.now = token;
    }

    /** What it says now. */
    public Token token() {
        return now;
    }

    /** Names this object. */
    public TokenId id() {
        return token().id();
    }

    /**
     * Does all of these changes, or none: one entry that is unknown, invalid, twice in the list, or enables a privilege the token does not have,
     * refuses the request. To disable or remove an absent privilege does nothing. What is removed is gone for good; only {@code present} loses it.
     */
    public AdjustPrivilegesResult adjustPrivileges(List<PrivilegeChange> changes) {
        return adjustPrivileges(changes, NOBODY);
    }

    /** The same before a witness, who sees nothing of a request that is refused. */
    public AdjustPrivilegesResult adjustPrivileges(List<PrivilegeChange> changes, Witness witness) {
        if (changes.size() > Limits.CHANGES) {
            return tooMany(changes.size());
        }
        turn.lock();
        try {
            Privileges before = now.privileges();
            return switch (PrivilegeAdjustment.apply(before, changes)) {
                case PrivilegeAdjustment.Result.Refusal(Refused refused) -> refused;
                case PrivilegeAdjustment.Result.Applied(Privileges after) -> {
                    witness.sees(before, after);
                    exchange(after);
                    yield new AdjustPrivilegesResult.Adjusted(before, after);
                }
            };
        } finally {
            turn.unlock();
        }
    }

    /** Enables what is enabled by default and present, and disables the rest. Gives back what the masks were. */
    public Privileges resetPrivileges() {
        return resetPrivileges(NOBODY);
    }

    /** The same before a witness. */
    public Privileges resetPrivileges(Witness witness) {
        return change(Privileges::reset, witness);
    }

    /** Removes every privilege that is not required from what is present, and changes nothing else (seed 004). Gives back what the masks were. */
    public Privileges restrictPrivileges(PrivilegeSet required) {
        return change(privileges -> privileges.restrictedTo(required), NOBODY);
    }

    private Privileges change(UnaryOperator<Privileges> how, Witness witness) {
        turn.lock();
        try {
            Privileges before = now.privileges();
            Privileges after = how.apply(before);
            witness.sees(before, after);
            exchange(after);
            return before;
        } finally {
            turn.unlock();
        }
    }

    // INVARIANT (turns): only the holder of the turn changes a mask other than `used`, so these are still what the
    // witness saw.
    private synchronized void exchange(Privileges after) {
        now = now.with(after.usedToo(now.privileges().used()));
    }

    /** Does all of these changes, or none. To disable a group the token does not have does nothing. */
    public synchronized AdjustGroupsResult adjustGroups(List<GroupChange> changes) {
        if (changes.size() > Limits.CHANGES) {
            return tooMany(changes.size());
        }
        Set<Sid> seen = new HashSet<>();
        for (GroupChange change : changes) {
            if (!seen.add(change.sid())) {
                return new Refused(
                        RefusalCode.DUPLICATE_ENTRY,
                        "the request names the group " + change.sid() + " twice; nothing was changed",
                        "name every group once");
            }
        }
        List<Group> before = now.groups();
        List<Group> after = new ArrayList<>(before);
        for (GroupChange change : changes) {
            if (apply(after, change) instanceof Outcome.Not(Refused refused)) {
                return refused;
            }
        }
        now = now.with(after);
        return new AdjustGroupsResult.Adjusted(before);
    }

    private sealed interface Outcome {
        record Done() implements Outcome {}

        record Not(Refused refused) implements Outcome {}
    }

    private static Outcome apply(List<Group> groups, GroupChange change) {
        int at = indexOf(groups, change.sid());
        boolean absent = at < 0;
        return switch (change) {
            case GroupChange.Enable(Sid sid)
            when absent -> refused(RefusalCode.GROUP_ABSENT, "the token does not have the group " + sid);
            case GroupChange.Enable(Sid sid)
            when groups.get(at).has(GroupAttribute.USE_FOR_DENY_ONLY) ->
                refused(RefusalCode.GROUP_DENY_ONLY, "the group " + sid + " is for denials only");
            case GroupChange.Enable _ -> {
                groups.set(at, groups.get(at).enabled(true));
                yield new Outcome.Done();
            }
            case GroupChange.Disable _ when absent -> new Outcome.Done();
            case GroupChange.Disable(Sid sid)
            when groups.get(at).has(GroupAttribute.MANDATORY) ->
                refused(RefusalCode.GROUP_MANDATORY, "the group " + sid + " is mandatory");
            case GroupChange.Disable _ -> {
                groups.set(at, groups.get(at).enabled(false));
                yield new Outcome.Done();
            }
        };
    }

    /** -1 if the group is not there. */
    private static int indexOf(List<Group> groups, Sid sid) {
        for (int at = 0; at < groups.size(); at++) {
            if (groups.get(at).sid().equals(sid)) {
                return at;
            }
        }
        return -1;
    }

    private static Outcome refused(RefusalCode code, String what) {
        return new Outcome.Not(
                new Refused(code, what + "; nothing was changed", "leave it out, and send the rest again"));
    }

    /** Enables the groups that are enabled by default, and disables the others. Gives back what they were. */
    public synchronized List<Group> resetGroups() {
        List<Group> before = now.groups();
        now = now.with(before.stream().map(LiveToken::reset).toList());
        return before;
    }

    private static Group reset(Group group) {
        return group.has(GroupAttribute.MANDATORY) || group.has(GroupAttribute.USE_FOR_DENY_ONLY)
                ? group
                : group.enabled(group.has(GroupAttribute.ENABLED_BY_DEFAULT));
    }

    /**
     * Makes use of a privilege: whether it is present and enabled, and this token is one that decisions are made with. If so, the use is noted,
     * which stays.
     */
    public synchronized boolean use(Privilege privilege) {
        Token before = now;
        if (!before.holds(privilege)) {
            return false;
        }
        if (!before.privileges().used().has(privilege)) {
            now = before.with(before.privileges().usedToo(privilege));
        }
        return true;
    }

    /**
     * A separate token that says the same, used privileges included, at that level. Refused with {@code level-raised} if that is above this one's,
     * and with {@code level-too-low} for a primary token from one that no decisions are made with. At level anonymous the duplicate says
     * Anonymous and nothing of this one.
     *
     * @param level of an impersonation token, how far it goes; of a primary token, the highest level at which it may be passed on
     */
    public DuplicateResult duplicate(TokenType type, ImpersonationLevel level, TokenIds ids) {
        Token original = token();
        if (level.compareTo(original.level()) > 0) {
            return new Refused(
                    RefusalCode.LEVEL_RAISED,
                    "the token has level " + original.level().text() + ", a duplicate cannot have level "
                            + level.text(),
                    "ask for " + original.level().text() + " or lower");
        }
        if (type == TokenType.PRIMARY && !original.decides()) {
            return new Refused(
                    RefusalCode.LEVEL_TOO_LOW,
                    "a token of level " + original.level().text() + " cannot become the identity of a process",
                    "it takes level impersonation or delegation, which the client chooses when it connects");
        }
        return new DuplicateResult.Duplicated(duplicate(original, type, level, original.integrity(), ids));
    }

    // INVARIANT (levels never rise): callers have compared the level with the original's.
    static LiveToken duplicate(
            Token original, TokenType type, ImpersonationLevel level, IntegrityLevel ceiling, TokenIds ids) {
        TokenId id = new TokenId(ids.next());
        if (type == TokenType.IMPERSONATION && level == ImpersonationLevel.ANONYMOUS) {
            return new LiveToken(Token.anonymous(id));
        }
        TokenSpec spec = original.spec().withIntegrity(original.integrity().min(ceiling));
        return new LiveToken(Token.make(id, 0, spec, type, level));
    }

    private static Refused tooMany(int asked) {
        return new Refused(
                RefusalCode.LIMIT_EXCEEDED,
                "one request has at most " + Limits.CHANGES + " entries, not " + asked + "; nothing was changed",
                "name everything once");
    }

    /** Says what it is of, not what it may do. */
    @Override
    public String toString() {
        return token().toString();
    }
}
