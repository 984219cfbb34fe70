package dev.bailiwick.broker;

import dev.bailiwick.accountstore.Account;
import dev.bailiwick.accountstore.PolicyVersion;
import dev.bailiwick.accountstore.StoreSnapshot;
import dev.bailiwick.accountstore.Stored;
import dev.bailiwick.profiles.PolicyCatalogue;
import dev.bailiwick.profiles.PolicyProfile;
import dev.bailiwick.profiles.ProfileRef;
import dev.bailiwick.profiles.ResourceProfile;
import dev.bailiwick.schema.RecordId;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.stream.Collectors;

/**
 * What somebody who changes policy or accounts holds themselves, and that no change of theirs makes it more: neither a slot, nor a program to
 * start, nor a lease to ask for, nor time, nor a number of a resource profile. Stateless but for whom it is about.
 */
final class OwnBundle {
    private final Optional<Grant> holder;
    private final Planner planner;

    /** @param holder whose bundle must not widen; empty for whoever opened the store's directory, whom nothing bounds */
    OwnBundle(Optional<Grant> holder, Planner planner) {
        this.holder = holder;
        this.planner = planner;
    }

    /** Refuses a catalogue that gives the holder's account more than the one it replaces. */
    void requireNoWider(StoreSnapshot snapshot, Stored<PolicyVersion> before, PolicyCatalogue after) {
        requireNoWider(
                snapshot,
                (account, now) -> new Facts(
                        now.account(),
                        now.resourceProfile(),
                        now.policyProfile(),
                        StoreRecords.catalogue(before, after),
                        now.journalSize()));
    }

    /** Refuses a policy profile that gives the holder's account more than it has by the version in force. */
    void requireNoWider(StoreSnapshot snapshot, PolicyProfile after) {
        requireNoWider(
                snapshot,
                (account, now) -> follows(account.policyProfile(), after.profileId())
                        ? new Facts(
                                now.account(),
                                now.resourceProfile(),
                                instead(now.policyProfile(), after),
                                now.catalogue(),
                                now.journalSize())
                        : now);
    }

    /** Likewise of a resource profile. */
    void requireNoWider(StoreSnapshot snapshot, ResourceProfile after) {
        requireNoWider(
                snapshot,
                (account, now) -> follows(account.resourceProfile(), after.profileId())
                        ? new Facts(
                                now.account(),
                                instead(now.resourceProfile(), after),
                                now.policyProfile(),
                                now.catalogue(),
                                now.journalSize())
                        : now);
    }

    /** Whether it is the holder's own account. */
    boolean isOf(RecordId account) {
        return holder.filter(grant -> grant.session().identity().account().equals(account))
                .isPresent();
    }

    /**
     * Refuses other profiles for an account, if it is the holder's own and they give it more than those it has.
     *
     * @param resources empty to leave it as it is
     * @param policy likewise
     */
    void requireNoWider(
            StoreSnapshot snapshot, RecordId account, Optional<ProfileRef> resources, Optional<ProfileRef> policy) {
        if (!isOf(account)) {
            return;
        }
        requireNoWider(
                snapshot,
                (own, now) -> new Facts(
                        now.account(),
                        resources
                                .map(reference -> StoreRecords.resourceProfile(snapshot, reference))
                                .orElse(now.resourceProfile()),
                        policy.map(reference -> StoreRecords.policyProfile(snapshot, reference))
                                .orElse(now.policyProfile()),
                        now.catalogue(),
                        now.journalSize()));
    }

    private static boolean follows(ProfileRef reference, dev.bailiwick.schema.ProfileId profile) {
        return reference.profileId().equals(profile) && reference.versionId().isEmpty();
    }

    private static <T> Facts.Lookup<T> instead(Facts.Lookup<T> before, T after) {
        return switch (before) {
            case Facts.Lookup.Found<T> found -> new Facts.Lookup.Found<>(after, found.source(), found.version());
            case Facts.Lookup.Missing<T> missing -> missing;
        };
    }

