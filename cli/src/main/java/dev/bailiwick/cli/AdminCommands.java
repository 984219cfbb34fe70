package dev.bailiwick.cli;

import dev.bailiwick.daemon.StoreLocation;
import dev.bailiwick.schema.gen.AuthorityBroker;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;
import org.capnproto.Text;
import org.capnproto.TextList;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ScopeType;

/** The program {@code account-admin}, and the verbs of it that belong to no noun. */
@Command(
        name = "account-admin",
        mixinStandardHelpOptions = true,
        scope = ScopeType.INHERIT,
        versionProvider = Version.class,
        description = {
            "Administer accounts, profiles, roles and the store.",
            "It acts with the capabilities of your own login ('bailiwick login') and with nothing else: being root is no"
                    + " authority. With --store it opens a store directory itself, which is journalled as such."
        })
final class AdminCommands {
    @Mixin
    private final CommonOptions options = new CommonOptions();

    @Option(
            names = "--store",
            paramLabel = "DIR",
            scope = ScopeType.INHERIT,
            description =
                    "Open this store directory itself; no daemon may be serving it. Reading writes nothing; changes are"
                            + " journalled with the actor 'offline' and your user id.")
    private @Nullable Path store;

    @Option(
            names = "--anchor",
            paramLabel = "FILE",
            scope = ScopeType.INHERIT,
            description = "The rollback anchor of that store, or 'none'. Default: DIR.anchor.")
    private @Nullable Path anchor;

    private final Host host;

    AdminCommands(Host host) {
        this.host = host;
    }

    /** What the commands share. */
    Context context() {
        return new Context(host, options, this::location);
    }

    private Optional<StoreLocation> location() {
        if (store == null && anchor != null) {
            throw CommandFailure.usage("--anchor goes with --store", "name the store directory with --store DIR");
        }
        return Optional.ofNullable(store).map(directory -> StoreLocation.of(directory, Optional.ofNullable(anchor)));
    }

    @Command(
            name = "plan",
            description = {
                "Show the bundle a login would get, slot by slot, and which rule and records decide it.",
                "With roles or profiles to suppose, show what they would change, before anything is committed.",
                "A plan is a description; nothing can be done with it."
            })
    void plan(
            @Parameters(paramLabel = "NAME", description = "Which account.") String name,
            @Mixin PlannedSession session,
            @Option(
                            names = "--with-role",
                            paramLabel = "ROLE",
                            description = "Suppose that the account had this role, too. May be given several times.")
                    @Nullable
                    List<String> withRoles,
            @Option(
                            names = "--without-role",
                            paramLabel = "ROLE",
                            description =
                                    "Suppose that the account did not have this role. May be given several times.")
                    @Nullable
                    List<String> withoutRoles,
            @Option(
                            names = {"--with-profile", "--with-resource-profile"},
                            paramLabel = "PROFILE",
                            description = "Suppose that this were the account's resource profile.")
                    @Nullable
                    String resourceProfile,
            @Option(
                            names = "--with-policy-profile",
                            paramLabel = "PROFILE",
                            description = "Suppose that this were the account's policy profile.")
                    @Nullable
                    String policyProfile) {
        boolean supposes =
                withRoles != null || withoutRoles != null || resourceProfile != null || policyProfile != null;
        try (Powers powers = context().powers(Powers.Use.READ);
                AuthorityBroker.Client planner = powers.planner()) {
            if (supposes) {
                var request = planner.whatIfRequest();
                request.params().setName(name);
                request.params().setKind(session.kind());
                request.params().setAtSequence(session.sequence(powers));
                texts(request.params()::initWithRoles, withRoles);
                texts(request.params()::initWithoutRoles, withoutRoles);
                request.params().setWithResourceProfile(resourceProfile == null ? "" : resourceProfile);
                request.params().setWithPolicyProfile(policyProfile == null ? "" : policyProfile);
                try (var response = request.send().join()) {
                    Json.Obj before = Shapes.plan(response.get().getBefore());
                    Json.Obj after = Shapes.plan(response.get().getAfter());
                    Json.Obj answer = Json.object()
                            .with("before", before)
                            .with("after", after)
                            .with("changes", PlanDifferences.of(before, after));
                    context().output().answer(answer, style -> Views.whatIf(answer, style));
                }
                return;
            }
            var request = planner.planRequest();
            request.params().setName(name);
            request.params().setKind(session.kind());
            request.params().setAtSequence(session.sequence(powers));
            try (var response = request.send().join()) {
                Json.Obj plan = Shapes.plan(response.get().getResult());
                context().output().answer(plan, style -> Views.plan(plan, style));
            }
        }
    }

    private static void texts(IntFunction<TextList.Builder> list, @Nullable List<String> texts) {
        if (texts != null) {
            TextList.Builder builder = list.apply(texts.size());
            for (int i = 0; i < texts.size(); i++) {
                builder.set(i, new Text.Reader(texts.get(i)));
            }
        }
    }

    @Command(
            name = "explain",
            description = {
                "Show which rule grants or denies a slot of an account's bundle, what was looked at in order, and the least change that"
                        + " would turn it.",
                "The change was verified by planning with it; nothing is changed by asking."
            })
    void explain(
            @Parameters(paramLabel = "NAME", description = "Which account.") String name,
            @Parameters(paramLabel = "SLOT", description = "Which slot of the bundle, for instance home.") String slot,
            @Mixin PlannedSession session) {
        try (Powers powers = context().powers(Powers.Use.READ);
                AuthorityBroker.Client planner = powers.planner()) {
            var request = planner.explainRequest();
            request.params().setName(name);
            request.params().setKind(session.kind());
            request.params().setAtSequence(session.sequence(powers));
            request.params().setSlot(slot);
            try (var response = request.send().join()) {
                Json.Obj explanation = Shapes.explanation(response.get().getResult());
                context().output().answer(explanation, style -> Views.explanation(explanation, style));
            }
        }
    }
}
