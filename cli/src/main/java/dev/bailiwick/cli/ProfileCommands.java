package dev.bailiwick.cli;

import dev.bailiwick.profiles.ProfileCodecs;
import dev.bailiwick.profiles.ProfileFile;
import dev.bailiwick.schema.Id128;
import dev.bailiwick.schema.VersionId;
import dev.bailiwick.schema.gen.AccountStoreReader;
import dev.bailiwick.schema.gen.PolicyProfile;
import dev.bailiwick.schema.gen.PolicyProfileManager;
import dev.bailiwick.schema.gen.RecordKind;
import dev.bailiwick.schema.gen.ResourceProfile;
import dev.bailiwick.schema.gen.ResourceProfileManager;
import dev.bailiwick.schema.gen.ResourceProfileReader;
import dev.bailiwick.schema.gen.RoleDirectory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code account-admin profile ...}: the resource and policy profiles in force. */
@Command(
        name = "profile",
        description = "Look up and change resource profiles (quotas) and policy profiles (what sessions may have).")
final class ProfileCommands {
    /** Which of the two kinds of profile. */
    enum Kind {
        resource(RecordKind.RESOURCE_PROFILE),
        policy(RecordKind.POLICY_PROFILE);

        private final RecordKind wire;

        /** As in RecordKind of the schema. */
        private final String recordKind;

        Kind(RecordKind wire) {
            this.wire = wire;
            this.recordKind = Texts.enumName(wire);
        }
    }

    /** Holds the place of the version id, which the store draws. */
    private static final VersionId NO_VERSION = VersionId.of(new byte[Id128.BYTES]);

    private final Context context;

    ProfileCommands(Context context) {
        this.context = context;
    }

