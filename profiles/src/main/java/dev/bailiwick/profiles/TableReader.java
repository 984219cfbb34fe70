package dev.bailiwick.profiles;

import dev.bailiwick.profiles.ManifestProblem.Code;
import dev.bailiwick.schema.Hash256;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.LongFunction;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.tomlj.TomlArray;
import org.tomlj.TomlTable;

/**
 * Reads one TOML table key by key. Every reading method records what is wrong with its key and then answers something
 * harmless (null, zero or an empty list), so that reading goes on and all problems are found in one pass; a caller that builds
 * something compares {@link Problems#count} before and after. {@link #finish} reports the keys nobody asked for.
 */
final class TableReader {
    /** One spelling only, so that manifests can be compared as text. */
    private static final Pattern DIGEST = Pattern.compile("[0-9a-f]{64}");

    private final TomlTable table;
    private final Position at;
    private final String what;
    private final Problems problems;
    private final Set<String> known = new HashSet<>();

    /** Reads {@code table}, which messages call {@code what}, for instance {@code [[account]]}. */
    TableReader(TomlTable table, Position at, String what, Problems problems) {
        this.table = table;
        this.at = at;
        this.what = what;
        this.problems = problems;
    }

    /** Where the table begins. */
    Position at() {
        return at;
    }

    /** The name of the table in messages. */
    String what() {
        return what;
    }

    /** Where {@code key} is stated, or the table's own place when it is not. */
    Position at(String key) {
        return Position.of(table.inputPositionOf(List.of(key)), at);
    }

    boolean has(String key) {
        return table.contains(List.of(key));
    }

    /** The value as it stands, without an opinion about its type; null when absent. */
    @Nullable
    Object raw(String key) {
        known.add(key);
        return table.get(List.of(key));
    }

    // --- Scalars ---

    @Nullable
    Located<String> text(String key, int maxChars) {
        return require(key) ? optionalText(key, maxChars) : null;
    }

    @Nullable
    Located<String> optionalText(String key, int maxChars) {
        return switch (raw(key)) {
            case null -> null;
            case String text -> checkedText(key, text, at(key), maxChars);
            case Object other -> {
                wrongType(key, at(key), "a string", other);
                yield null;
            }
        };
    }

    /** A required name: lower-case words joined by dashes. */
    @Nullable
    Located<String> token(String key) {
        Located<String> text = text(key, Limits.PROSE_CHARS);
        return text != null && checkedToken(key, text) ? text : null;
    }

    /** A required word out of a closed set. */
    <T> @Nullable Located<T> choice(String key, Function<String, Optional<T>> choices, String allowed) {
        Located<String> text = text(key, Limits.PROSE_CHARS);
        return text == null ? null : chosen(key, text, choices, allowed);
    }

    /** An id in its text form; null when absent or broken. */
    <T> @Nullable Located<T> optionalId(String key, Function<String, T> parse, String form) {
        Located<String> text = optionalText(key, Limits.PROSE_CHARS);
        if (text == null) {
            return null;
        }
        try {
            return text.with(parse.apply(text.value()));
        } catch (IllegalArgumentException e) {
            problems.add(Code.INVALID_VALUE, text.at(), quoted(key, text.value()) + " is no id", "write " + form);
            return null;
        }
    }

    /** A required SHA-256. */
    @Nullable
    Located<Hash256> digest(String key) {
        return require(key) ? optionalDigest(key) : null;
    }

    /** A SHA-256 as {@code sha256sum} prints it; null when absent or broken. */
    @Nullable
    Located<Hash256> optionalDigest(String key) {
        Located<String> text = optionalText(key, Limits.PROSE_CHARS);
        if (text == null) {
            return null;
        }
        if (!DIGEST.matcher(text.value()).matches()) {
            problems.add(
                    Code.INVALID_BINARY_HASH,
                    text.at(),
                    quoted(key, text.value()) + " is no SHA-256",
                    "write the 64 lower-case hexadecimal digits that sha256sum prints");
            return null;
        }
        return text.with(Hash256.parse(text.value()));
    }

    /** A required plain absolute path; {@code code} is what is wrong with any other. */
    @Nullable
    Located<String> path(String key, Code code) {
        return require(key) ? optionalPath(key, code) : null;
    }

