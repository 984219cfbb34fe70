package dev.bailiwick.broker;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.bailiwick.accountstore.AccountStore;
import dev.bailiwick.accountstore.AuditEntry;
import dev.bailiwick.accountstore.Mutation;
import dev.bailiwick.accountstore.OpaqueBytes;
import dev.bailiwick.accountstore.SeedRecords;
import dev.bailiwick.capnp.rpc.Response;
import dev.bailiwick.engine.Engine;
import dev.bailiwick.engine.RamEngine;
import dev.bailiwick.identity.IdentitySource;
import dev.bailiwick.launch.LaunchSite;
import dev.bailiwick.profiles.SeedPlan;
import dev.bailiwick.schema.gen.LoginResult;
import dev.bailiwick.schema.gen.SessionManager;
import dev.bailiwick.schema.gen.SshChallenge;
import dev.bailiwick.schema.gen.TerminalSession;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * A broker over a store in memory, seeded from the shipped manifest, as its clients see it: {@code
 * world.operator().create("alice")}.
 */
final class World implements AutoCloseable {
    static final String PASSWORD = "correct horse battery";
    static final int OPERATOR_UID = 1000;
    static final int ALICE_UID = 1001;

    final TestClock clock = new TestClock();
    final Engine engine;
    final AccountStore store;
    final Broker broker;
    private final Map<String, String> codes = new HashMap<>();
    private final List<Holder> holders = Collections.synchronizedList(new ArrayList<>());

    private World(SeedPlan manifest, int hashThreads) {
        this(manifest, hashThreads, Optional.empty());
    }

    private World(SeedPlan manifest, int hashThreads, Optional<LaunchSite> site) {
        this(manifest, hashThreads, site, List.of(), RamEngine.open(), AccountStore::createInMemory);
    }

    /** Makes a store over an engine. */
    @FunctionalInterface
    interface Making {
        AccountStore over(Engine engine, List<Mutation> seeds, InstantSource clock, RandomGenerator random);
    }

    private World(
            SeedPlan manifest,
            int hashThreads,
            Optional<LaunchSite> site,
            List<IdentitySource> sources,
            Engine engine,
            Making making) {
        this.engine = engine;
        SecureRandom random = new SecureRandom();
        store = making.over(
                engine,
                SeedRecords.of(
                        manifest,
                        clock.instant(),
                        seed -> {
                            EnrolmentCode code = EnrolmentCode.draw(random);
                            codes.put(seed.label(), code.text());
                            return code.verifier();
                        },
                        EnrolmentCode.ALGORITHM),
                clock,
                random);
        broker = Broker.idle(
                engine,
                store,
                new BrokerConfig(
                        "test", clock, random, hashThreads, Limits.SESSIONS, KeyringSecret.inMemory(), site, sources));
    }

    static World seeded() {
        return seeded(Shipped.manifest());
    }

    /** One over that engine, which is its own from now on. */
    static World over(Engine engine, Making making) {
        return new World(Shipped.manifest(), 2, Optional.empty(), List.of(), engine, making);
    }

    static World seeded(SeedPlan manifest) {
        return new World(manifest, 2);
    }

    /** One that launches programs there. */
    static World launching(SeedPlan manifest, LaunchSite site) {
        return new World(manifest, 2, Optional.of(site));
    }

    /** One that launches programs there, and asks those who is outside. */
    static World launching(SeedPlan manifest, LaunchSite site, List<IdentitySource> sources) {
        return new World(manifest, 2, Optional.of(site), sources, RamEngine.open(), AccountStore::createInMemory);
    }

    /** The seeded operator, enrolled and logged in. */
    Holder operator() {
        return enroll(OPERATOR_UID, "operator", seededCode("operator-first-code"), PASSWORD);
    }

    String seededCode(String label) {
        return Objects.requireNonNull(codes.get(label), label);
    }

    SessionManager.Client connect(int uid) {
        return broker.bootstrap(uid, SessionSource.UNIX_SOCKET);
    }

    SessionManager.Client connect(int uid, SessionSource source) {
        return broker.bootstrap(uid, source);
    }

    Holder enroll(int uid, String name, String code, String password) {
        try (SessionManager.Client manager = connect(uid)) {
            return enroll(manager, name, code, password);
        }
    }

    Holder enroll(SessionManager.Client manager, String name, String code, String password) {
        var request = manager.enrollRequest();
        request.params().setName(name);
        request.params().setCode(code.getBytes(US_ASCII));
        request.params().setPassword(password.getBytes(UTF_8));
        Response<SessionManager.EnrollResults.Reader> response = request.send().join();
        return hold(response, response.get().getResult());
    }