    @Command(name = "list", description = "List the profiles of both kinds, as they are or as they were.")
    void list(
            @Option(names = "--kind", paramLabel = "KIND", description = "Only resource or only policy profiles.")
                    @Nullable
                    Kind kind,
            @Mixin PointInTime at) {
        try (Powers powers = context.powers(Powers.Use.READ)) {
            if (at.isPast()) {
                Json.Arr answer = new Json.Arr(then(powers, kind, at).stream()
                        .<Json>map(profile -> profile)
                        .toList());
                context.output().answer(answer, style -> Views.profiles(answer.objects(), style));
                return;
            }
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

    /** The profiles of a kind, or of both, as they were. */
    private static List<Json.Obj> then(Powers powers, @Nullable Kind only, PointInTime at) {
        try (AccountStoreReader.Client reader = powers.accountReader()) {
            long sequence = at.sequence(reader);
            List<Json.Obj> profiles = new ArrayList<>();
            for (Kind kind : Kind.values()) {
                if (only == null || only == kind) {
                    RecordVersions.all(reader, kind.wire, sequence).stream()
                            .map(version -> labelled(kind, version.object(kind.recordKind)))
                            .sorted(Comparator.comparing(profile -> profile.text("name")))
                            .forEach(profiles::add);
                }
            }
            return profiles;
        }
    }

    /** The profile that had a name then, or else the one as it was then that has the name now. */
    private static Optional<Json.Obj> then(Powers powers, @Nullable Kind kind, String name, PointInTime at) {
        List<Json.Obj> all = then(powers, kind, at);
        return all.stream()
                .filter(profile -> profile.text("name").equals(name))
                .findFirst()
                .or(() -> now(powers, kind, name)
                        .map(id -> id.text("recordId"))
                        .flatMap(id -> all.stream()
                                .filter(profile -> profile.text("recordId").equals(id))
                                .findFirst()));
    }

    private static Optional<Json.Obj> now(Powers powers, @Nullable Kind kind, String name) {
        Optional<Json.Obj> resource = kind == Kind.policy ? Optional.empty() : resource(powers, name);
        return resource.isPresent() || kind == Kind.resource ? resource : policy(powers, name);
    }

    @Command(
            name = "show",
            description = {
                "Show one profile, as it is or as it was.",
                "With --at, PROFILE is a name of that time; a name that was no profile's then is taken as one of now."
            })
    void show(
            @Parameters(paramLabel = "PROFILE", description = "Its name.") String name,
            @Option(
                            names = "--kind",
                            paramLabel = "KIND",
                            description = "resource or policy; one of each may have the same name."
                                    + " Default: the resource profile, else the policy profile.")
                    @Nullable
                    Kind kind,
            @Mixin PointInTime at) {
        try (Powers powers = context.powers(Powers.Use.READ)) {
            Json.Obj profile = (at.isPast() ? then(powers, kind, name, at) : now(powers, kind, name))
                    .orElseThrow(() -> unknown(name));
            context.output().answer(profile, Views.fields(profile));
        }
    }

    @Command(
            name = "create",
            description = {
                "Create a profile from a file with one [[resource-profile]] or [[policy-profile]] table, as in a seed manifest.",
                "A problem in the file is told with its line and column."
            })
    void create(
            @Parameters(paramLabel = "FILE", description = "The profile, in TOML; docs/manifest.md has the keys.")
                    Path file,
            @Mixin Once once) {
        ProfileFile.Result sound = Manifests.profile(file, context.output());
        try (Powers powers = context.powers(Powers.Use.CHANGE)) {
            printChanged(
                    switch (sound) {
                        case ProfileFile.Resource(var profile) -> create(powers, profile, once);
                        case ProfileFile.Policy(var profile) -> create(powers, profile, once);
                        case ProfileFile.Refused refused -> throw new IllegalStateException("refused: " + refused);
                    });
        }
    }

    private static Json.Obj create(Powers powers, dev.bailiwick.profiles.ResourceProfile profile, Once once) {
        try (ResourceProfileManager.Client manager = powers.resourceProfileManager()) {
            var request = manager.createRequest();
            write(profile, request.params().initProfile());
            request.params().setTransactionId(once.bytes());
            try (var response = request.send().join()) {
                return Shapes.profileChange(response.get().getResult());
            }
        }
    }

    private static Json.Obj create(Powers powers, dev.bailiwick.profiles.PolicyProfile profile, Once once) {
        try (PolicyProfileManager.Client manager = powers.policyProfileManager()) {
            var request = manager.createRequest();
            write(profile, request.params().initProfile());
            request.params().setTransactionId(once.bytes());
            try (var response = request.send().join()) {
                return Shapes.profileChange(response.get().getResult());
            }
        }
    }

    @Command(
            name = "update",
            description = {
                "Make a new version of a profile from a file, as 'create' takes it. Versions before it stay as they are.",
                "Which kind it is follows from the file. Another name in the file renames the profile."
            })
    void update(
            @Parameters(paramLabel = "PROFILE", description = "Its name now.") String name,
            @Parameters(paramLabel = "FILE", description = "The whole profile, in TOML.") Path file,
            @Mixin Expect expect,
            @Mixin Once once) {
        ProfileFile.Result sound = Manifests.profile(file, context.output());
        try (Powers powers = context.powers(Powers.Use.CHANGE)) {
            printChanged(
                    switch (sound) {
                        case ProfileFile.Resource(var profile) -> update(powers, name, profile, expect, once);
                        case ProfileFile.Policy(var profile) -> update(powers, name, profile, expect, once);
                        case ProfileFile.Refused refused -> throw new IllegalStateException("refused: " + refused);
                    });
        }
    }

    private static Json.Obj update(
            Powers powers, String name, dev.bailiwick.profiles.ResourceProfile profile, Expect expect, Once once) {
        try (ResourceProfileManager.Client manager = powers.resourceProfileManager()) {
            var request = manager.updateRequest();
            request.params().setName(name);
            write(profile, request.params().initProfile());
            request.params().setExpect(expect.version());
            request.params().setTransactionId(once.bytes());
            try (var response = request.send().join()) {
                return Shapes.profileChange(response.get().getResult());
            }
        }
    }

    private static Json.Obj update(
            Powers powers, String name, dev.bailiwick.profiles.PolicyProfile profile, Expect expect, Once once) {
        try (PolicyProfileManager.Client manager = powers.policyProfileManager()) {
            var request = manager.updateRequest();
            request.params().setName(name);
            write(profile, request.params().initProfile());
            request.params().setExpect(expect.version());
            request.params().setTransactionId(once.bytes());
            try (var response = request.send().join()) {
                return Shapes.profileChange(response.get().getResult());
            }
        }
    }

    /** Without the ids, which are the store's to give. */
    private static void write(dev.bailiwick.profiles.ResourceProfile profile, ResourceProfile.Builder to) {
        ProfileCodecs.write(profile, NO_VERSION, 0, to);
        to.setProfileId(new byte[0]);
        to.setVersionId(new byte[0]);
    }

    private static void write(dev.bailiwick.profiles.PolicyProfile profile, PolicyProfile.Builder to) {
        ProfileCodecs.write(profile, NO_VERSION, 0, to);
        to.setProfileId(new byte[0]);
        to.setVersionId(new byte[0]);
    }

    @Command(
            name = "history",
            description =
                    "List every version of a profile, oldest first: who changed what, when and under which approval.")
    void history(
            @Parameters(paramLabel = "PROFILE", description = "Its name now.") String name,
            @Option(
                            names = "--kind",
                            paramLabel = "KIND",
                            description = "resource or policy; one of each may have the same name."
                                    + " Default: the resource profile, else the policy profile.")
                    @Nullable
                    Kind kind,
            @Mixin PointInTime at) {
        try (Powers powers = context.powers(Powers.Use.READ)) {
            if (at.isPast()) {
                Json.Obj profile = then(powers, kind, name, at).orElseThrow(() -> unknown(name));
                Json.Arr answer = history(powers, profile, at);
                context.output().answer(answer, style -> Views.PROFILE_HISTORY.render(answer.objects(), style));
                return;
            }
            Optional<Json.Arr> resource =
                    kind == Kind.policy ? Optional.empty() : Shapes.found(() -> resourceHistory(powers, name));
            Json.Arr answer = resource.isPresent() || kind == Kind.resource
                    ? resource.orElseThrow(() -> unknown(name))
                    : Shapes.found(() -> policyHistory(powers, name)).orElseThrow(() -> unknown(name));
            context.output().answer(answer, style -> Views.PROFILE_HISTORY.render(answer.objects(), style));
        }
    }

    private static Json.Arr history(Powers powers, Json.Obj profile, PointInTime at) {
        Kind kind = profile.text("kind").equals(Kind.resource.recordKind) ? Kind.resource : Kind.policy;
        try (AccountStoreReader.Client reader = powers.accountReader()) {
            return RecordVersions.history(
                    reader, kind.wire, RecordVersions.id(profile.text("recordId")), at.sequence(reader));
        }
    }

    private static Json.Arr resourceHistory(Powers powers, String name) {
        try (ResourceProfileReader.Client reader = powers.profileReader()) {
            var request = reader.historyRequest();
            request.params().setName(name);
            try (var response = request.send().join()) {
                return Differences.of(Shapes.profileHistory(response.get().getResult()), Kind.resource.recordKind);
            }
        }
    }

    private static Json.Arr policyHistory(Powers powers, String name) {
        try (RoleDirectory.Client directory = powers.roleDirectory()) {
            var request = directory.policyProfileHistoryRequest();
            request.params().setName(name);
            try (var response = request.send().join()) {
                return Differences.of(Shapes.profileHistory(response.get().getResult()), Kind.policy.recordKind);
            }
        }
    }

    private void printChanged(Json.Obj changed) {
        context.output().answer(changed, style -> Views.changedProfile(changed));
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