    /** A plain absolute path; null when absent or broken. */
    @Nullable
    Located<String> optionalPath(String key, Code code) {
        Located<String> path = optionalText(key, Limits.PATH_CHARS);
        return path != null && checkedPath(key, path, code) ? path : null;
    }

    boolean flag(String key) {
        return require(key)
                && switch (raw(key)) {
                    case Boolean flag -> flag;
                    case null -> false;
                    case Object other -> {
                        wrongType(key, at(key), "true or false", other);
                        yield false;
                    }
                };
    }

    long integer(String key, long min, long max) {
        if (!require(key)) {
            return 0;
        }
        return switch (raw(key)) {
            case null -> 0;
            case Long number -> inRange(key, number, min, max, String::valueOf);
            case Object other -> {
                wrongType(key, at(key), "a whole number", other);
                yield 0;
            }
        };
    }

    int count(String key, int max) {
        return Math.toIntExact(integer(key, 0, max));
    }

    /** Bytes: a number, or a string with a unit. */
    long size(String key) {
        if (!require(key)) {
            return 0;
        }
        return switch (raw(key)) {
            case null -> 0;
            case Long number -> inRange(key, number, 0, Limits.QUOTA_BYTES, Quantities::size);
            case String text -> {
                OptionalLong bytes = Quantities.bytes(text);
                if (bytes.isEmpty()) {
                    problems.add(
                            Code.INVALID_VALUE,
                            at(key),
                            quoted(key, text) + " is no size",
                            "write " + Quantities.SIZE_FORM);
                    yield 0;
                }
                yield inRange(key, bytes.getAsLong(), 0, Limits.QUOTA_BYTES, Quantities::size);
            }
            case Object other -> {
                wrongType(key, at(key), "a size", other);
                yield 0;
            }
        };
    }

    /** Microseconds, from a string with a unit. */
    long microseconds(String key, long min, long max) {
        if (!require(key)) {
            return 0;
        }
        return switch (raw(key)) {
            case null -> 0;
            case String text -> {
                OptionalLong us = Quantities.microseconds(text);
                if (us.isEmpty()) {
                    problems.add(
                            Code.INVALID_VALUE,
                            at(key),
                            quoted(key, text) + " is no duration",
                            "write " + Quantities.DURATION_FORM);
                    yield 0;
                }
                yield inRange(key, us.getAsLong(), min, max, value -> value + "us");
            }
            case Object other -> {
                wrongType(key, at(key), "a duration", other);
                yield 0;
            }
        };
    }

    /** A whole number of milliseconds from {@code min} to {@code max}. */
    Duration duration(String key, Duration min, Duration max) {
        int before = problems.count();
        long us = microseconds(key, min.toNanos() / 1_000, max.toNanos() / 1_000);
        if (us % 1_000 != 0 && problems.count() == before) {
            problems.add(
                    Code.INVALID_VALUE,
                    at(key),
                    "\"" + key + "\" in " + what + " is finer than a millisecond",
                    "write whole milliseconds");
        }
        return Duration.ofMillis(us / 1_000);
    }

    // --- Lists ---

    /** A required list of names, each stated once. */
    List<Located<String>> tokens(String key) {
        return require(key) ? optionalTokens(key) : List.of();
    }

    /** A list of names, each stated once; empty when absent. */
    List<Located<String>> optionalTokens(String key) {
        List<Located<String>> tokens = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        for (Located<String> item : strings(key, Limits.PROSE_CHARS)) {
            if (checkedToken(key, item)) {
                if (seen.add(item.value())) {
                    tokens.add(item);
                } else {
                    repeated(key, item);
                }
            }
        }
        return List.copyOf(tokens);
    }

    /** A required list of words out of a closed set, each stated once, at least one. */
    <T> List<T> choices(String key, Function<String, Optional<T>> choices, String allowed) {
        if (!require(key)) {
            return List.of();
        }
        int before = problems.count();
        List<T> chosen = new ArrayList<>();
        for (Located<String> item : strings(key, Limits.PROSE_CHARS)) {
            Located<T> choice = chosen(key, item, choices, allowed);
            if (choice != null && chosen.contains(choice.value())) {
                repeated(key, item);
            } else if (choice != null) {
                chosen.add(choice.value());
            }
        }
        if (chosen.isEmpty() && problems.count() == before) {
            problems.add(
                    Code.INVALID_VALUE,
                    at(key),
                    "\"" + key + "\" in " + what + " is empty",
                    "name at least one: " + allowed);
        }
        return List.copyOf(chosen);
    }

