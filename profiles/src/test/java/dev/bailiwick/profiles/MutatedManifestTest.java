package dev.bailiwick.profiles;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Damages the shipped manifest at random. Whatever comes of it is a sound plan or a list of problems that lie within the
 * file; never an exception. Rerun a failure with {@code -Dbailiwick.seed=N}, search longer with {@code -Dbailiwick.rounds=N}.
 */
class MutatedManifestTest {
    private static final int ROUNDS = Integer.getInteger("bailiwick.rounds", 600);

    private static final List<String> SPLINTERS = List.of(
            "\"",
            "'",
            "\"\"\"",
            "[",
            "]",
            "[[",
            "]]",
            "{",
            "}",
            "=",
            ".",
            ",",
            "#",
            "\n",
            "\r",
            "\t",
            "\u0000",
            "é",
            "\\u0041",
            "\\ud800",
            "-1",
            "9223372036854775808",
            "1e9",
            "nan",
            "true",
            "1979-05-27T07:32:00Z",
            "[]",
            "{}",
            "\"\"",
            "\"64MB\"",
            "\"8y\"",
            "\"standard\"",
            "\"operator\"",
            "[[account]]\n",
            "[account.service]\n",
            "[[account.service.start-pre]]\n",
            "reload = { path = \"/r\", sha256 = \"00\" }\n",
            "identity = \"SYSTEM\"\n",
            "required-privileges = [\"SeTcbPrivilege\", \"SeFlyPrivilege\"]\n",
            "descriptor = \"D:P(A;;GA;;;SY)\"\n",
            "reads = [\"/etc\", \"etc\"]\n",
            "capabilities = [\"StoreAdmin\"]\n",
            "name = \"guest\"\n",
            "kind = \"service\"\n",
            "\ufeff",
            "[".repeat(300));

    @Test
    void whateverIsDoneToItReadingAnswers() throws IOException {
        byte[] shipped = Files.readAllBytes(Path.of("manifests", "default.toml"));
        long seed = Long.getLong("bailiwick.seed", new Random().nextLong());
        System.out.println("MutatedManifestTest seed " + seed);
        Random random = new Random(seed);
        Map<ManifestProblem.Code, Integer> seen = new EnumMap<>(ManifestProblem.Code.class);
        for (int round = 0; round < ROUNDS; round++) {
            byte[] damaged = damaged(shipped, random);
            switch (SeedManifest.parse(damaged)) {
                case SeedManifest.Parsed(SeedPlan plan) ->
                    assertThat(plan.accounts()).isNotEmpty();
                case SeedManifest.Refused(List<ManifestProblem> problems) -> {
                    long lines = 1
                            + new String(damaged, StandardCharsets.UTF_8)
                                    .lines()
                                    .count();
                    for (ManifestProblem problem : problems) {
                        seen.merge(problem.code(), 1, Integer::sum);
                        assertThat((long) problem.line())
                                .as("seed %d: %s", seed, problem)
                                .isBetween(1L, lines);
                        assertThat(problem.column())
                                .as("seed %d: %s", seed, problem)
                                .isPositive();
                        assertThat(problem.message()).as("seed %d", seed).isNotBlank();
                    }
                }
            }
        }
        // Damage that only ever broke the syntax would test the TOML library and not this module.
        assertThat(seen).as("seed %d", seed).hasSizeGreaterThan(8);
    }

    private static byte[] damaged(byte[] original, Random random) {
        byte[] bytes = original;
        for (int wounds = 1 + random.nextInt(3); wounds > 0; wounds--) {
            bytes = switch (random.nextInt(8)) {
                case 0 -> flipped(bytes, random);
                case 1 -> truncated(bytes, random);
                case 2 -> splintered(bytes, random);
                case 3, 4 -> withLines(bytes, random, Wound.DROP);
                case 5 -> withLines(bytes, random, Wound.REPEAT);
                case 6 -> withLines(bytes, random, Wound.SWAP);
                default -> withLines(bytes, random, Wound.TRANSPLANT);
            };
        }
        return bytes;
    }

    private enum Wound {
        DROP,
        REPEAT,
        SWAP,
        /** The value of one line under the key of another. */
        TRANSPLANT
    }

    private static byte[] flipped(byte[] bytes, Random random) {
        byte[] copy = bytes.clone();
        if (copy.length > 0) {
            copy[random.nextInt(copy.length)] ^= (byte) (1 << random.nextInt(Byte.SIZE));
        }
        return copy;
    }

    private static byte[] truncated(byte[] bytes, Random random) {
        return Arrays.copyOf(bytes, random.nextInt(bytes.length + 1));
    }

    private static byte[] splintered(byte[] bytes, Random random) {
        int at = random.nextInt(bytes.length + 1);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(bytes, 0, at);
        out.writeBytes(SPLINTERS.get(random.nextInt(SPLINTERS.size())).getBytes(StandardCharsets.UTF_8));
        out.write(bytes, at, bytes.length - at);
        return out.toByteArray();
    }

    private static byte[] withLines(byte[] bytes, Random random, Wound wound) {
        List<String> lines = new ArrayList<>(
                new String(bytes, StandardCharsets.UTF_8).lines().toList());
        if (lines.isEmpty()) {
            return bytes;
        }
        int one = random.nextInt(lines.size());
        int other = random.nextInt(lines.size());
        switch (wound) {
            case DROP -> lines.remove(one);
            case REPEAT -> lines.add(other, lines.get(one));
            case SWAP -> Collections.swap(lines, one, other);
            case TRANSPLANT -> {
                int key = lines.get(one).indexOf('=');
                int value = lines.get(other).indexOf('=');
                if (key >= 0 && value >= 0) {
                    lines.set(
                            one,
                            lines.get(one).substring(0, key) + lines.get(other).substring(value));
                }
            }
        }
        return String.join("\n", lines).getBytes(StandardCharsets.UTF_8);
    }
}