    private void requireNoWider(StoreSnapshot snapshot, BiFunction<Account, Facts, Facts> change) {
        if (holder.isEmpty()) {
            return;
        }
        Session session = holder.get().session();
        Stored<Account> account = snapshot.accounts()
                .byId(session.identity().account())
                .orElseThrow(() -> new IllegalStateException("the account of a live session is gone"));
        Facts now = StoreRecords.facts(snapshot, account);
        Facts then = change.apply(account.content(), now);
        Circumstances circumstances = new Circumstances(
                session.identity().kind(),
                session.identity().source(),
                session.authentication().strength(),
                session.hasTerminal(),
                session.now());
        wider(now, planner.plan(now, circumstances), then, planner.plan(then, circumstances))
                .ifPresent(what -> {
                    throw new RefusedException(
                            new Refusal(
                                    "own-bundle",
                                    "it would give your own account " + what,
                                    "nobody widens their own bundle; let another administrator do it, one whom it does not concern"));
                });
    }

    /** What the later plan gives that the earlier one does not, and what its leases newly lead to. */
    private static Optional<String> wider(Facts before, BundlePlan now, Facts after, BundlePlan then) {
        Set<String> held = now.granted().stream().map(OwnBundle::share).collect(Collectors.toSet());
        return then.granted().stream()
                .map(OwnBundle::share)
                .filter(share -> !held.contains(share))
                .findFirst()
                .or(() -> launching(then)
                        .filter(terms -> terms.isBeyond(launching(now)))
                        .map(terms -> "more to launch"))
                .or(() -> higher(before, after))
                .or(() -> longer(before, now, after, then))
                .or(() -> then.leases().stream()
                        .filter(fragment ->
                                !now.leases().contains(fragment) || !leadsNoFarther(before, after, fragment))
                        .findFirst()
                        .map(fragment -> "more by a lease of \"" + fragment + "\""));
    }

    private static boolean leadsNoFarther(Facts before, Facts after, String fragment) {
        return catalogue(before)
                .fragment(fragment)
                .orElseThrow()
                .slots()
                .containsAll(catalogue(after).fragment(fragment).orElseThrow().slots());
    }

    private static PolicyCatalogue catalogue(Facts facts) {
        return switch (facts.catalogue()) {
            case Facts.Lookup.Found<PolicyCatalogue>(var catalogue, var _, var _) -> catalogue;
            case Facts.Lookup.Missing<PolicyCatalogue>(var _, String why) -> throw new IllegalStateException(why);
        };
    }

    /** A number of the resource profile. It bounds what is held by whatever slots there are, and what they will be. */
    private static Optional<String> higher(Facts before, Facts after) {
        if (!(after.resourceProfile() instanceof Facts.Lookup.Found<ResourceProfile>(var then, var _, var _))) {
            return Optional.empty();
        }
        return switch (before.resourceProfile()) {
            case Facts.Lookup.Found<ResourceProfile>(var now, var _, var _) ->
                then.limitBeyond(now).map(limit -> "more by \"" + limit + "\" of its resource profile");
            case Facts.Lookup.Missing<ResourceProfile> _ -> Optional.of("a resource profile");
        };
    }

    /** Times that a policy profile sets: of a session, of an authentication, of a lease. */
    private static Optional<String> longer(Facts before, BundlePlan now, Facts after, BundlePlan then) {
        if (now.terms().isEmpty() || then.terms().isEmpty()) {
            return then.terms().map(terms -> "a session");
        }
        BundlePlan.Terms had = now.terms().get();
        BundlePlan.Terms has = then.terms().get();
        if (has.lifetime().compareTo(had.lifetime()) > 0) {
            return Optional.of("a longer session");
        }
        if (has.idleTimeout().compareTo(had.idleTimeout()) > 0) {
            return Optional.of("a longer time without a call");
        }
        if (has.freshAuth().compareTo(had.freshAuth()) > 0) {
            return Optional.of("a longer time before it has to show again who it is");
        }
        return longestLease(after).compareTo(longestLease(before)) > 0
                ? Optional.of("longer leases")
                : Optional.empty();
    }

    private static Duration longestLease(Facts facts) {
        return switch (facts.policyProfile()) {
            case Facts.Lookup.Found<PolicyProfile>(var profile, var _, var _) ->
                Approvals.longestLease(profile).orElse(Duration.ZERO);
            case Facts.Lookup.Missing<PolicyProfile> _ -> Duration.ZERO;
        };
    }

    private static Optional<LaunchTerms> launching(BundlePlan plan) {
        return plan.granted().stream()
                .flatMap(granted -> granted.launch().stream())
                .findFirst();
    }

    private static String share(PolicyDecision.Granted granted) {
        return "the slot " + granted.slot().text() + " (" + granted.access().text() + ")";
    }
}
