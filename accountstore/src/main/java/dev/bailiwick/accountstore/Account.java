package dev.bailiwick.accountstore;

import dev.bailiwick.profiles.PrincipalKind;
import dev.bailiwick.profiles.ProfileRef;
import dev.bailiwick.profiles.ServiceIdentity;
import dev.bailiwick.schema.AccountName;
import dev.bailiwick.schema.NameKey;
import dev.bailiwick.schema.NameSkeleton;
import dev.bailiwick.schema.PrincipalId;
import dev.bailiwick.schema.RecordId;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.function.Consumer;

/**
 * The durable local record of a principal (seed 002, {@code AccountRecord}).
 *
 * @param principalId never changes
 * @param kind never changes
 * @param name for people: the text of {@code nameKey}; in records of older stores as it was given
 * @param nameKey its normalised form, unique in the store
 * @param nameSkeleton what it looks like, unique in the store
 * @param displayName for people, up to {@value #DISPLAY_NAME_CHARS} characters; may be empty
 * @param status whether it may be used
 * @param credentialRefs its credentials' records
 * @param roles projection of its active role bindings, kept equal to them by the store
 * @param attributes inputs to policy
 * @param resourceProfile its quotas
 * @param policyProfile its authorization template
 * @param homeRoot where its home is, once it has one
 * @param configRoot where its configuration is
 * @param cacheRoot where its cache is
 * @param service what it is bound to; present for kind {@code service} only
 */
public record Account(
        PrincipalId principalId,
        PrincipalKind kind,
        String name,
        NameKey nameKey,
        NameSkeleton nameSkeleton,
        String displayName,
        AccountStatus status,
        SortedSet<RecordId> credentialRefs,
        SortedSet<String> roles,
        SortedMap<String, String> attributes,
        ProfileRef resourceProfile,
        ProfileRef policyProfile,
        Optional<StorageRoot> homeRoot,
        Optional<StorageRoot> configRoot,
        Optional<StorageRoot> cacheRoot,
        Optional<ServiceIdentity> service)
        implements RecordContent {
    /** One line of a table. */
    public static final int DISPLAY_NAME_CHARS = 256;

    /** Copies the collections and checks what can be checked without the store. */
    public Account {
        if (name.isEmpty() || displayName.length() > DISPLAY_NAME_CHARS) {
            throw new IllegalArgumentException(
                    "an account has a name and a display name of at most " + DISPLAY_NAME_CHARS + " characters");
        }
        if (service.isPresent() != (kind == PrincipalKind.SERVICE)) {
            throw new IllegalArgumentException("service accounts, and only they, have a service identity");
        }
        credentialRefs = Sorted.set(credentialRefs);
        roles = Sorted.set(roles);
        attributes = Sorted.map(attributes);
    }

    @Override
    public RecordKind recordKind() {
        return RecordKind.ACCOUNT;
    }

    /** The same account with another name. */
    public Account withName(AccountName newName) {
        return with(change -> {
            change.name = newName.text();
            change.nameKey = newName.key();
            change.nameSkeleton = newName.skeleton();
        });
    }

    /** The same account with another status. */
    public Account withStatus(AccountStatus newStatus) {
        return with(change -> change.status = newStatus);
    }

    /** The same account with other credentials. */
    public Account withCredentialRefs(SortedSet<RecordId> newRefs) {
        return with(change -> change.credentialRefs = newRefs);
    }

    /** The same account with other roles. */
    public Account withRoles(SortedSet<String> newRoles) {
        return with(change -> change.roles = newRoles);
    }

    /** The same account with other profiles. */
    public Account withProfiles(ProfileRef newResourceProfile, ProfileRef newPolicyProfile) {
        return with(change -> {
            change.resourceProfile = newResourceProfile;
            change.policyProfile = newPolicyProfile;
        });
    }

    /** The same account with these storage roots. */
    public Account withRoots(StorageRoot home, StorageRoot config, StorageRoot cache) {
        return with(change -> {
            change.homeRoot = Optional.of(home);
            change.configRoot = Optional.of(config);
            change.cacheRoot = Optional.of(cache);
        });
    }

    /** The same account bound to another definition of its service. */
    public Account withService(ServiceIdentity definition) {
        return with(change -> change.service = Optional.of(definition));
    }

    private Account with(Consumer<Change> edit) {
        Change change = new Change(this);
        edit.accept(change);
        return change.made();
    }

    /** What of an account can change, while it does. */
    private static final class Change {
        private final Account before;
        private String name;
        private NameKey nameKey;
        private NameSkeleton nameSkeleton;
        private AccountStatus status;
        private SortedSet<RecordId> credentialRefs;
        private SortedSet<String> roles;
        private ProfileRef resourceProfile;
        private ProfileRef policyProfile;
        private Optional<StorageRoot> homeRoot;
        private Optional<StorageRoot> configRoot;
        private Optional<StorageRoot> cacheRoot;
        private Optional<ServiceIdentity> service;

        Change(Account before) {
            this.before = before;
            this.name = before.name;
            this.nameKey = before.nameKey;
            this.nameSkeleton = before.nameSkeleton;
            this.status = before.status;
            this.credentialRefs = before.credentialRefs;
            this.roles = before.roles;
            this.resourceProfile = before.resourceProfile;
            this.policyProfile = before.policyProfile;
            this.homeRoot = before.homeRoot;
            this.configRoot = before.configRoot;
            this.cacheRoot = before.cacheRoot;
            this.service = before.service;
        }

        Account made() {
            return new Account(
                    before.principalId,
                    before.kind,
                    name,
                    nameKey,
                    nameSkeleton,
                    before.displayName,
                    status,
                    credentialRefs,
                    roles,
                    before.attributes,
                    resourceProfile,
                    policyProfile,
                    homeRoot,
                    configRoot,
                    cacheRoot,
                    service);
        }
    }
}
