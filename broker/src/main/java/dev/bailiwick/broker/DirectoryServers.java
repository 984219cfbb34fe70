package dev.bailiwick.broker;

import dev.bailiwick.accountstore.Account;
import dev.bailiwick.accountstore.AccountStoreReader;
import dev.bailiwick.accountstore.CorruptStoreException;
import dev.bailiwick.accountstore.HistoryEntry;
import dev.bailiwick.accountstore.PolicyProfileContent;
import dev.bailiwick.accountstore.RecordContent;
import dev.bailiwick.accountstore.ResourceProfileContent;
import dev.bailiwick.accountstore.StoreSnapshot;
import dev.bailiwick.accountstore.Stored;
import dev.bailiwick.capnp.rpc.CallContext;
import dev.bailiwick.capnp.rpc.Calls;
import dev.bailiwick.capnp.rpc.IncomingCall;
import dev.bailiwick.capnp.rpc.RpcException;
import dev.bailiwick.profiles.ProfileCodecs;
import dev.bailiwick.profiles.RoleDefinition;
import dev.bailiwick.schema.gen.Denial;
import dev.bailiwick.schema.gen.PolicyProfile;
import dev.bailiwick.schema.gen.ProfileHistoryEntry;
import dev.bailiwick.schema.gen.ProfileHistoryResult;
import dev.bailiwick.schema.gen.ResourceProfile;
import dev.bailiwick.schema.gen.ResourceProfileReader;
import dev.bailiwick.schema.gen.RoleDirectory;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;

/** Serve profiles and the role catalogue, to be looked at. */
final class DirectoryServers {
    private DirectoryServers() {}

    /** Serves resource profiles. */
    static final class Profiles implements ResourceProfileReader.Server {
        private final StoreRecords.Snapshots snapshots;

        Profiles(StoreRecords.Snapshots snapshots) {
            this.snapshots = snapshots;
        }

        @Override
        public CompletionStage<?> dispatch(IncomingCall call) throws Exception {
            return StoreTrouble.telling(() -> ResourceProfileReader.Server.super.dispatch(call));
        }

        @Override
        public CompletionStage<?> list(
                CallContext<ResourceProfileReader.ListParams.Reader, ResourceProfileReader.ListResults.Builder> call) {
            List<Stored<ResourceProfileContent>> profiles = orFail(
                    () -> snapshots.read(snapshot -> snapshot.resourceProfiles().list()));
            var list = call.results().initProfiles(profiles.size());
            for (int i = 0; i < profiles.size(); i++) {
                list.setWithCaveats(ResourceProfile.factory, i, Wire.resourceProfile(profiles.get(i)));
            }
            return Calls.DONE;
        }

        @Override
        public CompletionStage<?> show(
                CallContext<ResourceProfileReader.ShowParams.Reader, ResourceProfileReader.ShowResults.Builder> call) {
            String name = call.params().getName().toString();
            var result = call.results().initResult();
            orDenied(result::initDenied, () -> {
                Optional<Stored<ResourceProfileContent>> found =
                        snapshots.read(snapshot -> snapshot.resourceProfiles().byName(name));
                if (found.isPresent()) {
                    result.setFound(Wire.resourceProfile(found.get()));
                } else {
                    unknown("resource profile", name).into(result.initDenied());
                }
            });
            return Calls.DONE;
        }

        @Override
        public CompletionStage<?> history(
                CallContext<ResourceProfileReader.HistoryParams.Reader, ResourceProfileReader.HistoryResults.Builder>
                        call) {
            String name = call.params().getName().toString();
            var result = call.results().initResult();
            orDenied(
                    result::initDenied,
                    () -> DirectoryServers.<ResourceProfileContent>history(
                            snapshots,
                            snapshot -> snapshot.resourceProfiles().history(name),
                            unknown("resource profile", name),
                            (wire, profile) -> wire.setResourceProfile(Wire.resourceProfile(profile)),
                            result));
            return Calls.DONE;
        }
    }

    /** Writes one version. */
    private interface Version<C extends RecordContent> {
        void write(ProfileHistoryEntry.Builder wire, Stored<C> profile);
    }

    /** Writes a profile's newest versions, oldest first. */
    private static <C extends RecordContent> void history(
            StoreRecords.Snapshots snapshots,
            Function<StoreSnapshot, List<HistoryEntry<C>>> reading,
            Refusal none,
            Version<C> version,
            ProfileHistoryResult.Builder result) {
        record Line<C extends RecordContent>(HistoryEntry<C> entry, String actorName) {}
        List<Line<C>> lines = snapshots.read(snapshot -> {
            List<HistoryEntry<C>> all = reading.apply(snapshot);
            return all.subList(Math.max(0, all.size() - Limits.HISTORY), all.size()).stream()
                    .map(entry -> new Line<>(entry, Wire.nameOf(entry.entry().actor(), snapshot.accounts())))
                    .toList();
        });
        if (lines.isEmpty()) {
            none.into(result.initDenied());
            return;
        }
        var list = result.initEntries(lines.size());
        for (int i = 0; i < lines.size(); i++) {
            HistoryEntry<C> entry = lines.get(i).entry();
            ProfileHistoryEntry.Builder wire = list.get(i);
            version.write(wire, entry.record());
            wire.setSequence(entry.entry().sequence());
            wire.setTimeMs(entry.entry().time().toEpochMilli());
            wire.setOperation(entry.entry().operation());
            Wire.actor(wire.initActor(), entry.entry().actor());
            wire.setActorName(lines.get(i).actorName());
            entry.entry().approval().ifPresent(approval -> wire.setApproval(approval.toBytes()));
        }
    }

