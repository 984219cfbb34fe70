package dev.bailiwick.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bailiwick.capnp.rpc.CallContext;
import dev.bailiwick.capnp.rpc.Calls;
import dev.bailiwick.capnp.rpc.Limits;
import dev.bailiwick.capnp.rpc.UnixListener;
import dev.bailiwick.schema.gen.IdentitySource;
import dev.bailiwick.schema.gen.ResolveResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.capnproto.Void;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code bailiwickd --identity-source}, as a process of its own, with a source that the test serves. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class OutsideIdentityProcessTest {
    private static final String DOMAIN = "S-1-5-21-7-8-9";

    @TempDir
    private Path directory = Path.of("/");

    @BeforeEach
    void openTheDirectory() throws IOException {
        // What a service runs is seen by it under its own path.
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private Path socket() {
        return directory.resolve("corp.sock");
    }

    /** A source that knows one name. */
    private UnixListener source() throws IOException {
        return UnixListener.open(
                socket(),
                PosixFilePermissions.fromString("rw-------"),
                peer -> IdentitySource.client(new Corp()),
                Limits.DEFAULT,
                16);
    }

    private static final class Corp implements IdentitySource.Server {
        @Override
        public CompletionStage<?> resolve(
                CallContext<IdentitySource.ResolveParams.Reader, IdentitySource.ResolveResults.Builder> call) {
            ResolveResult.Builder result = call.results().initResult();
            if (call.params().getName().toString().equals("CORP\\backup")) {
                result.initKnown().setUser(DOMAIN + "-1013");
                result.getKnown().setDisplayName("Backup of Corp");
            } else {
                result.setUnknown(Void.VOID);
            }
            return Calls.DONE;
        }
    }

    @Test
    @Tag("native-tools")
    void aServiceIsStartedAsWhomTheSourceSaysForAsLongAsItSaysSo() throws IOException {
        Path sleeper = directory.resolve("sleeper");
        Files.writeString(sleeper, "#!/bin/sh\nexec sleep 1000\n");
        Files.setPosixFilePermissions(sleeper, PosixFilePermissions.fromString("rwxr-xr-x"));
        try (Site site = Site.running(directory)
                .asking("corp=" + DOMAIN + "@" + socket())
                .apart()
                .withSteward()) {
            for (String name : List.of("backup", "again")) {
                site.admin(
                                "operator",
                                "service",
                                "define",
                                name,
                                "--binary",
                                sleeper.toString(),
                                "--identity",
                                "CORP\\backup")
                        .ok();
            }

            try (UnixListener _ = source()) {
                site.admin("steward", "service", "start", "backup").ok();
            }
            assertThat(site.admin("steward", "service", "show", "backup").ok().out())
                    .contains(DOMAIN + "-1013 (corp\\Backup of Corp)");
            TestHost.Ended refused = site.admin("steward", "service", "start", "again");

            assertThat(refused.err())
                    .startsWith("error[identity-unavailable]: ")
                    .contains("nobody takes connections on its socket");
            assertThat(refused.status()).isEqualTo(7);
            assertThat(site.admin("steward", "service", "show", "again").ok().out())
                    .doesNotContain(DOMAIN);
        }
    }

    @Test
    void aDaemonWithTwoSourcesOfOneDomainDoesNotServe() throws IOException, InterruptedException {
        Site site = Site.made(directory);
        Path log = directory.resolve("log");
        Process daemon = DaemonProcess.start(
                site.store(),
                site.socket(),
                log,
                List.of(
                        "--identity-source",
                        "corp=" + DOMAIN + "@" + socket(),
                        "--identity-source",
                        "other=" + DOMAIN + "@" + directory.resolve("other.sock")));
        try {
            assertThat(daemon.waitFor(60, TimeUnit.SECONDS)).isTrue();
        } finally {
            daemon.destroyForcibly();
        }

        assertThat(daemon.exitValue()).isEqualTo(2);
        assertThat(Files.readString(log))
                .contains("error[identity-source]: the sources \"corp\" and \"other\" overlap: " + DOMAIN + " and "
                        + DOMAIN)
                .contains("give every --identity-source a domain of its own");
        assertThat(site.socket()).doesNotExist();
    }
}
