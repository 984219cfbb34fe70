package dev.bailiwick.profiles;

import dev.bailiwick.profiles.ManifestProblem.Code;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.tomlj.Toml;
import org.tomlj.TomlParseResult;
import org.tomlj.TomlVersion;

/**
 * The catalogue that ships with this module, {@code catalogue.toml}: the first policy version of every store. A fault in
 * it is a bug of the build, so reading it throws instead of reporting.
 */
public final class Catalogue {
    private static final String RESOURCE = "catalogue.toml";
    private static final String SLOTS = spelt(Slot.values(), Slot::text);
    private static final String ACCESSES = spelt(SlotAccess.values(), SlotAccess::text);
    static final String KINDS = spelt(PrincipalKind.values(), PrincipalKind::text);

    private Catalogue() {}

    /** Reads the built-in catalogue afresh. */
    public static PolicyCatalogue builtIn() {
        try (InputStream in = Catalogue.class.getResourceAsStream(RESOURCE)) {
            if (in == null) {
                throw new IllegalStateException(RESOURCE + " is missing from the build");
            }
            return parse(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A catalogue as TOML that {@link #parse} reads back as the same. */
    public static String text(PolicyCatalogue catalogue) {
        StringBuilder text = new StringBuilder();
        for (BundleFragment fragment : catalogue.fragments().values()) {
            text.append("[[fragment]]\nname = ").append(quoted(fragment.name())).append("\nslots = {");
            text.append(fragment.slots().stream()
                    .map(rule ->
                            rule.slot().text() + " = " + quoted(rule.access().text()))
                    .collect(Collectors.joining(
                            ", ",
                            fragment.slots().isEmpty() ? "" : " ",
                            fragment.slots().isEmpty() ? "" : " ")));
            text.append("}\n\n");
        }
        for (RoleDefinition role : catalogue.roles().values()) {
            text.append("[[role]]\nname = ")
                    .append(quoted(role.name()))
                    .append("\nsummary = ")
                    .append(quoted(role.summary()))
                    .append("\nadministrative = ")
                    .append(role.administrative())
                    .append("\nmanifest-only = ")
                    .append(role.manifestOnly())
                    .append("\nkinds = ")
                    .append(list(role.kinds().stream().map(PrincipalKind::text)))
                    .append("\nfragments = ")
                    .append(list(role.fragments().stream()))
                    .append("\nleases = ")
                    .append(list(role.leases().stream()))
                    .append("\n\n");
        }
        catalogue.programs().values().forEach(program -> append(program, text));
        return text.toString().stripTrailing() + "\n";
    }

    private static void append(ProgramRule program, StringBuilder text) {
        text.append("[[program]]\nname = ")
                .append(quoted(program.name()))
                .append("\nsummary = ")
                .append(quoted(program.summary()))
                .append("\npath = ")
                .append(quoted(program.path()));
        program.sha256().ifPresent(sha256 -> text.append("\nsha256 = ").append(quoted(sha256.toString())));
        text.append("\narguments = ").append(quoted(program.arguments().text()));
        if (program.arguments() != ProgramArguments.NONE) {
            text.append("\nmax-arguments = ")
                    .append(program.maxArguments())
                    .append("\nmax-argument-bytes = ")
                    .append(program.maxArgumentBytes());
        }
        if (program.arguments() == ProgramArguments.LISTED) {
            text.append("\nallowed = ").append(list(program.patterns().stream()));
        }
        text.append("\nlauncher = ").append(list(program.postures().stream()));
        if (!program.reads().isEmpty()) {
            text.append("\nreads = ").append(list(program.reads().stream()));
        }
        if (!program.holds().isEmpty()) {
            text.append("\n[program.holds]");
            program.holds()
                    .forEach((slot, access) ->
                            text.append("\n").append(slot.text()).append(" = ").append(quoted(access.text())));
        }
        text.append("\n\n");
    }

    private static String list(Stream<String> words) {
        return words.map(Catalogue::quoted).collect(Collectors.joining(", ", "[", "]"));
    }

    /** Texts here have no control characters, so quotes and backslashes are all there is to escape. */
    private static String quoted(String text) {
        return "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
    }

    /** Reads a catalogue; anything wrong with it is an {@link IllegalArgumentException}, whose message says where. */
    public static PolicyCatalogue parse(String text) {
        TomlParseResult toml = Toml.parse(text, TomlVersion.V1_0_0);
        if (toml.hasErrors()) {
            throw new IllegalArgumentException("catalogue: " + toml.errors());
        }
        Problems problems = new Problems();
        TableReader root = new TableReader(toml, Position.START, "the catalogue", problems);
        List<BundleFragment> fragments = new ArrayList<>();
        for (TableReader table : root.tables("fragment", Limits.CATALOGUE_ITEMS)) {
            fragment(table).ifPresent(fragments::add);
        }
        List<RoleDefinition> roles = new ArrayList<>();
        for (TableReader table : root.tables("role", Limits.CATALOGUE_ITEMS)) {
            role(table).ifPresent(roles::add);
        }
        List<ProgramRule> programs =
                new ProgramReader(problems, List.of()).programs(root.tables(ProgramReader.KEY, Limits.PROGRAMS));
        root.finish();
        if (problems.count() > 0) {
            throw new IllegalArgumentException("catalogue: " + problems.inOrder());
        }
        return PolicyCatalogue.of(roles, fragments, programs);
    }

    private static Optional<BundleFragment> fragment(TableReader table) {
        Located<String> name = table.token("name");
        TableReader slots = table.table("slots");
        table.finish();
        if (name == null || slots == null) {
            return Optional.empty();
        }
        List<SlotRule> rules = new ArrayList<>();
        for (String key : slots.keys()) {
            Located<SlotAccess> access = slots.choice(key, SlotAccess::ofText, ACCESSES);
            Optional<Slot> slot = Slot.ofText(key);
            if (slot.isEmpty()) {
                slots.problem(Code.INVALID_VALUE, key, "\"" + key + "\" is no slot", "use one of " + SLOTS);
            } else if (access != null) {
                rules.add(new SlotRule(slot.get(), access.value()));
            }
        }
        return Optional.of(new BundleFragment(name.value(), rules));
    }

    private static Optional<RoleDefinition> role(TableReader table) {
        Located<String> name = table.token("name");
        Located<String> summary = table.text("summary", Limits.PROSE_CHARS);
        boolean administrative = table.flag("administrative");
        boolean manifestOnly = table.flag("manifest-only");
        List<PrincipalKind> kinds = table.choices("kinds", PrincipalKind::ofText, KINDS);
        SortedSet<String> fragments = TableReader.names(table.tokens("fragments"));
        SortedSet<String> leases = TableReader.names(table.tokens("leases"));
        table.finish();
        return name == null || summary == null || kinds.isEmpty()
                ? Optional.empty()
                : Optional.of(new RoleDefinition(
                        name.value(),
                        summary.value(),
                        administrative,
                        manifestOnly,
                        EnumSet.copyOf(kinds),
                        fragments,
                        leases));
    }

    private static <T> String spelt(T[] values, Function<T, String> text) {
        return Stream.of(values).map(text).collect(Collectors.joining(", "));
    }
}
