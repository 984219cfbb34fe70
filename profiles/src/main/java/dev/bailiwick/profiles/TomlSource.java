package dev.bailiwick.profiles;

import dev.bailiwick.profiles.ManifestProblem.Code;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.tomlj.Toml;
import org.tomlj.TomlParseError;
import org.tomlj.TomlParseResult;
import org.tomlj.TomlVersion;

/** From the bytes of a file to TOML that is worth reading: bounded, UTF-8, of sound syntax. Stateless. */
final class TomlSource {
    private TomlSource() {}

    /** What reading a file comes to. */
    sealed interface Outcome<T> {}

    /** It is sound. */
    record Sound<T>(T content) implements Outcome<T> {}

    /** It is refused, for at least one problem, in the order of the file. */
    record Broken<T>(List<ManifestProblem> problems) implements Outcome<T> {}

    /**
     * Reads a file. After a syntax error nothing else is reported, for what the rest means is then a guess.
     *
     * @param reader gets the content, or says by problems why not
     */
    static <T> Outcome<T> read(byte[] source, BiFunction<TomlParseResult, Problems, Optional<T>> reader) {
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
                excessiveLine(text).map(TomlSource::<T>tooManyLines).orElseGet(() -> read(text, reader));
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

    private static <T> Outcome<T> tooManyLines(Position at) {
        return refusal(
                Code.TOO_MANY_LINES,
                at,
                "a manifest has at most " + Limits.MANIFEST_LINES + " lines, and " + Limits.MANIFEST_IDLE_LINES
                        + " blank or comment lines in a row",
                "remove some");
    }

    private static <T> Outcome<T> read(String text, BiFunction<TomlParseResult, Problems, Optional<T>> reader) {
        TomlParseResult toml = Toml.parse(text, TomlVersion.V1_0_0);
        Problems problems = new Problems();
        if (toml.hasErrors()) {
            for (TomlParseError error : toml.errors()) {
                Position at = Position.of(error.position(), Position.START);
                problems.add(Code.SYNTAX, at, lowerCaseFirst(error.getMessage()), "");
            }
            return new Broken<>(problems.inOrder());
        }
        Optional<T> content = reader.apply(toml, problems);
        return content.isPresent() ? new Sound<>(content.get()) : new Broken<>(problems.inOrder());
    }

    private static String lowerCaseFirst(@Nullable String message) {
        return message == null || message.isEmpty()
                ? "not TOML"
                : message.substring(0, 1).toLowerCase(Locale.ROOT) + message.substring(1);
    }

    private static <T> Outcome<T> refusal(Code code, Position at, String message, String hint) {
        return new Broken<>(List.of(new ManifestProblem(code, at.line(), at.column(), message, hint)));
    }
}
