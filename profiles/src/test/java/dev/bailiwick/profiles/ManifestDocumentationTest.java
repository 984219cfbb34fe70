package dev.bailiwick.profiles;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bailiwick.identity.Privilege;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The manual and the code name the same things. */
class ManifestDocumentationTest {
    private static final Path MANUAL = Path.of("..", "docs", "manifest.md");

    @Test
    void theManualListsExactlyTheCodesThatExist() throws IOException {
        String table = Files.readString(MANUAL).split("## What is refused", -1)[1];
        List<String> listed = Pattern.compile("^\\| (.*?) \\|", Pattern.MULTILINE)
                .matcher(table)
                .results()
                .flatMap(row ->
                        Pattern.compile("`([a-z0-9-]+)`").matcher(row.group(1)).results())
                .map(code -> code.group(1))
                .toList();
        assertThat(listed)
                .containsExactlyInAnyOrderElementsOf(Arrays.stream(ManifestProblem.Code.values())
                        .map(ManifestProblem.Code::text)
                        .toList());
    }

    @Test
    void theManualNamesEveryKeyOfTheShippedManifest() throws IOException {
        String manual = Files.readString(MANUAL);
        List<String> keys = Files.readAllLines(Path.of("manifests", "default.toml")).stream()
                .filter(line -> line.matches("[a-z0-9-]+ = .*"))
                .map(line -> line.substring(0, line.indexOf(' ')))
                .distinct()
                .toList();
        assertThat(keys).isNotEmpty().allSatisfy(key -> assertThat(manual).contains("`" + key + "`"));
    }

    @Test
    void theManualsExampleOfAServiceIsOne() throws IOException {
        String example = Pattern.compile("```\n(\\[\\[account]].*?)```", Pattern.DOTALL)
                .matcher(Files.readString(MANUAL))
                .results()
                .map(block -> block.group(1))
                .findFirst()
                .orElseThrow();
        String manifest = Files.readString(Path.of("manifests", "default.toml")) + example;
        assertThat(SeedManifest.parse(manifest.getBytes(StandardCharsets.UTF_8)))
                .isInstanceOfSatisfying(
                        SeedManifest.Parsed.class,
                        parsed -> assertThat(parsed.plan()
                                        .accounts()
                                        .getLast()
                                        .service()
                                        .orElseThrow()
                                        .startPre())
                                .hasSize(1));
    }

    @Test
    void theHintOfUnknownPrivilegesLeadsToAListOfAll() throws IOException {
        String page = Files.readString(Path.of("..", "docs", "identity.md"));
        assertThat(Privilege.values()).allSatisfy(privilege -> assertThat(page).contains(privilege.text()));
    }

    @Test
    void theManualNamesEveryPosture() throws IOException {
        String manual = Files.readString(MANUAL);
        assertThat(ResourceProfile.NETWORK_POSTURES)
                .allSatisfy(posture -> assertThat(manual).contains(posture));
        assertThat(ResourceProfile.LAUNCHER_POSTURES)
                .allSatisfy(posture -> assertThat(manual).contains(posture));
    }
}
