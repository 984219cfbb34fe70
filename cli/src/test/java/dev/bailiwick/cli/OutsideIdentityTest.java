package dev.bailiwick.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A daemon that is told of an identity source: a program in C++, built here from {@code src/test/cpp} and the published schema with nothing but
 * Debian's {@code libcapnp-dev}. Services are started as those whom it knows. Needs bubblewrap and util-linux, too.
 */
@Tag("native-tools")
final class OutsideIdentityTest {
    private static final Path INCLUDES = Path.of("../capnp/compiler/src/main/capnp");
    private static final Path SCHEMA = Path.of("../schema/src/main/capnp");
    /** Only what waits for ever meets it. */
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    @TempDir
    private static Path directory;

    private static Site site = Site.unset();
    private static final List<Process> SOURCES = new ArrayList<>();

    @BeforeAll
    static void start() throws IOException, InterruptedException {
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        run(
                "capnp",
                "compile",
                "-I" + INCLUDES,
                "--src-prefix=" + SCHEMA,
                "-oc++:" + directory,
                of("annotations"),
                of("source"));
        run(
                "capnp",
                "compile",
                "-I" + INCLUDES,
                "--src-prefix=" + INCLUDES,
                "-oc++:" + directory,
                INCLUDES + "/capnp/java.capnp");
        run(
                "g++",
                "-std=c++17",
                "-I" + directory,
                "-o",
                directory.resolve("source").toString(),
                "src/test/cpp/source.c++",
                directory.resolve("source.capnp.c++").toString(),
                directory.resolve("annotations.capnp.c++").toString(),
                directory.resolve("capnp/java.capnp.c++").toString(),
                "-lcapnp-rpc",
                "-lcapnp",
                "-lkj-async",
                "-lkj");
        site = Site.running(directory).asking("corp=S-1-5-21-7-8-9@" + socket()).withSteward();
        Files.writeString(directory.resolve("sleeper"), "#!/bin/sh\nexec sleep 1000\n");
        Files.setPosixFilePermissions(directory.resolve("sleeper"), PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    @AfterAll
    static void stop() {
        site.close();
        SOURCES.forEach(Process::destroyForcibly);
    }

    private static String of(String schema) {
        return SCHEMA.resolve(schema + ".capnp").toString();
    }

    private static void run(String... command) throws IOException, InterruptedException {
        Path output = directory.resolve("run.out");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        boolean ended = process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        assertThat(ended ? process.exitValue() : process.destroyForcibly().waitFor())
                .as(Files.readString(output))
                .isZero();
    }

    private static Path socket() {
        return directory.resolve("corp.sock");
    }

    /** The source serves when this returns. */
    private static void serving() throws IOException {
        if (isServed()) {
            return;
        }
        Files.deleteIfExists(socket());
        SOURCES.add(new ProcessBuilder(directory.resolve("source").toString(), socket().toString())
                .inheritIO()
                .start());
        await().atMost(PATIENCE).until(OutsideIdentityTest::isServed);
    }

    private static boolean isServed() {
        try (SocketChannel probe = SocketChannel.open(UnixDomainSocketAddress.of(socket()))) {
            return probe.isConnected();
        } catch (IOException nobody) {
            return false;
        }
    }

    /** Defines a service of that identity and starts it. */
    private static TestHost.Ended started(String name, String identity) {
        site.admin(
                        "operator",
                        "service",
                        "define",
                        name,
                        "--binary",
                        directory.resolve("sleeper").toString(),
                        "--identity",
                        identity)
                .ok();
        return site.admin("steward", "service", "start", name);
    }

    private static String running(String name) {
        return site.admin("steward", "service", "show", name).ok().out();
    }

    @Test
    void aServiceRunsAsSomebodyOutsideWithTheSidThatTheSourceSays() throws IOException {
        serving();

        started("backup", "CORP\\backup").ok();

        assertThat(running("backup")).contains("S-1-5-21-7-8-9-1013 (corp\\Backup of Corp)");
        Json.Obj shown = (Json.Obj) site.admin("steward", "service", "show", "backup", "-o", "json")
                .ok()
                .json();
        assertThat(shown.object("token").text("integrity")).isEqualTo("medium");
        assertThat(shown.object("token").list("privileges").objects())
                .extracting(privilege -> privilege.text("name"))
                .containsExactly("SeChangeNotifyPrivilege");
    }

    @Test
    void whatASourceMayNotSayOrDoesNotSayStartsNothing() throws IOException {
        serving();

        TestHost.Ended outside = started("outside", "CORP\\system");
        assertThat(outside.status()).isEqualTo(3);
        assertThat(outside.err())
                .startsWith(
                        "error[outside-domain]: the identity source \"corp\" asserts S-1-5-18, which is not below its"
                                + " domain S-1-5-21-7-8-9");
        assertThat(started("unknown", "CORP\\Backup").err()).startsWith("error[unknown-identity]: ");
        assertThat(started("late", "CORP\\hang").err())
                .startsWith("error[identity-unavailable]: ")
                .contains("did not answer within 5000 ms");
        assertThat(started("dead", "CORP\\die").err())
                .startsWith("error[identity-unavailable]: ")
                .contains("the connection to it ended");
        await().atMost(PATIENCE).until(() -> !isServed());
        assertThat(started("gone", "CORP\\backup").err()).contains("nobody takes connections on its socket");
        for (String name : List.of("outside", "unknown", "late", "dead", "gone")) {
            assertThat(running(name)).as(name).doesNotContain("S-1-5-21-7-8-9");
        }

        serving();
        started("gone", "CORP\\backup").ok();
    }

    @Test
    void whatIsNoSourceIsRefusedBeforeAnythingIsServed() {
        String store = directory.resolve("store").toString();
        assertThat(TestHost.host()
                        .bailiwick("serve", "--store", store, "--identity-source", "corp")
                        .err())
                .startsWith("error[usage]: an identity source is NAME=DOMAIN-SID@SOCKET, not \"corp\"");
        assertThat(TestHost.host()
                        .bailiwick("serve", "--store", store, "--identity-source", "corp=S-1-5-18@/run/x")
                        .err())
                .startsWith("error[usage]: the domain of identity source \"corp\" is S-1-5-21 and three words");
        assertThat(TestHost.host()
                        .bailiwick(
                                "serve",
                                "--store",
                                store,
                                "--identity-source",
                                "corp=S-1-5-21-7-8-9@/run/x",
                                "--identity-source",
                                "corp=S-1-5-21-7-8-10@/run/y")
                        .status())
                .isEqualTo(2);
    }
}
