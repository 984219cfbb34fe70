package dev.bailiwick.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bailiwick.accountstore.StoreTables;
import dev.bailiwick.daemon.Daemon;
import dev.bailiwick.daemon.DaemonConfig;
import dev.bailiwick.daemon.StoreLocation;
import dev.bailiwick.engine.Engine;
import dev.bailiwick.engine.EngineLimits;
import dev.bailiwick.engine.RocksEngine;
import dev.bailiwick.engine.RocksOptions;
import dev.bailiwick.engine.StoreOwner;
import dev.bailiwick.engine.Table;
import dev.bailiwick.storage.StorageTables;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a user is told when the bytes below are not what was written. */
class IntegrityTest {
    @TempDir
    Path directory;

    /** Flips one byte of the rows of a table whose value holds that text, below everything that would notice. */
    private static int flip(Site site, String tableName, byte[] needle) {
        List<Table> tables = Stream.concat(StoreTables.ALL.stream(), StorageTables.all().stream())
                .toList();
        Table table = tables.stream()
                .filter(one -> one.name().equals(tableName))
                .findFirst()
                .orElseThrow();
        try (Engine engine = RocksEngine.open(new RocksOptions(
                site.store(),
                tables,
                RocksOptions.Mode.READ_WRITE,
                StoreOwner.thisProcess(Optional.empty()),
                EngineLimits.DEFAULT))) {
            return engine.commit(txn -> {
                List<byte[][]> damaged = new java.util.ArrayList<>();
                txn.scan(table, new byte[0], null, (key, value) -> {
                    int at = indexOf(value, needle);
                    if (at >= 0) {
                        byte[] flipped = value.clone();
                        flipped[at] ^= 1;
                        damaged.add(new byte[][] {key.clone(), flipped});
                    }
                    return true;
                });
                damaged.forEach(row -> txn.put(table, row[0], row[1]));
                return damaged.size();
            });
        }
    }

    private static int indexOf(byte[] haystack, byte[] needle) {
        for (int at = 0; at + needle.length <= haystack.length; at++) {
            if (java.util.Arrays.equals(haystack, at, at + needle.length, needle, 0, needle.length)) {
                return at;
            }
        }
        return -1;
    }

    @Test
    void aFlippedByteInARecordIsFoundAndNamedAndTheRecordIsRefused() {
        try (Site site = Site.running(directory)) {
            Json.Obj created = (Json.Obj) site.admin(
                            "operator",
                            "account",
                            "create",
                            "victim",
                            "--display-name",
                            "UnmistakableName",
                            "-o",
                            "json")
                    .ok()
                    .json();
            site.stop();
            assertThat(flip(site, "records", "UnmistakableName".getBytes(StandardCharsets.UTF_8)))
                    .isEqualTo(1);

            TestHost.Ended verified = site.offline("store", "verify", "-o", "json");

            assertThat(verified.status()).isEqualTo(6);
            Json.Obj report = (Json.Obj) verified.json();
            String record = created.object("account").text("recordId");
            assertThat(report.list("findings").objects())
                    .anyMatch(finding -> finding.text("what").contains(record));
            assertThat(((Json.Obj) Json.parse(verified.err())).text("code")).isEqualTo("corrupt");
            TestHost.Ended people = site.offline("store", "verify");
            assertThat(people.out()).contains("damaged").contains(record);
            assertThat(people.err())
                    .startsWith("error[corrupt]: the store is damaged: ")
                    .contains(record);

            TestHost.Ended shown = site.offline("account", "show", "victim");
            assertThat(shown.status()).isEqualTo(6);
            assertThat(shown.out()).isEmpty();
            site.serve();
            site.login("operator", Site.OPERATOR_PASSWORD).ok();
            assertThat(site.admin("operator", "account", "show", "victim").status())
                    .isEqualTo(6);
            assertThat(site.admin("operator", "account", "show", "operator").status())
                    .isZero();
            assertThat(site.admin("operator", "store", "verify").status()).isEqualTo(6);
        }
    }

