package dev.bailiwick.cli;

import dev.bailiwick.profiles.Catalogue;
import dev.bailiwick.profiles.PolicyCatalogue;
import dev.bailiwick.profiles.ProfileCodecs;
import dev.bailiwick.schema.Id128;
import dev.bailiwick.schema.VersionId;
import dev.bailiwick.schema.gen.PolicyManager;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code account-admin policy ...}: the role catalogue, and who has which role. */
@Command(
        name = "policy",
        description = {
            "Change the role catalogue and who has administrative roles.",
            "Needs a lease of policy-management ('bailiwick request policy-management'), or the store's directory: --store DIR."
        })
final class PolicyCommands {
    private static final VersionId NO_VERSION = new VersionId(new Id128(0, 0));

    private final Context context;

    PolicyCommands(Context context) {
        this.context = context;
    }

    @Command(
            name = "show",
            description =
                    "Print the catalogue in force, as the TOML that 'publish' takes; its version goes to standard error.")
    void show() {
        try (Powers powers = context.powers(Powers.Use.READ);
                PolicyManager.Client manager = powers.policyManager();
                var response = manager.showRequest().send().join()) {
            Json.Obj policy = Shapes.policyVersion(response.get().getPolicyVersion());
            PolicyCatalogue catalogue = ProfileCodecs.read(response.get().getPolicyVersion());
            context.output().remark("version " + policy.get("recordVersion"));
            context.output().answer(policy, style -> Catalogue.text(catalogue));
        }
    }

    @Command(
            name = "publish",
            description = {
                "Put another catalogue in force. What sessions hold by the one before is revoked, and they get what the new one gives"
                        + " when they are taken up again.",
                "Nobody widens their own bundle this way; another policy administrator has to."
            })
    void publish(
            @Parameters(paramLabel = "FILE", description = "The whole catalogue, in TOML, as 'show' prints it.")
                    Path file,
            @Mixin Expect expect,
            @Mixin Once once) {
        PolicyCatalogue catalogue = read(file);
        try (Powers powers = context.powers(Powers.Use.CHANGE);
                PolicyManager.Client manager = powers.policyManager()) {
            var request = manager.publishRequest();
            ProfileCodecs.write(catalogue, NO_VERSION, request.params().initPolicyVersion());
            request.params().getPolicyVersion().setVersionId(new byte[0]);
            request.params().setExpect(expect.version());
            request.params().setTransactionId(once.bytes());
            try (var response = request.send().join()) {
                Json.Obj changed = Shapes.policyChange(response.get().getResult());
                context.output()
                        .answer(
                                changed,
                                style -> "policy version "
                                        + changed.object("policyVersion").get("recordVersion")
                                        + " is in force, journal entry " + changed.get("sequence") + "\n");
            }
        }
    }

    private static PolicyCatalogue read(Path file) {
        String text;
        try {
            text = Files.readString(file, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw CommandFailure.usage("cannot read \"" + file + "\"", "check the name");
        }
        try {
            return Catalogue.parse(text);
        } catch (IllegalArgumentException unsound) {
            throw CommandFailure.of(
                    ExitStatus.USAGE,
                    "invalid-policy",
                    Optional.ofNullable(unsound.getMessage()).orElse("the catalogue cannot be read"),
                    "'policy show' prints the one in force");
        }
    }

    /** {@code policy role ...}: administrative roles, which account administrators cannot bind. */
    @Command(
            name = "role",
            description =
                    "Give an account a role or take one away, administrative ones included. Not to your own account.")
    static final class Roles {
        private final Context context;

        Roles(Context context) {
            this.context = context;
        }

        @Command(name = "add", description = "Give an account a role.")
        void add(
                @Parameters(paramLabel = "NAME", description = "Which account.") String name,
                @Parameters(paramLabel = "ROLE", description = "Which role; 'role list' names them.") String role,
                @Mixin Expect expect,
                @Mixin Once once) {
            try (Powers powers = context.powers(Powers.Use.CHANGE);
                    PolicyManager.Client manager = powers.policyManager()) {
                var request = manager.addRoleRequest();
                request.params().setName(name);
                request.params().setRole(role);
                request.params().setExpect(expect.version());
                request.params().setTransactionId(once.bytes());
                try (var response = request.send().join()) {
                    print(Shapes.mutation(response.get().getResult()));
                }
            }
        }

        @Command(
                name = "remove",
                description = "Take a role away. What the account's sessions hold by it is revoked when this answers.")
        void remove(
                @Parameters(paramLabel = "NAME", description = "Which account.") String name,
                @Parameters(paramLabel = "ROLE", description = "Which role.") String role,
                @Mixin Expect expect,
                @Mixin Once once) {
            try (Powers powers = context.powers(Powers.Use.CHANGE);
                    PolicyManager.Client manager = powers.policyManager()) {
                var request = manager.removeRoleRequest();
                request.params().setName(name);
                request.params().setRole(role);
                request.params().setExpect(expect.version());
                request.params().setTransactionId(once.bytes());
                try (var response = request.send().join()) {
                    print(Shapes.mutation(response.get().getResult()));
                }
            }
        }

        private void print(Json.Obj changed) {
            context.output().answer(changed, style -> Views.changed(changed));
        }
    }
}
