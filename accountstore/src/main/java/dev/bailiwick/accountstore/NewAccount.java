package dev.bailiwick.accountstore;

import dev.bailiwick.profiles.PrincipalKind;
import dev.bailiwick.profiles.ProfileRef;
import dev.bailiwick.profiles.ServiceIdentity;
import dev.bailiwick.schema.AccountName;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;

/**
 * An account to be made. Its ids are drawn by the manager.
 *
 * @param roles bound to it in the same transaction
 * @param credentials its first credentials, without a principal yet
 * @param service what it is bound to; present for kind {@code service} only
 */
public record NewAccount(
        AccountName name,
        String displayName,
        PrincipalKind kind,
        SortedSet<String> roles,
        ProfileRef resourceProfile,
        ProfileRef policyProfile,
        List<NewCredential> credentials,
        Optional<ServiceIdentity> service) {
    /** Copies the list. */
    public NewAccount {
        credentials = List.copyOf(credentials);
    }
}