    @Test
    void damageBelowTheTablesIsDamageToWhoeverMeetsIt() throws IOException {
        try (Site site = Site.running(directory)) {
            site.stop();
            // Opening it for writing moves what is in the log to table files.
            site.offline("account", "create", "victim").ok();
            site.offline("account", "create", "other").ok();
            try (Stream<Path> files = Files.list(site.store().resolve("db"))) {
                for (Path table :
                        files.filter(file -> file.toString().endsWith(".sst")).toList()) {
                    byte[] bytes = Files.readAllBytes(table);
                    bytes[20] ^= 1;
                    Files.write(table, bytes);
                }
            }

            for (String command :
                    List.of("account list", "account show victim", "account history victim", "store head")) {
                TestHost.Ended ended = site.offline(command.split(" "));
                assertThat(ended.status()).as(command).isEqualTo(6);
                assertThat(ended.err()).as(command).startsWith("error[corrupt]: ");
            }
            assertThat(site.offline("store", "verify").err()).contains("account-admin store recover");
        }
    }

    @Test
    void theCheckInTheBackgroundFindsItTooAndTheStatusWarns() {
        try (Site site = Site.running(directory)) {
            site.admin("operator", "account", "create", "unmistakable-name").ok();
            Json.Obj sound = (Json.Obj) site.admin("operator", "store", "scrub", "run", "-o", "json")
                    .ok()
                    .json();
            assertThat(sound.flag("running")).isTrue();
            assertThat(sound.number("passes")).isGreaterThanOrEqualTo(2);
            assertThat(sound.number("lastFinishedAtMs")).isPositive();
            assertThat(site.admin("operator", "store", "scrub", "status").ok().out())
                    .contains("nothing found");
            assertThat(((Json.Obj) site.bailiwick("operator", "status", "-o", "json")
                                    .ok()
                                    .json())
                            .flag("healthy"))
                    .isTrue();
            site.stop();
            assertThat(site.offline("store", "scrub", "status").ok().out()).startsWith("no daemon checks this store");
            assertThat(site.offline("store", "scrub", "run").status()).isEqualTo(7);
            flip(site, "records", "unmistakable-name".getBytes(StandardCharsets.UTF_8));
            site.serve();
            site.login("operator", Site.OPERATOR_PASSWORD).ok();

            TestHost.Ended found = site.admin("operator", "store", "scrub", "run");

            assertThat(found.status()).isEqualTo(6);
            assertThat(found.out()).contains("damaged").contains("rec-");
            assertThat(site.admin("operator", "store", "scrub", "status").status())
                    .isEqualTo(6);
            assertThat(site.bailiwick("operator", "status").ok().out())
                    .contains("the store is damaged: ")
                    .contains("account-admin store verify");
        }
    }

    @Test
    void howFarAVerificationIsShowsOnATerminalOnly() {
        try (Site site = Site.made(directory)) {
            String store = site.store().toString();

            TestHost.Ended watched = TestHost.host()
                    .onTerminal(Host.Stream.ERR)
                    .accountAdmin("store", "verify", "--store", store)
                    .ok();

            assertThat(watched.err()).contains("verifying [").contains("rows/s").endsWith("\r\u001b[K");
            assertThat(watched.out()).contains("rows/s").contains("ok: every hash");
            assertThat(site.offline("store", "verify").ok().err()).isEmpty();
            assertThat(TestHost.host()
                            .onTerminal(Host.Stream.ERR)
                            .accountAdmin("store", "verify", "--store", store, "-o", "json")
                            .ok()
                            .err())
                    .isEmpty();
            assertThat(ProgressLine.text(1500, 1, 2, 1_000_000_000))
                    .isEqualTo("verifying [###############---------------] 1,500 rows, 1,500 rows/s");
        }
    }

