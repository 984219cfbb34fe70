package dev.bailiwick.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Proofs, names, transaction ids and points in time, as somebody uses them who has a session and a few files. */
class ProofsTest {
    @TempDir
    Path directory;

    private Path keep(String name, TestHost.Ended printed) throws IOException {
        return Files.write(directory.resolve(name), printed.ok().bytes());
    }

    private static String publicKey(Site site) {
        return ((Json.Obj) site.admin("operator", "store", "checkpoint", "-o", "json")
                        .ok()
                        .json())
                .text("publicKey");
    }

    private static TestHost.Ended check(Path proof, String... trust) {
        String[] words = new String[trust.length + 3];
        words[0] = "store";
        words[1] = "verify-proof";
        words[2] = proof.toString();
        System.arraycopy(trust, 0, words, 3, trust.length);
        // Neither a session nor a store: on the machine of whoever was given the file.
        return TestHost.host().accountAdmin(words);
    }

    @Test
    void aProofOfAVersionIsCheckedElsewhereAgainstTheKeyAndAKeptCheckpoint() throws IOException {
        try (Site site = Site.running(directory)) {
            site.admin("operator", "account", "create", "ada").ok();
            site.admin("operator", "account", "lock", "ada").ok();
            String key = publicKey(site);
            Path kept = keep("kept", site.admin("operator", "store", "checkpoint"));
            long size = Long.parseLong(Files.readAllLines(kept).get(1));
            Path old = keep(
                    "old",
                    site.admin("operator", "store", "prove", "ada", "--record-version", "1", "--size", "" + size));
            site.admin("operator", "account", "unlock", "ada").ok();
            Path newest = keep("newest", site.admin("operator", "store", "prove", "ada"));
            Path link = keep("link", site.admin("operator", "store", "consistency", "" + size));
            Json.Obj shown = (Json.Obj) site.admin("operator", "account", "show", "ada", "-o", "json")
                    .ok()
                    .json();
            site.stop();

            Json.Obj verdict = (Json.Obj)
                    check(newest, "--public-key", key, "-o", "json").ok().json();

            assertThat(verdict.text("shows")).isEqualTo("committed");
            assertThat(verdict.number("recordVersion")).isEqualTo(3);
            assertThat(verdict.text("contentHash")).isEqualTo(shown.text("contentHash"));
            assertThat(verdict.text("trust")).isEqualTo("public-key");
            assertThat(check(newest, "--public-key", key).ok().err()).contains("not that it is the newest");
            check(old, "--checkpoint", kept.toString()).ok();
            check(newest, "--checkpoint", kept.toString(), "--link", link.toString())
                    .ok();
            check(link, "--checkpoint", kept.toString()).ok();
            assertThat(check(newest, "--checkpoint", kept.toString()).status())
                    .as("a proof of another size than the checkpoint kept, without a link")
                    .isEqualTo(6);
        }
    }

    @Test
    void aProofThatWasTouchedIsRefused() throws IOException {
        try (Site site = Site.running(directory)) {
            String key = publicKey(site);
            Path proof = keep("proof", site.admin("operator", "store", "prove", "operator"));
            List<String> lines = Files.readAllLines(proof);
            int refused = 0;
            for (int i = 0; i < lines.size(); i++) {
                List<String> touched = new java.util.ArrayList<>(lines);
                Matcher word = Pattern.compile("[A-Za-z0-9+/]{20,}").matcher(lines.get(i));
                if (!word.find()) {
                    continue;
                }
                char at = lines.get(i).charAt(word.start() + 8);
                touched.set(
                        i,
                        lines.get(i).substring(0, word.start() + 8)
                                + (at == 'A' ? 'B' : 'A')
                                + lines.get(i).substring(word.start() + 9));
                Path forged = Files.write(directory.resolve("forged"), touched);
                assertThat(check(forged, "--public-key", key).status())
                        .as(lines.get(i))
                        .isNotZero();
                refused++;
            }
            assertThat(refused).isGreaterThan(3);
        }
    }

    @Test
    void aRotatedKeyIsFollowedFromTheOneThatWasTrusted() throws IOException {
        try (Site site = Site.running(directory)) {
            String before = publicKey(site);
            Path old = keep("old", site.admin("operator", "store", "prove", "operator"));
            assertThat(site.admin("operator", "store", "rotate-key").status()).isEqualTo(3);
            site.stop();

            Json.Obj rotated = (Json.Obj)
                    site.offline("store", "rotate-key", "-o", "json").ok().json();
            Path proof = keep("new", site.offline("store", "prove", "operator"));

            assertThat(rotated.text("publicKey")).isNotEqualTo(before);
            check(proof, "--public-key", before).ok();
            check(proof, "--public-key", rotated.text("publicKey")).ok();
            check(old, "--public-key", before).ok();
            site.offline("store", "verify").ok();
            site.serve();
            site.login("operator", Site.OPERATOR_PASSWORD).ok();
            assertThat(publicKey(site)).isEqualTo(rotated.text("publicKey"));
        }
    }

