package dev.bailiwick.profiles;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.bailiwick.profiles.ManifestProblem.Code;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A manifest to spoil. Start from {@link #sound}, edit or extend it, and mark with {@code ^^} each place where a problem is
 * to be reported; the marks are taken out before parsing.
 */
record ManifestText(String text) {
    private static final String MARK = "^^";

    private static final String BASIC_LIMITS = """
            home-quota = "1MiB"
            config-quota = 1024
            cache-quota = "1KiB"
            temp-quota = "0B"
            session-limit = 2
            process-limit = 3
            thread-limit = 4
            cap-limit = 5
            memory-commit-limit = "6MiB"
            frame-grant-limit = 7
            endpoint-queue-limit = 8
            in-flight-call-limit = 9
            pending-ipc-submission-limit = 10
            ring-scratch-limit = "11KiB"
            log-quota = "12KiB"
            log-window = "13m"
            cpu-budget = "14ms"
            cpu-window = "1s"
            timer-waiter-limit = 16
            network = "client"
            launcher = "none"
            """;

    private static final String SOUND = """
            [manifest]
            version = 1
            name = "test"

            [[resource-profile]]
            name = "basic"
            """ + BASIC_LIMITS + """

            [[policy-profile]]
            name = "people"
            kinds = ["human", "operator"]
            allowed-roles = ["local-user", "account-admin"]
            fragments = ["session"]
            session-lifetime = "8h"
            idle-timeout = "1h"
            fresh-auth = "5m"

            [[policy-profile]]
            name = "others"
            kinds = ["guest", "service", "external"]
            allowed-roles = ["guest", "service-account"]
            fragments = ["session"]
            session-lifetime = "8h"
            idle-timeout = "1h"
            fresh-auth = "5m"

            [[policy-profile]]
            name = "nobody"
            kinds = ["anonymous"]
            allowed-roles = []
            fragments = ["anonymous"]
            session-lifetime = "8m"
            idle-timeout = "1m"
            fresh-auth = "5s"

            [[credential]]
            id = "first-code"
            kind = "enrolment-code"
            valid-for = "24h"

            [[account]]
            name = "ops"
            kind = "operator"
            roles = ["local-user", "account-admin"]
            resource-profile = "basic"
            policy-profile = "people"
            credentials = ["first-code"]
            """;

    /** A small manifest without fault. */
    static ManifestText sound() {
        return new ManifestText(SOUND);
    }

    /** A human account with what it needs, and {@code more} lines. */
    static String account(String name, String more) {
        return """

                [[account]]
                name = "%s"
                kind = "human"
                roles = ["local-user"]
                resource-profile = "basic"
                policy-profile = "people"
                %s
                """.formatted(name, more);
    }

    /** A service account of its own, with this service table. */
    static String service(String name, String table) {
        return """

                [[account]]
                name = "%s"
                kind = "service"
                roles = ["service-account"]
                resource-profile = "basic"
                policy-profile = "others"
                [account.service]
                %s
                """.formatted(name, table);
    }

    /** A service table for a binary whose digest is 64 times {@code digit}. */
    static String binary(String name, String path, String digit) {
        return """
                name = "%s"
                binary = "%s"
                sha256 = "%s"
                supervisor = "init"
                """.formatted(name, path, digit.repeat(64));
    }

    /** The limits that every resource profile states. */
    static String basicLimits() {
        return BASIC_LIMITS;
    }

    /** With {@code more} at the end. */
    ManifestText plus(String more) {
        return new ManifestText(text + more);
    }

    /** With the only occurrence of {@code from} replaced. */
    ManifestText edit(String from, String to) {
        assertThat(text.indexOf(from))
                .as("\"%s\" occurs once", from)
                .isNotNegative()
                .isEqualTo(text.lastIndexOf(from));
        return new ManifestText(text.replace(from, to));
    }

    /** The plan; fails when the manifest is refused. */
    SeedPlan plan() {
        return switch (parse(text)) {
            case SeedManifest.Parsed(SeedPlan plan) -> plan;
            case SeedManifest.Refused(List<ManifestProblem> problems) -> fail("refused: " + problems);
        };
    }

    /** Expects exactly these problems, one at each mark, in the order of the file. */
    void isRefused(Code... codes) {
        List<String> expected = new ArrayList<>();
        StringBuilder rest = new StringBuilder(text);
        for (Code code : codes) {
            int mark = rest.indexOf(MARK);
            assertThat(mark).as("a mark for " + code.text()).isNotNegative();
            rest.delete(mark, mark + MARK.length());
            String before = rest.substring(0, mark);
            long line = 1 + before.chars().filter(c -> c == '\n').count();
            int column = mark - before.lastIndexOf('\n');
            expected.add(line + ":" + column + " " + code.text());
        }
        assertThat(rest.indexOf(MARK)).as("marks without a code").isNegative();
        assertThat(problems(rest.toString()).stream()
                        .map(problem -> problem.line() + ":" + problem.column() + " "
                                + problem.code().text()))
                .as(() -> problems(rest.toString()).toString())
                .isEqualTo(expected);
    }

    private static List<ManifestProblem> problems(String text) {
        return switch (parse(text)) {
            case SeedManifest.Parsed(SeedPlan plan) -> fail("expected a refusal, got " + plan);
            case SeedManifest.Refused(List<ManifestProblem> problems) -> problems;
        };
    }

    private static SeedManifest.Result parse(String text) {
        return SeedManifest.parse(text.getBytes(StandardCharsets.UTF_8));
    }
}
