package dev.bailiwick.broker;

import dev.bailiwick.accountstore.Account;
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
import dev.bailiwick.profiles.PolicyCatalogue;
import dev.bailiwick.profiles.PolicyProfile;
import dev.bailiwick.profiles.ProfileRef;
import dev.bailiwick.profiles.ResourceProfile;
import dev.bailiwick.schema.NameKey;
import dev.bailiwick.schema.gen.AuthorityBroker;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * Serves explanations: the bundle a login would get, and why. It plans as a login does, and mints nothing.
 *
 * <p>A plan for an older sequence is made from the versions that were newest then, as of the time of that journal entry. Role
 * bindings are taken from the account's projection of them, which that version of the account holds.
 */
final class PlannerServer implements AuthorityBroker.Server {
    private final StoreRecords.Snapshots snapshots;
    private final Planner planner;
    private final InstantSource clock;

    PlannerServer(StoreRecords.Snapshots snapshots, Planner planner, InstantSource clock) {
        this.snapshots = snapshots;
        this.planner = planner;
        this.clock = clock;
    }

    @Override
    public CompletionStage<?> dispatch(IncomingCall call) throws Exception {
        return StoreTrouble.telling(() -> AuthorityBroker.Server.super.dispatch(call));
    }

    @Override
    public CompletionStage<?> plan(
            CallContext<AuthorityBroker.PlanParams.Reader, AuthorityBroker.PlanResults.Builder> call) {
        String name = call.params().getName().toString();
        String kind = call.params().getKind().toString();
        long sequence = call.params().getAtSequence();
        var result = call.results().initResult();
        Optional<Refusal> refusal = Names.withKey(name, key -> {
            try {
                Optional<Facts> facts = snapshots.read(snapshot -> facts(snapshot, key, sequence));
                if (facts.isEmpty()) {
                    return Optional.of(Names.unknown(name));
                }
                return plan(facts.get(), kind, result);
            } catch (CorruptStoreException damage) {
                return Optional.of(Refusal.of(damage));
            }
        });
        refusal.ifPresent(why -> why.into(result.initDenied()));
        return Calls.DONE;
    }

    private Optional<Refusal> plan(Facts facts, String kind, dev.bailiwick.schema.gen.PlanResult.Builder result) {
        Optional<SessionKind> wanted =
                kind.isEmpty() ? Optional.of(SessionKind.of(facts.account().kind())) : SessionKind.ofText(kind);
        if (wanted.isEmpty()) {
            return Optional.of(new Refusal(
                    "unknown-kind",
                    "there is no session kind \"" + kind + "\"",
                    "use local, operator, guest, anonymous, external, service or recovery"));
        }
        Wire.plan(result.initPlan(), facts.account().name(), planner.plan(facts, usual(wanted.get(), clock.instant())));
        return Optional.empty();
    }

    /** The circumstances in which such a session usually starts. */
    private static Circumstances usual(SessionKind kind, Instant now) {
        return switch (kind) {
            case LOCAL, OPERATOR, EXTERNAL, SERVICE ->
                new Circumstances(kind, SessionSource.UNIX_SOCKET, AuthStrength.PASSWORD, now);
            case GUEST, ANONYMOUS -> new Circumstances(kind, SessionSource.UNIX_SOCKET, AuthStrength.NONE, now);
            case RECOVERY -> new Circumstances(kind, SessionSource.CONSOLE, AuthStrength.PASSWORD, now);
        };
    }

    private static Optional<Facts> facts(StoreSnapshot snapshot, NameKey key, long sequence) {
        Optional<Stored<Account>> newest = snapshot.accounts().byName(key);
        return sequence == 0
                ? newest.map(account -> StoreRecords.facts(snapshot, account))
                : newest.flatMap(account -> snapshot.accounts().atSequence(account.recordId(), sequence))
                        .map(account -> factsAt(snapshot, account, sequence));
    }

    private static Facts factsAt(StoreSnapshot snapshot, Stored<Account> account, long sequence) {
        Facts.Account bare = StoreRecords.account(account, List.of());
        List<Facts.Binding> bindings = account.content().roles().stream()
                .map(role -> new Facts.Binding(bare.source(), role, Optional.empty()))
                .toList();
        return new Facts(
                StoreRecords.account(account, bindings),
                resourceProfileAt(snapshot, account.content().resourceProfile(), sequence),
                policyProfileAt(snapshot, account.content().policyProfile(), sequence),
                snapshot.policy()
                        .policyAt(sequence)
                        .map(StoreRecords::catalogue)
                        .orElseGet(() -> new Facts.Lookup.Missing<PolicyCatalogue>(
                                PlanCode.UNKNOWN_POLICY, "there was no policy version at that sequence")),
                Math.min(sequence, snapshot.head().journalSize()));
    }

    private static Facts.Lookup<ResourceProfile> resourceProfileAt(
            StoreSnapshot snapshot, ProfileRef reference, long sequence) {
        Optional<Stored<ResourceProfileContent>> found = snapshot.resourceProfiles()
                .resolve(reference)
                .flatMap(now -> reference.versionId().isPresent()
                        ? Optional.of(now)
                        : newestAt(
                                snapshot.resourceProfiles()
                                        .history(now.content().profile().name()),
                                sequence));
        return found.map(StoreRecords::resourceProfile).orElseGet(PlannerServer::missing);
    }

    private static Facts.Lookup<PolicyProfile> policyProfileAt(
            StoreSnapshot snapshot, ProfileRef reference, long sequence) {
        Optional<Stored<PolicyProfileContent>> found = snapshot.policy()
                .resolve(reference)
                .flatMap(now -> reference.versionId().isPresent()
                        ? Optional.of(now)
                        : newestAt(
                                snapshot.policy()
                                        .history(now.content().profile().name()),
                                sequence));
        return found.map(StoreRecords::policyProfile).orElseGet(PlannerServer::missing);
    }

    private static <C extends RecordContent> Optional<Stored<C>> newestAt(
            List<HistoryEntry<C>> history, long sequence) {
        return history.stream()
                .filter(entry -> entry.entry().sequence() <= sequence)
                .reduce((older, newer) -> newer)
                .map(HistoryEntry::record);
    }

    private static <T> Facts.Lookup<T> missing() {
        return new Facts.Lookup.Missing<>(
                PlanCode.UNKNOWN_PROFILE, "the account's profile did not exist at that sequence");
    }
}
