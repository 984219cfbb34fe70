package dev.bailiwick.cli;

import dev.bailiwick.daemon.Daemon;
import dev.bailiwick.daemon.DaemonConfig;
import dev.bailiwick.daemon.OutsideSource;
import dev.bailiwick.daemon.StoreLocation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A store made from the shipped manifest, a daemon serving it on a real socket, and people who run programs against it. Everybody
 * keeps their session in a file of their own.
 */
final class Site implements AutoCloseable {
    static final Path MANIFEST = Path.of("../profiles/manifests/default.toml");
    static final String OPERATOR_PASSWORD = "correct horse battery";

    private final Path directory;
    private final String operatorCode;
    private @Nullable Runnable ending;
    private List<String> sources = List.of();
    private boolean apart;

    private Site(Path directory, String operatorCode) {
        this.directory = directory;
        this.operatorCode = operatorCode;
    }

    /** Stands for a site until one is made. */
    static Site unset() {
        return new Site(Path.of("/nonexistent"), "");
    }

    /** A new store in that directory; nothing serves it yet. */
    static Site made(Path directory) {
        return made(directory, MANIFEST);
    }

    private static Site made(Path directory, Path manifest) {
        Path store = directory.resolve("store");
        Json.Obj made = (Json.Obj) TestHost.host()
                .bailiwick("init", "--store", store.toString(), "--manifest", manifest.toString(), "-o", "json")
                .ok()
                .json();
        String code = made.list("codes").objects().stream()
                .filter(issued -> issued.text("name").equals("operator"))
                .findFirst()
                .orElseThrow()
                .text("enrolmentCode");
        return new Site(directory, code);
    }

    /** A new store with a daemon serving it, whose operator has logged in. */
    static Site running(Path directory) {
        Site site = made(directory).serve();
        site.enroll("operator", site.operatorCode, OPERATOR_PASSWORD);
        return site;
    }

    /** The same from a manifest with more at its end. */
    static Site running(Path directory, String more) throws IOException {
        Path manifest = directory.resolve("manifest.toml");
        Files.writeString(manifest, Files.readString(MANIFEST) + more);
        Site site = made(directory, manifest).serve();
        site.enroll("operator", site.operatorCode, OPERATOR_PASSWORD);
        return site;
    }

    Site serve() {
        ending = apart ? serveApart() : serveHere();
        return this;
    }

    private Runnable serveHere() {
        return Daemon.start(DaemonConfig.of(StoreLocation.of(store(), Optional.empty()), socket(), "test")
                .asking(sources.stream().map(OutsideSource::parse).toList()))::close;
    }

    private Runnable serveApart() {
        List<String> options = new ArrayList<>();
        sources.forEach(source -> options.addAll(List.of("--identity-source", source)));
        try {
            Path log = directory.resolve("log");
            Process process = DaemonProcess.start(store(), socket(), log, options);
            if (process.inputReader(StandardCharsets.UTF_8).readLine() == null) {
                throw new AssertionError("the daemon ended instead of serving: " + Files.readString(log));
            }
            return () -> end(process);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void end(Process process) {
        process.destroy();
        try {
            if (!process.waitFor(30, TimeUnit.SECONDS)) {
                throw new AssertionError("the daemon does not stop");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        } finally {
            process.destroyForcibly();
        }
    }

    /** From the next start on, with that identity source: {@code NAME=SID@SOCKET}. */
    Site asking(String source) {
        sources = List.of(source);
        return this;
    }

    /** From the next start on, the daemon is a process of its own. */
    Site apart() {
        apart = true;
        return this;
    }

    Site stop() {
        if (ending != null) {
            ending.run();
            ending = null;
        }
        return this;
    }

    Path store() {
        return directory.resolve("store");
    }

    Path anchor() {
        return directory.resolve("store.anchor");
    }

    Path socket() {
        return directory.resolve("d.sock");
    }

    Path sessionOf(String who) {
        return directory.resolve("sessions").resolve(who);
    }

    String operatorCode() {
        return operatorCode;
    }

    /** Sets somebody's first password, which logs them in. */
    Site enroll(String who, String code, String password) {
        withInput(who, code + "\n" + password + "\n", "enroll", who, "--code-stdin")
                .ok();
        return this;
    }

    /** The operator makes an account for somebody, who sets a password and is logged in. */
    Site withAccount(String who, String password) {
        Json.Obj created = (Json.Obj)
                admin("operator", "account", "create", who, "-o", "json").ok().json();
        return enroll(who, created.text("enrolmentCode"), password);
    }

    /** Besides, a steward who may run services, by the leave of a reviewer; both are logged in, and the operator. Serves anew. */
    Site withSteward() {
        List<String> both = List.of("steward", "reviewer");
        for (String name : both) {
            withAccount(name, name + "s password");
            admin("operator", "account", "set-profile", name, "--policy-profile", "operator")
                    .ok();
        }
        stop();
        both.forEach(name ->
                offline("policy", "role", "add", name, "service-operator").ok());
        offline("policy", "role", "add", "reviewer", "storage-admin").ok();
        serve();
        login("operator", OPERATOR_PASSWORD).ok();
        both.forEach(name -> login(name, name + "s password").ok());
        Json.Obj asked =
                (Json.Obj) bailiwick("steward", "request", "service-control", "--reason", "these tests", "-o", "json")
                        .ok()
                        .json();
        admin("reviewer", "approval", "grant", asked.text("requestId")).ok();
        return this;
    }

    /** Somebody logs in with a password. */
    TestHost.Ended login(String who, String password) {
        return withInput(who, password + "\n", "login", who, "--password-stdin");
    }

    /** Somebody runs bailiwick without input. */
    TestHost.Ended bailiwick(String who, String... arguments) {
        return TestHost.host().bailiwick(as(who, arguments));
    }

    /** Somebody runs bailiwick with that input and at least one argument. */
    TestHost.Ended withInput(String who, String input, String... arguments) {
        return TestHost.host().input(input).bailiwick(as(who, arguments));
    }

    /** Somebody runs account-admin in their session. */
    TestHost.Ended admin(String who, String... arguments) {
        return TestHost.host().accountAdmin(as(who, arguments));
    }

    /** Somebody at the directory runs account-admin on it. */
    TestHost.Ended offline(String... arguments) {
        List<String> words = new ArrayList<>(Arrays.asList(arguments));
        words.addAll(List.of("--store", store().toString()));
        return TestHost.host().accountAdmin(words.toArray(String[]::new));
    }

    private String[] as(String who, String... arguments) {
        List<String> words = new ArrayList<>(Arrays.asList(arguments));
        words.addAll(List.of(
                "--socket",
                socket().toString(),
                "--session-file",
                sessionOf(who).toString()));
        return words.toArray(String[]::new);
    }

    /** Copies the store, and the anchor when that is wanted, to another place. */
    static void copy(Path from, Path to) {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Files.copy(
                        file,
                        to.resolve(from.relativize(file).toString()),
                        StandardCopyOption.REPLACE_EXISTING,
                        StandardCopyOption.COPY_ATTRIBUTES);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        stop();
    }
}
