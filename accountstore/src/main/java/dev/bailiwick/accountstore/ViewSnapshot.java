package dev.bailiwick.accountstore;

import dev.bailiwick.engine.View;
import dev.bailiwick.profiles.ProfileRef;
import dev.bailiwick.schema.RecordId;
import java.util.List;
import java.util.Optional;

/** All lookups over one state. */
final class ViewSnapshot implements StoreSnapshot {
    private final View view;

    ViewSnapshot(View view) {
        this.view = view;
    }

    @Override
    public StoreHead head() {
        Meta meta = Meta.load(view);
        HashChain.State journal = HashChain.JOURNAL.load(view);
        HashChain.State audit = HashChain.AUDIT.load(view);
        return new StoreHead(
                meta.storeId(),
                meta.storeEpoch(),
                meta.policyEpoch(),
                journal.size(),
                journal.tree().root(),
                audit.size(),
                audit.tree().root());
    }

    @Override
    public AccountStoreReader accounts() {
        return new ViewAccountReader(view);
    }

    @Override
    public ResourceProfileReader resourceProfiles() {
        return new ResourceProfiles(
                new ViewProfileReader<>(view, RecordKind.RESOURCE_PROFILE, ResourceProfileContent.class));
    }

    @Override
    public PolicyReader policy() {
        return new Policy(view, new ViewProfileReader<>(view, RecordKind.POLICY_PROFILE, PolicyProfileContent.class));
    }

    @Override
    public RecordReader records() {
        return new ViewRecordReader(view);
    }

    /** One of an account's credentials, for proposing its next version; not part of what a snapshot shows. */
    Optional<Stored<Credential>> credential(Stored<Account> account, RecordId record) {
        return account.content().credentialRefs().contains(record)
                ? Optional.of(Contents.as(
                        Credential.class, new Records(view).required(RecordKind.CREDENTIAL, record, "an account")))
                : Optional.empty();
    }

    /** What a client's request came to, if it was committed before. */
    Optional<CommitResult> answered(ClientRequest request) {
        return StateMachine.answered(view, request.id(), request.hash());
    }

    private record ResourceProfiles(ViewProfileReader<ResourceProfileContent> reader) implements ResourceProfileReader {
        @Override
        public List<Stored<ResourceProfileContent>> list() {
            return reader.list();
        }

        @Override
        public Optional<Stored<ResourceProfileContent>> byName(String name) {
            return reader.byName(name);
        }

        @Override
        public Optional<Stored<ResourceProfileContent>> byId(RecordId record) {
            return reader.byId(record);
        }

        @Override
        public Optional<Stored<ResourceProfileContent>> resolve(ProfileRef reference) {
            return reader.resolve(reference);
        }

        @Override
        public List<HistoryEntry<ResourceProfileContent>> history(String name) {
            return reader.history(name);
        }
    }

    private record Policy(View view, ViewProfileReader<PolicyProfileContent> reader) implements PolicyReader {
        @Override
        public List<Stored<PolicyProfileContent>> profiles() {
            return reader.list();
        }

        @Override
        public Optional<Stored<PolicyProfileContent>> profileByName(String name) {
            return reader.byName(name);
        }

        @Override
        public Optional<Stored<PolicyProfileContent>> profileById(RecordId record) {
            return reader.byId(record);
        }

        @Override
        public Optional<Stored<PolicyProfileContent>> resolve(ProfileRef reference) {
            return reader.resolve(reference);
        }

        @Override
        public List<HistoryEntry<PolicyProfileContent>> history(String name) {
            return reader.history(name);
        }

        @Override
        public Stored<PolicyVersion> policy() {
            return new Records(view)
                    .byIndex(Keys.policy())
                    .map(stored -> Contents.as(PolicyVersion.class, stored))
                    .orElseThrow(() -> new CorruptStoreException("policy", "the store holds none"));
        }

        @Override
        public Optional<Stored<PolicyVersion>> policyAt(long sequence) {
            Records records = new Records(view);
            return records.indexed(Keys.policy())
                    .flatMap(record -> History.at(records, RecordKind.POLICY_VERSION, record, sequence))
                    .map(stored -> Contents.as(PolicyVersion.class, stored));
        }
    }
}