    /** Serves the roles in force, who has them, and policy profiles. */
    static final class Roles implements RoleDirectory.Server {
        private final StoreRecords.Snapshots snapshots;

        Roles(StoreRecords.Snapshots snapshots) {
            this.snapshots = snapshots;
        }

        @Override
        public CompletionStage<?> dispatch(IncomingCall call) throws Exception {
            return StoreTrouble.telling(() -> RoleDirectory.Server.super.dispatch(call));
        }

        @Override
        public CompletionStage<?> list(
                CallContext<RoleDirectory.ListParams.Reader, RoleDirectory.ListResults.Builder> call) {
            List<RoleDefinition> roles = orFail(() -> snapshots.read(snapshot -> List.copyOf(
                    snapshot.policy().policy().content().catalogue().roles().values())));
            var list = call.results().initRoles(roles.size());
            for (int i = 0; i < roles.size(); i++) {
                ProfileCodecs.write(roles.get(i), list.get(i));
            }
            return Calls.DONE;
        }

        @Override
        public CompletionStage<?> show(
                CallContext<RoleDirectory.ShowParams.Reader, RoleDirectory.ShowResults.Builder> call) {
            String name = call.params().getName().toString();
            var result = call.results().initResult();
            record Found(RoleDefinition role, List<String> members) {}
            orDenied(result::initDenied, () -> {
                Optional<Found> found = snapshots.read(snapshot -> snapshot.policy()
                        .policy()
                        .content()
                        .catalogue()
                        .role(name)
                        .map(role -> new Found(role, members(snapshot.accounts(), name))));
                if (found.isPresent()) {
                    var wire = result.initFound();
                    ProfileCodecs.write(found.get().role(), wire.initRole());
                    Wire.texts(
                            wire.initMembers(found.get().members().size()),
                            found.get().members());
                } else {
                    new Refusal("unknown-role", "there is no role \"" + name + "\"", "list the roles")
                            .into(result.initDenied());
                }
            });
            return Calls.DONE;
        }

        private static List<String> members(AccountStoreReader accounts, String role) {
            List<String> names = new ArrayList<>();
            accounts.members(role)
                    .forEach(principal -> accounts.byPrincipal(principal)
                            .map(Stored::content)
                            .map(Account::name)
                            .ifPresent(names::add));
            return names.stream().sorted().toList();
        }

        @Override
        public CompletionStage<?> policyProfiles(
                CallContext<RoleDirectory.PolicyProfilesParams.Reader, RoleDirectory.PolicyProfilesResults.Builder>
                        call) {
            List<Stored<PolicyProfileContent>> profiles =
                    orFail(() -> snapshots.read(snapshot -> snapshot.policy().profiles()));
            var list = call.results().initProfiles(profiles.size());
            for (int i = 0; i < profiles.size(); i++) {
                list.setWithCaveats(PolicyProfile.factory, i, Wire.policyProfile(profiles.get(i)));
            }
            return Calls.DONE;
        }

        @Override
        public CompletionStage<?> policyProfile(
                CallContext<RoleDirectory.PolicyProfileParams.Reader, RoleDirectory.PolicyProfileResults.Builder>
                        call) {
            String name = call.params().getName().toString();
            var result = call.results().initResult();
            orDenied(result::initDenied, () -> {
                Optional<Stored<PolicyProfileContent>> found =
                        snapshots.read(snapshot -> snapshot.policy().profileByName(name));
                if (found.isPresent()) {
                    result.setFound(Wire.policyProfile(found.get()));
                } else {
                    unknown("policy profile", name).into(result.initDenied());
                }
            });
            return Calls.DONE;
        }

        @Override
        public CompletionStage<?> policyProfileHistory(
                CallContext<
                                RoleDirectory.PolicyProfileHistoryParams.Reader,
                                RoleDirectory.PolicyProfileHistoryResults.Builder>
                        call) {
            String name = call.params().getName().toString();
            var result = call.results().initResult();
            orDenied(
                    result::initDenied,
                    () -> DirectoryServers.<PolicyProfileContent>history(
                            snapshots,
                            snapshot -> snapshot.policy().history(name),
                            unknown("policy profile", name),
                            (wire, profile) -> wire.setPolicyProfile(Wire.policyProfile(profile)),
                            result));
            return Calls.DONE;
        }
    }

    static Refusal unknown(String what, String name) {
        return new Refusal("unknown-profile", "there is no " + what + " \"" + name + "\"", "list the profiles");
    }

    private static void orDenied(Supplier<Denial.Builder> denial, Runnable body) {
        try {
            body.run();
        } catch (CorruptStoreException damage) {
            Refusal.of(damage).into(denial.get());
        }
    }

    /** The answers of these methods have no place for a refusal. */
    private static <T> T orFail(Supplier<T> body) {
        try {
            return body.get();
        } catch (CorruptStoreException damage) {
            throw new RpcException(RpcException.Type.FAILED, "corrupt: " + damage.what() + " is damaged", damage);
        }
    }
}
