package dev.bailiwick.cli;

import dev.bailiwick.daemon.StoreLocation;
import dev.bailiwick.schema.gen.AuthorityBroker;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ScopeType;

/** The program {@code account-admin}, and the one verb of it that belongs to no noun. */
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
                "A plan is a description; nothing can be done with it."
            })
    void plan(
            @Parameters(paramLabel = "NAME", description = "Which account.") String name,
            @Option(
                            names = "--kind",
                            paramLabel = "KIND",
                            description =
                                    "Kind of session: local, operator, guest, anonymous, external, service or recovery."
                                            + " Default: the account's own.")
                    @Nullable
                    String kind,
            @Option(
                            names = "--at",
                            paramLabel = "SEQ",
                            defaultValue = "0",
                            description = "As of this journal sequence number. Default: now.")
                    long at) {
        try (Powers powers = context().powers(Powers.Use.READ);
                AuthorityBroker.Client planner = powers.planner()) {
            var request = planner.planRequest();
            request.params().setName(name);
            request.params().setKind(kind == null ? "" : kind);
            request.params().setAtSequence(at);
            try (var response = request.send().join()) {
                Json.Obj plan = Shapes.plan(response.get().getResult());
                context().output().answer(plan, style -> Views.plan(plan, style));
            }
        }
    }
}
