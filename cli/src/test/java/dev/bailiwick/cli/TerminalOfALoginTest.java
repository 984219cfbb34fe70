package dev.bailiwick.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** People at a real terminal log in. Needs Python, which makes the terminals. */
@Tag("native-tools")
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class TerminalOfALoginTest {
    private static final String PASSWORD = "typed by nobody else";
    private static final String AS_IT_WAS = "echo True lines True";

    @TempDir
    static Path directory;

    private static Site site = Site.unset();

    @BeforeAll
    static void start() {
        site = Site.running(directory).withAccount("alice", PASSWORD);
    }

    @AfterAll
    static void stop() {
        site.close();
    }

    private static Screen bailiwick(Path scratch, String... words) throws IOException {
        java.util.List<String> all = new java.util.ArrayList<>(java.util.List.of(
                "--socket",
                site.socket().toString(),
                "--session-file",
                site.sessionOf("tty").toString()));
        all.addAll(java.util.List.of(words));
        return Screen.of(scratch, 24, 80, Bailiwick.class, all.toArray(String[]::new));
    }

    private static Screen holder(Path scratch) throws IOException {
        return Screen.of(scratch, 40, 132, TerminalHolder.class, site.socket().toString(), "alice", PASSWORD);
    }

    @Test
    void thePasswordIsAskedForAndNotShownAndTheSessionHoldsTheTerminal(@TempDir Path scratch) throws Exception {
        try (Screen screen = bailiwick(scratch, "login", "alice")) {
            screen.await("Password: ");
            screen.type(PASSWORD + "\r");

            assertThat(screen.ended()).isEqualTo("exit 0 " + AS_IT_WAS);
            assertThat(screen.shown())
                    .contains("alice: local session, authenticated by password")
                    .containsPattern("terminal +TerminalSession")
                    .as("nothing is asked of the terminal")
                    .doesNotContain(PASSWORD, "\u001b");
        }
        try (Screen screen = bailiwick(scratch, "logout")) {
            assertThat(screen.ended()).isEqualTo("exit 0 " + AS_IT_WAS);
        }
        try (Screen screen = bailiwick(scratch, "whoami")) {
            assertThat(screen.ended()).isEqualTo("exit 3 " + AS_IT_WAS);
        }
    }

    @Test
    void ctrlCAtTheQuestionEndsTheLoginAndLeavesTheTerminalAsItWas(@TempDir Path scratch) throws Exception {
        try (Screen screen = bailiwick(scratch, "login", "alice")) {
            screen.await("Password: ");
            screen.type("half of it\u0003");

            assertThat(screen.ended()).isEqualTo("exit 130 " + AS_IT_WAS);
            assertThat(screen.shown()).doesNotContain("half of it");
        }
    }

    @Test
    void whoeverHoldsItSeesItsSizeAndEachKeyUnechoedUntilTheLogout(@TempDir Path scratch) throws Exception {
        try (Screen screen = holder(scratch)) {
            screen.await("40 rows of 132 on xterm");
            screen.await("ready");
            screen.type("x");
            screen.await("key 120");
            screen.type("\r");
            screen.await("key 13");
            screen.type("q");

            assertThat(screen.ended()).isEqualTo("exit 0 " + AS_IT_WAS);
            assertThat(screen.shown())
                    .contains("gone with the session")
                    .doesNotContain("still here")
                    .as("no key was echoed")
                    .doesNotContain("xkey", "x\r");
        }
    }

    @Test
    void ctrlCWhileKeysAreReadEndsTheProgramAndLeavesTheTerminalAsItWas(@TempDir Path scratch) throws Exception {
        try (Screen screen = holder(scratch)) {
            screen.await("ready");
            screen.type("x");
            screen.await("key 120");
            screen.type("\u0003");

            assertThat(screen.ended()).isEqualTo("exit 130 " + AS_IT_WAS);
        }
    }
}
