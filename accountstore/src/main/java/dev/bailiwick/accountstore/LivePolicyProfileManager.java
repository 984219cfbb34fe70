package dev.bailiwick.accountstore;

import dev.bailiwick.profiles.PolicyProfile;
import dev.bailiwick.profiles.ProfileRef;
import dev.bailiwick.schema.RecordId;
import dev.bailiwick.schema.VersionId;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/** Proposes changes of policy profiles. */
final class LivePolicyProfileManager implements PolicyProfileManager {
    private final Proposals proposals;
    private final IdSource ids;

    LivePolicyProfileManager(Committing store, Reading reading, InstantSource clock, IdSource ids) {
        this.proposals = new Proposals(store, reading, clock, ids);
        this.ids = ids;
    }

    @Override
    public CommitResult create(PolicyProfile profile, Attribution by) {
        RecordId record = RecordId.of(ids.next());
        return proposals.propose(
                "policy-profile.create",
                by,
                0,
                snapshot -> new Proposals.Draft.Write(List.of(Mutation.create(record, content(profile)))));
    }

    @Override
    public CommitResult update(PolicyProfile profile, long expect, Attribution by) {
        return proposals.propose("policy-profile.update", by, expect, snapshot -> {
            Optional<Stored<PolicyProfileContent>> found =
                    snapshot.policy().resolve(ProfileRef.following(profile.profileId()));
            if (found.isEmpty()) {
                return Proposals.notFound("policy profile " + profile.profileId());
            }
            return Proposals.stale(found.get(), expect)
                    .orElseGet(
                            () -> new Proposals.Draft.Write(List.of(Mutation.replace(found.get(), content(profile)))));
        });
    }

    private PolicyProfileContent content(PolicyProfile profile) {
        return new PolicyProfileContent(VersionId.of(ids.next()), profile);
    }
}
