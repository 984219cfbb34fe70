package dev.bailiwick.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Work on a store directory that no daemon serves, and what is said when one does. */
class OfflineTest {
    @TempDir
    Path directory;

    @Test
    void everythingThatCanBeReadOnlineCanBeReadOfflineAndIsTheSame() {
        try (Site site = Site.running(directory)) {
            String[] reads = {
                "account list",
                "account show operator",
                "account history operator",
                "profile list",
                "profile show guest",
                "role list",
                "role show local-user",
                "plan guest",
                "store record operator"
            };
            Map<String, String> online = new TreeMap<>();
            for (String words : reads) {
                online.put(
                        words,
                        site.admin("operator", (words + " -o json").split(" "))
                                .ok()
                                .out());
            }

            site.stop();

            for (String words : reads) {
                assertThat(site.offline((words + " -o json").split(" ")).ok().out())
                        .as(words)
                        .isEqualTo(online.get(words));
            }
        }
    }

    @Test
    void readingOfflineWritesNothing() throws IOException {
        try (Site site = Site.running(directory)) {
            site.stop();
            Map<String, String> before = files(directory);

            site.offline("account", "list").ok();
            site.offline("store", "verify").ok();
            site.offline("store", "checkpoint").ok();

            assertThat(files(directory)).isEqualTo(before);
        }
    }

    @Test
    void whoeverHasTheDirectoryGivesTheOperatorMoreAgainWhichTheOperatorDoesNot() {
        try (Site site = Site.running(directory)) {
            String[] lower = {"account", "set-profile", "operator", "--resource-profile", "standard"};
            String[] higher = {"account", "set-profile", "operator", "--resource-profile", "operator"};
            site.admin("operator", lower).ok();
            site.login("operator", Site.OPERATOR_PASSWORD).ok();

            TestHost.Ended refused = site.admin("operator", higher);

            assertThat(refused.err()).startsWith("error[own-bundle]: ").contains("let another administrator do it");
            assertThat(refused.status()).isEqualTo(3);
            site.stop();
            site.offline(higher).ok();
        }
    }

    /** Every file with its time and the hash of its content. */
    private static Map<String, String> files(Path root) throws IOException {
        Map<String, String> files = new TreeMap<>();
        try (Stream<Path> all = Files.walk(root)) {
            for (Path file : all.filter(Files::isRegularFile).toList()) {
                FileTime time = Files.getLastModifiedTime(file);
                files.put(root.relativize(file).toString(), time + " " + hash(file));
            }
        }
        return files;
    }

    private static String hash(Path file) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aChangeOfflineIsJournalledAsSuch() {
        try (Site site = Site.running(directory).withAccount("alice", "alices password")) {
            site.stop();

            site.offline("account", "disable", "alice").ok();

            Json.Obj last = ((Json.Arr) site.offline("account", "history", "alice", "-o", "json")
                            .ok()
                            .json())
                    .objects()
                    .getLast();
            assertThat(last.object("actor").text("kind")).isEqualTo("offline");
            assertThat(last.object("actor").number("uid")).isEqualTo(1000);
            assertThat(site.offline("account", "history", "alice").ok().out()).contains("offline (uid 1000)");
            site.serve();
            assertThat(site.login("alice", "alices password").status()).isEqualTo(3);
        }
    }

    @Test
    void anAccountMadeOfflineCanEnrolOnline() {
        try (Site site = Site.made(directory)) {
            Json.Obj created = (Json.Obj)
                    site.offline("account", "create", "bob", "-o", "json").ok().json();

            site.serve().enroll("bob", created.text("enrolmentCode"), "bobs password");
        }
    }

    @Test
    void aStoreThatADaemonHoldsIsLeftToItAndTheWayThroughItIsNamed() {
        try (Site site = Site.made(directory).serve()) {
            for (String words : new String[] {"account list", "account create x", "store verify"}) {
                TestHost.Ended ended = site.offline(words.split(" "));

                assertThat(ended.status()).as(words).isEqualTo(7);
                assertThat(ended.err())
                        .as(words)
                        .startsWith("error[store-busy]: ")
                        .contains("process " + ProcessHandle.current().pid())
                        .contains(site.socket().toString())
                        .contains("bailiwick login");
            }
        }
    }

    @Test
    void whereThereIsNoStoreNothingIsMade() {
        TestHost.Ended ended = TestHost.host()
                .accountAdmin(
                        "account", "list", "--store", directory.resolve("none").toString());

        assertThat(ended.status()).isEqualTo(4);
        assertThat(ended.err()).startsWith("error[store-missing]: ").contains("bailiwick init");
        assertThat(directory.resolve("none")).doesNotExist();
    }

    @Test
    void anAnchorElsewhereHasToBeNamed() {
        Path anchor = directory.resolve("elsewhere");
        TestHost.host()
                .bailiwick(
                        "init",
                        "--store",
                        directory.resolve("store").toString(),
                        "--anchor",
                        anchor.toString(),
                        "--manifest",
                        Site.MANIFEST.toString())
                .ok();

        TestHost.Ended without = TestHost.host()
                .accountAdmin(
                        "store", "verify", "--store", directory.resolve("store").toString());
        TestHost.Ended with = TestHost.host()
                .accountAdmin(
                        "store",
                        "verify",
                        "--store",
                        directory.resolve("store").toString(),
                        "--anchor",
                        anchor.toString());

        assertThat(without.status()).isEqualTo(6);
        assertThat(without.err()).startsWith("error[anchor-missing]: ").contains("--anchor");
        with.ok();
    }
}
