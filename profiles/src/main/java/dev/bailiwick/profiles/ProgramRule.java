package dev.bailiwick.profiles;

import dev.bailiwick.schema.Hash256;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * A program that launchers may start, and under which conditions (seed 002, "Default Session Resources": approved programs only).
 * It selects and limits and is never authority.
 *
 * @param name what people type: lower-case words joined by dashes
 * @param summary one line for people
 * @param path where the file is, plain and absolute
 * @param sha256 what the file must be; empty if whatever is there is started
 * @param arguments which arguments it takes
 * @param patterns those it takes where they are listed; {@code *} in one stands for any characters, also none
 * @param maxArguments how many, 0 to {@link Limits#PROGRAM_ARGUMENTS}
 * @param maxArgumentBytes of all of them together, in UTF-8, 0 to {@link Limits#PROGRAM_ARGUMENT_BYTES}
 * @param postures the launcher postures that have it, at least one
 * @param holds what it may claim of its session; only namespaces, and {@link ProgramAccess#OWN} or a view
 * @param reads further paths of the machine it can see, read-only, plain and absolute
 * @param asCaller whether it acts as whoever starts it, by a token of its own, which is a duplicate of theirs (seed 004, ad-hoc jobs); such a
 *     program has a measurement, since whatever else came to lie there would act as them, too
 */
public record ProgramRule(
        String name,
        String summary,
        String path,
        Optional<Hash256> sha256,
        ProgramArguments arguments,
        SortedSet<String> patterns,
        int maxArguments,
        int maxArgumentBytes,
        SortedSet<String> postures,
        SortedMap<Slot, ProgramAccess> holds,
        SortedSet<String> reads,
        boolean asCaller) {
    /** The slots of which a program can hold something. */
    public static final Set<Slot> HELD_SLOTS = Set.of(Slot.HOME, Slot.CONFIG, Slot.CACHE, Slot.TMP);

    /** The posture of starting nothing but files of a stated measurement. */
    public static final String MEASURED = "measured-binary";

    /** The postures that can have programs. */
    public static final List<String> POSTURES = ResourceProfile.LAUNCHER_POSTURES.stream()
            .filter(posture -> !posture.equals(ResourceProfile.NO_POSTURE))
            .toList();

    /**
     * Why a program is not started with some arguments.
     *
     * @param code stable: {@code too-many-arguments}, {@code argument-too-long}, {@code argument-not-allowed} or {@code
     *     invalid-argument}
     * @param message for people
     */
    public record ArgumentFault(String code, String message) {}

    public ProgramRule {
        Checks.token("program name", name);
        Checks.text("program summary", summary, Limits.PROSE_CHARS);
        path("program path", path);
        patterns = texts("patterns", patterns);
        if (patterns.isEmpty() == (arguments == ProgramArguments.LISTED)) {
            throw new IllegalArgumentException("patterns go with listed arguments, and only with them");
        }
        Checks.atMost("maxArguments", maxArguments, Limits.PROGRAM_ARGUMENTS);
        Checks.atMost("maxArgumentBytes", maxArgumentBytes, Limits.PROGRAM_ARGUMENT_BYTES);
        if ((arguments == ProgramArguments.NONE) != (maxArguments == 0)) {
            throw new IllegalArgumentException("a program takes no arguments, or a number of them");
        }
        postures = Collections.unmodifiableSortedSet(new TreeSet<>(postures));
        if (postures.isEmpty() || !POSTURES.containsAll(postures)) {
            throw new IllegalArgumentException(
                    "a program is of launcher postures that exist, at least one: " + postures);
        }
        if (postures.contains(MEASURED) && sha256.isEmpty()) {
            throw new IllegalArgumentException("a program of " + MEASURED + " has a measurement");
        }
        if (asCaller && sha256.isEmpty()) {
            throw new IllegalArgumentException("a program that acts as its caller has a measurement");
        }
        if (!HELD_SLOTS.containsAll(holds.keySet())) {
            throw new IllegalArgumentException("a program holds namespaces only: " + holds.keySet());
        }
        holds = Collections.unmodifiableSortedMap(new TreeMap<>(Map.copyOf(holds)));
        Checks.atMost("reads", reads.size(), Limits.LIST_ITEMS);
        reads.forEach(read -> path("readable path", read));
        reads = Collections.unmodifiableSortedSet(new TreeSet<>(reads));
    }

    private static void path(String what, String path) {
        if (!Checks.isPlainAbsolutePath(path)) {
            throw new IllegalArgumentException(what + " must be plain and absolute: \"" + path + "\"");
        }
    }

    private static SortedSet<String> texts(String what, SortedSet<String> texts) {
        Checks.atMost(what, texts.size(), Limits.LIST_ITEMS);
        texts.forEach(text -> Checks.text(what, text, Limits.PROSE_CHARS));
        return Collections.unmodifiableSortedSet(new TreeSet<>(texts));
    }

    /** The program of a service account: exactly its measured binary, without arguments, with the namespaces it holds as its own. */
    public static ProgramRule of(ServiceIdentity service) {
        return new ProgramRule(
                service.serviceName(),
                "The measured binary of this service.",
                service.binaryPath(),
                Optional.of(service.binarySha256()),
                ProgramArguments.NONE,
                new TreeSet<>(),
                0,
                0,
                new TreeSet<>(Set.of(MEASURED)),
                new TreeMap<>(Map.of(Slot.HOME, ProgramAccess.OWN)),
                service.reads(),
                false);
    }

    /** Whether a launcher of one of those postures has it. */
    public boolean isOf(Set<String> launcherPostures) {
        return postures.stream().anyMatch(launcherPostures::contains);
    }

    /** Why it may not be given those arguments; empty if it may. */
    public Optional<ArgumentFault> fault(List<String> given) {
        if (given.size() > maxArguments) {
            return Optional.of(new ArgumentFault(
                    "too-many-arguments",
                    "\"" + name + "\" takes "
                            + (maxArguments == 0 ? "no arguments" : "at most " + maxArguments + " arguments") + ", not "
                            + given.size()));
        }
        long bytes = 0;
        for (String argument : given) {
            if (argument.indexOf('\0') >= 0
                    || !StandardCharsets.UTF_8.newEncoder().canEncode(argument)) {
                return Optional.of(new ArgumentFault(
                        "invalid-argument", "an argument has a NUL or is not text that UTF-8 can write"));
            }
            bytes += argument.getBytes(StandardCharsets.UTF_8).length;
        }
        if (bytes > maxArgumentBytes) {
            return Optional.of(new ArgumentFault(
                    "argument-too-long",
                    "\"" + name + "\" takes at most " + maxArgumentBytes + " bytes of arguments, not " + bytes));
        }
        return switch (arguments) {
            case NONE, ANY -> Optional.empty();
            case LISTED -> unlisted(given);
        };
    }

    private Optional<ArgumentFault> unlisted(List<String> given) {
        return given.stream()
                .filter(argument -> patterns.stream().noneMatch(pattern -> matches(pattern, argument)))
                .findFirst()
                .map(argument -> new ArgumentFault(
                        "argument-not-allowed",
                        "\"" + name + "\" does not take the argument \"" + Checks.excerpt(argument) + "\"; it takes "
                                + String.join(", ", patterns)));
    }

    private static boolean matches(String pattern, String argument) {
        StringBuilder regex = new StringBuilder();
        for (String literal : pattern.split("\\*", -1)) {
            regex.append(regex.isEmpty() ? "" : ".*").append(Pattern.quote(literal));
        }
        return Pattern.compile(regex.toString(), Pattern.DOTALL)
                .matcher(argument)
                .matches();
    }

    /** Which arguments it takes, for people. */
    public String argumentsText() {
        return switch (arguments) {
            case NONE -> "none";
            case ANY -> "any, at most " + maxArguments;
            case LISTED -> String.join(" ", patterns);
        };
    }
}
