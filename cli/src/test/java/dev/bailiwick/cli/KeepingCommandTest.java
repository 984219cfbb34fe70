package dev.bailiwick.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Keys, snapshots and shares on the command line. */
class KeepingCommandTest {
    @TempDir
    Path directory;

    @Test
    void whatIsSealedIsUnsealedByteForByteAfterARestart() throws IOException {
        byte[] plain = new byte[70_000];
        for (int i = 0; i < plain.length; i++) {
            plain[i] = (byte) (i * 31);
        }
        try (Site site = Site.running(directory).withAccount("alice", "alices secret password")) {
            byte[] sealed = with(site, plain, "keyring", "seal", "mail", "--context", "inbox")
                    .ok()
                    .bytes();
            site.bailiwick("alice", "keyring", "rotate", "mail").ok();
            site.stop();
            site.serve();
            site.login("alice", "alices secret password").ok();

            assertThat(with(site, sealed, "keyring", "unseal", "mail", "--context", "inbox")
                            .ok()
                            .bytes())
                    .isEqualTo(plain);
            TestHost.Ended wrong = with(site, sealed, "keyring", "unseal", "mail");
            assertThat(wrong.status()).isEqualTo(3);
            assertThat(wrong.err()).contains("error[unseal-failed]");
            assertThat(site.bailiwick("alice", "keyring", "list", "-o", "json")
                            .ok()
                            .out())
                    .contains("\"dataClass\" : \"mail\"", "\"version\" : 2");
            assertThat(site.bailiwick("alice", "keyring", "seal", "No Class").status())
                    .isEqualTo(2);
            assertThat(PosixFilePermissions.toString(
                            Files.getPosixFilePermissions(site.store().resolve("keyring.key"))))
                    .isEqualTo("rw-------");
        }
    }

    @Test
    void withoutTheFileKeyringsAreUnavailableAndAllElseGoesOn() throws IOException {
        try (Site site = Site.running(directory).withAccount("alice", "alices secret password")) {
            byte[] sealed = with(site, "x".getBytes(StandardCharsets.UTF_8), "keyring", "seal", "mail")
                    .ok()
                    .bytes();
            site.stop();
            Path kept = Files.move(site.store().resolve("keyring.key"), directory.resolve("kept"));
            site.serve();
            site.login("alice", "alices secret password").ok();

            TestHost.Ended refused = with(site, sealed, "keyring", "unseal", "mail");
            assertThat(refused.status()).isEqualTo(7);
            assertThat(refused.err()).contains("error[keyring-unavailable]", "keyring.key is missing");
            site.withInput("alice", "still", "home", "put", "a").ok();

            Files.move(kept, site.store().resolve("keyring.key"));
            assertThat(with(site, sealed, "keyring", "unseal", "mail").ok().out())
                    .isEqualTo("x");
        }
    }

