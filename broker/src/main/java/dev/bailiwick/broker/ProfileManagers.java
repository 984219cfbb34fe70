package dev.bailiwick.broker;

import dev.bailiwick.accountstore.Attribution;
import dev.bailiwick.accountstore.CommitResult;
import dev.bailiwick.accountstore.CorruptStoreException;
import dev.bailiwick.accountstore.PolicyProfileContent;
import dev.bailiwick.accountstore.Receipt;
import dev.bailiwick.accountstore.Rejection;
import dev.bailiwick.accountstore.ResourceProfileContent;
import dev.bailiwick.accountstore.StoreSnapshot;
import dev.bailiwick.accountstore.Stored;
import dev.bailiwick.capnp.rpc.CallContext;
import dev.bailiwick.capnp.rpc.Calls;
import dev.bailiwick.capnp.rpc.IncomingCall;
import dev.bailiwick.profiles.PolicyCatalogue;
import dev.bailiwick.profiles.PolicyProfile;
import dev.bailiwick.profiles.ProfileCodecs;
import dev.bailiwick.profiles.ResourceProfile;
import dev.bailiwick.schema.Hash256;
import dev.bailiwick.schema.Id128;
import dev.bailiwick.schema.ProfileId;
import dev.bailiwick.schema.gen.Denial;
import dev.bailiwick.schema.gen.PolicyProfileChange;
import dev.bailiwick.schema.gen.PolicyProfileManager;
import dev.bailiwick.schema.gen.ResourceProfileChange;
import dev.bailiwick.schema.gen.ResourceProfileManager;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.capnproto.Data;
import org.capnproto.MessageBuilder;

/**
 * Serve changes of profiles. Profiles only bound what sessions get (ARCHITECTURE 6); a policy profile that would by itself give what
 * administrative roles give is refused, and so is one that newly allows an administrative role its author lacks.
 */
final class ProfileManagers {
    private static final String HINT = "the format's documentation has every bound";

    private final Administrator administrator;
    private final OwnBundle own;
    private final StoreRecords.Snapshots snapshots;
    private final Administrator.Powers powers;
    private final RandomGenerator random;

    /**
     * @param own whose bundle no profile's change may widen
     * @param random profile ids come from it
     */
    ProfileManagers(
            Administrator administrator,
            OwnBundle own,
            StoreRecords.Snapshots snapshots,
            Administrator.Powers powers,
            RandomGenerator random) {
        this.administrator = administrator;
        this.own = own;
        this.snapshots = snapshots;
        this.powers = powers;
        this.random = random;
    }

    ResourceProfileManager.Server resources() {
        return new Resources();
    }

    PolicyProfileManager.Server policies() {
        return new Policies();
    }

    private final class Resources implements ResourceProfileManager.Server {
        @Override
        public CompletionStage<?> dispatch(IncomingCall call) throws Exception {
            return administrator.answering(
                    () -> StoreTrouble.telling(() -> ResourceProfileManager.Server.super.dispatch(call)));
        }

        @Override
        public CompletionStage<?> create(
                CallContext<ResourceProfileManager.CreateParams.Reader, ResourceProfileManager.CreateResults.Builder>
                        call) {
            ResourceProfileManager.CreateParams.Reader params = call.params();
            return answer(call.results().initResult(), () -> {
                Attribution by = Requests.attribution(
                        administrator, params.getTransactionId(), ResourceProfileManager.CreateParams.factory, params);
                return answered(by)
                        .orElseGet(() -> powers.resources().create(sound(params.getProfile(), freshId()), by));
            });
        }

        @Override
        public CompletionStage<?> update(
                CallContext<ResourceProfileManager.UpdateParams.Reader, ResourceProfileManager.UpdateResults.Builder>
                        call) {
            ResourceProfileManager.UpdateParams.Reader params = call.params();
            String name = params.getName().toString();
            return answer(call.results().initResult(), () -> {
                Attribution by = Requests.attribution(
                        administrator, params.getTransactionId(), ResourceProfileManager.UpdateParams.factory, params);
                return answered(by).orElseGet(() -> {
                    Stored<ResourceProfileContent> before = snapshots
                            .read(snapshot -> snapshot.resourceProfiles().byName(name))
                            .orElseThrow(
                                    () -> new RefusedException(DirectoryServers.unknown("resource profile", name)));
                    ResourceProfile profile = sound(
                            params.getProfile(), before.content().profile().profileId());
                    requireNoWider(snapshot -> own.requireNoWider(snapshot, profile));
                    return powers.resources().update(profile, onTop(before, params.getExpect()), by);
                });
            });
        }

