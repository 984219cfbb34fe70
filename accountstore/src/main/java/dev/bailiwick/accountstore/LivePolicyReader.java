package dev.bailiwick.accountstore;

import dev.bailiwick.profiles.ProfileRef;
import dev.bailiwick.schema.RecordId;
import java.util.List;
import java.util.Optional;

/** Policy of whatever state is published. */
record LivePolicyReader(Reading store) implements PolicyReader {
    @Override
    public List<Stored<PolicyProfileContent>> profiles() {
        return store.read(snapshot -> snapshot.policy().profiles());
    }

    @Override
    public Optional<Stored<PolicyProfileContent>> profileByName(String name) {
        return store.read(snapshot -> snapshot.policy().profileByName(name));
    }

    @Override
    public Optional<Stored<PolicyProfileContent>> profileById(RecordId record) {
        return store.read(snapshot -> snapshot.policy().profileById(record));
    }

    @Override
    public Optional<Stored<PolicyProfileContent>> resolve(ProfileRef reference) {
        return store.read(snapshot -> snapshot.policy().resolve(reference));
    }

    @Override
    public List<HistoryEntry<PolicyProfileContent>> history(String name) {
        return store.read(snapshot -> snapshot.policy().history(name));
    }

    @Override
    public Stored<PolicyVersion> policy() {
        return store.read(snapshot -> snapshot.policy().policy());
    }

    @Override
    public Optional<Stored<PolicyVersion>> policyAt(long sequence) {
        return store.read(snapshot -> snapshot.policy().policyAt(sequence));
    }
}
