package dev.bailiwick.profiles;

import dev.bailiwick.profiles.ManifestProblem.Code;
import dev.bailiwick.schema.Hash256;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads {@code [[program]]} tables, of the catalogue and of manifests: what launchers may start. */
final class ProgramReader {
    static final String KEY = "program";

    private static final String ARGUMENTS =
            spelt(Stream.of(ProgramArguments.values()).map(ProgramArguments::text));
    private static final String ACCESSES =
            spelt(Stream.of(ProgramAccess.values()).map(ProgramAccess::text));
    private static final String SLOTS =
            spelt(ProgramRule.HELD_SLOTS.stream().sorted().map(Slot::text));
    private static final String POSTURES = spelt(ProgramRule.POSTURES.stream());

    private final Problems problems;
    private final Map<String, String> namesSeen = new HashMap<>();

    /** @param known programs that there are already, whose names no table may use */
    ProgramReader(Problems problems, Iterable<ProgramRule> known) {
        this.problems = problems;
        known.forEach(program -> namesSeen.put(program.name(), "in the built-in catalogue"));
    }

    private static String spelt(Stream<String> words) {
        return words.collect(Collectors.joining(", "));
    }

    /** The sound ones; what is wrong with the others is noted. */
    List<ProgramRule> programs(List<TableReader> tables) {
        List<ProgramRule> programs = new ArrayList<>();
        tables.forEach(table -> program(table).ifPresent(programs::add));
        return programs;
    }

    private Optional<ProgramRule> program(TableReader table) {
        int before = problems.count();
        Located<String> name = table.token("name");
        Located<String> summary = table.text("summary", Limits.PROSE_CHARS);
        Located<String> path = table.path("path", Code.INVALID_PROGRAM_PATH);
        Located<Hash256> sha256 = table.optionalDigest("sha256");
        Located<ProgramArguments> arguments = table.choice("arguments", ProgramArguments::ofText, ARGUMENTS);
        if (arguments == null) {
            table.leave("max-arguments", "max-argument-bytes", "allowed");
        }
        boolean takesSome = arguments != null && arguments.value() != ProgramArguments.NONE;
        int most = takesSome ? (int) table.integer("max-arguments", 1, Limits.PROGRAM_ARGUMENTS) : 0;
        int bytes = takesSome ? (int) table.integer("max-argument-bytes", 1, Limits.PROGRAM_ARGUMENT_BYTES) : 0;
        SortedSet<String> patterns = patterns(table, arguments == null ? null : arguments.value());
        SortedSet<String> postures = postures(table, sha256 != null);
        SortedMap<Slot, ProgramAccess> holds = holds(table.optionalTable("holds"));
        SortedSet<String> reads = table.optionalPaths("reads", Code.INVALID_PROGRAM_PATH);
        boolean asCaller = asCaller(table, sha256 != null);
        table.finish();
        if (name != null) {
            String first = namesSeen.putIfAbsent(name.value(), "at " + name.at());
            if (first != null) {
                problems.add(
                        Code.DUPLICATE_PROGRAM,
                        name.at(),
                        "there is already a program \"" + name.value() + "\" " + first,
                        "give every program its own name");
            }
        }
        return problems.count() > before || name == null || summary == null || path == null || arguments == null
                ? Optional.empty()
                : Optional.of(new ProgramRule(
                        name.value(),
                        summary.value(),
                        path.value(),
                        Optional.ofNullable(sha256).map(Located::value),
                        arguments.value(),
                        patterns,
                        most,
                        bytes,
                        postures,
                        holds,
                        reads,
                        asCaller));
    }

    private static boolean asCaller(TableReader table, boolean isMeasured) {
        boolean asCaller = table.has("as-caller") && table.flag("as-caller");
        if (asCaller && !isMeasured) {
            table.problem(
                    Code.PROGRAM_WITHOUT_MEASUREMENT,
                    "as-caller",
                    "a program that acts as its caller has no sha256",
                    "add the SHA-256 of its file");
        }
        return asCaller;
    }

    private static SortedSet<String> patterns(TableReader table, @Nullable ProgramArguments arguments) {
        TreeSet<String> patterns = new TreeSet<>();
        if (arguments == ProgramArguments.LISTED) {
            table.optionalTexts("allowed", Limits.PROSE_CHARS).forEach(pattern -> patterns.add(pattern.value()));
            if (patterns.isEmpty()) {
                table.problem(
                        Code.MISSING_KEY,
                        "allowed",
                        "a program with listed arguments lists none in \"allowed\"",
                        "list patterns such as \"-l\" or \"*.txt\", or write arguments = \"none\"");
            }
        }
        return patterns;
    }

    private SortedSet<String> postures(TableReader table, boolean isMeasured) {
        TreeSet<String> postures = new TreeSet<>();
        int before = problems.count();
        List<Located<String>> stated = table.tokens("launcher");
        for (Located<String> posture : stated) {
            if (!ProgramRule.POSTURES.contains(posture.value())) {
                problems.add(
                        Code.UNKNOWN_POSTURE,
                        posture.at(),
                        "\"" + posture.value() + "\" is no launcher posture that has programs",
                        "use one of " + POSTURES);
            }
            if (posture.value().equals(ProgramRule.MEASURED) && !isMeasured) {
                problems.add(
                        Code.PROGRAM_WITHOUT_MEASUREMENT,
                        posture.at(),
                        "a program of posture \"" + ProgramRule.MEASURED + "\" has no sha256",
                        "add the SHA-256 of its file");
            }
            postures.add(posture.value());
        }
        if (stated.isEmpty() && problems.count() == before) {
            table.problem(Code.INVALID_VALUE, "launcher", "no launcher has the program", "name one of " + POSTURES);
        }
        return postures;
    }

    private static SortedMap<Slot, ProgramAccess> holds(@Nullable TableReader holds) {
        SortedMap<Slot, ProgramAccess> held = new TreeMap<>();
        if (holds == null) {
            return held;
        }
        for (String key : holds.keys()) {
            Located<ProgramAccess> access = holds.choice(key, ProgramAccess::ofText, ACCESSES);
            Optional<Slot> slot = Slot.ofText(key).filter(ProgramRule.HELD_SLOTS::contains);
            if (slot.isEmpty()) {
                holds.problem(
                        Code.INVALID_VALUE,
                        key,
                        "\"" + key + "\" is no slot that a program can hold something of",
                        "use one of " + SLOTS);
            } else if (access != null) {
                held.put(slot.get(), access.value());
            }
        }
        return held;
    }
}
