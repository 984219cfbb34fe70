package dev.bailiwick.capnp.rpc.example;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The code that the documentation shows is code that {@link TutorialTest} runs: every snippet, layout included, is a region of
 * this folder's files, which stands between {@code // region NAME} and {@code // endregion}.
 */
class SnippetsTest {
    private static final Path FOLDER = Path.of("src/test/java/dev/bailiwick/capnp/rpc/example");
    private static final Path SCHEMA = Path.of("src/test/capnp/greeter.capnp");
    private static final Pattern REGION =
            Pattern.compile("^ *// region \\w+\n(.*?)^ *// endregion$", Pattern.DOTALL | Pattern.MULTILINE);
    private static final Pattern JAVADOC =
            Pattern.compile("^ \\* <pre>\\{@code\n(.*?)^ \\* \\}</pre>$", Pattern.DOTALL | Pattern.MULTILINE);
    private static final Pattern FENCE =
            Pattern.compile("^```(java|capnp)\n(.*?)^```$", Pattern.DOTALL | Pattern.MULTILINE);

    private static final Pattern NAMED_TEST = Pattern.compile("`(\\w+Test)\\.(\\w+)`");

    private static List<String> regions = List.of();
    private static String schema = "";

    @BeforeAll
    static void read() throws IOException {
        List<String> found = new ArrayList<>();
        try (Stream<Path> files = Files.list(FOLDER)) {
            for (Path file : files.sorted().toList()) {
                Matcher matcher = REGION.matcher(Files.readString(file));
                while (matcher.find()) {
                    found.add(matcher.group(1).stripTrailing().stripIndent() + "\n");
                }
            }
        }
        assertThat(found).hasSizeGreaterThan(10);
        regions = found;
        schema = Files.readString(SCHEMA);
    }

    @Test
    void thePackagesPageShowsWhatRuns() throws IOException {
        String page = Files.readString(Path.of("src/main/java/dev/bailiwick/capnp/rpc/package-info.java"));
        Matcher matcher = JAVADOC.matcher(page);
        int snippets = 0;
        while (matcher.find()) {
            assertShown(
                    "package-info.java",
                    matcher.group(1)
                            .lines()
                            .map(line -> line.replaceFirst("^ \\* ?", ""))
                            .collect(joining("\n", "", "\n")));
            snippets++;
        }
        assertThat(snippets).isGreaterThan(4);
    }

    @Test
    void theTutorialShowsWhatRuns() throws IOException {
        assertThat(fences("../../docs/rpc.md")).isGreaterThan(12);
    }

    @Test
    void theLibrarysPageShowsWhatRuns() throws IOException {
        assertThat(fences("../README.md")).isGreaterThan(2);
    }

    @Test
    void theTestsThatPagesNameExist() throws IOException {
        Map<String, Path> tests = new HashMap<>();
        try (Stream<Path> files = Files.walk(Path.of(".."))) {
            files.filter(file -> file.toString().endsWith("Test.java"))
                    .forEach(file -> tests.put(file.getFileName().toString(), file));
        }
        int named = 0;
        for (Path page : List.of(Path.of("../../docs/rpc-support.md"), Path.of("../../docs/rpc.md"))) {
            Matcher matcher = NAMED_TEST.matcher(Files.readString(page));
            while (matcher.find()) {
                assertThat(tests).as("%s names %s", page, matcher.group()).containsKey(matcher.group(1) + ".java");
                assertThat(Files.readString(Objects.requireNonNull(tests.get(matcher.group(1) + ".java"))))
                        .as("%s names %s", page, matcher.group())
                        .contains("void " + matcher.group(2) + "(");
                named++;
            }
        }
        assertThat(named).isGreaterThan(30);
    }

    private static int fences(String page) throws IOException {
        Matcher matcher = FENCE.matcher(Files.readString(Path.of(page)));
        int snippets = 0;
        while (matcher.find()) {
            assertShown(page, matcher.group(2));
            snippets++;
        }
        return snippets;
    }

    private static void assertShown(String page, String snippet) {
        if (snippet.startsWith("interface ")) {
            assertThat(schema).as("a schema in %s", page).contains(snippet);
        } else {
            assertThat(regions).as("a snippet in %s", page).contains(snippet);
        }
    }
}
