package dev.bailiwick.profiles;

import dev.bailiwick.profiles.ManifestProblem.Code;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.tomlj.TomlParseResult;

/**
 * Reads files with one profile: a {@code [[resource-profile]]} or a {@code [[policy-profile]]} table, just as in a seed manifest and
 * held to the same rules. {@code docs/manifest.md} describes the tables. Stateless.
 */
public final class ProfileFile {
    /** Stands for the manifest that no profile of such a file comes from. */
    private static final String NO_MANIFEST = "no-manifest";

    private ProfileFile() {}

    /** What reading a file comes to. */
    public sealed interface Result {}

    /** It has a sound resource profile. The profile's id only holds its place: the store draws it. */
    public record Resource(ResourceProfile profile) implements Result {}

    /** It has a sound policy profile. The profile's id only holds its place: the store draws it. */
    public record Policy(PolicyProfile profile) implements Result {}

    /**
     * It is refused.
     *
     * @param problems all of them in the order of the file, at least one
     */
    public record Refused(List<ManifestProblem> problems) implements Result {
        public Refused {
            problems = List.copyOf(problems);
        }
    }

    /** Reads the profile in {@code file}, which is never read beyond {@link Limits#MANIFEST_BYTES}. */
    public static Result parse(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return parse(in.readNBytes(Limits.MANIFEST_BYTES + 1));
        }
    }

    /** Reads a profile from the bytes of its file. Never throws for what they contain. */
    public static Result parse(byte[] source) {
        return switch (TomlSource.read(source, ProfileFile::read)) {
            case TomlSource.Sound(Result profile) -> profile;
            case TomlSource.Broken(List<ManifestProblem> problems) -> new Refused(problems);
        };
    }

    private static Optional<Result> read(TomlParseResult toml, Problems problems) {
        TableReader root = new TableReader(toml, Position.START, "the file", problems);
        ProfileReader reader = new ProfileReader(Catalogue.builtIn(), new SeedIds(NO_MANIFEST), problems);
        List<TableReader> resourceTables = root.tables(ProfileSort.RESOURCE.key(), 1);
        List<TableReader> policyTables = root.tables(ProfileSort.POLICY.key(), 1);
        resourceTables.forEach(table -> refuseId(table, problems));
        policyTables.forEach(table -> refuseId(table, problems));
        List<ResourceProfile> resources =
                reader.resourceProfiles(resourceTables).contents();
        List<PolicyProfile> policies = reader.policyProfiles(policyTables).contents();
        root.finish();
        if (problems.count() == 0 && resources.size() + policies.size() != 1) {
            problems.add(
                    resources.isEmpty() ? Code.MISSING_KEY : Code.TOO_MANY,
                    Position.START,
                    "a profile file has one [[resource-profile]] or one [[policy-profile]] table",
                    "keep each profile in a file of its own");
        }
        if (problems.count() > 0) {
            return Optional.empty();
        }
        return resources.isEmpty()
                ? Optional.of(new Policy(policies.getFirst()))
                : Optional.of(new Resource(resources.getFirst()));
    }

    private static void refuseId(TableReader table, Problems problems) {
        if (table.raw("profile-id") != null) {
            problems.add(
                    Code.UNKNOWN_KEY,
                    table.at("profile-id"),
                    "a profile file states no \"profile-id\"",
                    "leave it out: the store draws it, and an update keeps it");
        }
    }
}
