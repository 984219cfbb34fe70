package dev.bailiwick.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bailiwick.daemon.DaemonConfig;
import dev.bailiwick.daemon.DaemonException;
import dev.bailiwick.daemon.EmergencyDaemon;
import dev.bailiwick.daemon.StoreLocation;
import dev.bailiwick.profiles.SeedPlan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is served while a store refuses to open. */
class EmergencyTest {
    private static final String PASSWORD = "a long enough password";

    @TempDir
    Path directory;

    private EmergencyDaemon start(Site site) {
        SeedPlan manifest =
                Manifests.read(Site.MANIFEST, new Output(TestHost.host().build(), new CommonOptions()));
        return EmergencyDaemon.start(
                DaemonConfig.of(StoreLocation.of(site.store(), Optional.empty()), site.socket(), "test"), manifest);
    }

    @Test
    void onlyTheRecoveryOperatorGetsInAndOnlyWithTheRecoveryBundle() throws IOException {
        try (Site site = Site.made(directory)) {
            Files.delete(site.anchor());
            try (EmergencyDaemon daemon = start(site)) {
                assertThat(daemon.reason()).startsWith("anchor-missing: ");
                assertThat(daemon.codes())
                        .singleElement()
                        .satisfies(code -> assertThat(code.name()).isEqualTo("recovery"));
                assertThat(Files.getPosixFilePermissions(site.socket())).hasSize(2);

                TestHost.Ended operator = site.withInput(
                        "operator", site.operatorCode() + "\n" + PASSWORD + "\n", "enroll", "operator", "--code-stdin");
                assertThat(operator.status()).isEqualTo(3);
                assertThat(site.bailiwick("guest", "login", "--method", "guest").status())
                        .isEqualTo(3);
                assertThat(site.bailiwick("nobody", "login", "--method", "anonymous")
                                .status())
                        .isEqualTo(3);

                site.enroll("recovery", daemon.codes().getFirst().code(), PASSWORD);
                TestHost.Ended bundle =
                        site.bailiwick("recovery", "bundle", "-o", "json").ok();
                assertThat(bundle.out()).contains("\"recovery\"");
                assertThat(site.bailiwick("recovery", "home", "ls").status()).isEqualTo(3);
                assertThat(site.admin("recovery", "account", "list").status()).isEqualTo(3);
                assertThat(site.bailiwick("recovery", "tmp", "ls").status()).isZero();
            }
            // The refused store was not touched, and the way out is the usual one.
            assertThat(site.anchor()).doesNotExist();
            site.offline("store", "recover", "--manifest", Site.MANIFEST.toString())
                    .ok();
            site.offline("account", "list").ok();
        }
    }

    @Test
    void aStoreThatOpensHasNoEmergency() {
        try (Site site = Site.made(directory)) {
            assertThatThrownBy(() -> start(site))
                    .isInstanceOfSatisfying(
                            DaemonException.class,
                            e -> assertThat(e.code()).isEqualTo(DaemonException.Code.NO_EMERGENCY));
        }
    }
}
