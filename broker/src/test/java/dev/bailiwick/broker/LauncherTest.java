package dev.bailiwick.broker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.bailiwick.capnp.rpc.CallContext;
import dev.bailiwick.capnp.rpc.Calls;
import dev.bailiwick.launch.LaunchSite;
import dev.bailiwick.launch.Launchpad;
import dev.bailiwick.launch.Tools;
import dev.bailiwick.profiles.ServiceIdentity;
import dev.bailiwick.profiles.Slot;
import dev.bailiwick.schema.Hash256;
import dev.bailiwick.schema.gen.AccountStatus;
import dev.bailiwick.schema.gen.ClaimResult;
import dev.bailiwick.schema.gen.Denial;
import dev.bailiwick.schema.gen.Launcher;
import dev.bailiwick.schema.gen.Namespace;
import dev.bailiwick.schema.gen.PrivilegeAction;
import dev.bailiwick.schema.gen.Process;
import dev.bailiwick.schema.gen.SecuredDirectories;
import dev.bailiwick.schema.gen.ServiceDirectory;
import dev.bailiwick.schema.gen.SessionBundle;
import dev.bailiwick.schema.gen.SessionManager;
import dev.bailiwick.schema.gen.TerminalSession;
import dev.bailiwick.schema.gen.Token;
import dev.bailiwick.schema.gen.TokenHolder;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Function;
import org.capnproto.Text;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Launchers of sessions: what they start, for whom, and what becomes of it. Starts real processes; needs bubblewrap and util-linux. */
@Tag("native-tools")
class LauncherTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    /** A program of the test's own: it says what it is told and its ticket, and then waits. */
    private static final String PROGRAMS = """

            [[program]]
            name = "say"
            summary = "Says something."
            path = "/usr/bin/dash"
            arguments = "any"
            max-arguments = 2
            max-argument-bytes = 200
            launcher = ["approved-apps"]
            [program.holds]
            home = "own"
            config = "readOnly"

            [[program]]
            name = "errand"
            summary = "Acts as its caller."
            path = "/usr/bin/dash"
            sha256 = "%s"
            as-caller = true
            arguments = "any"
            max-arguments = 2
            max-argument-bytes = 200
            launcher = ["approved-apps"]

            [[program]]
            name = "compiler"
            summary = "Stands for a tool."
            path = "/usr/bin/dash"
            arguments = "none"
            launcher = ["developer-tools"]
            """.formatted(hashOf(Path.of("/usr/bin/dash")));

    private static String hashOf(Path file) {
        try {
            return Hash256.sha256(Files.readAllBytes(file)).toString();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @TempDir
    private Path folder = Path.of("/");

    private World launching() {
        return World.launching(Shipped.manifestWith(PROGRAMS), site());
    }

    private LaunchSite site() {
        try {
            return new LaunchSite(folder, Optional.empty(), Tools.find(), (Integer)
                    Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void approvedProgramsRunAndReportHowTheyEnded() {
        try (World world = launching()) {
            Holder alice = world.alice(world.operator());
            try (Started say = start(alice, "say", "-c", "echo hello; exit 5")) {
                assertThat(say.output()).isEqualTo("hello\n");
                assertThat(say.exit()).isEqualTo("5/0/");
            }
        }
    }

    @Test
    void theLauncherListsWhatItHasAndWhichLimitsAreInForce() {
        try (World world = launching()) {
            Holder alice = world.alice(world.operator());
            try (Launcher.Client launcher = launcher(alice);
                    var response = launcher.listRequest().send().join()) {
                List<String> names = new ArrayList<>();
                response.get()
                        .getPrograms()
                        .forEach(program -> names.add(program.getName().toString()));
                assertThat(names).contains("say", "ls", "holdings").doesNotContain("compiler", "git");
                List<String> limits = new ArrayList<>();
                response.get().getLimits().forEach(line -> limits.add(line.toString()));
                assertThat(limits)
                        .anyMatch(line -> line.startsWith("sandbox: bubblewrap"))
                        .anyMatch(line -> line.startsWith("processLimit 64: "))
                        .anyMatch(line -> line.startsWith("cpuBudgetUsPerWindow 500000 in 1000000: "));
            }
        }
    }

    @Test
    void whatIsNotApprovedIsDenied() {
        try (World world = launching()) {
            Holder alice = world.alice(world.operator());
            assertThat(denied(alice, "emacs")).isEqualTo("unknown-program");
            assertThat(denied(alice, "/usr/bin/dash")).isEqualTo("unknown-program");
            assertThat(denied(alice, "../say")).isEqualTo("unknown-program");
            assertThat(denied(alice, "compiler")).isEqualTo("unknown-program");
            assertThat(denied(alice, "say", "a", "b", "c")).isEqualTo("too-many-arguments");
            assertThat(denied(alice, "say", "x".repeat(201))).isEqualTo("argument-too-long");
            assertThat(denied(alice, "say", "a\0b")).isEqualTo("invalid-argument");
            assertThat(denied(alice, "id", "-u")).isEqualTo("too-many-arguments");
            assertThat(denied(alice, "holdings")).isEqualTo("program-missing");
            assertThat(denied(alice, "say", filled(1025))).isEqualTo("too-many-arguments");
        }
    }

    @Test
    void aDeveloperHasToolsUntilTheRoleIsTakenAway() {
        try (World world = launching()) {
            Holder operator = world.operator();
            Holder alice = world.enroll(
                    World.ALICE_UID, "alice", operator.create("alice", "local-user", "developer"), World.PASSWORD);
            try (Started tool = start(alice, "compiler")) {
                operator.removeRole("alice", "developer");

                assertThat(tool.exitOrRevoked()).contains("role \"developer\" was changed");
            }
            Holder again = world.resume(World.ALICE_UID, alice.reference());
            assertThat(denied(again, "compiler")).isEqualTo("unknown-program");
        }
    }

    @Test
    void aRoleThatIsAddedAddsProgramsAndEndsNothing() {
        try (World world = launching()) {
            Holder operator = world.operator();
            Holder alice = world.alice(operator);
            try (Started kept = start(alice, "say", "-c", "echo ready; sleep 1000")) {
                int pid = kept.pid();
                operator.addRole("alice", "developer");
                Holder again = world.resume(World.ALICE_UID, alice.reference());

                start(again, "compiler").close();
                assertThat(kept.pid()).isEqualTo(pid);
            }
        }
    }

    @Test
    void everythingEndsWithTheSession() {
        try (World world = launching()) {
            Holder operator = world.operator();
            Holder alice = world.alice(operator);
            Started kept = start(alice, "say", "-c", "sleep 1000 & echo ready; wait");
            int pid = kept.pid();
            assertThat(Path.of("/proc/" + pid)).exists();

            alice.logout();

            await().atMost(PATIENCE).until(() -> !Files.exists(Path.of("/proc/" + pid)));
            assertThat(kept.exitOrRevoked()).contains("logged out");
            kept.close();
        }
    }

    @Test
    void everythingEndsBeforeTheCommitThatDisablesTheAccountIsLongPast() {
        try (World world = launching()) {
            Holder operator = world.operator();
            Holder alice = world.alice(operator);
            Started kept = start(alice, "say", "-c", "echo ready; sleep 1000");
            int pid = kept.pid();

            operator.setStatus("alice", AccountStatus.DISABLED);

            await().atMost(PATIENCE).until(() -> !Files.exists(Path.of("/proc/" + pid)));
            kept.close();
        }
    }

    @Test
    void everythingEndsWhenTheSessionExpires() {
        try (World world = launching()) {
            Holder alice = world.alice(world.operator());
            Started kept = start(alice, "say", "-c", "echo ready; sleep 1000");
            int pid = kept.pid();
            world.clock.advance(Duration.ofDays(1));

            world.broker.sweep();

            await().atMost(PATIENCE).until(() -> !Files.exists(Path.of("/proc/" + pid)));
            kept.close();
        }
    }

    @Test
    void aProgramThatNobodyHoldsIsEnded() {
        try (World world = launching()) {
            Holder alice = world.alice(world.operator());
            Started dropped = start(alice, "say", "-c", "echo ready; sleep 1000");
            int pid = dropped.pid();

            dropped.close();

            await().atMost(PATIENCE).until(() -> !Files.exists(Path.of("/proc/" + pid)));
        }
    }

    @Test
    void itsHolderEndsAProgram() {
        try (World world = launching()) {
            Holder alice = world.alice(world.operator());
            try (Started say = start(alice, "say", "-c", "echo ready; sleep 1000")) {
                say.process.endRequest().send().await();

                assertThat(say.exit()).isEqualTo("137/9/ended by its holder");
            }
        }
    }

    @Test
    void aProgramWithATerminalTalksToIt() {
        try (World world = launching()) {
            Holder alice = world.alice(world.operator());
            Typewriter typewriter = new Typewriter();
            typewriter.typed.add("world\n");
            try (Launcher.Client launcher = launcher(alice);
                    TerminalSession.Client terminal = TerminalSession.client(typewriter)) {
                var request =
                        request(launcher, "say", "-c", "read name; echo hello $name; read rest; echo over; exit 3");
                request.params().setTerminal(terminal);
                try (var response = request.send().join();
                        Process.Client process = response.get().getResult().getProcess()) {
                    await().atMost(PATIENCE).until(() -> typewriter.written().equals("hello world\n"));
                    typewriter.typed.add("");
                    try (var waited = process.waitRequest().send().join()) {
                        assertThat(waited.get().getStatus().getCode()).isEqualTo(3);
                    }
                    await().atMost(PATIENCE).until(() -> typewriter.written().equals("hello world\nover\n"));
                    assertThatThrownBy(() -> process.readRequest().send().join())
                            .hasMessageContaining("has-terminal");
                }
            }
        }
    }

    @Test
    void aProgramClaimsItsOwnPartOfTheSessionOnce() {
        try (World world = launching()) {
            Holder alice = world.alice(world.operator());
            assertThat(Holder.put(alice.home(), "diary", "secret")).isEqualTo("stored");
            assertThat(Holder.put(alice.hold(SessionBundle.Reader::getConfig), "theme", "dark"))
                    .isEqualTo("stored");
            try (Started say = start(alice, "say", "-c", "echo $BAILIWICK_TICKET; sleep 1000")) {
                byte[] ticket = say.ticket();
                assertThat(claim(world, ticket, 1)).isEqualTo("ticket-wrong-process");
                assertThat(claim(world, ticket, 0)).isEqualTo("ticket-wrong-process");

                try (var caps = claimed(world, ticket, say.pid());
                        Namespace.Client home = caps.get().getResult().getCaps().getHome();
                        Namespace.Client config =
                                caps.get().getResult().getCaps().getConfig();
                        Namespace.Client tmp = caps.get().getResult().getCaps().getTmp()) {
                    assertThat(caps.get().getResult().getCaps().getProgram().toString())
                            .isEqualTo("say");
                    assertThat(Holder.get(home, "diary")).isEqualTo("not-found");
                    assertThat(Holder.put(home, "note", "mine")).isEqualTo("stored");
                    assertThat(Holder.get(alice.home(), "apps/say/note")).isEqualTo("mine");
                    assertThat(Holder.get(config, "theme")).isEqualTo("dark");
                    assertThat(Holder.put(config, "theme", "light")).isNotEqualTo("stored");
                    assertThat(tmp.isNull()).isTrue();
                    assertThat(claim(world, ticket, say.pid())).isEqualTo("ticket-invalid");

                    say.process.endRequest().send().await();
                    await().atMost(PATIENCE)
                            .untilAsserted(() -> assertThatThrownBy(() -> Holder.get(home, "note"))
                                    .hasMessageContaining("revoked: "));
                }
            }
            assertThat(world.audit()).contains("login.denied ticket-wrong-process");
        }
    }

    /** Seed 004, the table of execution contexts: an ad-hoc job has the caller's effective token. */
    @Test
    void aProgramThatActsAsItsCallerHasADuplicateOfTheirToken() {
        try (World world = launching()) {
            Holder alice = world.alice(world.operator());
            try (TokenHolder.Client own = alice.bundle().getIdentity();
                    Started errand = start(alice, "errand", "-c", "echo $BAILIWICK_TICKET; sleep 1000");
                    var caps = claimed(world, errand.ticket(), errand.pid());
                    TokenHolder.Client job = caps.get().getResult().getCaps().getIdentity();
                    SecuredDirectories.Client secured =
                            caps.get().getResult().getCaps().getSecured();
                    ServiceDirectory.Client services =
                            caps.get().getResult().getCaps().getServices()) {
                assertThat(caps.get().getResult().getCaps().hasListener()).isFalse();
                String user = token(own, Token.Reader::getUser);
                assertThat(token(job, Token.Reader::getUser)).isEqualTo(user);
                assertThat(token(job, Token.Reader::getIntegrity)).isEqualTo(token(own, Token.Reader::getIntegrity));
                assertThat(token(job, Token.Reader::getTokenId)).isNotEqualTo(token(own, Token.Reader::getTokenId));
                assertThat(flows(own)).containsExactly("0 session", "1 program errand");

                // What it gives up it gives up for itself.
                var remove = job.adjustPrivilegesRequest();
                var changes = remove.params().initChanges(1);
                changes.get(0).setName("SeChangeNotifyPrivilege");
                changes.get(0).setAction(PrivilegeAction.REMOVE);
                remove.send().await();
                assertThat(token(job, LauncherTest::present)).doesNotContain("SeChangeNotifyPrivilege");
                assertThat(token(own, LauncherTest::present)).contains("SeChangeNotifyPrivilege");

                try (var listed = services.listRequest().send().join()) {
                    assertThat(listed.get().getServices()).isEmpty();
                }
                var open = secured.openRequest();
                open.params().setService("nobody");
                try (var opened = open.send().join()) {
                    assertThat(Holder.code(opened.get().getResult().getDenied()))
                            .isEqualTo("not-found");
                }

                errand.process.endRequest().send().await();
                await().atMost(PATIENCE)
                        .untilAsserted(() -> assertThat(flows(own))
                                .as("the flow is over with the program")
                                .containsExactly("0 session"));
                assertThatThrownBy(() -> token(job, Token.Reader::getUser))
                        .hasMessageContaining("revoked: the program has ended");
                assertThatThrownBy(() -> services.listRequest().send().join())
                        .hasMessageContaining("revoked: the program has ended");
            }
        }
    }

    @Test
    void aProgramThatActsAsItsCallerIsTheOneThatWasMeasured() {
        try (World world =
                World.launching(Shipped.manifestWith(PROGRAMS.replaceFirst("[0-9a-f]{64}", "0".repeat(64))), site())) {
            Holder alice = world.alice(world.operator());
            assertThat(denied(alice, "errand", "-c", "exit 0")).isEqualTo("measurement-mismatch");
            try (TokenHolder.Client own = alice.bundle().getIdentity()) {
                assertThat(flows(own)).containsExactly("0 session");
            }
        }
    }

    @Test
    void otherProgramsHoldNoToken() {
        try (World world = launching()) {
            Holder alice = world.alice(world.operator());
            try (Started say = start(alice, "say", "-c", "echo $BAILIWICK_TICKET; sleep 1000");
                    var caps = claimed(world, say.ticket(), say.pid())) {
                assertThat(caps.get().getResult().getCaps().hasIdentity()).isFalse();
                assertThat(caps.get().getResult().getCaps().hasServices()).isFalse();
                assertThat(caps.get().getResult().getCaps().hasSecured()).isFalse();
            }
        }
    }

    private static String token(TokenHolder.Client holder, Function<Token.Reader, ?> what) {
        try (var response = holder.showRequest().send().join()) {
            return String.valueOf(
                    what.apply(response.get().getResult().getFlow().getToken()));
        }
    }

    private static List<String> present(Token.Reader token) {
        List<String> names = new ArrayList<>();
        token.getPrivileges().forEach(privilege -> {
            if (privilege.getPresent()) {
                names.add(privilege.getName().toString());
            }
        });
        return names;
    }

    private static List<String> flows(TokenHolder.Client holder) {
        List<String> flows = new ArrayList<>();
        try (var response = holder.flowsRequest().send().join()) {
            response.get().getFlows().forEach(flow -> flows.add(flow.getId() + " " + flow.getDescription()));
        }
        return flows;
    }

    @Test
    void whatAProgramClaimedGoesWithTheSession() {
        try (World world = launching()) {
            Holder alice = world.alice(world.operator());
            Started say = start(alice, "say", "-c", "echo $BAILIWICK_TICKET; sleep 1000");
            try (var caps = claimed(world, say.ticket(), say.pid());
                    Namespace.Client home = caps.get().getResult().getCaps().getHome()) {
                alice.logout();

                assertThatThrownBy(() -> Holder.get(home, "note")).hasMessageContaining("revoked: ");
            }
            say.close();
        }
    }

    @Test
    void aTicketExpires() {
        try (World world = launching()) {
            Holder alice = world.alice(world.operator());
            try (Started say = start(alice, "say", "-c", "echo $BAILIWICK_TICKET; sleep 1000")) {
                byte[] ticket = say.ticket();
                int pid = say.pid();
                world.clock.advance(Limits.TICKET_LIFE);

                assertThat(denial(world, ticket, pid))
                        .as("how long it was good for, and what to do")
                        .startsWith("ticket-invalid: the ticket is ")
                        .contains("older than 60 s", "start the program again", "within 60 s of its start");
            }
        }
    }

    @Test
    void twoAccountsThatRunOneProgramHoldDifferentThings() {
        try (World world = launching()) {
            Holder operator = world.operator();
            Holder alice = world.alice(operator);
            Holder bob = world.enroll(1002, "bob", operator.create("bob"), World.PASSWORD);
            try (Started hers = start(alice, "say", "-c", "echo $BAILIWICK_TICKET; sleep 1000");
                    Started his = start(bob, "say", "-c", "echo $BAILIWICK_TICKET; sleep 1000")) {
                byte[] herTicket = hers.ticket();
                assertThat(claim(world, herTicket, his.pid())).isEqualTo("ticket-wrong-process");
                try (var herCaps = claimed(world, herTicket, hers.pid());
                        var hisCaps = claimed(world, his.ticket(), his.pid());
                        Namespace.Client herHome =
                                herCaps.get().getResult().getCaps().getHome();
                        Namespace.Client hisHome =
                                hisCaps.get().getResult().getCaps().getHome()) {
                    assertThat(Holder.put(herHome, "note", "hers")).isEqualTo("stored");
                    assertThat(Holder.get(hisHome, "note")).isEqualTo("not-found");
                }
            }
        }
    }

    @Test
    void guestsHaveNoLauncher() {
        try (World world = launching()) {
            assertThat(world.guest(1).receipts()).containsEntry("LAUNCHER", "no-quota");
        }
    }

    private static String[] filled(int count) {
        String[] words = new String[count];
        java.util.Arrays.fill(words, "x");
        return words;
    }

    private static Launcher.Client launcher(Holder holder) {
        return holder.bundle().getLauncher();
    }

    private static dev.bailiwick.capnp.rpc.Request<
                    Launcher.LaunchParams.Builder, Launcher.LaunchResults.Reader, Launcher.LaunchResults.Pipeline>
            request(Launcher.Client launcher, String name, String... arguments) {
        var request = launcher.launchRequest();
        request.params().setName(name);
        var list = request.params().initArguments(arguments.length);
        for (int i = 0; i < arguments.length; i++) {
            list.set(i, new Text.Reader(arguments[i]));
        }
        return request;
    }

    private String denied(Holder holder, String name, String... arguments) {
        try (Launcher.Client launcher = launcher(holder)) {
            return denied(launcher, name, arguments);
        }
    }

    private static String denied(Launcher.Client launcher, String name, String... arguments) {
        try (var response = request(launcher, name, arguments).send().join()) {
            assertThat(response.get().getResult().isDenied()).as("denied").isTrue();
            return Holder.code(response.get().getResult().getDenied());
        }
    }

    private Started start(Holder holder, String name, String... arguments) {
        try (Launcher.Client launcher = launcher(holder)) {
            return start(launcher, name, arguments);
        }
    }

    private static Started start(Launcher.Client launcher, String name, String... arguments) {
        try (var response = request(launcher, name, arguments).send().join()) {
            var result = response.get().getResult();
            assertThat(result.isStarted())
                    .as(() -> Holder.code(result.getDenied()) + ": "
                            + result.getDenied().getMessage())
                    .isTrue();
            return new Started(result.getProcess());
        }
    }

    private static dev.bailiwick.capnp.rpc.Response<SessionManager.ClaimResults.Reader> claimed(
            World world, byte[] ticket, int pid) {
        try (SessionManager.Client manager =
                world.broker.bootstrap(new Caller(World.ALICE_UID, pid, SessionSource.UNIX_SOCKET))) {
            var request = manager.claimRequest();
            request.params().setTicket(ticket);
            var response = request.send().join();
            ClaimResult.Reader result = response.get().getResult();
            assertThat(result.isGranted())
                    .as(() -> Holder.code(result.getDenied()))
                    .isTrue();
            return response;
        }
    }

    private static String claim(World world, byte[] ticket, int pid) {
        return denial(world, ticket, pid).split(":", 2)[0];
    }

    /** The code, what it says and what to do. */
    private static String denial(World world, byte[] ticket, int pid) {
        try (SessionManager.Client manager =
                world.broker.bootstrap(new Caller(World.ALICE_UID, pid, SessionSource.UNIX_SOCKET))) {
            var request = manager.claimRequest();
            request.params().setTicket(ticket);
            try (var response = request.send().join()) {
                assertThat(response.get().getResult().isDenied()).isTrue();
                Denial.Reader denied = response.get().getResult().getDenied();
                return Holder.code(denied) + ": " + denied.getMessage() + "; " + denied.getHint();
            }
        }
    }

    /** A started program, held. */
    private record Started(Process.Client process) implements AutoCloseable {
        /** The program's process; the sandbox is there before it. */
        int pid() {
            int[] pid = {0};
            await().atMost(PATIENCE).until(() -> {
                try (var info = process.infoRequest().send().join()) {
                    pid[0] = info.get().getPid();
                    return pid[0] != 0;
                }
            });
            return pid[0];
        }

        byte[] ticket() {
            var request = process.readRequest();
            try (var response = request.send().join()) {
                return HexFormat.of()
                        .parseHex(new String(response.get().getData().toArray(), UTF_8).strip());
            }
        }

        String output() {
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            boolean end = false;
            while (!end) {
                try (var response = process.readRequest().send().join()) {
                    all.writeBytes(response.get().getData().toArray());
                    end = response.get().getEnd();
                }
            }
            return all.toString(UTF_8);
        }

        /** {@code code/signal/reason}. */
        String exit() {
            try (var response = process.waitRequest().send().join()) {
                var status = response.get().getStatus();
                return status.getCode() + "/" + status.getSignal() + "/" + status.getReason();
            }
        }

        /** The reason it ended, or why nobody can ask any more. */
        String exitOrRevoked() {
            try {
                return exit();
            } catch (dev.bailiwick.capnp.rpc.RpcException revoked) {
                return revoked.reason();
            }
        }

        @Override
        public void close() {
            process.close();
        }
    }

    /** A terminal with somebody at it; an empty line ends what they type. */
    private static final class Typewriter implements TerminalSession.Server {
        final LinkedBlockingQueue<String> typed = new LinkedBlockingQueue<>();
        private final List<String> paper = new CopyOnWriteArrayList<>();

        String written() {
            return String.join("", paper);
        }

        @Override
        public CompletionStage<?> read(
                CallContext<TerminalSession.ReadParams.Reader, TerminalSession.ReadResults.Builder> call) {
            return java.util.concurrent.CompletableFuture.supplyAsync(
                            () -> {
                                try {
                                    return typed.take();
                                } catch (InterruptedException e) {
                                    throw new java.util.concurrent.CompletionException(e);
                                }
                            },
                            task -> Thread.ofVirtual().start(task))
                    .thenAccept(text -> {
                        call.results().setData(text.getBytes(UTF_8));
                        call.results().setEnd(text.isEmpty());
                    });
        }

        @Override
        public CompletionStage<?> write(
                CallContext<TerminalSession.WriteParams.Reader, TerminalSession.WriteResults.Builder> call) {
            paper.add(new String(call.params().getData().toArray(), UTF_8));
            return Calls.DONE;
        }
    }

    @Test
    void aServiceStartsItsMeasuredBinaryAndNothingElse() throws IOException {
        Path binary = folder.resolve("probe");
        Files.writeString(binary, "#!/bin/sh\necho probed\n");
        BundlePlan plan = Situation.shipped("health-probe")
                .service(new ServiceIdentity(
                        "health-probe", binary.toString(), Hash256.sha256(Files.readAllBytes(binary)), "bailiwickd"))
                .plan();
        TestClock clock = new TestClock();
        try (Launchpad launchpad = new Launchpad(site(), clock)) {
            Grant grant = GrantTest.grant((PolicyDecision.Granted) plan.decision(Slot.LAUNCHER));
            grant.guard(
                    Launcher.client(new LauncherServer(
                            grant,
                            Optional.of(launchpad),
                            new Tickets(clock, new SecureRandom()),
                            (session, line) -> {},
                            (session, rule) -> {
                                throw new AssertionError("the binary of a service is no job");
                            })),
                    Launcher.factory);
            try (Launcher.Client launcher = grant.capability(Launcher.factory)) {
                assertThat(denied(launcher, "ls")).isEqualTo("unknown-program");
                assertThat(denied(launcher, "health-probe", "--anything")).isEqualTo("too-many-arguments");
                try (Started probe = start(launcher, "health-probe")) {
                    assertThat(probe.output()).isEqualTo("probed\n");
                }
                Files.writeString(binary, "#!/bin/sh\necho swapped\n");
                assertThat(denied(launcher, "health-probe")).isEqualTo("measurement-mismatch");
            }
            grant.close("over");
        }
    }
}
