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
import dev.bailiwick.profiles.Slot;
import dev.bailiwick.schema.NameKey;
import dev.bailiwick.schema.gen.AuthorityBroker;
import dev.bailiwick.schema.gen.Denial;
import dev.bailiwick.schema.gen.Explanation;
import dev.bailiwick.schema.gen.PlanResult;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.capnproto.Text;

/**
 * Serves explanations: the bundle a login would get, why a slot is in it or not, and what would be in it if things were different.
 * It plans as a login does, and mints nothing.
 *
 * <p>A plan for an older sequence is made from the record versions that were newest then ({@link PastFacts}), at the time of that journal
 * entry. Methods read the store, and are pure in what they read.
 */
final class PlannerServer implements AuthorityBroker.Server {
    /** What is asked about: read from one state of the store. */
    private record Question(Facts facts, Circumstances circumstances, LeastChange.Alternatives alternatives) {
        Question with(Facts other) {
            return new Question(other, circumstances, alternatives);
        }
    }

    /** Where an answer goes. */
    private interface Answer {
        Optional<Refusal> to(Question question, StoreSnapshot snapshot);
    }

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
        AuthorityBroker.PlanParams.Reader params = call.params();
        PlanResult.Builder result = call.results().initResult();
        refuse(
                answer(
                        params.getName().toString(),
                        params.getKind().toString(),
                        params.getAtSequence(),
                        (question, snapshot) -> {
                            write(result, question);
                            return Optional.empty();
                        }),
                result::initDenied);
        return Calls.DONE;
    }

    @Override
    public CompletionStage<?> whatIf(
            CallContext<AuthorityBroker.WhatIfParams.Reader, AuthorityBroker.WhatIfResults.Builder> call) {
        AuthorityBroker.WhatIfParams.Reader params = call.params();
        PlanResult.Builder before = call.results().initBefore();
        PlanResult.Builder after = call.results().initAfter();
        Optional<Refusal> refusal = answer(
                params.getName().toString(),
                params.getKind().toString(),
                params.getAtSequence(),
                (question, snapshot) -> {
                    write(before, question);
                    switch (supposed(snapshot, question.facts(), params)) {
                        case Supposed.Fact(Facts facts) -> write(after, question.with(facts));
                        case Supposed.Impossible(Refusal why) -> why.into(after.initDenied());
                    }
                    return Optional.empty();
                });
        refuse(refusal, before::initDenied);
        refuse(refusal, after::initDenied);
        return Calls.DONE;
    }

    @Override
    public CompletionStage<?> explain(
            CallContext<AuthorityBroker.ExplainParams.Reader, AuthorityBroker.ExplainResults.Builder> call) {
        AuthorityBroker.ExplainParams.Reader params = call.params();
        var result = call.results().initResult();
        String asked = params.getSlot().toString();
        Optional<Slot> slot = Slot.ofText(asked);
        refuse(
                slot.isEmpty()
                        ? Optional.of(new Refusal(
                                "unknown-slot",
                                "there is no slot \"" + asked + "\"",
                                "use one of " + String.join(", ", slots())))
                        : answer(
                                params.getName().toString(),
                                params.getKind().toString(),
                                params.getAtSequence(),
                                (question, snapshot) -> {
                                    explain(result.initExplanation(), question, slot.get());
                                    return Optional.empty();
                                }),
                result::initDenied);
        return Calls.DONE;
    }

    private static List<String> slots() {
        List<String> names = new ArrayList<>();
        for (Slot slot : Slot.values()) {
            names.add(slot.text());
        }
        return names;
    }

    private static void refuse(Optional<Refusal> refusal, Supplier<Denial.Builder> denial) {
        refusal.ifPresent(why -> why.into(denial.get()));
    }

    private void write(PlanResult.Builder result, Question question) {
        Wire.plan(
                result.initPlan(),
                question.facts().account().name(),
                planner.plan(question.facts(), question.circumstances()));
    }

    private void explain(Explanation.Builder explanation, Question question, Slot slot) {
        BundlePlan plan = planner.plan(question.facts(), question.circumstances());
        Wire.receipt(explanation.initReceipt(), plan.decision(slot), plan.journalSize());
        List<String> steps = planner.steps(question.facts(), question.circumstances(), slot);
        Wire.texts(explanation.initSteps(steps.size()), steps);
        LeastChange change = new LeastChange(planner, question.alternatives());
        explanation.setChange(
                switch (change.of(question.facts(), question.circumstances(), slot)) {
                    case LeastChange.Answer.Changes(var changes) ->
                        String.join(
                                "\n",
                                changes.stream().map(LeastChange.Change::text).toList());
                    case LeastChange.Answer.Nothing(String why) -> "nothing: " + why;
                });
    }

    private Optional<Refusal> answer(String name, String kind, long sequence, Answer answer) {
        return Names.withKey(name, key -> {
            try {
                return snapshots.read(snapshot -> ask(snapshot, key, name, kind, sequence, answer));
            } catch (RefusedException notThere) {
                return Optional.of(notThere.refusal());
            } catch (CorruptStoreException damage) {
                return Optional.of(Refusal.of(damage));
            }
        });
    }

    private Optional<Refusal> ask(
            StoreSnapshot snapshot, NameKey key, String name, String kind, long sequence, Answer answer) {
        AskedSequence.requireThere(snapshot, sequence);
        Instant then = sequence == 0
                ? clock.instant()
                : snapshot.records().timeOf(sequence).orElseThrow();
        Optional<Stored<Account>> account = sequence == 0
                ? snapshot.accounts().byName(key)
                : snapshot.accounts().byNameAt(key, sequence);
        if (account.isEmpty()) {
            return Optional.of(Names.unknown(name));
        }
        Optional<SessionKind> wanted = kind.isEmpty()
                ? Optional.of(SessionKind.of(account.get().content().kind()))
                : SessionKind.ofText(kind);
        if (wanted.isEmpty()) {
            return Optional.of(new Refusal(
                    "unknown-kind",
                    "there is no session kind \"" + kind + "\"",
                    "use local, operator, guest, anonymous, external, service or recovery"));
        }
        Facts facts = sequence == 0
                ? StoreRecords.facts(snapshot, account.get())
                : new PastFacts(snapshot, sequence).of(account.get());
        return answer.to(
                new Question(facts, Circumstances.usual(wanted.get(), then), alternatives(snapshot, sequence)),
                snapshot);
    }

    /** The profiles that accounts may be given; only those of now, because nobody can be given one in the past. */
    private static LeastChange.Alternatives alternatives(StoreSnapshot snapshot, long sequence) {
        if (sequence != 0) {
            return LeastChange.Alternatives.NONE;
        }
        return new LeastChange.Alternatives(
                snapshot.resourceProfiles().list().stream()
                        .map(StoreRecords::resourceProfile)
                        .toList(),
                snapshot.policy().profiles().stream()
                        .map(StoreRecords::policyProfile)
                        .toList());
    }

    /** What came of supposing something else. */
    private sealed interface Supposed {
        record Fact(Facts facts) implements Supposed {}

        record Impossible(Refusal why) implements Supposed {}
    }

    private static Supposed supposed(StoreSnapshot snapshot, Facts stored, AuthorityBroker.WhatIfParams.Reader params) {
        Facts facts = stored;
        for (Text.Reader asked : params.getWithoutRoles()) {
            String role = asked.toString();
            if (facts.account().bindings().stream()
                    .noneMatch(binding -> binding.role().equals(role))) {
                return new Supposed.Impossible(new Refusal(
                        "not-found",
                        "the account does not have the role \"" + role + "\"",
                        "'account-admin account show " + facts.account().name() + "' lists those it has"));
            }
            facts = LeastChange.unbound(facts, role);
        }
        for (Text.Reader asked : params.getWithRoles()) {
            String role = asked.toString();
            if (facts.catalogue() instanceof Facts.Lookup.Found<PolicyCatalogue>(var catalogue, var _, var _)
                    && catalogue.role(role).isEmpty()) {
                return new Supposed.Impossible(new Refusal(
                        "unknown-role",
                        "there is no role \"" + role + "\"",
                        "use one of " + String.join(", ", catalogue.roles().keySet())));
            }
            facts = LeastChange.bound(facts, role);
        }
        long sequence = params.getAtSequence();
        String resources = params.getWithResourceProfile().toString();
        if (!resources.isEmpty()) {
            Optional<Stored<ResourceProfileContent>> found =
                    newest(snapshot.resourceProfiles().history(resources), sequence);
            if (found.isEmpty()) {
                return unknownProfile("resource profile", resources);
            }
            facts = LeastChange.withResources(facts, StoreRecords.resourceProfile(found.get()));
        }
        String policy = params.getWithPolicyProfile().toString();
        if (!policy.isEmpty()) {
            Optional<Stored<PolicyProfileContent>> found =
                    newest(snapshot.policy().history(policy), sequence);
            if (found.isEmpty()) {
                return unknownProfile("policy profile", policy);
            }
            facts = LeastChange.withPolicy(facts, StoreRecords.policyProfile(found.get()));
        }
        return new Supposed.Fact(facts);
    }

    private static Supposed unknownProfile(String what, String name) {
        return new Supposed.Impossible(new Refusal(
                "unknown-profile",
                "there is no " + what + " \"" + name + "\"",
                "'account-admin profile list' shows the profiles"));
    }

    /** The newest version, or the one that was newest after that sequence. */
    private static <C extends RecordContent> Optional<Stored<C>> newest(List<HistoryEntry<C>> history, long sequence) {
        return history.stream()
                .filter(entry -> sequence == 0 || entry.entry().sequence() <= sequence)
                .reduce((older, newer) -> newer)
                .map(HistoryEntry::record);
    }
}
