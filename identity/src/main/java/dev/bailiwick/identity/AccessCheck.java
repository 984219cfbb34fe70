package dev.bailiwick.identity;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Decides what a token may do with a secured object. The rules, in this order:
 *
 * <ol>
 *   <li><b>Identity.</b> An impersonation token below level impersonation is judged as Anonymous (seed 001).
 *   <li><b>Request.</b> Generic rights are replaced by what they mean for the object. Nothing asked for is nothing granted.
 *   <li><b>Label.</b> A token below the object's integrity label loses what the label's policy says, whatever comes after. An object without a
 *       label has medium, no write up.
 *   <li><b>No DACL</b> grants everything.
 *   <li><b>Owner.</b> Who owns the object, by user SID or by a group that is enabled and not for denials only, may read the descriptor and
 *       change the DACL, before any entry; unless there is an entry for OwnerRights (S-1-3-4), which then says what owners may.
 *   <li><b>Entries</b>, in their order: each bit is decided by the first entry that matches the token and has it. An entry that allows matches the
 *       user and groups that are enabled and not for denials only; one that denies also matches groups for denials only. Entries that are only
 *       for inheritance are passed over. What no entry decides is denied.
 * </ol>
 *
 * <p>All that was asked for is granted, or nothing is. No privilege stands in for an entry: backup, restore, take-ownership and the like are not
 * rights to secured objects here. Source: seeds 000 and 001; IDENTITY-FACTS; MS-DTYP 2.5.3 for the walk.
 *
 * <p>Pure. {@link #check} makes no object; {@link #explain} walks with the same code and writes down what it sees.
 */
public final class AccessCheck {
    private static final int OWNER_MAY = AccessMask.READ_CONTROL | AccessMask.WRITE_DAC;

    private AccessCheck() {}

    /**
     * What is granted of an object with the rights of files: {@code desired} with its generic rights mapped; all that would be granted, if
     * {@link AccessMask#MAXIMUM_ALLOWED} is asked for; 0 if it is denied.
     */
    public static int check(Token token, SecurityDescriptor descriptor, int desired) {
        return check(token, descriptor, desired, GenericMapping.FILE);
    }

    /** As {@link #check(Token, SecurityDescriptor, int)}, for another kind of object. */
    public static int check(Token token, SecurityDescriptor descriptor, int desired, GenericMapping mapping) {
        return evaluate(token, descriptor, desired, mapping, null);
    }

    /** Whether all that is desired is granted. */
    public static boolean allows(Token token, SecurityDescriptor descriptor, int desired) {
        return check(token, descriptor, desired) != 0;
    }

    /** The same decision, with the reasons. */
    public static Explanation explain(Token token, SecurityDescriptor descriptor, int desired) {
        return explain(token, descriptor, desired, GenericMapping.FILE);
    }

    /** As {@link #explain(Token, SecurityDescriptor, int)}, for another kind of object. */
    public static Explanation explain(Token token, SecurityDescriptor descriptor, int desired, GenericMapping mapping) {
        Narration narration = new Narration();
        int granted = evaluate(token, descriptor, desired, mapping, narration);
        return new Explanation(desired, granted, narration.missing, narration.steps);
    }

    private static int evaluate(
            Token token,
            SecurityDescriptor descriptor,
            int desired,
            GenericMapping mapping,
            @Nullable Narration narration) {
        Token judged = token.judged();
        boolean maximum = (desired & AccessMask.MAXIMUM_ALLOWED) != 0;
        int wanted = mapping.map(desired & ~AccessMask.MAXIMUM_ALLOWED);
        if (narration != null) {
            narration.identity(token, judged);
            narration.request(desired, wanted, maximum);
        }
        IntegrityLabel label = descriptor.label().orElse(IntegrityLabel.DEFAULT);
        int open = label.open(judged.integrity(), mapping);
        if (narration != null) {
            narration.label(label, descriptor.label().isPresent(), judged, open);
        }
        Sid owner = descriptor.owner().orElse(null);
        Dacl dacl = descriptor.dacl().orElse(null);
        int granted;
        if (dacl == null) {
            granted = (maximum ? mapping.all() : 0) | (wanted & AccessMask.GRANTABLE);
            if (narration != null) {
                narration.noDacl();
            }
        } else {
            granted = walk(judged, owner, dacl, maximum ? AccessMask.GRANTABLE : wanted, mapping, narration);
        }
        granted &= open;
        int missing = wanted & ~granted;
        int answer = desired == 0 || missing != 0 ? 0 : maximum ? granted : wanted;
        if (narration != null) {
            narration.result(answer, missing);
        }
        return answer;
    }

    private static int walk(
            Token judged,
            @Nullable Sid owner,
            Dacl dacl,
            int needed,
            GenericMapping mapping,
            @Nullable Narration narration) {
        int granted = 0;
        int denied = 0;
        if (owner != null && judged.matchesAllow(owner)) {
            if (!dacl.ownerRights()) {
                granted = OWNER_MAY;
            }
            if (narration != null) {
                narration.owner(owner, dacl.ownerRights());
            }
        }
        Ace[] entries = dacl.walk();
        for (int at = 0; at < entries.length; at++) {
            int undecided = needed & ~(granted | denied);
            if (undecided == 0) {
                if (narration != null) {
                    narration.enough(at);
                }
                break;
            }
            Ace ace = entries[at];
            boolean matches = !ace.inheritOnly() && matches(judged, owner, ace);
            int bits = matches ? mapping.map(ace.mask()) & ~(granted | denied) : 0;
            if (narration != null) {
                narration.entry(at, ace, matches, bits & needed);
            }
            switch (ace.type()) {
                case ALLOW -> granted |= bits;
                case DENY -> denied |= bits;
            }
        }
        return granted;
    }

    private static boolean matches(Token judged, @Nullable Sid owner, Ace ace) {
        Sid sid = ace.sid();
        if (sid.equals(OWNER_RIGHTS)) {
            if (owner == null) {
                return false;
            }
            sid = owner;
        }
        return switch (ace.type()) {
            case ALLOW -> judged.matchesAllow(sid);
            case DENY -> judged.matchesDeny(sid);
        };
    }

    private static final Sid OWNER_RIGHTS = WellKnownSid.OWNER_RIGHTS.sid();

    /** Writes the walk down. */
    private static final class Narration {
        private final List<Explanation.Step> steps = new ArrayList<>();
        private int missing;

        private void say(Explanation.Rule rule, String text) {
            steps.add(new Explanation.Step(rule, text));
        }

        void identity(Token token, Token judged) {
            say(
                    Explanation.Rule.IDENTITY,
                    token == judged
                            ? "decided as " + name(judged.user())
                            : "the token of " + name(token.user()) + " has level "
                                    + token.level().text() + " and is for identification only: decided as "
                                    + name(judged.user()));
        }

        void request(int desired, int wanted, boolean maximum) {
            String mapped = AccessMask.text(wanted);
            String asked = AccessMask.text(desired);
            String text = desired == 0
                    ? "nothing was asked for, and nothing is granted"
                    : maximum
                            ? wanted == 0
                                    ? "asked for all that is granted"
                                    : "asked for all that is granted, with at least " + mapped
                            : mapped.equals(asked)
                                    ? "asked for " + asked
                                    : "asked for " + asked + ", which is " + mapped;
            say(Explanation.Rule.REQUEST, text);
        }

        void label(IntegrityLabel label, boolean present, Token judged, int open) {
            String of = (present ? "the label is " : "there is no label, which counts as ")
                    + label.level().text();
            say(
                    Explanation.Rule.LABEL,
                    open == ~0
                            ? of + "; the token's integrity "
                                    + judged.integrity().text() + " reaches it"
                            : of + "; the token's integrity "
                                    + judged.integrity().text() + " is below it, so at most "
                                    + AccessMask.text(open & AccessMask.GRANTABLE) + " can be granted");
        }

        void noDacl() {
            say(Explanation.Rule.NO_DACL, "there is no DACL, so everything is granted that the label leaves");
        }

        void owner(Sid owner, boolean replaced) {
            say(
                    Explanation.Rule.OWNER,
                    replaced
                            ? "the token owns the object as " + name(owner)
                                    + ", but entries for OwnerRights say what owners may"
                            : "the token owns the object as " + name(owner) + ", which grants "
                                    + AccessMask.text(OWNER_MAY));
        }

        void entry(int at, Ace ace, boolean matches, int bits) {
            String what = "entry " + at + " "
                    + switch (ace.type()) {
                        case ALLOW -> "allows ";
                        case DENY -> "denies ";
                    }
                    + AccessMask.text(ace.mask()) + " to " + name(ace.sid());
            String did = ace.inheritOnly()
                    ? ": for inheritance only, passed over"
                    : !matches
                            ? ": does not match"
                            : bits == 0
                                    ? ": matches and decides nothing more"
                                    : switch (ace.type()) {
                                        case ALLOW -> ": grants " + AccessMask.text(bits);
                                        case DENY -> ": denies " + AccessMask.text(bits);
                                    };
            say(Explanation.Rule.ENTRY, what + did);
        }

        void enough(int at) {
            say(Explanation.Rule.ENTRY, "all is decided; entries from " + at + " on were not looked at");
        }

        void result(int answer, int left) {
            missing = left;
            say(
                    Explanation.Rule.RESULT,
                    answer != 0
                            ? "granted " + AccessMask.text(answer)
                            : left == 0 ? "denied" : "denied: " + AccessMask.text(left) + " is not granted");
        }

        private static String name(Sid sid) {
            return WellKnownSid.of(sid)
                    .map(known -> known.text() + " (" + sid + ")")
                    .orElseGet(sid::toString);
        }
    }
}
