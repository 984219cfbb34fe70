package dev.bailiwick.profiles;

import dev.bailiwick.profiles.ManifestProblem.Code;
import dev.bailiwick.schema.Hash256;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.tomlj.Toml;
import org.tomlj.TomlParseError;
import org.tomlj.TomlParseResult;
import org.tomlj.TomlVersion;

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
        if (source.length > Limits.MANIFEST_BYTES) {
            return refusal(
                    Code.FILE_TOO_LARGE,
                    Position.START,
                    "the manifest is longer than " + Quantities.size(Limits.MANIFEST_BYTES),
                    "seed the first identities only and create the others in the store");
        }
        return switch (Utf8Text.of(source)) {
            case Utf8Text.Malformed(Position at) ->
                refusal(Code.NOT_UTF8, at, "the manifest is not UTF-8 here", "save it as UTF-8");
            case Utf8Text.Sound(String text) ->
                excessiveLine(text)
                        .map(SeedManifest::tooManyLines)
                        .orElseGet(() -> parse(text, Hash256.sha256(source)));
        };
    }

    /** The first line with which there are too many lines, altogether or without a key in a row. */
    private static Optional<Position> excessiveLine(String text) {
        int number = 0;
        int idle = 0;
        for (String line : text.split("\n", -1)) {
            number++;
            idle = line.isBlank() || line.stripLeading().startsWith("#") ? idle + 1 : 0;
            if (number > Limits.MANIFEST_LINES || idle > Limits.MANIFEST_IDLE_LINES) {
                return Optional.of(new Position(number, 1));
            }
        }
        return Optional.empty();
    }

    private static Result tooManyLines(Position at) {
        return refusal(
                Code.TOO_MANY_LINES,
                at,
                "a manifest has at most " + Limits.MANIFEST_LINES + " lines, and " + Limits.MANIFEST_IDLE_LINES
                        + " blank or comment lines in a row",
                "remove some");
    }

    private static Result parse(String text, Hash256 source) {
        TomlParseResult toml = Toml.parse(text, TomlVersion.V1_0_0);
        Problems problems = new Problems();
        if (toml.hasErrors()) {
            for (TomlParseError error : toml.errors()) {
                Position at = Position.of(error.position(), Position.START);
                problems.add(Code.SYNTAX, at, lowerCaseFirst(error.getMessage()), "");
            }
            return new Refused(problems.inOrder());
        }
        Optional<SeedPlan> plan = new ManifestReader(source, Catalogue.builtIn(), problems).read(toml);
        return plan.isPresent() ? new Parsed(plan.get()) : new Refused(problems.inOrder());
    }

    private static String lowerCaseFirst(@Nullable String message) {
        return message == null || message.isEmpty()
                ? "not TOML"
                : message.substring(0, 1).toLowerCase(Locale.ROOT) + message.substring(1);
    }

    private static Refused refusal(Code code, Position at, String message, String hint) {
        return new Refused(List.of(new ManifestProblem(code, at.line(), at.column(), message, hint)));
    }
}
