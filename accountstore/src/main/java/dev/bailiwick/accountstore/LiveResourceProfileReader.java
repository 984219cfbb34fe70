package dev.bailiwick.accountstore;

import dev.bailiwick.profiles.ProfileRef;
import dev.bailiwick.schema.RecordId;
import java.util.List;
import java.util.Optional;

/** Resource profiles of whatever state is published. */
record LiveResourceProfileReader(Reading store) implements ResourceProfileReader {
    @Override
    public List<Stored<ResourceProfileContent>> list() {
        return store.read(snapshot -> snapshot.resourceProfiles().list());
    }

    @Override
    public Optional<Stored<ResourceProfileContent>> byName(String name) {
        return store.read(snapshot -> snapshot.resourceProfiles().byName(name));
    }

    @Override
    public Optional<Stored<ResourceProfileContent>> byId(RecordId record) {
        return store.read(snapshot -> snapshot.resourceProfiles().byId(record));
    }

    @Override
    public Optional<Stored<ResourceProfileContent>> resolve(ProfileRef reference) {
        return store.read(snapshot -> snapshot.resourceProfiles().resolve(reference));
    }

    @Override
    public List<HistoryEntry<ResourceProfileContent>> history(String name) {
        return store.read(snapshot -> snapshot.resourceProfiles().history(name));
    }
}
