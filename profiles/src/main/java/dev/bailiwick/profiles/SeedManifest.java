package dev.bailiwick.profiles;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Reads seed manifests (seed 002, Gate 1): TOML 1.0 that states the first accounts, profiles and role bindings of a store.
 * {@code docs/manifest.md} describes the format for administrators. Stateless.
 */
public final class SeedManifest {
    /** The manifest version this build reads. */
    public static final int VERSION = 1;

    private SeedManifest() {}

    /** What reading a manifest comes to. */
    public sealed interface Result {}

    /** The manifest is sound. */
    public record Parsed(SeedPlan plan) implements Result {}

    /**
     * The manifest is refused.
     *
     * @param problems all of them in the order of the file, at least one. After a syntax error nothing else is reported, for
     *     what the rest means is then a guess.
     */
    public record Refused(List<ManifestProblem> problems) implements Result {
        public Refused {
            problems = List.copyOf(problems);
            if (problems.isEmpty()) {
                throw new IllegalArgumentException("a refusal has a reason");
            }
        }
    }

    /** Reads the manifest in {@code file}, which is never read beyond {@link Limits#MANIFEST_BYTES}. */
    public static Result parse(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return parse(in.readNBytes(Limits.MANIFEST_BYTES + 1));
        }
    }

    /** Reads a manifest from the bytes of its file. Never throws for what they contain. */
    public static Result parse(byte[] source) {
        return switch (TomlSource.read(
                source, (toml, problems) -> new ManifestReader(source, Catalogue.builtIn(), problems).read(toml))) {
            case TomlSource.Sound(SeedPlan plan) -> new Parsed(plan);
            case TomlSource.Broken(List<ManifestProblem> problems) -> new Refused(problems);
        };
    }
}
