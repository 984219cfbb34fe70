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
import java.util.ArrayList;
import java.util.List;
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
                DaemonConfig.of(StoreLocation.of(site.store(), Optional.empty()), site.socket(), "test"),
                manifest,
                4711,
                Optional.empty());
    }

    private static Path record(Site site) {
        return site.store().resolveSibling("store.emergency");
    }

    private static List<Json.Obj> audited(Site site) {
        return ((Json.Arr) site.offline("store", "audit", "-o", "json").ok().json()).objects();
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
    void whoStartedItAndWhoLoggedInIsAuditedByTheRecoveredStore() throws IOException {
        try (Site site = Site.made(directory)) {
            Files.delete(site.anchor());
            try (EmergencyDaemon daemon = start(site)) {
                site.enroll("recovery", daemon.codes().getFirst().code(), PASSWORD);
                assertThat(site.bailiwick("guest", "login", "--method", "guest").status())
                        .isEqualTo(3);
            }
            assertThat(Files.getPosixFilePermissions(record(site))).hasSize(2);

            site.offline("store", "recover", "--manifest", Site.MANIFEST.toString())
                    .ok();

            assertThat(record(site)).doesNotExist();
            assertThat(record(site).resolveSibling("store.emergency.taken-1")).exists();
            List<Json.Obj> audited = audited(site);
            assertThat(audited)
                    .anySatisfy(line -> {
                        assertThat(line.text("kind")).isEqualTo("emergency.begin");
                        assertThat(line.object("actor").get("uid").toString()).isEqualTo("4711");
                        assertThat(line.text("newValue")).contains("anchor-missing");
                    })
                    .anySatisfy(line -> assertThat(line.text("kind")).startsWith("emergency.login"))
                    .anySatisfy(line -> {
                        assertThat(line.text("kind")).isEqualTo("emergency");
                        assertThat(line.text("code")).isEqualTo("ok");
                    });
            site.offline("store", "verify").ok();
        }
    }

    @Test
    void aStoreThatOpensAgainTakesOverWhatWasRecordedEvenIfTheLogWasTornOrAltered() throws IOException {
        try (Site site = Site.made(directory)) {
            Path aside = directory.resolve("anchor.aside");
            Files.move(site.anchor(), aside);
            start(site).close();
            List<String> lines = new ArrayList<>(Files.readAllLines(record(site)));
            lines.set(1, lines.get(1).substring(0, 20));
            Files.write(record(site), lines);
            start(site).close();
            Files.move(aside, site.anchor());

            site.serve().stop();

            assertThat(record(site)).doesNotExist();
            assertThat(audited(site).stream()
                            .filter(line -> line.text("kind").equals("emergency.begin"))
                            .count())
                    .isEqualTo(2);
            assertThat(audited(site)).anySatisfy(line -> {
                assertThat(line.text("kind")).isEqualTo("emergency");
                assertThat(line.text("code")).isEqualTo("corrupt");
            });
        }
    }

    @Test
    void nobodyIsServedWhereItCannotBeRecorded() throws IOException {
        try (Site site = Site.made(directory)) {
            Files.delete(site.anchor());
            Files.createDirectory(record(site));

            assertThatThrownBy(() -> start(site))
                    .isInstanceOfSatisfying(
                            DaemonException.class,
                            e -> assertThat(e.code()).isEqualTo(DaemonException.Code.EMERGENCY_LOG));
            assertThat(site.socket()).doesNotExist();
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