        private ResourceProfile sound(dev.bailiwick.schema.gen.ResourceProfile.Reader sent, ProfileId id) {
            requireUnnamed(sent.getProfileId());
            MessageBuilder copy = new MessageBuilder();
            copy.setRoot(dev.bailiwick.schema.gen.ResourceProfile.factory, sent);
            var named = copy.getRoot(dev.bailiwick.schema.gen.ResourceProfile.factory);
            named.setProfileId(id.toBytes());
            return readable(() -> ProfileCodecs.read(named.asReader()));
        }

        private CompletionStage<?> answer(ResourceProfileChange.Builder result, Supplier<CommitResult> changing) {
            orDenied(result::initDenied, () -> {
                switch (changing.get()) {
                    case CommitResult.Committed(Receipt receipt) -> {
                        ResourceProfileChange.Committed.Builder committed = result.initCommitted();
                        committed.setProfile(
                                Wire.resourceProfile(snapshots.read(snapshot -> written(snapshot, receipt))));
                        committed.setSequence(receipt.sequence());
                    }
                    case CommitResult.Conflict(var _, var _, long version, Optional<Hash256> hash) -> {
                        ResourceProfileChange.Conflict.Builder conflict = result.initConflict();
                        conflict.setCurrentVersion(version);
                        hash.ifPresent(value -> conflict.setCurrentHash(value.toBytes()));
                    }
                    case CommitResult.Rejected(Rejection rejection, String message) ->
                        throw new RefusedException(refusal(rejection, message));
                }
            });
            return Calls.DONE;
        }

        private Stored<ResourceProfileContent> written(StoreSnapshot snapshot, Receipt receipt) {
            return snapshot.resourceProfiles()
                    .byId(receipt.changes().getFirst().recordId())
                    .orElseThrow(() -> new IllegalStateException("a committed profile is not there"));
        }
    }

    private final class Policies implements PolicyProfileManager.Server {
        @Override
        public CompletionStage<?> dispatch(IncomingCall call) throws Exception {
            return administrator.answering(
                    () -> StoreTrouble.telling(() -> PolicyProfileManager.Server.super.dispatch(call)));
        }

        @Override
        public CompletionStage<?> create(
                CallContext<PolicyProfileManager.CreateParams.Reader, PolicyProfileManager.CreateResults.Builder>
                        call) {
            PolicyProfileManager.CreateParams.Reader params = call.params();
            return answer(call.results().initResult(), () -> {
                Attribution by = Requests.attribution(
                        administrator, params.getTransactionId(), PolicyProfileManager.CreateParams.factory, params);
                return answered(by).orElseGet(() -> {
                    PolicyProfile profile = sound(params.getProfile(), freshId());
                    requireAdmissible(profile, Set.of());
                    return powers.policies().create(profile, by);
                });
            });
        }

        @Override
        public CompletionStage<?> update(
                CallContext<PolicyProfileManager.UpdateParams.Reader, PolicyProfileManager.UpdateResults.Builder>
                        call) {
            PolicyProfileManager.UpdateParams.Reader params = call.params();
            String name = params.getName().toString();
            return answer(call.results().initResult(), () -> {
                Attribution by = Requests.attribution(
                        administrator, params.getTransactionId(), PolicyProfileManager.UpdateParams.factory, params);
                return answered(by).orElseGet(() -> {
                    Stored<PolicyProfileContent> before = snapshots
                            .read(snapshot -> snapshot.policy().profileByName(name))
                            .orElseThrow(() -> new RefusedException(DirectoryServers.unknown("policy profile", name)));
                    PolicyProfile old = before.content().profile();
                    PolicyProfile profile = sound(params.getProfile(), old.profileId());
                    requireAdmissible(profile, old.allowedRoles());
                    requireNoWider(snapshot -> own.requireNoWider(snapshot, profile));
                    return powers.policies().update(profile, onTop(before, params.getExpect()), by);
                });
            });
        }

