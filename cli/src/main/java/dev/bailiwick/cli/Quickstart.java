package dev.bailiwick.cli;

import dev.bailiwick.capnp.rpc.RpcException;
import dev.bailiwick.daemon.StoreLocation;
import dev.bailiwick.schema.gen.Namespace;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The main job as a story. Commands run inside this process, through the same parser and over the same socket as anybody's; the daemon is
 * a process of its own. Used by one thread.
 */
final class Quickstart implements AutoCloseable {
    private static final String NOBODY = "";
    private static final String LETTER = "Dear diary, today I got a capability.\n";

    private final StoreLocation store;
    private final Path socket;
    private final Path log;
    private final Path directory;
    private final Path manifest;
    private final int uid;
    private final Narrator narrator;
    private final String operatorPassword = newPassword();
    private final String alicePassword = newPassword();
    private @Nullable ChildDaemon daemon;

    Quickstart(Path directory, Path manifest, int uid, Narrator narrator) {
        this.directory = directory;
        this.store = StoreLocation.of(directory.resolve("store"), Optional.empty());
        this.socket = directory.resolve("run").resolve("bailiwickd.sock");
        this.log = directory.resolve("daemon.log");
        this.manifest = manifest;
        this.uid = uid;
        this.narrator = narrator;
    }

    /** Runs every step; fails at the first that does not do what it says. */
    void run() throws IOException {
        keepPasswords();
        String operatorCode = makeStore();
        startDaemon();
        enrollOperator(operatorCode);
        String aliceCode = createAlice();
        enrollAlice(aliceCode);
        writeAndRead();
        restart();
        readAgain();
        disableWhileHeld();
        verify();
        stop();
    }

