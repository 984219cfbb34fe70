package dev.bailiwick.broker;

import dev.bailiwick.accountstore.AccountStore;
import dev.bailiwick.accountstore.AccountStoreManager;
import dev.bailiwick.accountstore.Actor;
import dev.bailiwick.accountstore.Attribution;
import dev.bailiwick.accountstore.CommitGate;
import dev.bailiwick.accountstore.PolicyProfileManager;
import dev.bailiwick.accountstore.ResourceProfileManager;
import java.util.concurrent.Callable;

/** On whose behalf an object changes accounts. */
interface Administrator {
    /** How the next change is journalled, and what may still stop it in the commit lane. */
    Attribution attribution();

    /** Whether they have that role themselves, and so may hand somebody a way to it. */
    boolean has(String role);

    /** Runs a call that may commit what ends their own authority: it is still answered ({@link Grant#answering}). */
    <T> T answering(Callable<T> call) throws Exception;

    /**
     * The managers that an administrator's objects change the store through.
     *
     * @param accounts of accounts and external bindings
     * @param resources of resource profiles
     * @param policies of policy profiles
     */
    record Powers(AccountStoreManager accounts, ResourceProfileManager resources, PolicyProfileManager policies) {
        static Powers over(AccountStore store) {
            return new Powers(store.accountManager(), store.resourceProfileManager(), store.policyProfileManager());
        }
    }

    /** Whoever holds the grant, for as long as it is open. */
    static Administrator holding(Grant grant) {
        return new Administrator() {
            @Override
            public Attribution attribution() {
                Session.Identity identity = grant.session().identity();
                return new Attribution(
                        new Actor.Session(identity.principalId(), identity.id()), grant.approval(), grant::closed);
            }

            @Override
            public boolean has(String role) {
                return grant.session()
                        .plan()
                        .filter(plan -> plan.roles().contains(role))
                        .isPresent();
            }

            @Override
            public <T> T answering(Callable<T> call) throws Exception {
                return grant.answering(call);
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

            @Override
            public <T> T answering(Callable<T> call) throws Exception {
                return call.call();
            }
        };
    }
}
