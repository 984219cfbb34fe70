package dev.bailiwick.accountstore;

import dev.bailiwick.profiles.PolicyProfile;
import dev.bailiwick.profiles.ProfileRef;
import dev.bailiwick.profiles.RoleDefinition;
import dev.bailiwick.profiles.Slot;
import dev.bailiwick.schema.PrincipalId;
import dev.bailiwick.schema.RecordId;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Whether somebody could administer accounts in one state of the store: could log in, and would get the account manager. It asks
 * everything that stands between a person and that capability, so that no way of taking it from the last one goes unseen.
 *
 * <pre>
 * account         active
 * credential      listed by the account, active, not expired
 * role binding    active, not expired
 * role            defined by the policy for that kind of principal, with the account manager among its slots
 * policy profile  resolves, serves the kind, allows the role
 * quotas          resolve, allow a session
 * </pre>
 */
final class Administration {
    /** The role without which nobody could administer accounts. */
    static final String ROLE = "account-admin";

    /** How well a store can be administered. The order matters. */
    enum Reach {
        /** By nobody. */
        NONE,
        /** Until something expires, such as the one-time code of a new store. */
        FOR_NOW,
        /** Until somebody changes something. */
        LASTING;

        private static Reach until(Optional<Instant> expiresAt, Instant now) {
            return expiresAt.map(end -> end.isAfter(now) ? FOR_NOW : NONE).orElse(LASTING);
        }

        private Reach and(Reach other) {
            return compareTo(other) < 0 ? this : other;
        }

        private Reach or(Reach other) {
            return compareTo(other) > 0 ? this : other;
        }
    }

    /** Records of the state that is asked about. */
    @FunctionalInterface
    interface State {
        Optional<Stored<?>> newest(RecordKind kind, RecordId record);
    }

    private final Records versions;
    private final Rows rows;
    private final State state;
    private final Instant now;

    /**
     * @param versions older versions, which no transaction changes
     * @param rows index rows of the state
     * @param state newest versions of the state
     */
    Administration(Records versions, Rows rows, State state, Instant now) {
        this.versions = versions;
        this.rows = rows;
        this.state = state;
        this.now = now;
    }

    /** Whether a record that is replaced can have been part of what makes the store administrable. */
    boolean rests(Stored<?> before) {
        return switch (before.content()) {
            case Account account -> account.roles().contains(ROLE);
            case RoleBinding binding -> binding.role().equals(ROLE);
            case Credential credential ->
                rows.get(StoreTables.INDEX, Keys.member(ROLE, credential.principalId())) != null;
            case PolicyProfileContent profile -> true;
            case ResourceProfileContent profile -> true;
            case PolicyVersion policy -> true;
            case ExternalBinding binding -> false;
            case SeedManifestContent manifest -> false;
            case StoreKeyContent key -> false;
        };
    }

    /** By how much the best placed administrator reaches the account manager. */
    Reach reach() {
        Optional<RoleDefinition> role = role();
        if (role.isEmpty()) {
            return Reach.NONE;
        }
        Reach best = Reach.NONE;
        byte[] prefix = Keys.members(ROLE);
        for (var member : rows.withPrefix(StoreTables.INDEX, prefix).entrySet()) {
            byte[] key = member.getKey();
            PrincipalId principal = PrincipalId.of(Arrays.copyOfRange(key, prefix.length, key.length));
            Reach bound = state.newest(RecordKind.ROLE_BINDING, RecordId.of(member.getValue()))
                    .map(binding -> Reach.until(((RoleBinding) binding.content()).expiresAt(), now))
                    .orElse(Reach.NONE);
            best = best.or(bound.and(login(principal, role.get())));
        }
        return best;
    }

    /** The role, if a session that has it is given the account manager. */
    private Optional<RoleDefinition> role() {
        return row(Keys.policy())
                .flatMap(record -> state.newest(RecordKind.POLICY_VERSION, RecordId.of(record)))
                .map(policy -> ((PolicyVersion) policy.content()).catalogue())
                .flatMap(catalogue -> catalogue
                        .role(ROLE)
                        .filter(role -> role.fragments().stream()
                                .flatMap(fragment -> catalogue.fragment(fragment).stream())
                                .flatMap(fragment -> fragment.slots().stream())
                                .anyMatch(rule -> rule.slot() == Slot.ACCOUNT_MANAGER)));
    }

    private Reach login(PrincipalId principal, RoleDefinition role) {
        Optional<Account> account = row(Keys.principal(principal))
                .flatMap(record -> state.newest(RecordKind.ACCOUNT, RecordId.of(record)))
                .map(stored -> (Account) stored.content())
                .filter(found -> found.status() == AccountStatus.ACTIVE)
                .filter(found -> role.kinds().contains(found.kind()) && profilesAllow(found));
        Reach best = Reach.NONE;
        for (RecordId id : account.map(Account::credentialRefs).orElse(Collections.emptySortedSet())) {
            best = best.or(state.newest(RecordKind.CREDENTIAL, id)
                    .map(stored -> (Credential) stored.content())
                    .filter(credential -> credential.state() == CredentialState.ACTIVE)
                    .map(credential -> Reach.until(credential.expiresAt(), now))
                    .orElse(Reach.NONE));
        }
        return best;
    }

    private boolean profilesAllow(Account account) {
        boolean policy = resolved(RecordKind.POLICY_PROFILE, account.policyProfile())
                .map(found -> ((PolicyProfileContent) found.content()).profile())
                .filter(profile -> serves(profile, account))
                .isPresent();
        return policy
                && resolved(RecordKind.RESOURCE_PROFILE, account.resourceProfile())
                        .filter(found -> ((ResourceProfileContent) found.content())
                                        .profile()
                                        .sessionLimit()
                                > 0)
                        .isPresent();
    }

    private static boolean serves(PolicyProfile profile, Account account) {
        return profile.kinds().contains(account.kind())
                && profile.allowedRoles().contains(ROLE);
    }

    private Optional<Stored<?>> resolved(RecordKind kind, ProfileRef reference) {
        Optional<Stored<?>> newest = row(Keys.profile(reference.profileId()))
                .map(row -> RecordRef.ofKey(row, "index"))
                .filter(target -> target.kind() == kind)
                .flatMap(target -> state.newest(kind, target.recordId()));
        return newest.flatMap(found -> reference
                        .versionId()
                        .map(pinned -> version(kind, found, Keys.version(pinned)))
                        .orElse(Optional.of(found)))
                .filter(found -> found.policyEpoch() >= reference.epoch());
    }

    /** A pinned version of a profile: the newest as it will be, or one that is stored already. */
    private Optional<Stored<?>> version(RecordKind kind, Stored<?> newest, byte[] key) {
        return row(key).flatMap(row -> {
            long version = IndexRow.targetVersion(key, row).orElse(0);
            boolean ofProfile = IndexRow.target(key, row).equals(new RecordRef(kind, newest.recordId()));
            if (!ofProfile || version == newest.version()) {
                return ofProfile ? Optional.of(newest) : Optional.empty();
            }
            return Optional.of(versions.version(kind, newest.recordId(), version));
        });
    }

    private Optional<byte[]> row(byte[] key) {
        byte @Nullable [] row = rows.get(StoreTables.INDEX, key);
        return Optional.ofNullable(row);
    }
}
