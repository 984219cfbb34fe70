package dev.bailiwick.accountstore;

import dev.bailiwick.profiles.ProfileRef;
import dev.bailiwick.schema.RecordId;
import java.util.List;
import java.util.Optional;

/** Looks resource profiles up. Thread-safe; it changes nothing, and no object of this type is a manager. */
public interface ResourceProfileReader {
    /** All profiles in their newest versions, by name. */
    List<Stored<ResourceProfileContent>> list();

    /** The newest version of the profile with this name. */
    Optional<Stored<ResourceProfileContent>> byName(String name);

    /** The newest version of this record. */
    Optional<Stored<ResourceProfileContent>> byId(RecordId record);

    /**
     * What a reference means: the pinned version, or else the newest. Empty if it does not exist, is of another sort, or is older
     * than the reference's epoch accepts.
     */
    Optional<Stored<ResourceProfileContent>> resolve(ProfileRef reference);

    /** All versions of a profile, oldest first; empty if there is none of this name. */
    List<HistoryEntry<ResourceProfileContent>> history(String name);
}
