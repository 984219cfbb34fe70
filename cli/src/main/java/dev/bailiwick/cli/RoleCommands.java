package dev.bailiwick.cli;

import dev.bailiwick.schema.gen.RoleDefinition;
import dev.bailiwick.schema.gen.RoleDirectory;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
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

    @Command(name = "list", description = "List the roles and what each one selects.")
    void list() {
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

    @Command(name = "show", description = "Show one role and the accounts that have it.")
    void show(@Parameters(paramLabel = "ROLE", description = "Its name.") String name) {
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