    @Test
    void aRenamedAccountKeepsItsHistoryItsPasswordAndItsOldNameInThePast() {
        try (Site site = Site.running(directory).withAccount("ada", "a fine password")) {
            Json.Obj before = (Json.Obj) site.admin("operator", "account", "show", "ada", "-o", "json")
                    .ok()
                    .json();
            long size = ((Json.Obj) site.admin("operator", "store", "head", "-o", "json")
                            .ok()
                            .json())
                    .number("journalSize");

            site.admin("operator", "account", "rename", "ada", "countess").ok();

            assertThat(site.admin("operator", "account", "show", "ada").status())
                    .isEqualTo(4);
            assertThat(site.admin("operator", "account", "show", "ada", "--at", "" + size, "-o", "json")
                            .ok()
                            .json())
                    .isEqualTo(before);
            assertThat(((Json.Arr) site.admin("operator", "account", "history", "ada", "-o", "json")
                                    .ok()
                                    .json())
                            .objects()
                            .getLast()
                            .object("account")
                            .text("name"))
                    .isEqualTo("countess");
            assertThat(site.login("ada", "a fine password").status()).isEqualTo(3);
            site.login("countess", "a fine password").ok();
            assertThat(site.admin("operator", "account", "rename", "countess", "operator")
                            .err())
                    .startsWith("error[name-taken]: ");
            site.admin("operator", "store", "prove", "ada").ok();
        }
    }

    @Test
    void aChangeAskedForAgainIsAnsweredAsTheFirstTimeAlsoAfterARestart() {
        try (Site site = Site.running(directory)) {
            String[] create = {"account", "create", "ada", "--transaction-id", "txn-" + "01".repeat(16), "-o", "json"};
            Json.Obj made = (Json.Obj) site.admin("operator", create).ok().json();
            assertThat(made.text("enrolmentCode")).isNotEmpty();
            String[] lock = {
                "account", "lock", "ada", "--expect", "1", "--transaction-id", "txn-" + "02".repeat(16), "-o", "json"
            };
            Json locked = site.admin("operator", lock).ok().json();
            assertThat(site.admin("operator", lock).ok().json()).isEqualTo(locked);

            site.stop().serve().login("operator", Site.OPERATOR_PASSWORD).ok();

            assertThat(site.admin("operator", lock).ok().json()).isEqualTo(locked);
            Json.Obj again = (Json.Obj) site.admin("operator", create).ok().json();
            assertThat(again.number("sequence")).isEqualTo(made.number("sequence"));
            assertThat(again.text("enrolmentCode")).as("told once").isEmpty();
            String[] forPeople = {"account", "create", "ada", "--transaction-id", "txn-" + "01".repeat(16)};
            assertThat(site.admin("operator", forPeople).ok().out()).contains("done before under that transaction id");
            TestHost.Ended other =
                    site.admin("operator", "account", "disable", "ada", "--transaction-id", "txn-" + "02".repeat(16));
            assertThat(other.status()).isEqualTo(5);
            assertThat(other.err()).startsWith("error[transaction-id-taken]: ");
        }
    }

    @Test
    void theHistoryCanBeReadAsOfASequenceAndAsOfATime() {
        try (Site site = Site.running(directory)) {
            Json.Obj created = (Json.Obj) site.admin("operator", "account", "create", "ada", "-o", "json")
                    .ok()
                    .json();
            site.admin("operator", "account", "lock", "ada").ok();
            List<Json.Obj> all = history(site);

            assertThat(all).hasSize(2);
            assertThat(history(site, "--at", created.get("sequence").toString()))
                    .containsExactly(all.getFirst());
            Instant then = Instant.ofEpochMilli(all.getLast().number("timeMs"));
            assertThat(history(site, "--at", then.toString())).isEqualTo(all);
            assertThat(history(site, "--at", "2126-01-01")).isEqualTo(all);
            TestHost.Ended before = site.admin("operator", "account", "history", "ada", "--at", "2001-01-01");
            assertThat(before.status()).isEqualTo(4);
            assertThat(before.err()).contains("no store yet");
        }
    }

    private static List<Json.Obj> history(Site site, String... at) {
        String[] words = {"account", "history", "ada", "-o", "json"};
        String[] all = java.util.Arrays.copyOf(words, words.length + at.length);
        System.arraycopy(at, 0, all, words.length, at.length);
        return ((Json.Arr) site.admin("operator", all).ok().json()).objects();
    }
}