    @Test
    void keysAreBackedUpByLeaseAndUnsealAgainUnderANewWrappingKey() throws IOException {
        String backupPassphrase = "not alices password\n";
        try (Site site = Site.running(directory).withAccount("alice", "alices secret password")) {
            byte[] sealed = with(site, "x".getBytes(StandardCharsets.UTF_8), "keyring", "seal", "mail")
                    .ok()
                    .bytes();
            String[] export = {"keyring", "backup", "export", "mail", "--passphrase-stdin"};
            TestHost.Ended unasked = site.withInput("alice", backupPassphrase, export);
            assertThat(unasked.status()).isEqualTo(3);
            assertThat(unasked.err()).startsWith("error[not-selected]: this session does not hold \"keyBackup\"");
            // A first login with a code is not enough to ask for keys, nor to decide about it.
            site.login("alice", "alices secret password").ok();
            site.login("operator", Site.OPERATOR_PASSWORD).ok();
            leaseBackup(site);
            Path backup = Files.write(
                    directory.resolve("mail.keys"),
                    site.withInput("alice", backupPassphrase, export).ok().bytes());
            assertThat(site.withInput("alice", "short\n", export).status()).isEqualTo(2);
            assertThat(TestHost.host()
                            .typing("one of many", "another one")
                            .bailiwick(
                                    "keyring",
                                    "backup",
                                    "export",
                                    "mail",
                                    "--socket",
                                    site.socket().toString(),
                                    "--session-file",
                                    site.sessionOf("alice").toString())
                            .err())
                    .contains("the two passphrases are not the same");

            site.stop();
            Files.writeString(site.store().resolve("keyring.key"), "bailiwick-keyring-1 " + "5a".repeat(32) + "\n");
            site.serve();
            site.login("alice", "alices secret password").ok();
            assertThat(with(site, sealed, "keyring", "unseal", "mail").status()).isEqualTo(7);
            site.login("operator", Site.OPERATOR_PASSWORD).ok();
            leaseBackup(site);
            String[] restore = {"keyring", "backup", "restore", backup.toString(), "--passphrase-stdin"};
            TestHost.Ended wrong = site.withInput("alice", "another one altogether\n", restore);
            assertThat(wrong.status()).isEqualTo(3);
            assertThat(wrong.err()).startsWith("error[restore-failed]");
            assertThat(site.withInput("alice", backupPassphrase, restore).ok().out())
                    .isEqualTo("restored; the newest key in it is version 1\n");

            assertThat(with(site, sealed, "keyring", "unseal", "mail").ok().out())
                    .isEqualTo("x");
            assertThat(with(
                                    site,
                                    ByteBuffer.allocate(backupPassphrase.length() + (int) Files.size(backup))
                                            .put(backupPassphrase.getBytes(StandardCharsets.UTF_8))
                                            .put(Files.readAllBytes(backup))
                                            .array(),
                                    "keyring",
                                    "backup",
                                    "restore",
                                    "--passphrase-stdin",
                                    "-o",
                                    "json")
                            .ok()
                            .json())
                    .isEqualTo(Json.object().with("version", 1));
        }
    }

    private static void leaseBackup(Site site) {
        String id = ((Json.Obj)
                        site.bailiwick("alice", "request", "key-backup", "--reason", "before the move", "-o", "json")
                                .ok()
                                .json())
                .text("requestId");
        site.admin("operator", "approval", "grant", id).ok();
    }

    /** Neither tables, nor logs, nor anything else below the store holds what the file does. */
    @Test
    void theWrappingKeyIsInItsFileAlone() throws IOException {
        try (Site site = Site.running(directory).withAccount("alice", "alices secret password")) {
            with(site, "x".getBytes(StandardCharsets.UTF_8), "keyring", "seal", "mail")
                    .ok();
            site.stop();
            Path file = site.store().resolve("keyring.key");
            String line = Files.readString(file).strip();
            String hex = line.substring(line.length() - 64);
            byte[] raw = HexFormat.of().parseHex(hex);
            try (Stream<Path> files = Files.walk(directory)) {
                for (Path other : files.filter(Files::isRegularFile)
                        .filter(candidate -> !candidate.equals(file))
                        .toList()) {
                    String bytes = Files.readString(other, StandardCharsets.ISO_8859_1);
                    assertThat(bytes.contains(hex)).as("%s", other).isFalse();
                    assertThat(bytes.contains(new String(raw, StandardCharsets.ISO_8859_1)))
                            .as("%s", other)
                            .isFalse();
                }
            }
        }
    }

    @Test
    @Tag("native-tools")
    void opensslChecksASignature() throws Exception {
        Path message = Files.writeString(directory.resolve("message"), "what alice says");
        try (Site site = Site.running(directory).withAccount("alice", "alices secret password")) {
            byte[] signature = site.bailiwick("alice", "keyring", "sign", "release", message.toString())
                    .ok()
                    .bytes();
            assertThat(signature).hasSize(64);
            Json.Arr keys = (Json.Arr) site.bailiwick("alice", "keyring", "list", "-o", "json")
                    .ok()
                    .json();
            byte[] key = HexFormat.of()
                    .parseHex("302a300506032b6570032100"
                            + keys.objects().getFirst().text("publicKey"));
            Path keyFile = Files.write(directory.resolve("key.der"), key);
            Path good = Files.write(directory.resolve("good.sig"), signature);
            signature[5] ^= 1;
            Path bad = Files.write(directory.resolve("bad.sig"), signature);

            assertThat(openssl(keyFile, message, good)).isZero();
            assertThat(openssl(keyFile, message, bad)).isNotZero();
        }
    }

