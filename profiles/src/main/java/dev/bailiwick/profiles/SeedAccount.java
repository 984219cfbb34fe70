package dev.bailiwick.profiles;

import dev.bailiwick.schema.AccountName;
import dev.bailiwick.schema.PrincipalId;
import dev.bailiwick.schema.RecordId;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

/**
 * One account that a manifest seeds, with status active. Only the manifest's validation makes one.
 *
 * @param recordId of the account record
 * @param principalId stated by the manifest or derived from it
 * @param name as it was given, with its key
 * @param displayName for people
 * @param kind what it stands for
 * @param attributes inputs to policy, by name
 * @param resourceProfile defined by the same manifest
 * @param policyProfile defined by the same manifest, serves the kind and allows every role
 * @param roles to bind, sorted by role
 * @param credentials one-time codes to issue; for most kinds none
 * @param service for kind service and for no other
 */
public record SeedAccount(
        RecordId recordId,
        PrincipalId principalId,
        AccountName name,
        String displayName,
        PrincipalKind kind,
        SortedMap<String, String> attributes,
        ProfileRef resourceProfile,
        ProfileRef policyProfile,
        List<Binding> roles,
        List<EnrolmentCode> credentials,
        Optional<ServiceIdentity> service) {
    public SeedAccount {
        attributes = Checks.attributes(attributes);
        roles = List.copyOf(roles);
        credentials = List.copyOf(credentials);
        if (service.isPresent() != (kind == PrincipalKind.SERVICE)) {
            throw new IllegalArgumentException("exactly service accounts have a service identity");
        }
    }

    /**
     * A role to bind.
     *
     * @param recordId of the role binding
     * @param role of the catalogue
     */
    public record Binding(RecordId recordId, String role) {}

    /**
     * A one-time code to issue when the store is seeded. The manifest holds no secret: the code is drawn then.
     *
     * @param recordId of the credential
     * @param label the manifest's id for it
     * @param validFor from seeding, positive
     */
    public record EnrolmentCode(RecordId recordId, String label, Duration validFor) {
        public EnrolmentCode {
            Checks.token("credential label", label);
            Checks.duration("validFor", validFor, Limits.ENROLMENT_CODE_LIFETIME);
        }
    }
}
