package dev.bailiwick.identity;

import java.util.List;

/** What an identity source says about a name. It is data: whatever it says, it can make no token, no session and no privilege. */
public sealed interface IdentityAnswer {
    /** It knows the name: that principal, in these groups. */
    record Asserted(Sid user, List<Sid> groups) implements IdentityAnswer {
        /** Copies the list. */
        public Asserted {
            groups = List.copyOf(groups);
        }
    }

    /** It does not know the name. */
    record Unknown() implements IdentityAnswer {}

    /** It cannot say now. */
    record Unavailable(String why) implements IdentityAnswer {}
}