    /** For whoever keeps the directory: the passwords are drawn anew for every run, and nobody else knows them. */
    private void keepPasswords() throws IOException {
        Path file = Files.createFile(
                directory.resolve("passwords"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(file, "operator " + operatorPassword + "\nalice " + alicePassword + "\n");
    }

    private String makeStore() {
        narrator.step("Make a store and seed it from the shipped manifest");
        Json.Obj made = ask(
                NOBODY,
                Tool.BAILIWICK,
                "init",
                "--store",
                store.directory().toString(),
                "--manifest",
                manifest.toString());
        List<Json.Obj> codes = made.list("codes").objects();
        narrator.answer("one-time enrolment codes for: "
                + codes.stream().map(code -> code.text("name")).collect(Collectors.joining(", "))
                + " (there is no default password)");
        List<Json.Obj> operators = codes.stream()
                .filter(code -> code.text("name").equals("operator"))
                .toList();
        narrator.check("the first operator got a code", operators.size() == 1);
        narrator.check("the newest head is anchored outside the store", Files.isRegularFile(store.anchor()));
        return operators.getFirst().text("enrolmentCode");
    }

    private void startDaemon() {
        narrator.step("Start the daemon on a private socket");
        narrator.command(NOBODY, "bailiwickd --store " + store.directory() + " --socket " + socket);
        ChildDaemon started = ChildDaemon.start(store, socket, log);
        daemon = started;
        narrator.check("process " + started.pid() + " serves the store", !started.isGone());
        Captured anonymous = tell(NOBODY, Tool.BAILIWICK, "", "login", "--method", "anonymous");
        String held = held(answer(anonymous)).collect(Collectors.joining(", "));
        narrator.answer("before any login a caller holds only: " + held);
        narrator.check("that is no home, no account and no store", !held.matches(".*(home|account|store).*"));
    }

    private void enrollOperator(String code) {
        narrator.step("The operator sets a first password with the code, which logs in");
        Json.Obj session =
                login("operator", code + "\n" + operatorPassword + "\n", "enroll", "operator", "--code-stdin");
        narrator.answer("operator holds: " + held(session).collect(Collectors.joining(", ")));
        narrator.check(
                "reading and changing accounts are two separate capabilities",
                held(session).toList().containsAll(List.of("accountReader", "accountManager")));
        Captured again = tell(
                "operator",
                Tool.BAILIWICK,
                code + "\n" + operatorPassword + "\n",
                "enroll",
                "operator",
                "--code-stdin");
        narrator.check("the code does not work a second time", again.status() == ExitStatus.DENIED.number());
    }

    private String createAlice() {
        narrator.step("The operator creates an account for alice");
        Json.Obj created = ask(
                "operator",
                Tool.ACCOUNT_ADMIN,
                "account",
                "create",
                "alice",
                "--display-name",
                "Alice",
                "--role",
                "local-user",
                "--resource-profile",
                "standard",
                "--policy-profile",
                "standard");
        Json.Obj account = created.object("account");
        narrator.answer("record " + account.text("recordId") + " version " + account.get("recordVersion") + ", hash "
                + account.text("contentHash"));
        narrator.check(
                "her account is in the journal, at entry " + created.get("sequence"), created.number("sequence") > 1);
        return created.text("enrolmentCode");
    }

    private void enrollAlice(String code) {
        narrator.step("Alice enrols, and gets her bundle: what she holds, and which rule and records it comes from");
        Json.Obj session = login("alice", code + "\n" + alicePassword + "\n", "enroll", "alice", "--code-stdin");
        narrator.answer(Views.bundle(session, false, Style.PLAIN));
        List<String> slots = held(session).toList();
        narrator.check(
                "she holds her session, home, config, cache and tmp",
                slots.containsAll(List.of("session", "home", "config", "cache", "tmp")));
        narrator.check(
                "every one says which record versions it comes from",
                grants(session)
                        .noneMatch(receipt -> receipt.list("sources").items().isEmpty()));
        Captured refused = tell("alice", Tool.ACCOUNT_ADMIN, "", "account", "list");
        narrator.check("she cannot list accounts", refused.status() == ExitStatus.DENIED.number());
    }

    private void writeAndRead() {
        narrator.step("Alice writes a file in her home, and reads it");
        Captured put = tell("alice", Tool.BAILIWICK, LETTER, "home", "put", "letters/first.txt");
        Json.Obj entry = answer(put);
        narrator.answer("wrote " + entry.text("name") + ", " + Printable.bytes(entry.number("size")) + ", sha256 "
                + Printable.shortHash(entry.text("sha256")));
        narrator.check("it reads back as it was written", readLetter().equals(LETTER));
    }

    private void restart() {
        narrator.step("Restart the daemon");
        stopDaemon();
        narrator.check("it is gone", isStopped());
        narrator.command(NOBODY, "bailiwickd --store " + store.directory() + " --socket " + socket);
        daemon = ChildDaemon.start(store, socket, log);
        Captured before = tell("alice", Tool.BAILIWICK, "", "whoami");
        narrator.check(
                "sessions ended with it: alice's old one is refused", before.status() == ExitStatus.DENIED.number());
    }

    private void readAgain() {
        narrator.step("Alice logs in again; her file is still there");
        login("alice", alicePassword + "\n", "login", "alice", "--password-stdin");
        String letter = readLetter();
        narrator.answer(letter);
        narrator.check("it is what she wrote before the restart", letter.equals(LETTER));
    }

    private void disableWhileHeld() throws IOException {
        narrator.step("The operator disables alice while she holds a live capability to her home");
        login("operator", operatorPassword + "\n", "login", "operator", "--password-stdin");
        SessionFile.Saved saved = new SessionFile(sessionFile("alice")).read().orElseThrow();
        try (LiveSession alice = LiveSession.resume(Connection.to(socket), saved.reference());
                Namespace.Client home = alice.namespace(SessionSlot.home)) {
            narrator.check("the home she holds answers", call(home).isEmpty());
            Json.Obj shown = ask("operator", Tool.ACCOUNT_ADMIN, "account", "show", "alice");
            String version = shown.get("recordVersion").toString();
            Json.Obj disabled = ask("operator", Tool.ACCOUNT_ADMIN, "account", "disable", "alice", "--expect", version);
            narrator.answer(Views.changed(disabled));
            String answer = call(home);
            narrator.answer("the home she still holds answers: " + answer);
            narrator.check("it is revoked", answer.startsWith("revoked"));
            Captured stale =
                    tell("operator", Tool.ACCOUNT_ADMIN, "", "account", "enable", "alice", "--expect", version);
            narrator.check(
                    "a change that expects the old version is a conflict",
                    stale.status() == ExitStatus.CONFLICT.number());
        }
        Captured refused = tell("alice", Tool.BAILIWICK, alicePassword + "\n", "login", "alice", "--password-stdin");
        narrator.check("she cannot log in", refused.status() == ExitStatus.DENIED.number());
    }

    private void verify() {
        narrator.step("Verify the whole store, and take a signed checkpoint");
        Json.Obj report = ask("operator", Tool.ACCOUNT_ADMIN, "store", "verify");
        narrator.answer(Views.verification(report, Style.PLAIN));
        narrator.check("nothing is damaged", report.list("findings").items().isEmpty());
        Json.Obj checkpoint = ask("operator", Tool.ACCOUNT_ADMIN, "store", "checkpoint");
        narrator.answer(checkpoint.text("note"));
        String size = report.object("head").get("journalSize").toString();
        narrator.check(
                "the checkpoint is signed, over " + size + " journal entries",
                checkpoint.text("note").lines().skip(1).findFirst().orElse("").equals(size)
                        && checkpoint.text("note").contains("\n— "));
    }

    private void stop() {
        narrator.step("Stop the daemon");
        stopDaemon();
        narrator.check("it is gone, and so is its socket", isStopped() && !Files.exists(socket));
    }

    private void stopDaemon() {
        if (daemon != null) {
            daemon.close();
        }
    }

    private boolean isStopped() {
        return daemon == null || daemon.isGone();
    }

    @Override
    public void close() {
        stopDaemon();
    }

    /** Logs in or enrols; the answer is the session with its receipts. */
    private Json.Obj login(String who, String secrets, String... arguments) {
        return answer(tell(who, Tool.BAILIWICK, secrets, arguments));
    }

    /** Runs a command without input that is to succeed, and takes its answer. */
    private Json.Obj ask(String who, Tool tool, String... arguments) {
        return answer(tell(who, tool, "", arguments));
    }

    /** Runs a command in the session of that person, at this daemon, however it ends. */
    private Captured tell(String who, Tool tool, String input, String... arguments) {
        narrator.command(who, tool.programName() + " " + String.join(" ", arguments));
        List<String> words = new ArrayList<>(Arrays.asList(arguments));
        words.addAll(List.of("--socket", socket.toString(), "-o", "json"));
        if (!who.equals(NOBODY)) {
            words.addAll(List.of("--session-file", sessionFile(who).toString()));
        }
        return Captured.run(tool, uid, input.getBytes(StandardCharsets.UTF_8), words.toArray(String[]::new));
    }

    private static Json.Obj answer(Captured ended) {
        if (ended.status() != ExitStatus.OK.number()) {
            throw CommandFailure.of(
                    ExitStatus.INTERNAL,
                    "quickstart",
                    "a command failed: " + ended.errors().strip(),
                    "");
        }
        return (Json.Obj) Json.parse(ended.text());
    }

    private String readLetter() {
        Captured get = tell("alice", Tool.BAILIWICK, "", "home", "get", "letters/first.txt");
        return get.status() == ExitStatus.OK.number() ? get.text() : "";
    }

    /** Calls a method of the home; empty when it answers, otherwise what it answers instead. */
    private static String call(Namespace.Client home) {
        try (var response = home.usageRequest().send().join()) {
            return response.get().getQuotaBytes() > 0 ? "" : "a quota of nothing";
        } catch (RpcException refused) {
            return refused.reason();
        }
    }

    private Path sessionFile(String who) {
        return directory.resolve("sessions").resolve(who);
    }

    private static Stream<Json.Obj> grants(Json.Obj session) {
        return session.list("receipts").objects().stream().filter(receipt -> receipt.flag("granted"));
    }

    private static Stream<String> held(Json.Obj session) {
        return grants(session).map(receipt -> receipt.text("slot"));
    }

    private static String newPassword() {
        byte[] random = new byte[16];
        new SecureRandom().nextBytes(random);
        return HexFormat.of().formatHex(random);
    }
}