    /** Spends a code to let a key log in. */
    Holder enrollKey(int uid, String name, String code, String line) {
        try (SessionManager.Client manager = connect(uid)) {
            var request = manager.enrollRequest();
            request.params().setName(name);
            request.params().setCode(code.getBytes(US_ASCII));
            request.params().setSshKey(line);
            Response<SessionManager.EnrollResults.Reader> response =
                    request.send().join();
            return hold(response, response.get().getResult());
        }
    }

    /** Bytes to sign, and for what. */
    record Challenge(OpaqueBytes bytes, String namespace) {
        String signedBy(SshKey key) {
            return key.sign(namespace, bytes.toBytes());
        }

        static Challenge of(SshChallenge.Reader wire) {
            return new Challenge(
                    OpaqueBytes.of(wire.getBytes().toArray()),
                    wire.getNamespace().toString());
        }
    }

    Challenge challenge(SessionManager.Client manager, String name) {
        var request = manager.sshChallengeRequest();
        request.params().setName(name);
        try (var response = request.send().join()) {
            return Challenge.of(response.get().getChallenge());
        }
    }

    Holder sshLogin(int uid, String name, SshKey key) {
        try (SessionManager.Client manager = connect(uid)) {
            Challenge challenge = challenge(manager, name);
            return sshLogin(manager, name, challenge, challenge.signedBy(key));
        }
    }

    Holder sshLogin(SessionManager.Client manager, String name, Challenge challenge, String signature) {
        var request = manager.sshKeyRequest();
        request.params().setName(name);
        request.params().setChallenge(challenge.bytes().toBytes());
        request.params().setSignature(signature);
        Response<SessionManager.SshKeyResults.Reader> response = request.send().join();
        return hold(response, response.get().getResult());
    }

    Holder login(int uid, String name, String password) {
        try (SessionManager.Client manager = connect(uid)) {
            return login(manager, name, password);
        }
    }

    Holder login(SessionManager.Client manager, String name, String password) {
        var request = manager.passwordRequest();
        request.params().setName(name);
        request.params().setPassword(password.getBytes(UTF_8));
        Response<SessionManager.PasswordResults.Reader> response =
                request.send().join();
        return hold(response, response.get().getResult());
    }

    /** A login with a terminal, which stays the caller's. */
    Holder login(int uid, String name, String password, TerminalSession.Client terminal) {
        try (SessionManager.Client manager = connect(uid)) {
            var request = manager.passwordRequest();
            request.params().setName(name);
            request.params().setPassword(password.getBytes(UTF_8));
            request.params().setTerminal(terminal);
            Response<SessionManager.PasswordResults.Reader> response =
                    request.send().join();
            return hold(response, response.get().getResult());
        }
    }

    /** Takes a session up with a terminal, which stays the caller's. */
    Holder resume(int uid, byte[] reference, TerminalSession.Client terminal) {
        try (SessionManager.Client manager = connect(uid)) {
            var request = manager.resumeRequest();
            request.params().setReference(reference);
            request.params().setTerminal(terminal);
            Response<SessionManager.ResumeResults.Reader> response =
                    request.send().join();
            return hold(response, response.get().getResult());
        }
    }

    Holder guest(int uid) {
        try (SessionManager.Client manager = connect(uid)) {
            Response<SessionManager.GuestResults.Reader> response =
                    manager.guestRequest().send().join();
            return hold(response, response.get().getResult());
        }
    }

    Holder anonymous(int uid) {
        try (SessionManager.Client manager = connect(uid)) {
            Response<SessionManager.AnonymousResults.Reader> response =
                    manager.anonymousRequest().send().join();
            return hold(response, response.get().getResult());
        }
    }

    Holder resume(int uid, byte[] reference) {
        try (SessionManager.Client manager = connect(uid)) {
            var request = manager.resumeRequest();
            request.params().setReference(reference);
            Response<SessionManager.ResumeResults.Reader> response =
                    request.send().join();
            return hold(response, response.get().getResult());
        }
    }

    /** An ordinary account with its owner logged in. */
    Holder alice(Holder operator) {
        return enroll(ALICE_UID, "alice", operator.create("alice"), PASSWORD);
    }

    private Holder hold(Response<?> response, LoginResult.Reader result) {
        Holder holder = new Holder(response, result);
        holders.add(holder);
        return holder;
    }

    /** The audit chain's words so far, {@code kind code} each, without those of the seeds. */
    List<String> audit() {
        return store.auditLog().read(1, 1000).stream()
                .map(AuditEntry::event)
                .map(event -> event.kind() + " " + event.code())
                .toList();
    }

    List<AuditEntry> auditEntries() {
        return store.auditLog().read(1, 1000);
    }

    @Override
    public void close() {
        holders.forEach(Holder::close);
        broker.close();
        engine.close();
        store.close();
        assertThat(broker.sessions()).isZero();
    }
}
