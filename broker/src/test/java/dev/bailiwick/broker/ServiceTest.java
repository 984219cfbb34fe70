package dev.bailiwick.broker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.bailiwick.accountstore.Actor;
import dev.bailiwick.accountstore.AuditEntry;
import dev.bailiwick.identity.Group;
import dev.bailiwick.identity.IntegrityLevel;
import dev.bailiwick.identity.LiveToken;
import dev.bailiwick.identity.LogonSession;
import dev.bailiwick.identity.LogonType;
import dev.bailiwick.identity.MintResult;
import dev.bailiwick.identity.Privilege;
import dev.bailiwick.identity.PrivilegeChange;
import dev.bailiwick.identity.PrivilegeSet;
import dev.bailiwick.identity.Privileges;
import dev.bailiwick.identity.Refused;
import dev.bailiwick.identity.Sid;
import dev.bailiwick.identity.TokenMinter;
import dev.bailiwick.identity.TokenSpec;
import dev.bailiwick.identity.WellKnownSid;
import dev.bailiwick.launch.LaunchSite;
import dev.bailiwick.launch.Tools;
import dev.bailiwick.profiles.ProgramRule;
import dev.bailiwick.profiles.Slot;
import dev.bailiwick.schema.Hash256;
import dev.bailiwick.schema.SessionId;
import dev.bailiwick.schema.gen.AccountStatus;
import dev.bailiwick.schema.gen.ActingIdentity;
import dev.bailiwick.schema.gen.ImpersonationLevel;
import dev.bailiwick.schema.gen.IncomingConnection;
import dev.bailiwick.schema.gen.Namespace;
import dev.bailiwick.schema.gen.PrivilegeAction;
import dev.bailiwick.schema.gen.SecuredDirectories;
import dev.bailiwick.schema.gen.ServiceConnection;
import dev.bailiwick.schema.gen.ServiceDirectory;
import dev.bailiwick.schema.gen.ServiceIdentity;
import dev.bailiwick.schema.gen.SessionBundle;
import dev.bailiwick.schema.gen.SessionManager;
import dev.bailiwick.schema.gen.TokenHolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.capnproto.Text;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Services: defined, started with a token of their own, connected to, acting for their clients. Starts real processes; needs bubblewrap and
 * util-linux. What a binary would do over its socket, a {@link StandIn} does in this process.
 */
