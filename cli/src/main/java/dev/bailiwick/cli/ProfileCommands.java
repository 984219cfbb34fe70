package dev.bailiwick.cli;

import dev.bailiwick.schema.gen.PolicyProfile;
import dev.bailiwick.schema.gen.ResourceProfile;
import dev.bailiwick.schema.gen.ResourceProfileReader;
import dev.bailiwick.schema.gen.RoleDirectory;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code account-admin profile ...}: the resource and policy profiles in force. */
@Command(
        name = "profile",
        description = "Look up resource profiles (quotas) and policy profiles (what sessions may have).")
final class ProfileCommands {
    /** Which of the two kinds of profile. */
    enum Kind {
        resource("resourceProfile"),
        policy("policyProfile");

        /** As in RecordKind of the schema. */
        private final String recordKind;

        Kind(String recordKind) {
            this.recordKind = recordKind;
        }
    }

    private final Context context;

    ProfileCommands(Context context) {
        this.context = context;
    }

    @Command(name = "list", description = "List the profiles of both kinds.")
    void list(
            @Option(names = "--kind", paramLabel = "KIND", description = "Only resource or only policy profiles.")
                    @Nullable
                    Kind kind) {
        try (Powers powers = context.powers(Powers.Use.READ)) {
            List<Json> profiles = new ArrayList<>();
            if (kind != Kind.policy) {
                try (ResourceProfileReader.Client reader = powers.profileReader();
                        var response = reader.listRequest().send().join()) {
                    for (ResourceProfile.Reader profile : response.get().getProfiles()) {
                        profiles.add(labelled(Kind.resource, Shapes.resourceProfile(profile)));
                    }
                }
            }
            if (kind != Kind.resource) {
                try (RoleDirectory.Client directory = powers.roleDirectory();
                        var response = directory.policyProfilesRequest().send().join()) {
                    for (PolicyProfile.Reader profile : response.get().getProfiles()) {
                        profiles.add(labelled(Kind.policy, Shapes.policyProfile(profile)));
                    }
                }
            }
            Json.Arr answer = new Json.Arr(profiles);
            context.output().answer(answer, style -> Views.profiles(answer.objects(), style));
        }
    }

    @Command(name = "show", description = "Show one profile.")
    void show(
            @Parameters(paramLabel = "PROFILE", description = "Its name.") String name,
            @Option(
                            names = "--kind",
                            paramLabel = "KIND",
                            description = "resource or policy; one of each may have the same name."
                                    + " Default: the resource profile, else the policy profile.")
                    @Nullable
                    Kind kind) {
        try (Powers powers = context.powers(Powers.Use.READ)) {
            Optional<Json.Obj> resource = kind == Kind.policy ? Optional.empty() : resource(powers, name);
            Json.Obj profile = resource.isPresent() || kind == Kind.resource
                    ? resource.orElseThrow(() -> unknown(name))
                    : policy(powers, name).orElseThrow(() -> unknown(name));
            context.output().answer(profile, Views.fields(profile));
        }
    }

    private static CommandFailure unknown(String name) {
        return CommandFailure.denied("not-found", "no profile is named \"" + name + "\"", "'profile list' names them");
    }

    private static Optional<Json.Obj> resource(Powers powers, String name) {
        try (ResourceProfileReader.Client reader = powers.profileReader()) {
            var request = reader.showRequest();
            request.params().setName(name);
            try (var response = request.send().join()) {
                return Shapes.found(() -> Shapes.resourceProfile(response.get().getResult()))
                        .map(profile -> labelled(Kind.resource, profile));
            }
        }
    }

    private static Optional<Json.Obj> policy(Powers powers, String name) {
        try (RoleDirectory.Client directory = powers.roleDirectory()) {
            var request = directory.policyProfileRequest();
            request.params().setName(name);
            try (var response = request.send().join()) {
                return Shapes.found(() -> Shapes.policyProfile(response.get().getResult()))
                        .map(profile -> labelled(Kind.policy, profile));
            }
        }
    }

    /** The profile with its kind before its fields: both kinds come in one list. */
    private static Json.Obj labelled(Kind kind, Json.Obj profile) {
        return Json.object().with("kind", kind.recordKind).with(profile);
    }
}