    private static int openssl(Path key, Path message, Path signature) throws Exception {
        Process process = new ProcessBuilder(List.of(
                        "openssl",
                        "pkeyutl",
                        "-verify",
                        "-pubin",
                        "-keyform",
                        "DER",
                        "-inkey",
                        key.toString(),
                        "-rawin",
                        "-in",
                        message.toString(),
                        "-sigfile",
                        signature.toString()))
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        return process.exitValue();
    }

    @Test
    void aHomeIsKeptAsItWas() throws IOException {
        try (Site site = Site.running(directory).withAccount("alice", "alices secret password")) {
            site.withInput("alice", "first", "home", "put", "d/notes").ok();
            Json.Obj taken = (Json.Obj) site.bailiwick("alice", "home", "snapshot", "take", "-o", "json")
                    .ok()
                    .json();
            String id = String.valueOf(taken.number("id"));
            site.withInput("alice", "second", "home", "put", "d/notes").ok();

            assertThat(site.bailiwick("alice", "home", "snapshot", "get", id, "d/notes")
                            .ok()
                            .out())
                    .isEqualTo("first");
            assertThat(site.bailiwick("alice", "home", "snapshot", "ls", id, "d")
                            .ok()
                            .out())
                    .contains("notes");
            assertThat(site.bailiwick("alice", "home", "snapshot", "list").ok().out())
                    .contains(id);
            site.bailiwick("alice", "home", "snapshot", "drop", id).ok();
            assertThat(site.bailiwick("alice", "home", "snapshot", "get", id, "d/notes")
                            .status())
                    .isEqualTo(4);
        }
    }

    @Test
    void aDirectoryIsSharedUntilItIsNot() throws IOException {
        try (Site site = Site.running(directory)
                .withAccount("alice", "alices secret password")
                .withAccount("bob", "bobs secret password")) {
            site.withInput("alice", "together", "home", "put", "project/plan").ok();
            site.withInput("alice", "alone", "home", "put", "diary").ok();
            Json.Obj share = (Json.Obj)
                    site.bailiwick("alice", "home", "share", "project", "--with", "bob", "--for", "2h", "-o", "json")
                            .ok()
                            .json();
            String id = share.text("id");

            assertThat(site.bailiwick("bob", "shared", "list").ok().out()).contains(id, "project", "alice");
            assertThat(site.bailiwick("bob", "shared", "ls", id).ok().out())
                    .contains("plan")
                    .doesNotContain("diary");
            assertThat(site.bailiwick("bob", "shared", "get", id, "plan").ok().out())
                    .isEqualTo("together");
            site.withInput("bob", "yes", "shared", "put", id, "reply").ok();
            assertThat(site.bailiwick("alice", "home", "get", "project/reply")
                            .ok()
                            .out())
                    .isEqualTo("yes");
            assertThat(site.bailiwick("alice", "home", "shares").ok().out()).contains(id, "bob");

            site.bailiwick("alice", "home", "unshare", id).ok();

            assertThat(site.bailiwick("bob", "shared", "get", id, "plan").status())
                    .isEqualTo(4);
            assertThat(site.bailiwick("bob", "shared", "get", "nonsense", "plan")
                            .status())
                    .isEqualTo(2);
            assertThat(site.bailiwick("alice", "home", "share", "project", "--with", "carol")
                            .status())
                    .isEqualTo(3);
        }
    }

    private static TestHost.Ended with(Site site, byte[] input, String... arguments) {
        String[] words = Arrays.copyOf(arguments, arguments.length + 4);
        words[arguments.length] = "--socket";
        words[arguments.length + 1] = site.socket().toString();
        words[arguments.length + 2] = "--session-file";
        words[arguments.length + 3] = site.sessionOf("alice").toString();
        return TestHost.host().input(input).bailiwick(words);
    }
}
