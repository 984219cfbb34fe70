package dev.bailiwick.cli;

import dev.bailiwick.schema.gen.AccountStoreReader;
import dev.bailiwick.schema.gen.RecordKind;
import dev.bailiwick.schema.gen.RoleDefinition;
import dev.bailiwick.schema.gen.RoleDirectory;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code account-admin role ...}: the role catalogue in force. */
@Command(
        name = "role",
        description = "Look up the role catalogue. A role selects capabilities; it is never authority itself.")
final class RoleCommands {
    private final Context context;

    RoleCommands(Context context) {
        this.context = context;
    }

    @Command(name = "list", description = "List the roles and what each one selects, as they are or as they were.")
    void list(@Mixin PointInTime at) {
        if (at.isPast()) {
            try (Powers powers = context.powers(Powers.Use.READ);
                    AccountStoreReader.Client reader = powers.accountReader()) {
                Json.Arr then = policyThen(reader, at).list("roles");
                context.output().answer(then, style -> Views.ROLES.render(then.objects(), style));
            }
            return;
        }
        try (Powers powers = context.powers(Powers.Use.READ);
                RoleDirectory.Client directory = powers.roleDirectory();
                var response = directory.listRequest().send().join()) {
            List<Json> roles = new ArrayList<>();
            for (RoleDefinition.Reader role : response.get().getRoles()) {
                roles.add(Shapes.role(role));
            }
            Json.Arr answer = new Json.Arr(roles);
            context.output().answer(answer, style -> Views.ROLES.render(answer.objects(), style));
        }
    }

    private static Json.Obj policyThen(AccountStoreReader.Client reader, PointInTime at) {
        return RecordVersions.all(reader, RecordKind.POLICY_VERSION, at.sequence(reader)).stream()
                .map(version -> version.object("policyVersion"))
                .findFirst()
                .orElseThrow(RecordVersions::notThen);
    }

    private static Optional<Json.Obj> named(Json.Arr roles, String name) {
        return roles.objects().stream()
                .filter(role -> role.text("name").equals(name))
                .findFirst();
    }

    private static CommandFailure unknown(String name) {
        return CommandFailure.denied(
                "unknown-role", "there was no role \"" + name + "\" then", "'role list' names them");
    }

    @Command(
            name = "history",
            description =
                    "List what each version of the role catalogue says of a role, oldest first: who changed what, when and"
                            + " under which approval.")
    void history(@Parameters(paramLabel = "ROLE", description = "Its name.") String name, @Mixin PointInTime at) {
        try (Powers powers = context.powers(Powers.Use.READ);
                AccountStoreReader.Client reader = powers.accountReader()) {
            byte[] policy = RecordVersions.id(policyThen(reader, at).text("recordId"));
            List<Json> versions = new ArrayList<>();
            for (Json.Obj version : RecordVersions.history(
                            reader, RecordKind.POLICY_VERSION, policy, at.sequence(reader))
                    .objects()) {
                Json.Obj catalogue = version.object("policyVersion");
                named(catalogue.list("roles"), name)
                        .ifPresent(role -> versions.add(Json.object()
                                .with(
                                        "role",
                                        role.with("recordVersion", catalogue.get("recordVersion"))
                                                .with("contentHash", catalogue.get("contentHash")))
                                .with("sequence", version.get("sequence"))
                                .with("timeMs", version.get("timeMs"))
                                .with("operation", version.get("operation"))
                                .with("actor", version.get("actor"))
                                .with("actorName", version.get("actorName"))
                                .with("approval", version.get("approval"))));
            }
            if (versions.isEmpty()) {
                throw unknown(name);
            }
            Json.Arr answer = Differences.of(new Json.Arr(versions), "role");
            context.output().answer(answer, style -> Views.RECORD_HISTORY.render(answer.objects(), style));
        }
    }

    @Command(
            name = "show",
            description = {
                "Show one role and the accounts that have it; with --at the role as it was, without accounts.",
                "Which roles an account had when, 'account role history' shows."
            })
    void show(@Parameters(paramLabel = "ROLE", description = "Its name.") String name, @Mixin PointInTime at) {
        if (at.isPast()) {
            try (Powers powers = context.powers(Powers.Use.READ);
                    AccountStoreReader.Client reader = powers.accountReader()) {
                Json.Obj then =
                        named(policyThen(reader, at).list("roles"), name).orElseThrow(() -> unknown(name));
                context.output().answer(then, Views.fields(then));
            }
            return;
        }
        try (Powers powers = context.powers(Powers.Use.READ);
                RoleDirectory.Client directory = powers.roleDirectory()) {
            var request = directory.showRequest();
            request.params().setName(name);
            try (var response = request.send().join()) {
                Json.Obj role = Shapes.role(response.get().getResult());
                context.output().answer(role, Views.fields(role));
            }
        }
    }
}
