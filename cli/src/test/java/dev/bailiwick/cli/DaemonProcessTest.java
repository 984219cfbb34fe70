package dev.bailiwick.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bailiwick.daemon.StoreLocation;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The daemon as a process of its own. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class DaemonProcessTest {
    @TempDir
    Path directory;

    private Process start(Site site, Path log) throws IOException {
        return DaemonProcess.start(site.store(), site.socket(), log, List.of());
    }

    @Test
    void itSaysWhenItIsReadyAndSignsACheckpointWhenItIsTerminated() throws Exception {
        Site site = Site.made(directory);
        Path log = directory.resolve("log");
        Process daemon = start(site, log);
        try (BufferedReader out = daemon.inputReader(StandardCharsets.UTF_8)) {
            assertThat(out.readLine())
                    .isEqualTo("bailiwickd: serving " + site.store() + " on " + site.socket() + " (pid " + daemon.pid()
                            + ")");
            site.enroll("operator", site.operatorCode(), Site.OPERATOR_PASSWORD);

            TestHost.Ended second = TestHost.host()
                    .bailiwick(
                            "serve",
                            "--store",
                            site.store().toString(),
                            "--socket",
                            directory.resolve("other").toString());
            assertThat(second.status()).isEqualTo(7);
            assertThat(second.err())
                    .startsWith("error[store-busy]: ")
                    .contains("process " + daemon.pid() + " at " + site.socket());

            daemon.destroy();
            assertThat(daemon.waitFor(30, TimeUnit.SECONDS)).isTrue();
        } finally {
            daemon.destroyForcibly();
        }
        assertThat(site.socket()).doesNotExist();
        assertThat(Files.readString(log))
                .contains("last checkpoint:")
                .contains("\n— bailiwick/")
                .doesNotContain(Site.OPERATOR_PASSWORD)
                .doesNotContain(site.operatorCode());
        site.offline("store", "verify").ok();
    }

    @Test
    void itStopsWhenItsParentIsGone() throws Exception {
        Site site = Site.made(directory);
        Process daemon = start(site, directory.resolve("log"));
        try (BufferedReader out = daemon.inputReader(StandardCharsets.UTF_8)) {
            assertThat(out.readLine()).startsWith("bailiwickd: serving ");

            daemon.getOutputStream().close();

            assertThat(daemon.waitFor(30, TimeUnit.SECONDS)).isTrue();
            assertThat(daemon.exitValue()).isZero();
        } finally {
            daemon.destroyForcibly();
        }
    }

    @Test
    void afterASigkillWhatWasAcknowledgedIsThereAndTheSocketIsReplaced() throws Exception {
        Site site = Site.made(directory);
        Process daemon = start(site, directory.resolve("log"));
        try (BufferedReader out = daemon.inputReader(StandardCharsets.UTF_8)) {
            assertThat(out.readLine()).startsWith("bailiwickd: serving ");
            site.enroll("operator", site.operatorCode(), Site.OPERATOR_PASSWORD);
            site.admin("operator", "account", "create", "kept").ok();
        } finally {
            daemon.destroyForcibly().waitFor();
        }
        assertThat(site.socket()).as("left behind").exists();

        try (ChildDaemon next = ChildDaemon.start(
                StoreLocation.of(site.store(), Optional.empty()), site.socket(), directory.resolve("log2"))) {
            assertThat(next.isGone()).isFalse();
            site.login("operator", Site.OPERATOR_PASSWORD).ok();
            site.admin("operator", "account", "show", "kept").ok();
        }
    }
}