@Tag("native-tools")
class ServiceTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @TempDir
    private Path folder = Path.of("/");

    private World world = World.seeded();
    private Holder operator = world.operator();
    private final List<AutoCloseable> open = new ArrayList<>();

    @BeforeEach
    void launching() throws IOException {
        world.close();
        world = World.launching(Shipped.manifest(), site());
        operator = world.operator();
    }

    private LaunchSite site() throws IOException {
        int uid = (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
        return new LaunchSite(folder, Optional.empty(), Tools.find(), uid);
    }

    @AfterEach
    void over() throws Exception {
        for (AutoCloseable each : open.reversed()) {
            each.close();
        }
        world.close();
    }

    private <T extends AutoCloseable> T closing(T each) {
        open.add(each);
        return each;
    }

    private ServiceStarts starts() {
        return world.broker.parts().starts();
    }

    private Session session(Holder holder) {
        return world.broker
                .parts()
                .sessions()
                .byId(SessionId.of(holder.result().getInfo().getSessionId().toArray()))
                .orElseThrow();
    }

    /** Any grant of the operator's: that a supervisor is leased is tested elsewhere. */
    private Grant supervisor() {
        return session(operator).grant(Slot.ACCOUNT_MANAGER).orElseThrow();
    }

    private Path script(String name, String lines) throws IOException {
        Path script = folder.resolve(name);
        Files.writeString(script, "#!/bin/sh\n" + lines + "\n");
        return script;
    }

    private String define(String name, Consumer<ServiceIdentity.Builder> more) throws IOException {
        return define(name, script(name, "exec sleep 1000"), 0, more);
    }

    private String define(String name, Path binary, long expect, Consumer<ServiceIdentity.Builder> more)
            throws IOException {
        var request = operator.manager().defineServiceRequest();
        request.params().setName(name);
        request.params().setExpect(expect);
        ServiceIdentity.Builder definition = request.params().initDefinition();
        definition.setBinaryPath(binary.toString());
        definition.setBinarySha256(Hash256.sha256(Files.readAllBytes(binary)).toBytes());
        more.accept(definition);
        try (var response = request.send().join()) {
            return Holder.outcome(response.get().getResult());
        }
    }

    private static void privileges(ServiceIdentity.Builder definition, String... names) {
        definition.setHasRequiredPrivileges(true);
        var list = definition.initRequiredPrivileges(names.length);
        for (int i = 0; i < names.length; i++) {
            list.set(i, new Text.Reader(names[i]));
        }
    }

    /** {@code started}, or the denial's code. */
    private String start(String name) {
        return switch (starts().start(supervisor(), name)) {
            case ServiceStarts.Outcome.Done _ -> "started";
            case ServiceStarts.Outcome.Refused(Refusal refusal) -> refusal.code();
        };
    }

    private StandIn started(String name) throws IOException {
        return started(name, definition -> {});
    }

    private StandIn started(String name, Consumer<ServiceIdentity.Builder> more) throws IOException {
        assertThat(define(name, more)).isEqualTo("committed");
        assertThat(start(name)).isEqualTo("started");
        return closing(new StandIn(starts(), name).listen());
    }

    private static LiveToken token(StandIn service) {
        return service.service().flows().main().flow().primary();
    }

    private ServiceConnection.Client connect(ServiceDirectory.Client services, String name, ImpersonationLevel level) {
        var request = services.connectRequest();
        request.params().setName(name);
        request.params().setLevel(level);
        try (var response = request.send().join()) {
            var result = response.get().getResult();
            assertThat(result.isConnected())
                    .as(() -> Holder.code(result.getDenied()) + ": "
                            + result.getDenied().getMessage())
                    .isTrue();
            return closing(result.getConnection());
        }
    }

    private static String connectDenied(ServiceDirectory.Client services, String name, ImpersonationLevel level) {
        var request = services.connectRequest();
        request.params().setName(name);
        request.params().setLevel(level);
        try (var response = request.send().join()) {
            return Holder.code(response.get().getResult().getDenied());
        }
    }

    private static String asked(ServiceConnection.Client connection, String text) {
        var request = connection.requestRequest();
        request.params().setBody(text.getBytes(UTF_8));
        try (var response = request.send().join()) {
            var result = response.get().getResult();
            return result.isBody() ? new String(result.getBody().toArray(), UTF_8) : Holder.code(result.getDenied());
        }
    }

    // ---- definitions ----

    @Test
    void aDefinitionIsPartOfItsAccountsRecord() throws IOException {
        assertThat(define("vault", definition -> {
                    definition.setIdentity("NetworkService");
                    privileges(definition, "SeChangeNotifyPrivilege", "SeImpersonatePrivilege");
                    definition.setDescriptor("D:(A;;GR;;;BU)");
                }))
                .isEqualTo("committed");

        var account = world.store.accounts().service("vault").orElseThrow();
        var service = account.content().service().orElseThrow();
        assertThat(account.content().name()).isEqualTo("vault");
        assertThat(account.content().roles()).containsExactly("service-account");
        assertThat(service.identity()).isEqualTo("NetworkService");
        assertThat(service.requiredPrivileges().orElseThrow())
                .containsExactly("SeChangeNotifyPrivilege", "SeImpersonatePrivilege");
        assertThat(service.supervisor()).isEqualTo("bailiwickd");

        assertThat(define("vault", folder.resolve("vault"), 7, definition -> {}))
                .isEqualTo("conflict 1");
        assertThat(define("vault", folder.resolve("vault"), 1, definition -> {}))
                .isEqualTo("committed");
        assertThat(world.store
                        .accounts()
                        .service("vault")
                        .orElseThrow()
                        .content()
                        .service()
                        .orElseThrow()
                        .identity())
                .isEmpty();
        assertThat(world.store.accounts().history(account.recordId()))
                .extracting(entry -> entry.entry().operation())
                .containsExactly("account.create", "account.service");
    }

    @Test
    void whatMeansNothingIsDeniedByItsName() throws IOException {
        assertThat(define("vault", definition -> privileges(definition, "SeFlyPrivilege")))
                .isEqualTo("unknown-privilege");
        assertThat(define("vault", definition -> definition.setDescriptor("D:(A;;GR;;BU)")))
                .isEqualTo("invalid-descriptor");
        assertThat(define("vault", definition -> definition.setBinarySha256(new byte[0])))
                .isEqualTo("unmeasured-binary");
        assertThat(define("vault", definition -> definition.setBinaryPath("relative")))
                .isEqualTo("invalid-argument");
        assertThat(define("Vault", script("x", ""), 0, definition -> {})).isEqualTo("invalid-argument");
        assertThat(define("", script("x", ""), 0, definition -> {})).isEqualTo("invalid-name");
        assertThat(define("operator", script("x", ""), 0, definition -> {})).isEqualTo("name-taken");
        assertThat(define("nobody", script("x", ""), 3, definition -> {})).isEqualTo("not-found");
        assertThat(world.store.accounts().service("vault")).isEmpty();
    }

    @Test
    void whatTheManifestDefinesIsWhatTheCommandDefinesAndStartsTheSame() throws IOException {
        Path binary = script("vault", "exec sleep 1000");
        Path pre = script("pre", "echo preparing");
        Path well = script("well", "echo well");
        world.close();
        world = World.launching(
                Shipped.manifestWith("""

                        [[account]]
                        name = "vault"
                        kind = "service"
                        roles = ["service-account"]
                        resource-profile = "service"
                        policy-profile = "service"
                        [account.service]
                        name = "vault"
                        supervisor = "bailiwickd"
                        binary = "%s"
                        sha256 = "%s"
                        identity = "SYSTEM"
                        hook-identity = "NetworkService"
                        required-privileges = ["SeImpersonatePrivilege"]
                        start-pre = [{ path = "%s", sha256 = "%s" }]
                        start-post = [{ path = "%3$s", sha256 = "%4$s" }]
                        health-check = { path = "%s", sha256 = "%s" }
                        reload = { path = "%3$s", sha256 = "%4$s" }
                        descriptor = "D:(A;;GR;;;BU)"
                        reads = ["/usr/share"]
                        """.formatted(binary, measured(binary), pre, measured(pre), well, measured(well))),
                site());
        operator = world.operator();
        var seeded = world.store.accounts().service("vault").orElseThrow().content();

        assertThat(start("vault")).isEqualTo("started");
        StandIn vault = closing(new StandIn(starts(), "vault").listen());
        assertThat(token(vault).token().user()).isEqualTo(WellKnownSid.SYSTEM.sid());
        assertThat(token(vault).token().service()).contains(Sid.service("vault"));
        assertThat(token(vault).token().privileges().present().toList()).containsExactly(Privilege.IMPERSONATE);
        assertThat(starts().health("vault")).isEqualTo(new ServiceStarts.Command.Exited(0, "well\n"));

        assertThat(define("vault", binary, 0, definition -> {
                    definition.setIdentity("SYSTEM");
                    definition.setHookIdentity("NetworkService");
                    privileges(definition, "SeImpersonatePrivilege");
                    hook(definition.initStartPre(1).get(0), pre);
                    hook(definition.initStartPost(1).get(0), pre);
                    hook(definition.initHealthCheck(), well);
                    hook(definition.initReload(), pre);
                    definition.setDescriptor("D:(A;;GR;;;BU)");
                    definition.initReads(1).set(0, new Text.Reader("/usr/share"));
                }))
                .isEqualTo("committed");
        assertThat(world.store
                        .accounts()
                        .service("vault")
                        .orElseThrow()
                        .content()
                        .service())
                .isEqualTo(seeded.service());
    }

    private static Hash256 measured(Path file) throws IOException {
        return Hash256.sha256(Files.readAllBytes(file));
    }

    // ---- starting ----

    @Test
    void aStartedServiceHasATokenOfItsOwnWithItsOwnSid() throws IOException {
        StandIn vault = started("vault");
        StandIn web = started("web");

        assertThat(token(vault).token().user()).isEqualTo(WellKnownSid.LOCAL_SERVICE.sid());
        assertThat(token(vault).token().service()).contains(Sid.service("vault"));
        assertThat(token(web).token().user()).isEqualTo(WellKnownSid.LOCAL_SERVICE.sid());
        assertThat(token(web).token().service()).contains(Sid.service("web"));
        assertThat(token(vault).id()).isNotEqualTo(token(web).id());
        assertThat(start("vault")).isEqualTo("already-running");
        assertThat(start("nothing")).isEqualTo("not-found");
        assertThat(world.audit()).contains("service.start ok", "service.start already-running");
    }

    @Test
    void aServiceOfSystemGetsASeparateTokenThatRestrictionsDoNotShare() throws IOException {
        StandIn one = started("one", definition -> {
            definition.setIdentity("SYSTEM");
            privileges(definition, "SeImpersonatePrivilege");
        });
        StandIn other = started("other", definition -> definition.setIdentity("SYSTEM"));

        assertThat(token(one).token().user()).isEqualTo(WellKnownSid.SYSTEM.sid());
        assertThat(token(one).token().privileges().present().toList()).containsExactly(Privilege.IMPERSONATE);
        assertThat(token(other).token().privileges().present().has(Privilege.TCB))
                .isTrue();
    }

    @Test
    void anIdentityNobodyKnowsStartsNothing() throws IOException {
        assertThat(define("vault", definition -> definition.setIdentity("EXAMPLE\\somebody")))
                .isEqualTo("committed");

        assertThat(start("vault")).isEqualTo("unknown-identity");
        assertThat(starts().named("vault")).isEmpty();
    }

    @Test
    void anotherServicesAccountIsAnIdentityForAsLongAsItIsActive() throws IOException {
        assertThat(define("base", definition -> {})).isEqualTo("committed");
        StandIn vault = started("vault", definition -> definition.setIdentity("base"));
        assertThat(token(vault).token().user().toString()).startsWith("S-1-5-21-");
        assertThat(token(vault).token().privileges().present().has(Privilege.IMPERSONATE))
                .isFalse();

        operator.setStatus("base", AccountStatus.DISABLED);
        assertThat(define("later", definition -> definition.setIdentity("base")))
                .isEqualTo("committed");
        assertThat(start("later")).isEqualTo("identity-unavailable");
    }

    @Test
    void hooksRunBeforeAndAfterInTheirOrderAndAFailingOneStopsTheStart() throws IOException {
        Path pre = script("pre", "echo preparing");
        Path bad = script("bad", "echo no room; exit 3");
        assertThat(define("vault", definition -> {
                    hook(definition.initStartPre(2).get(0), pre);
                    hook(definition.getStartPre().get(1), bad);
                }))
                .isEqualTo("committed");

        assertThat(start("vault")).isEqualTo("hook-failed");
        assertThat(starts().named("vault")).isEmpty();

        assertThat(define("web", definition -> {
                    hook(definition.initStartPre(1).get(0), pre);
                    hook(definition.initStartPost(1).get(0), pre);
                    hook(definition.initHealthCheck(), bad);
                    hook(definition.initReload(), pre);
                }))
                .isEqualTo("committed");
        assertThat(start("web")).isEqualTo("started");
        assertThat(starts().health("web")).isEqualTo(new ServiceStarts.Command.Exited(3, "no room\n"));
        assertThat(starts().reload(supervisor(), "web")).isEqualTo(new ServiceStarts.Command.Exited(0, "preparing\n"));
        assertThat(starts().health("vault")).isInstanceOf(ServiceStarts.Command.Refused.class);
    }

    private static void hook(dev.bailiwick.schema.gen.ServiceProgram.Builder to, Path program) {
        try {
            to.setPath(program.toString());
            to.setSha256(Hash256.sha256(Files.readAllBytes(program)).toBytes());
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void aBinaryThatIsNotTheMeasuredOneIsNotStarted() throws IOException {
        assertThat(define("vault", definition -> {})).isEqualTo("committed");
        Files.writeString(folder.resolve("vault"), "#!/bin/sh\nexec sleep 2000\n");

        assertThat(start("vault")).isEqualTo("measurement-mismatch");
    }

    @Test
    void whenTheBinaryEndsNothingOfTheServiceGoesOn() throws IOException {
        assertThat(define("short", script("short", "exit 4"), 0, definition -> {}))
                .isEqualTo("committed");
        assertThat(start("short")).isEqualTo("started");

        await().atMost(PATIENCE).until(() -> starts().named("short").isEmpty());
        assertThat(starts().lastEnd("short")).startsWith("it ended with 4");
        assertThat(world.audit()).contains("service.end ok");
    }

    // ---- hooks ----

    @Test
    void aHookAfterTheStartRunsAsItsOwnIdentityOnceTheBinaryIsUp() throws Exception {
        Path signals = signals();
        Path waiting = script(
                "waiting", "until [ -e " + signals + "/go ]; do sleep 0.05; done; exit $(cat " + signals + "/go)");
        assertThat(define("vault", definition -> {
                    hook(definition.initStartPost(1).get(0), waiting);
                    definition.setHookIdentity("NetworkService");
                    definition.initReads(1).set(0, new Text.Reader(signals.toString()));
                }))
                .isEqualTo("committed");
        CompletableFuture<String> start = CompletableFuture.supplyAsync(() -> start("vault"));
        Flows.Entry hook = flow("vault", "start-post");
        RunningService service = starts().named("vault").orElseThrow();

        assertThat(service.program().orElseThrow().exit())
                .as("the binary is up")
                .isNotDone();
        assertThat(seenBy(service, hook)).startsWith("NetworkService system").contains(" vault,");
        assertThat(seenBy(service, service.flows().main()))
                .startsWith("LocalService system")
                .contains(" vault,");
        assertThat(start).isNotDone();

        signal(signals, "0");
        assertThat(start.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isEqualTo("started");
        assertThat(service.flows().all())
                .as("the hook's token is gone")
                .containsExactly(service.flows().main());
    }

    @Test
    void aHookAfterTheStartThatFailsEndsTheBinary() throws Exception {
        Path signals = signals();
        Path waiting = script(
                "waiting", "until [ -e " + signals + "/go ]; do sleep 0.05; done; exit $(cat " + signals + "/go)");
        assertThat(define("vault", definition -> {
                    hook(definition.initStartPost(1).get(0), waiting);
                    definition.initReads(1).set(0, new Text.Reader(signals.toString()));
                }))
                .isEqualTo("committed");
        CompletableFuture<String> start = CompletableFuture.supplyAsync(() -> start("vault"));
        Flows.Entry hook = flow("vault", "start-post");
        RunningService service = starts().named("vault").orElseThrow();
        assertThat(seenBy(service, hook)).as("without a hook identity").startsWith("LocalService system");

        signal(signals, "3");
        assertThat(start.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isEqualTo("hook-failed");
        await().atMost(PATIENCE).until(() -> starts().named("vault").isEmpty());
        assertThat(service.program().orElseThrow().exit().get(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                .isNotNull();
        assertThat(service.launcher().closed()).contains("the service could not be started");
        assertThat(world.audit()).contains("service.start hook-failed", "service.end ok");
    }

    @Test
    void hooksOfAnUnknownHookIdentityDoNotRunAndNeitherDoesTheBinary() throws IOException {
        Path pre = script("pre", "echo preparing");
        assertThat(define("vault", definition -> {
                    hook(definition.initStartPre(1).get(0), pre);
                    definition.setHookIdentity("EXAMPLE\\nobody");
                }))
                .isEqualTo("committed");

        assertThat(start("vault")).isEqualTo("unknown-identity");
        assertThat(starts().named("vault")).isEmpty();
    }

    @Test
    void commandsThatHangAreEndedAfterTheirTime() throws Exception {
        Path hanging = script("hanging", "exec sleep 1000");
        assertThat(define("vault", definition -> {
                    hook(definition.initHealthCheck(), hanging);
                    hook(definition.initReload(), hanging);
                }))
                .isEqualTo("committed");
        assertThat(define(
                        "web",
                        script("web", "exec sleep 1000"),
                        0,
                        definition -> hook(definition.initStartPre(1).get(0), hanging)))
                .isEqualTo("committed");
        assertThat(start("vault")).isEqualTo("started");
        long begin = System.nanoTime();

        CompletableFuture<String> health = CompletableFuture.supplyAsync(() -> code(starts().health("vault")));
        CompletableFuture<String> reload =
                CompletableFuture.supplyAsync(() -> code(starts().reload(supervisor(), "vault")));
        CompletableFuture<String> start = CompletableFuture.supplyAsync(() -> start("web"));
        long patience = Limits.SERVICE_COMMAND.plus(PATIENCE).toSeconds();

        assertThat(health.get(patience, TimeUnit.SECONDS)).isEqualTo("timed-out");
        assertThat(reload.get(patience, TimeUnit.SECONDS)).isEqualTo("timed-out");
        assertThat(start.get(patience, TimeUnit.SECONDS)).isEqualTo("timed-out");
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThanOrEqualTo(Limits.SERVICE_COMMAND);
        assertThat(starts().named("web")).isEmpty();
        assertThat(starts().named("vault").orElseThrow().flows().all())
                .as("the service goes on, and nothing of what hung")
                .hasSize(1);
        assertThat(world.audit()).contains("service.reload timed-out", "service.start timed-out");
    }

    private static String code(ServiceStarts.Command command) {
        return switch (command) {
            case ServiceStarts.Command.Exited(int code, String _) -> "exited " + code;
            case ServiceStarts.Command.Refused(Refusal refusal) -> refusal.code();
        };
    }

    /** A folder that a service may see, for tests to tell its programs something. */
    private Path signals() throws IOException {
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        return Files.createDirectory(folder.resolve("signals"));
    }

    private void signal(Path signals, String code) throws IOException {
        Path written = Files.writeString(folder.resolve("signal"), code);
        Files.move(written, signals.resolve("go"), StandardCopyOption.ATOMIC_MOVE);
    }

    /** The flow of a service's program that is called so, once it runs. */
    private Flows.Entry flow(String service, String description) {
        return await().atMost(PATIENCE)
                .until(
                        () -> starts().named(service).stream()
                                .flatMap(running -> running.flows().all().stream())
                                .filter(entry -> entry.description().equals(description))
                                .findFirst(),
                        Optional::isPresent)
                .orElseThrow();
    }

    /** What the program of a flow sees by its {@code identity}. */
    private String seenBy(RunningService service, Flows.Entry flow) {
        ProgramHoldings holdings = new ProgramHoldings(
                service.launcher(),
                ProgramRule.of(service.definition()),
                Optional.empty(),
                starts().programs().held(service, flow));
        try (SessionManager.Client manager = SessionManager.client(new Claims(holdings));
                var claimed = manager.claimRequest().send().join();
                TokenHolder.Client identity =
                        claimed.get().getResult().getCaps().getIdentity()) {
            return shown(identity);
        }
    }

    // ---- secured directories ----

    @Test
    void aPerServiceSidLetsOneLocalServiceIntoItsDataAndKeepsTheOtherOut() throws IOException {
        StandIn vault = started("vault");
        StandIn web = started("web");
        try (SecuredDirectories.Client own = vault.caps().getSecured();
                SecuredDirectories.Client others = web.caps().getSecured();
                Namespace.Client data = StandIn.open(own, "vault")) {
            assertThat(StandIn.put(data, "gold", "au")).isEqualTo("stored");
            assertThat(StandIn.get(data, "gold")).isEqualTo("found");

            assertThat(StandIn.opened(others, "vault")).isEqualTo("access-denied");
            assertThat(StandIn.opened(others, "web")).isEqualTo("opened");
            assertThat(StandIn.opened(others, "nothing")).isEqualTo("not-found");
        }
        Holder alice = world.alice(operator);
        assertThat(StandIn.opened(alice.hold(SessionBundle.Reader::getSecured), "vault"))
                .isEqualTo("access-denied");
        assertThat(world.audit()).contains("secured.open ok", "secured.denied access-denied");
    }

    @Test
    void theDescriptorOfADefinitionDecidesWhoMayDoWhat() throws IOException {
        StandIn vault = started(
                "vault",
                definition -> definition.setDescriptor("D:(A;;GA;;;" + Sid.service("vault") + ")(A;;GR;;;BU)"));
        try (SecuredDirectories.Client own = vault.caps().getSecured();
                Namespace.Client data = StandIn.open(own, "vault")) {
            assertThat(StandIn.put(data, "gold", "au")).isEqualTo("stored");
        }
        SecuredDirectories.Client secured = world.alice(operator).hold(SessionBundle.Reader::getSecured);
        try (Namespace.Client data = StandIn.open(secured, "vault")) {
            assertThat(StandIn.get(data, "gold")).isEqualTo("found");
            assertThat(StandIn.put(data, "gold", "fe")).isEqualTo("access-denied");

            // Another definition closes what is open by the one before.
            assertThat(define("vault", definition -> {})).isEqualTo("committed");
            assertThatThrownBy(() -> StandIn.get(data, "gold"))
                    .hasMessageContaining("revoked: the service's account was changed");
            assertThat(StandIn.opened(secured, "vault")).isEqualTo("access-denied");
        }
    }

    @Test
    void anExplanationWalksTheDescriptor() throws IOException {
        started("vault");
        SecuredDirectories.Client secured = world.alice(operator).hold(SessionBundle.Reader::getSecured);
        var request = secured.explainRequest();
        request.params().setService("vault");
        request.params().setAccess("read");
        try (var response = request.send().join()) {
            var explanation = response.get().getResult().getExplanation();
            assertThat(explanation.getGranted()).isFalse();
            assertThat(explanation.getDescriptor().toString())
                    .contains(Sid.service("vault").toString());
            List<String> steps = new ArrayList<>();
            explanation.getSteps().forEach(step -> steps.add(step.toString()));
            assertThat(steps).anyMatch(step -> step.contains("does not match"));
        }
    }

    // ---- connecting and impersonating ----

    @Test
    void theLevelOfAConnectionSaysHowFarTheServiceMayGo() throws IOException {
        StandIn vault = started(
                "vault",
                definition -> definition.setDescriptor("D:(A;;GA;;;" + Sid.service("vault") + ")(A;;GR;;;BU)"));
        Holder alice = world.alice(operator);
        ServiceDirectory.Client services = alice.hold(SessionBundle.Reader::getServices);

        ServiceConnection.Client full = connect(services, "vault", ImpersonationLevel.IMPERSONATION);
        assertThat(asked(full, "hello")).isEqualTo("HELLO");
        assertThat(vault.identified()).isEqualTo("alice decides as alice");
        try (ActingIdentity.Client acting = vault.acting();
                var response = acting.securedRequest().send().join();
                SecuredDirectories.Client secured = response.get().getSecured()) {
            assertThat(StandIn.opened(secured, "vault")).isEqualTo("opened");
        }

        connect(services, "vault", ImpersonationLevel.IDENTIFICATION);
        assertThat(vault.identified()).isEqualTo("alice decides as Anonymous");
        try (ActingIdentity.Client acting = vault.acting();
                var response = acting.securedRequest().send().join();
                SecuredDirectories.Client secured = response.get().getSecured()) {
            assertThat(StandIn.opened(secured, "vault")).isEqualTo("access-denied");
        }

        connect(services, "vault", ImpersonationLevel.ANONYMOUS);
        assertThat(vault.identified()).isEqualTo("anonymous-client");

        connect(services, "vault", ImpersonationLevel.DELEGATION);
        assertThat(vault.identified()).isEqualTo("alice decides as alice");
    }

    @Test
    void impersonatingTakesThePrivilegePresentAndEnabled() throws IOException {
        StandIn without = started("without", definition -> privileges(definition, "SeChangeNotifyPrivilege"));
        StandIn vault = started("vault");
        Holder alice = world.alice(operator);
        ServiceDirectory.Client services = alice.hold(SessionBundle.Reader::getServices);

        connect(services, "without", ImpersonationLevel.IMPERSONATION);
        assertThat(without.actingDenied()).isEqualTo("privilege-not-held");
        assertThat(without.identified()).isEqualTo("alice decides as alice");

        connect(services, "vault", ImpersonationLevel.IMPERSONATION);
        vault.acting().close();
        var _ = token(vault).adjustPrivileges(List.of(PrivilegeChange.disable(Privilege.IMPERSONATE)));
        assertThat(vault.actingDenied()).isEqualTo("privilege-not-held");
        assertThat(world.audit()).contains("service.impersonate privilege-not-held", "service.impersonate ok");
    }

    @Test
    void aServiceThatIsConnectedToWhileActingSeesTheClient() throws IOException {
        StandIn front = started("front");
        StandIn back = started("back");
        Holder alice = world.alice(operator);
        connect(alice.hold(SessionBundle.Reader::getServices), "front", ImpersonationLevel.IMPERSONATION);

        try (ActingIdentity.Client acting = front.acting();
                var response = acting.servicesRequest().send().join();
                ServiceDirectory.Client onward = response.get().getServices()) {
            connect(onward, "back", ImpersonationLevel.IMPERSONATION);
            assertThat(back.identified()).isEqualTo("alice decides as alice");
            assertThat(connectDenied(onward, "back", ImpersonationLevel.DELEGATION))
                    .isEqualTo("level-raised");
        }
        try (ServiceDirectory.Client itself = front.caps().getServices()) {
            connect(itself, "back", ImpersonationLevel.IMPERSONATION);
            assertThat(back.identified()).isEqualTo("LocalService decides as LocalService");
        }
    }

    @Test
    void actingIsAFlowOfItsOwnThatOthersSeeAndRevertingEnds() throws IOException {
        StandIn vault = started("vault");
        Holder alice = world.alice(operator);
        connect(alice.hold(SessionBundle.Reader::getServices), "vault", ImpersonationLevel.IMPERSONATION);
        ActingIdentity.Client acting = closing(vault.acting());
        SecuredDirectories.Client secured;
        try (var response = acting.securedRequest().send().join()) {
            secured = closing(response.get().getSecured());
        }
        assertThat(vault.service().flows().all()).hasSize(2);
        assertThat(token(vault).token().user()).isEqualTo(WellKnownSid.LOCAL_SERVICE.sid());

        acting.revertRequest().send().await();
        assertThat(vault.service().flows().all()).hasSize(1);
        assertThatThrownBy(() -> StandIn.opened(secured, "vault"))
                .hasMessageContaining("revoked: the service has reverted");
        assertThatThrownBy(() -> acting.showRequest().send().await())
                .hasMessageContaining("revoked: the service has reverted");
    }

    @Test
    void aServiceNeverActsAboveItsOwnIntegrity() throws IOException {
        StandIn vault = started("vault", definition -> definition.setDescriptor("D:(A;;GA;;;BU)(A;;GA;;;LS)"));
        Holder alice = world.alice(operator);
        Session client = session(alice);
        Footing footing = new Footing(
                client,
                client.flows(starts().connections().identities()::logon).main(),
                client.grant(Slot.SERVICES).orElseThrow());
        assertThat(StandIn.put(StandIn.open(alice.hold(SessionBundle.Reader::getSecured), "vault"), "a", "by alice"))
                .as("she may write")
                .isEqualTo("stored");

        // The same service, but for a token of low integrity that may impersonate: policy gives no service such a one.
        RunningService real = vault.service();
        RunningService low = new RunningService(
                real.definition(),
                real.account(),
                real.version(),
                real.session(),
                real.launcher(),
                real.group(),
                flows(IntegrityLevel.LOW),
                real.startedAt());
        List<IncomingConnection.Client> incoming = new ArrayList<>();
        low.listen(StandIn.collecting(incoming));
        Connections connections = new Connections(
                new Connections.Running() {
                    @Override
                    public Optional<RunningService> named(String name) {
                        return Optional.of(low);
                    }

                    @Override
                    public List<RunningService> all() {
                        return List.of(low);
                    }
                },
                starts().connections().identities(),
                starts().connections().data(),
                starts().connections().audit());
        try (ServiceDirectory.Client services =
                ServiceDirectory.client(new ServiceDirectoryServer(footing, connections))) {
            connect(services, "vault", ImpersonationLevel.IMPERSONATION);
        }

        try (IncomingConnection.Client connection = incoming.getFirst();
                var response = connection.impersonateRequest().send().join();
                ActingIdentity.Client acting = response.get().getResult().getActing()) {
            var flow = response.get().getResult().getImpersonating();
            assertThat(flow.getToken().getUserName().toString()).isEqualTo("alice");
            assertThat(flow.getToken().getIntegrity().toString()).isEqualTo("low");
            assertThat(footing.token().integrity()).as("hers is as it was").isEqualTo(IntegrityLevel.MEDIUM);
            try (var opened = acting.securedRequest().send().join();
                    SecuredDirectories.Client secured = opened.get().getSecured();
                    Namespace.Client data = StandIn.open(secured, "vault")) {
                assertThat(StandIn.get(data, "a")).isEqualTo("found");
                assertThat(StandIn.put(data, "a", "by the service")).isEqualTo("access-denied");
            }
        }
    }

    /** Flows of alice's, by a token of that integrity which may impersonate. */
    private Flows flows(IntegrityLevel integrity) {
        AtomicLong ids = new AtomicLong(1_000);
        LogonSession logon = new LogonSession(1, LogonType.SERVICE);
        PrivilegeSet privileges = PrivilegeSet.of(Privilege.IMPERSONATE);
        TokenSpec spec = TokenSpec.of(WellKnownSid.LOCAL_SERVICE.sid(), integrity, logon, LogonTokens.SOURCE)
                .withGroup(Group.always(WellKnownSid.EVERYONE.sid()))
                .withPrivileges(Privileges.of(privileges, privileges));
        return switch (TokenMinter.create(TokenMinter.boot(ids::incrementAndGet), spec, ids::incrementAndGet)) {
            case MintResult.Minted(LiveToken token) -> new Flows(token, "test");
            case Refused refused -> throw new AssertionError(refused.message());
        };
    }

    // ---- revocation ----

    @Test
    void theEndOfTheClientsSessionEndsWhatTheServiceDidAsTheClient() throws IOException {
        StandIn vault = started("vault", definition -> definition.setDescriptor("D:(A;;GA;;;BU)"));
        Holder alice = world.alice(operator);
        connect(alice.hold(SessionBundle.Reader::getServices), "vault", ImpersonationLevel.IMPERSONATION);
        ActingIdentity.Client acting = closing(vault.acting());
        Namespace.Client data;
        try (var response = acting.securedRequest().send().join();
                SecuredDirectories.Client secured = response.get().getSecured()) {
            data = closing(StandIn.open(secured, "vault"));
        }
        assertThat(StandIn.put(data, "a", "b")).isEqualTo("stored");

        alice.logout();

        assertThatThrownBy(() -> StandIn.put(data, "a", "c")).hasMessageContaining("revoked: logged out");
        assertThatThrownBy(() -> acting.showRequest().send().await()).hasMessageContaining("revoked: logged out");
        assertThatThrownBy(() -> vault.identified()).hasMessageContaining("revoked: logged out");
        assertThat(vault.service().connections()).isZero();
    }

    @Test
    void disablingAServicesAccountEndsItAndAllThatWasOpenedThroughIt() throws IOException {
        StandIn vault = started("vault");
        Holder alice = world.alice(operator);
        ServiceConnection.Client connection =
                connect(alice.hold(SessionBundle.Reader::getServices), "vault", ImpersonationLevel.IMPERSONATION);
        SecuredDirectories.Client secured = closing(vault.caps().getSecured());
        Namespace.Client data = closing(StandIn.open(secured, "vault"));

        operator.setStatus("vault", AccountStatus.DISABLED);

        assertThatThrownBy(() -> asked(connection, "hello")).hasMessageContaining("revoked: ");
        assertThatThrownBy(() -> StandIn.put(data, "a", "b")).hasMessageContaining("revoked: ");
        assertThatThrownBy(() -> vault.identified()).hasMessageContaining("revoked: the account was disabled");
        await().atMost(PATIENCE).until(() -> starts().named("vault").isEmpty());
        assertThat(start("vault")).isEqualTo("account-disabled");
    }

    @Test
    void stoppingAServiceEndsItsProcessesAndItsConnections() throws IOException {
        StandIn vault = started("vault");
        int pid = vault.service().program().orElseThrow().pid();
        Holder alice = world.alice(operator);
        ServiceConnection.Client connection =
                connect(alice.hold(SessionBundle.Reader::getServices), "vault", ImpersonationLevel.IMPERSONATION);

        assertThat(starts().stop(supervisor(), "vault", "a test"))
                .isEqualTo(new ServiceStarts.Outcome.Done(Optional.empty()));

        // Killed it is by then; the kernel takes a moment to clear it away.
        await().atMost(PATIENCE).until(() -> !Files.exists(Path.of("/proc/" + pid)));
        assertThatThrownBy(() -> asked(connection, "hello"))
                .hasMessageContaining("revoked: the service was stopped: a test");
        assertThat(starts().stop(supervisor(), "vault", "")).isInstanceOf(ServiceStarts.Outcome.Refused.class);
        assertThat(world.audit()).contains("service.stop ok", "service.connect ok");
        assertThat(start("vault")).isEqualTo("started");
    }

    // ---- limits ----

    @Test
    void aSessionHasABoundedNumberOfConnections() throws IOException {
        started("vault");
        ServiceDirectory.Client services = world.alice(operator).hold(SessionBundle.Reader::getServices);
        ServiceConnection.Client first = connect(services, "vault", ImpersonationLevel.IDENTIFICATION);
        for (int i = 1; i < Limits.CONNECTIONS_PER_SESSION; i++) {
            connect(services, "vault", ImpersonationLevel.IDENTIFICATION);
        }

        assertThat(connectDenied(services, "vault", ImpersonationLevel.IDENTIFICATION))
                .isEqualTo("too-many-connections");
        first.closeRequest().send().await();
        connect(services, "vault", ImpersonationLevel.IDENTIFICATION);
    }

    @Test
    void aServiceHasABoundedNumberOfConnectionsAndOfThoseThatWait() throws IOException {
        StandIn vault = started("vault");
        ServiceDirectory.Client services = world.alice(operator).hold(SessionBundle.Reader::getServices);
        int waiting = 0;
        while (vault.service().mayWait()) {
            waiting++;
        }
        assertThat(waiting).isEqualTo(Limits.WAITING_CONNECTIONS);
        assertThat(connectDenied(services, "vault", ImpersonationLevel.IDENTIFICATION))
                .isEqualTo("too-many-connections");
        vault.service().waited();
        connect(services, "vault", ImpersonationLevel.IDENTIFICATION);

        int more = 0;
        while (vault.service().enter()) {
            more++;
        }
        assertThat(more).isEqualTo(Limits.CONNECTIONS_PER_SERVICE - 1);
        assertThat(connectDenied(services, "vault", ImpersonationLevel.IDENTIFICATION))
                .isEqualTo("too-many-connections");
    }

    @Test
    void aRequestHasABoundedSize() throws IOException {
        started("vault");
        ServiceConnection.Client connection = connect(
                world.alice(operator).hold(SessionBundle.Reader::getServices),
                "vault",
                ImpersonationLevel.IDENTIFICATION);

        assertThat(asked(connection, "a".repeat(Limits.SERVICE_REQUEST_BYTES))).startsWith("AAA");
        assertThat(asked(connection, "x".repeat(Limits.SERVICE_REQUEST_BYTES + 1)))
                .isEqualTo("too-large");
    }

    @Test
    void requestsUnderWayInAConnectionAreBounded() throws IOException {
        assertThat(define("vault", definition -> {})).isEqualTo("committed");
        assertThat(start("vault")).isEqualTo("started");
        closing(new StandIn(starts(), "vault").listenSilently());
        ServiceDirectory.Client services = world.alice(operator).hold(SessionBundle.Reader::getServices);
        ServiceConnection.Client connection = connect(services, "vault", ImpersonationLevel.IDENTIFICATION);
        ServiceConnection.Client another = connect(services, "vault", ImpersonationLevel.IDENTIFICATION);

        for (int i = 0; i < Limits.REQUESTS_PER_CONNECTION; i++) {
            var request = connection.requestRequest();
            request.params().setBody("hello".getBytes(UTF_8));
            closing(request.send());
        }
        assertThat(asked(connection, "one more")).isEqualTo("too-many-requests");

        var elsewhere = another.requestRequest();
        elsewhere.params().setBody("hello".getBytes(UTF_8));
        var call = closing(elsewhere.send());
        assertThat(asked(connection, "one more")).isEqualTo("too-many-requests");
        assertThat(call.stage().toCompletableFuture())
                .as("another connection has its own")
                .isNotDone();
    }

    @Test
    void connectionsThatWaitAreBoundedAndAServiceHasOnlySoLongToTakeOne() throws Exception {
        assertThat(define("vault", definition -> {})).isEqualTo("committed");
        assertThat(start("vault")).isEqualTo("started");
        StandIn vault = closing(new StandIn(starts(), "vault").hesitate());
        ServiceDirectory.Client services = world.alice(operator).hold(SessionBundle.Reader::getServices);
        long begin = System.nanoTime();
        List<CompletableFuture<String>> waiting = new ArrayList<>();
        for (int i = 0; i < Limits.WAITING_CONNECTIONS; i++) {
            waiting.add(CompletableFuture.supplyAsync(
                    () -> connectDenied(services, "vault", ImpersonationLevel.IDENTIFICATION),
                    command -> Thread.ofVirtual().start(command)));
        }
        await().atMost(PATIENCE).until(() -> vault.service().connections() == Limits.WAITING_CONNECTIONS);

        assertThat(connectDenied(services, "vault", ImpersonationLevel.IDENTIFICATION))
                .isEqualTo("too-many-connections");
        for (CompletableFuture<String> each : waiting) {
            assertThat(each.get(Limits.ACCEPT.plus(PATIENCE).toSeconds(), TimeUnit.SECONDS))
                    .isEqualTo("connection-refused");
        }
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThanOrEqualTo(Limits.ACCEPT);
        assertThat(vault.service().connections()).isZero();

        vault.listen();
        connect(services, "vault", ImpersonationLevel.IDENTIFICATION);
    }

    @Test
    void aServiceHasABoundedNumberOfFlows() throws IOException {
        StandIn vault = started("vault");
        connect(
                world.alice(operator).hold(SessionBundle.Reader::getServices),
                "vault",
                ImpersonationLevel.IDENTIFICATION);
        Flows flows = vault.service().flows();
        while (flows.start(token(vault), "filler").isPresent()) {
            assertThat(flows.all().size()).isLessThanOrEqualTo(Limits.FLOWS_PER_SESSION);
        }

        assertThat(vault.actingDenied()).isEqualTo("too-many-flows");
    }

    @Test
    void whoDoesNotRunOrDoesNotListenIsNotConnectedTo() throws IOException {
        ServiceDirectory.Client services = world.alice(operator).hold(SessionBundle.Reader::getServices);
        assertThat(connectDenied(services, "vault", ImpersonationLevel.IMPERSONATION))
                .isEqualTo("not-listening");
        assertThat(define("vault", definition -> {})).isEqualTo("committed");
        assertThat(start("vault")).isEqualTo("started");
        assertThat(connectDenied(services, "vault", ImpersonationLevel.IMPERSONATION))
                .isEqualTo("not-listening");
    }

    // ---- tokens and bundles ----

    @Test
    void aTokenNeverWidensABundle() {
        Holder alice = world.alice(operator);
        Session session = session(alice);
        BundlePlan before = session.plan().orElseThrow();
        AtomicLong ids = new AtomicLong();

        session.actAs(new Flows(TokenMinter.boot(ids::incrementAndGet), "SYSTEM, of all things"));
        assertThat(world.broker.parts().minter().refresh(session)).isEmpty();

        assertThat(session.plan().orElseThrow().granted())
                .extracting(PolicyDecision.Granted::slot)
                .isEqualTo(before.granted().stream()
                        .map(PolicyDecision.Granted::slot)
                        .toList());
        assertThat(Slot.values())
                .allSatisfy(slot -> assertThat(
                                session.plan().orElseThrow().decision(slot).code())
                        .isEqualTo(before.decision(slot).code()));
    }

    @Test
    void everySessionHasATokenAndRolesMakeNoPrivileges() {
        Holder alice = world.alice(operator);
        assertThat(shown(alice))
                .contains("alice medium", "Users", "AuthenticatedUsers", "Interactive", "SeChangeNotifyPrivilege")
                .doesNotContain("Administrators");
        assertThat(shown(operator))
                .contains("operator medium", "Users")
                .doesNotContain("Administrators", "SeImpersonatePrivilege", "SeTcbPrivilege");
        assertThat(shown(world.guest(1005))).contains("guest low", "Guests").doesNotContain("Users", "SeChange");
        assertThat(shown(world.anonymous(1006)))
                .contains("Anonymous untrusted")
                .doesNotContain("AuthenticatedUsers", "SeChange");
    }

    @Test
    void aChangeOfPrivilegesIsAuditedWithWhoseSessionAndWhatWasThereBefore() {
        Holder alice = world.alice(operator);
        TokenHolder.Client identity = alice.hold(SessionBundle.Reader::getIdentity);

        assertThat(adjusted(identity, "SeChangeNotifyPrivilege", PrivilegeAction.DISABLE))
                .isEqualTo("adjusted");
        assertThat(adjusted(identity, "SeChangeNotifyPrivilege", PrivilegeAction.DISABLE))
                .as("which changes nothing")
                .isEqualTo("adjusted");
        identity.resetPrivilegesRequest().send().await();
        assertThat(adjusted(identity, "SeChangeNotifyPrivilege", PrivilegeAction.REMOVE))
                .isEqualTo("adjusted");
        assertThat(adjusted(identity, "SeChangeNotifyPrivilege", PrivilegeAction.ENABLE))
                .isEqualTo("privilege-absent");

        assertThat(world.auditEntries())
                .extracting(AuditEntry::event)
                .filteredOn(event -> event.kind().equals("token.privileges"))
                .extracting(event -> event.code() + ": " + event.previousValue() + " to " + event.newValue())
                .containsExactly(
                        "ok: SeChangeNotifyPrivilege=enabled to SeChangeNotifyPrivilege=disabled",
                        "ok: SeChangeNotifyPrivilege=disabled to SeChangeNotifyPrivilege=enabled",
                        "ok: SeChangeNotifyPrivilege=enabled to SeChangeNotifyPrivilege=absent",
                        "privilege-absent:  to the token does not have SeChangeNotifyPrivilege, so it cannot be enabled;"
                                + " nothing was changed");
        assertThat(world.auditEntries())
                .extracting(AuditEntry::event)
                .filteredOn(event -> event.kind().equals("token.privileges"))
                .allSatisfy(event -> assertThat(event.actor())
                        .contains(new Actor.Session(
                                session(alice).identity().principalId(),
                                session(alice).identity().id())));
    }

    @Test
    void switchingAPrivilegeOnAndOffAgainAndAgainIsCounted() {
        TokenHolder.Client identity = world.alice(operator).hold(SessionBundle.Reader::getIdentity);
        for (int i = 0; i < 20; i++) {
            adjusted(identity, "SeChangeNotifyPrivilege", PrivilegeAction.DISABLE);
            adjusted(identity, "SeChangeNotifyPrivilege", PrivilegeAction.ENABLE);
        }
        assertThat(world.audit()).filteredOn("token.privileges ok"::equals).hasSize(2);

        world.clock.advance(Limits.DENIAL_WINDOW);
        world.broker.sweep();
        assertThat(world.auditEntries())
                .extracting(entry -> entry.event().newValue())
                .anyMatch(text -> text.contains("SeChangeNotifyPrivilege=disabled: 19 more from uid "));
    }

    @Test
    void aServicesChangesAreNotedInItsSessionAndManyInSeveralEvents() throws IOException {
        StandIn vault = started("vault");
        try (TokenHolder.Client identity = vault.caps().getIdentity()) {
            var request = identity.adjustPrivilegesRequest();
            List<Privilege> all = token(vault).token().privileges().present().toList();
            var changes = request.params().initChanges(all.size());
            for (int i = 0; i < all.size(); i++) {
                changes.get(i).setName(all.get(i).text());
                changes.get(i).setAction(PrivilegeAction.REMOVE);
            }
            request.send().await();
            List<String> noted = world.auditEntries().stream()
                    .map(AuditEntry::event)
                    .filter(event -> event.kind().equals("token.privileges"))
                    .flatMap(event -> java.util.Arrays.stream(event.newValue().split(" ")))
                    .toList();
            assertThat(noted)
                    .containsExactlyElementsOf(all.stream()
                            .map(privilege -> privilege.text() + "=absent")
                            .toList());
        }
    }

    private static String adjusted(TokenHolder.Client identity, String name, PrivilegeAction action) {
        var request = identity.adjustPrivilegesRequest();
        var change = request.params().initChanges(1).get(0);
        change.setName(name);
        change.setAction(action);
        try (var response = request.send().join()) {
            var result = response.get().getResult();
            return result.isAdjusted() ? "adjusted" : Holder.code(result.getDenied());
        }
    }

    private static String shown(Holder holder) {
        return shown(holder.hold(SessionBundle.Reader::getIdentity));
    }

    private static String shown(TokenHolder.Client identity) {
        try (var response = identity.showRequest().send().join()) {
            var token = response.get().getResult().getFlow().getToken();
            StringBuilder text = new StringBuilder(token.getUserName() + " " + token.getIntegrity());
            token.getGroups()
                    .forEach(group -> text.append(' ').append(group.getName()).append(','));
            token.getPrivileges().forEach(privilege -> text.append(' ').append(privilege.getName()));
            return text.toString();
        }
    }
}
