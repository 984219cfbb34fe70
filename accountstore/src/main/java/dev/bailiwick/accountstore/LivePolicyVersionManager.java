package dev.bailiwick.accountstore;

import dev.bailiwick.profiles.PolicyCatalogue;
import dev.bailiwick.schema.VersionId;
import java.time.InstantSource;
import java.util.List;

/** Proposes new versions of the role catalogue. */
final class LivePolicyVersionManager implements PolicyVersionManager {
    private final Proposals proposals;
    private final IdSource ids;

    LivePolicyVersionManager(Committing store, Reading reading, InstantSource clock, IdSource ids) {
        this.proposals = new Proposals(store, reading, clock, ids);
        this.ids = ids;
    }

    @Override
    public CommitResult publish(PolicyCatalogue catalogue, long expect, Attribution by) {
        PolicyVersion version = new PolicyVersion(VersionId.of(ids.next()), catalogue);
        return proposals.propose("policy.publish", by, expect, snapshot -> {
            Stored<PolicyVersion> found = snapshot.policy().policy();
            return Proposals.stale(found, expect)
                    .orElseGet(() -> new Proposals.Draft.Write(List.of(Mutation.replace(found, version))));
        });
    }
}
