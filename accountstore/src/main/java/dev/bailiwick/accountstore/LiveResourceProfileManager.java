package dev.bailiwick.accountstore;

import dev.bailiwick.profiles.ProfileRef;
import dev.bailiwick.profiles.ResourceProfile;
import dev.bailiwick.schema.RecordId;
import dev.bailiwick.schema.VersionId;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/** Proposes changes of resource profiles. */
final class LiveResourceProfileManager implements ResourceProfileManager {
    private final Proposals proposals;
    private final IdSource ids;

    LiveResourceProfileManager(Committing store, Reading reading, InstantSource clock, IdSource ids) {
        this.proposals = new Proposals(store, reading, clock, ids);
        this.ids = ids;
    }

    @Override
    public CommitResult create(ResourceProfile profile, Attribution by) {
        RecordId record = RecordId.of(ids.next());
        return proposals.propose(
                "profile.create",
                by,
                0,
                snapshot -> new Proposals.Draft.Write(List.of(Mutation.create(record, content(profile)))));
    }

    @Override
    public CommitResult update(ResourceProfile profile, long expect, Attribution by) {
        return proposals.propose("profile.update", by, expect, snapshot -> {
            Optional<Stored<ResourceProfileContent>> found =
                    snapshot.resourceProfiles().resolve(ProfileRef.following(profile.profileId()));
            if (found.isEmpty()) {
                return Proposals.notFound("resource profile " + profile.profileId());
            }
            return Proposals.stale(found.get(), expect)
                    .orElseGet(
                            () -> new Proposals.Draft.Write(List.of(Mutation.replace(found.get(), content(profile)))));
        });
    }

    private ResourceProfileContent content(ResourceProfile profile) {
        return new ResourceProfileContent(VersionId.of(ids.next()), profile);
    }
}
