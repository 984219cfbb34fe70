package dev.bailiwick.accountstore;

import dev.bailiwick.profiles.ProfileRef;
import dev.bailiwick.schema.RecordId;
import java.util.List;
import java.util.Optional;

/** Looks policy profiles and the role catalogue up. Thread-safe; it changes nothing. */
public interface PolicyReader {
    /** All policy profiles in their newest versions, by name. */
    List<Stored<PolicyProfileContent>> profiles();

    /** The newest version of the policy profile with this name. */
    Optional<Stored<PolicyProfileContent>> profileByName(String name);

    /** The newest version of this record, which is a policy profile's. */
    Optional<Stored<PolicyProfileContent>> profileById(RecordId record);

    /** What a reference means, as {@link ResourceProfileReader#resolve}. */
    Optional<Stored<PolicyProfileContent>> resolve(ProfileRef reference);

    /** All versions of a policy profile, oldest first; empty if there is none of this name. */
    List<HistoryEntry<PolicyProfileContent>> history(String name);

    /** The role definitions and fragments in force. */
    Stored<PolicyVersion> policy();

    /** Those in force after journal entry {@code sequence}. */
    Optional<Stored<PolicyVersion>> policyAt(long sequence);
}