    @Test
    void aStoreWithoutAnAnchorSaysThatARollbackCannotBeDetected() {
        String store = directory.resolve("bare").toString();
        Json.Obj made = (Json.Obj) TestHost.host()
                .bailiwick(
                        "init",
                        "--store",
                        store,
                        "--manifest",
                        Site.MANIFEST.toString(),
                        "--anchor",
                        "none",
                        "-o",
                        "json")
                .ok()
                .json();
        String code = made.list("codes").objects().stream()
                .filter(issued -> issued.text("name").equals("operator"))
                .findFirst()
                .orElseThrow()
                .text("enrolmentCode");
        StoreLocation location = StoreLocation.of(Path.of(store), Optional.of(Path.of("none")));
        Path socket = directory.resolve("bare.sock");
        try (Daemon served = Daemon.start(DaemonConfig.of(location, socket, "test"))) {
            assertThat(served.socket()).isEqualTo(socket);
            String session = directory.resolve("session").toString();
            String[] as = {"--socket", socket.toString(), "--session-file", session};
            TestHost.host()
                    .input(code + "\n" + Site.OPERATOR_PASSWORD + "\n")
                    .bailiwick("enroll", "operator", "--code-stdin", as[0], as[1], as[2], as[3])
                    .ok();

            assertThat(TestHost.host()
                            .bailiwick("status", as[0], as[1], as[2], as[3])
                            .ok()
                            .out())
                    .contains("rollback cannot be detected");
        }
    }

    @Test
    void aFlippedByteInTheJournalIsFound() {
        try (Site site = Site.running(directory)) {
            Json.Obj created = (Json.Obj) site.admin("operator", "account", "create", "victim", "-o", "json")
                    .ok()
                    .json();
            byte[] hash = HexFormat.of().parseHex(created.object("account").text("contentHash"));
            site.stop();
            assertThat(flip(site, "journal", hash)).isEqualTo(1);

            TestHost.Ended verified = site.offline("store", "verify");

            assertThat(verified.status()).isEqualTo(6);
            assertThat(verified.err()).startsWith("error[");
        }
    }

    @Test
    void aFlippedByteInAHomeFileIsFoundAndTheFileIsRefused() {
        try (Site site = Site.running(directory)) {
            site.withInput("operator", "an unmistakable diary", "home", "put", "diary.txt")
                    .ok();
            assertThat(site.admin("operator", "store", "verify").status()).isZero();
            site.stop();
            assertThat(flip(site, "storage.chunks", "unmistakable".getBytes(StandardCharsets.UTF_8)))
                    .isEqualTo(1);

            TestHost.Ended verified = site.offline("store", "verify", "-o", "json");
            assertThat(verified.status()).isEqualTo(6);
            assertThat(((Json.Obj) verified.json()).list("findings").objects())
                    .anyMatch(finding -> finding.text("what").contains("diary.txt"));

            site.serve();
            site.login("operator", Site.OPERATOR_PASSWORD).ok();
            TestHost.Ended read = site.bailiwick("operator", "home", "get", "diary.txt");
            assertThat(read.status()).isEqualTo(6);
            assertThat(read.out()).isEmpty();
        }
    }

    @Test
    void aStoreThatWasRolledBackIsRefused() throws Exception {
        try (Site site = Site.running(directory)) {
            site.stop();
            Path older = Files.createDirectories(directory.resolve("older"));
            Site.copy(site.store(), older);
            site.serve();
            site.login("operator", Site.OPERATOR_PASSWORD).ok();
            site.admin("operator", "account", "create", "newer").ok();
            site.stop();

            Files.move(site.store(), directory.resolve("newest"));
            Site.copy(older, site.store());

            for (TestHost.Ended ended : List.of(
                    site.offline("account", "list"),
                    site.offline("account", "create", "x"),
                    TestHost.host()
                            .bailiwick(
                                    "serve",
                                    "--store",
                                    site.store().toString(),
                                    "--socket",
                                    site.socket().toString()))) {
                assertThat(ended.status()).isEqualTo(6);
                assertThat(ended.err()).startsWith("error[rolled-back]: ").contains("hint: ");
            }
        }
    }
}
