package dev.bailiwick.broker;

import dev.bailiwick.accountstore.Actor;
import dev.bailiwick.accountstore.Attribution;
import dev.bailiwick.accountstore.CommitGate;

/** On whose behalf an object changes accounts. */
interface Administrator {
    /** How the next change is journalled, and what may still stop it in the commit lane. */
    Attribution attribution();

    /** Whether they have that role themselves, and so may hand somebody a way to it. */
    boolean has(String role);

    /** Whoever holds the grant, for as long as it is open. */
    static Administrator holding(Grant grant) {
        return new Administrator() {
            @Override
            public Attribution attribution() {
                Session.Identity identity = grant.session().identity();
                return Attribution.of(new Actor.Session(identity.principalId(), identity.id()), grant::closed);
            }

            @Override
            public boolean has(String role) {
                return grant.session()
                        .plan()
                        .filter(plan -> plan.roles().contains(role))
                        .isPresent();
            }
        };
    }

    /** Whoever opened the store's directory itself: nobody can stop them there, and the journal says who it was. */
    static Administrator offline(int uid) {
        return new Administrator() {
            @Override
            public Attribution attribution() {
                return Attribution.of(new Actor.Offline(uid), CommitGate.alwaysOpen());
            }

            @Override
            public boolean has(String role) {
                return true;
            }
        };
    }
}