    /** A list of lines of text, each stated once; empty when absent. */
    List<Located<String>> optionalTexts(String key, int maxChars) {
        List<Located<String>> texts = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        for (Located<String> item : strings(key, maxChars)) {
            if (seen.add(item.value())) {
                texts.add(item);
            } else {
                repeated(key, item);
            }
        }
        return List.copyOf(texts);
    }

    /** A list of plain absolute paths, each stated once; empty when absent. */
    SortedSet<String> optionalPaths(String key, Code code) {
        return names(optionalTexts(key, Limits.PATH_CHARS).stream()
                .filter(path -> checkedPath(key, path, code))
                .toList());
    }

    private List<Located<String>> strings(String key, int maxChars) {
        List<Located<String>> strings = new ArrayList<>();
        switch (raw(key)) {
            case null -> {}
            case TomlArray array -> {
                for (int i = 0; i < array.size() && withinLimit(key, array, i, Limits.LIST_ITEMS); i++) {
                    Position itemAt = Position.of(array.inputPositionOf(i), at(key));
                    if (array.get(i) instanceof String text) {
                        Located<String> checked = checkedText(key, text, itemAt, maxChars);
                        if (checked != null) {
                            strings.add(checked);
                        }
                    } else {
                        wrongType(key, itemAt, "a string", array.get(i));
                    }
                }
            }
            case Object other -> wrongType(key, at(key), "a list of strings", other);
        }
        return strings;
    }

    // --- Tables ---

    /** A required table. */
    @Nullable
    TableReader table(String key) {
        return require(key) ? optionalTable(key) : null;
    }

    @Nullable
    TableReader optionalTable(String key) {
        return switch (raw(key)) {
            case null -> null;
            case TomlTable found -> new TableReader(found, at(key), within(key), problems);
            case Object other -> {
                wrongType(key, at(key), "a table", other);
                yield null;
            }
        };
    }

    /** A list of tables, {@code [[key]]}; empty when absent. */
    List<TableReader> tables(String key, int max) {
        List<TableReader> tables = new ArrayList<>();
        switch (raw(key)) {
            case null -> {}
            case TomlArray array -> {
                for (int i = 0; i < array.size() && withinLimit(key, array, i, max); i++) {
                    Position itemAt = Position.of(array.inputPositionOf(i), at(key));
                    if (array.get(i) instanceof TomlTable found) {
                        tables.add(new TableReader(found, itemAt, "[[" + key + "]]", problems));
                    } else {
                        wrongType(key, itemAt, "a table", array.get(i));
                    }
                }
            }
            case Object other -> wrongType(key, at(key), "a list of tables, [[" + key + "]]", other);
        }
        return List.copyOf(tables);
    }

    /** A table of names to text; empty when absent. */
    SortedMap<String, String> optionalTexts(String key) {
        SortedMap<String, String> texts = new TreeMap<>();
        TableReader entries = optionalTable(key);
        if (entries == null) {
            return texts;
        }
        if (entries.table.size() > Limits.LIST_ITEMS) {
            problems.add(
                    Code.TOO_MANY, entries.at, entries.what + " has more than " + Limits.LIST_ITEMS + " entries", "");
        }
        for (String name : entries.keys()) {
            Located<String> text = entries.text(name, Limits.LABEL_CHARS);
            if (text != null && entries.checkedToken(name, new Located<>(name, text.at()))) {
                texts.put(name, text.value());
            }
        }
        return texts;
    }

    /** The keys of this table, in the order of the file. */
    List<String> keys() {
        return List.copyOf(table.keySet());
    }

    /** Reports every key that was not asked for. */
    void finish() {
        for (String key : keys()) {
            if (!known.contains(key)) {
                problems.add(
                        Code.UNKNOWN_KEY,
                        at(key),
                        "\"" + key + "\" is not a key of " + what,
                        "remove it, or check its spelling");
            }
        }
    }