        private PolicyProfile sound(dev.bailiwick.schema.gen.PolicyProfile.Reader sent, ProfileId id) {
            requireUnnamed(sent.getProfileId());
            MessageBuilder copy = new MessageBuilder();
            copy.setRoot(dev.bailiwick.schema.gen.PolicyProfile.factory, sent);
            var named = copy.getRoot(dev.bailiwick.schema.gen.PolicyProfile.factory);
            named.setProfileId(id.toBytes());
            return readable(() -> ProfileCodecs.read(named.asReader()));
        }

        private void requireAdmissible(PolicyProfile profile, Set<String> allowedBefore) {
            PolicyCatalogue catalogue = snapshots.read(
                    snapshot -> snapshot.policy().policy().content().catalogue());
            catalogue.fault(profile).ifPresent(fault -> {
                throw new RefusedException(new Refusal(fault.code().text(), fault.message(), fault.hint()));
            });
            for (String name : profile.allowedRoles()) {
                boolean ordinary = catalogue
                        .role(name)
                        .filter(role -> !role.administrative() && !role.manifestOnly())
                        .isPresent();
                if (!ordinary && !allowedBefore.contains(name) && !administrator.has(name)) {
                    throw new RefusedException(new Refusal(
                            "administrative-role",
                            "the profile would newly allow the administrative role \"" + name
                                    + "\", which you do not have",
                            "ask somebody who has it"));
                }
            }
        }

        private CompletionStage<?> answer(PolicyProfileChange.Builder result, Supplier<CommitResult> changing) {
            orDenied(result::initDenied, () -> {
                switch (changing.get()) {
                    case CommitResult.Committed(Receipt receipt) -> {
                        PolicyProfileChange.Committed.Builder committed = result.initCommitted();
                        committed.setProfile(
                                Wire.policyProfile(snapshots.read(snapshot -> written(snapshot, receipt))));
                        committed.setSequence(receipt.sequence());
                    }
                    case CommitResult.Conflict(var _, var _, long version, Optional<Hash256> hash) -> {
                        PolicyProfileChange.Conflict.Builder conflict = result.initConflict();
                        conflict.setCurrentVersion(version);
                        hash.ifPresent(value -> conflict.setCurrentHash(value.toBytes()));
                    }
                    case CommitResult.Rejected(Rejection rejection, String message) ->
                        throw new RefusedException(refusal(rejection, message));
                }
            });
            return Calls.DONE;
        }

        private Stored<PolicyProfileContent> written(StoreSnapshot snapshot, Receipt receipt) {
            return snapshot.policy()
                    .profileById(receipt.changes().getFirst().recordId())
                    .orElseThrow(() -> new IllegalStateException("a committed profile is not there"));
        }
    }

    private void requireNoWider(Consumer<StoreSnapshot> check) {
        snapshots.read(snapshot -> {
            check.accept(snapshot);
            return true;
        });
    }

    /** What was there before decides what a change newly gives, so the change lands on that version only. */
    private static long onTop(Stored<?> before, long expect) {
        return expect == 0 ? before.version() : expect;
    }

    private Optional<CommitResult> answered(Attribution by) {
        return by.request().flatMap(powers.accounts()::answered);
    }

    private ProfileId freshId() {
        byte[] id = new byte[Id128.BYTES];
        random.nextBytes(id);
        return ProfileId.of(id);
    }

    private static void requireUnnamed(Data.Reader profileId) {
        if (profileId.size() != 0) {
            throw new RefusedException(
                    new Refusal("invalid-argument", "the store gives a profile its id", "leave profileId empty"));
        }
    }

    private static <T> T readable(Supplier<T> reading) {
        try {
            return reading.get();
        } catch (IllegalArgumentException outOfBounds) {
            throw new RefusedException(new Refusal(
                    "invalid-profile",
                    Optional.ofNullable(outOfBounds.getMessage()).orElse("the profile cannot be read"),
                    HINT));
        }
    }

    private static Refusal refusal(Rejection rejection, String message) {
        Refusal refusal = Refusal.of(rejection, message);
        return rejection == Rejection.NAME_TAKEN
                ? new Refusal(refusal.code(), "another profile has that name", "choose another")
                : refusal;
    }

    private static void orDenied(Supplier<Denial.Builder> denial, Runnable body) {
        try {
            body.run();
        } catch (RefusedException refused) {
            refused.refusal().into(denial.get());
        } catch (CorruptStoreException damage) {
            Refusal.of(damage).into(denial.get());
        }
    }
}