    /** Has {@link #finish} say nothing of these keys: whether they belong there depends on something that is wrong itself. */
    void leave(String... keys) {
        known.addAll(List.of(keys));
    }

    // --- Checks ---

    static SortedSet<String> names(List<Located<String>> items) {
        return items.stream().map(Located::value).collect(Collectors.toCollection(TreeSet::new));
    }

    /** Records a problem with this key's value. */
    void problem(Code code, String key, String message, String hint) {
        problems.add(code, at(key), message, hint);
    }

    private boolean require(String key) {
        known.add(key);
        if (!has(key)) {
            problems.add(Code.MISSING_KEY, at, what + " needs the key \"" + key + "\"", "add it");
            return false;
        }
        return true;
    }

    private @Nullable Located<String> checkedText(String key, String text, Position textAt, int maxChars) {
        if (text.isEmpty() || text.length() > maxChars || !Checks.isPlainText(text)) {
            problems.add(
                    Code.INVALID_VALUE,
                    textAt,
                    "\"" + key + "\" in " + what + " must be 1 to " + maxChars
                            + " characters without control characters",
                    "");
            return null;
        }
        return new Located<>(text, textAt);
    }

    private boolean checkedToken(String key, Located<String> text) {
        if (!Checks.isToken(text.value())) {
            problems.add(
                    Code.INVALID_VALUE,
                    text.at(),
                    quoted(key, text.value()) + " is no name",
                    "use lower-case words joined by dashes, at most " + Limits.TOKEN_CHARS + " characters");
            return false;
        }
        return true;
    }

    private boolean checkedPath(String key, Located<String> path, Code code) {
        if (!Checks.isPlainAbsolutePath(path.value())) {
            problems.add(
                    code,
                    path.at(),
                    quoted(key, path.value()) + " is no plain absolute path",
                    "write it from / on, without empty, . or .. parts");
            return false;
        }
        return true;
    }

    private <T> @Nullable Located<T> chosen(
            String key, Located<String> text, Function<String, Optional<T>> choices, String allowed) {
        Optional<T> choice = choices.apply(text.value());
        if (choice.isEmpty()) {
            problems.add(
                    Code.INVALID_VALUE,
                    text.at(),
                    quoted(key, text.value()) + " is not known",
                    "use one of " + allowed);
            return null;
        }
        return text.with(choice.get());
    }

    private long inRange(String key, long value, long min, long max, LongFunction<String> print) {
        if (value < min || value > max) {
            problems.add(
                    Code.OUT_OF_RANGE,
                    at(key),
                    "\"" + key + "\" in " + what + " is out of range",
                    "use a value from " + print.apply(min) + " to " + print.apply(max));
            return 0;
        }
        return value;
    }

    private boolean withinLimit(String key, TomlArray array, int index, int max) {
        if (index == max) {
            problems.add(
                    Code.TOO_MANY,
                    Position.of(array.inputPositionOf(index), at(key)),
                    "\"" + key + "\" in " + what + " has more than " + max + " entries",
                    "");
            return false;
        }
        return true;
    }

    private void repeated(String key, Located<String> item) {
        problems.add(Code.REPEATED, item.at(), quoted(key, item.value()) + " is listed twice", "remove one");
    }

    private void wrongType(String key, Position valueAt, String expected, @Nullable Object found) {
        problems.add(
                Code.WRONG_TYPE,
                valueAt,
                "\"" + key + "\" in " + what + " must be " + expected + ", not " + typeName(found),
                "");
    }

    private String quoted(String key, String value) {
        return "\"" + Checks.excerpt(value) + "\" as \"" + key + "\" in " + what;
    }

    private String within(String key) {
        return what + " " + key;
    }

    private static String typeName(@Nullable Object value) {
        return switch (value) {
            case String _ -> "a string";
            case Long _ -> "a whole number";
            case Double _ -> "a fraction";
            case Boolean _ -> "true or false";
            case TomlArray _ -> "a list";
            case TomlTable _ -> "a table";
            // TOML's remaining types are its four sorts of date and time.
            case null -> "nothing";
            case Object _ -> "a date or time";
        };
    }
}
