package dev.bailiwick.broker;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.management.ThreadMXBean;
import dev.bailiwick.accountstore.AccountStatus;
import dev.bailiwick.accountstore.AccountStore;
import dev.bailiwick.accountstore.Actor;
import dev.bailiwick.accountstore.Attribution;
import dev.bailiwick.accountstore.CommitResult;
import dev.bailiwick.accountstore.CredentialKind;
import dev.bailiwick.accountstore.NewAccount;
import dev.bailiwick.accountstore.NewCredential;
import dev.bailiwick.accountstore.OpaqueBytes;
import dev.bailiwick.accountstore.SeedRecords;
import dev.bailiwick.capnp.rpc.CapabilityClient;
import dev.bailiwick.engine.Engine;
import dev.bailiwick.profiles.PrincipalKind;
import dev.bailiwick.profiles.ProfileRef;
import dev.bailiwick.profiles.SeedPlan;
import dev.bailiwick.profiles.Slot;
import dev.bailiwick.schema.AccountName;
import dev.bailiwick.schema.RecordId;
import dev.bailiwick.schema.gen.Namespace;
import dev.bailiwick.schema.gen.SessionManager;
import dev.bailiwick.schema.gen.TerminalSession;
import dev.bailiwick.schema.gen.UserSession;
import java.lang.management.ManagementFactory;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Supplier;

/**
 * A broker over a store with some accounts, whose logins can be taken step by step. It stands in the broker's package because the
 * steps are nobody else's business. Thread-safe but for the measurements, which are one caller's.
 */
public final class BrokerSteps implements AutoCloseable {
    /** The password of every account. */
    public static final String PASSWORD = "correct horse battery";

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final Attribution DAEMON = Attribution.of(new Actor.Daemon());
    private static final Caller CALLER = new Caller(1000, SessionSource.UNIX_SOCKET);

    private final InstantSource clock = InstantSource.system();
    private final SecureRandom random = new SecureRandom();
    private final PasswordHash hash = PasswordHash.CURRENT;
    private final byte[] salt = new byte[PasswordHash.SALT_BYTES];
    private final AccountStore store;
    private final Broker broker;
    private final List<RecordId> accounts = new ArrayList<>();

    /**
     * What one step took.
     *
     * @param micros the median
     * @param bytes garbage, the mean
     */
    public record Cost(double micros, double bytes) {}

    /**
     * A session and what its holder holds.
     *
     * @param session the session
     * @param bundle a reference to each of its capabilities, as a connection keeps them for its peer
     */
    public record Held(Session session, List<CapabilityClient> bundle) {
        /** Gives the references back. */
        void close() {
            bundle.forEach(CapabilityClient::close);
        }
    }

    /** A broker over a new store in that engine, with accounts named {@code account-0} and so on. */
    public BrokerSteps(Engine engine, SeedPlan seeds, int count, int hashThreads) {
        this.store = AccountStore.createInMemory(
                engine,
                SeedRecords.of(
                        seeds,
                        clock.instant(),
                        code -> OpaqueBytes.of(code.label().getBytes(UTF_8)),
                        EnrolmentCode.ALGORITHM),
                clock,
                random);
        this.broker = Broker.open(
                engine,
                store,
                new BrokerConfig("bench", clock, random, hashThreads, Limits.SESSIONS, KeyringSecret.inMemory()));
        byte[] verifier = hash.verifier(PASSWORD.getBytes(UTF_8), salt, new HashMemory());
        for (int i = 0; i < count; i++) {
            create(i, verifier);
        }
    }

    private void create(int number, byte[] verifier) {
        AccountName name = AccountName.parse("account-" + number);
        require(store.accountManager()
                .create(
                        new NewAccount(
                                name,
                                "",
                                PrincipalKind.HUMAN,
                                new TreeSet<>(List.of("local-user")),
                                ProfileRef.following(store.resourceProfiles()
                                        .byName("standard")
                                        .orElseThrow()
                                        .content()
                                        .profile()
                                        .profileId()),
                                ProfileRef.following(store.policy()
                                        .profileByName("standard")
                                        .orElseThrow()
                                        .content()
                                        .profile()
                                        .profileId()),
                                List.of(new NewCredential(
                                        CredentialKind.PASSWORD,
                                        "password",
                                        hash.text(),
                                        OpaqueBytes.of(salt),
                                        OpaqueBytes.of(verifier),
                                        Optional.empty())),
                                Optional.empty()),
                        DAEMON));
        accounts.add(store.accounts().byName(name.key()).orElseThrow().recordId());
    }

    private static void require(CommitResult result) {
        if (!(result instanceof CommitResult.Committed)) {
            throw new IllegalStateException(result.toString());
        }
    }

    /** Argon2id with the parameters of every account's password, and nothing else. For one thread, whose memory it keeps. */
    public Supplier<byte[]> hashing() {
        HashMemory memory = new HashMemory();
        return () -> hash.verifier(PASSWORD.getBytes(UTF_8), salt, memory);
    }

    /** The same with memory made for each hash. */
    public Supplier<byte[]> hashingInNewMemory() {
        return () -> hash.verifier(PASSWORD.getBytes(UTF_8), salt, new HashMemory());
    }

    /** The login paths, for one more caller. */
    public SessionManager.Client connect() {
        return broker.bootstrap(CALLER.uid(), CALLER.source());
    }

    /** The store, to look accounts up in. */
    public AccountStore store() {
        return store;
    }

    // ---- planning and minting ----

    /** Plans from facts that are in memory: the pure function alone. */
    public Cost plan(int count) {
        Facts facts = broker.parts()
                .records()
                .withoutCredentials(accounts.getFirst())
                .orElseThrow()
                .facts();
        Planner planner = broker.parts().planner();
        return measured(
                count,
                () -> planner.plan(
                        facts,
                        new Circumstances(
                                SessionKind.LOCAL,
                                SessionSource.UNIX_SOCKET,
                                AuthStrength.PASSWORD,
                                false,
                                clock.instant())),
                plan -> {
                    if (plan.refusal().isPresent()) {
                        throw new IllegalStateException(plan.refusal().get().message());
                    }
                });
    }

    /**
     * Starts sessions of an account that has logged in before: facts, plan, admission, objects, membranes, publication. What ends
     * them again is not measured.
     */
    public Cost planAndMint(int count) {
        return measured(
                count, () -> session(0), session -> broker.parts().janitor().discard(session, "measured"));
    }

    /** As {@link #planAndMint}, each time of another account, whose facts and plan are not in memory. */
    public Cost planAndMintAnew(int count) {
        int[] next = new int[1];
        disable(0); // a commit, after which nothing that was kept is used
        enable(0);
        return measured(
                Math.min(count, accounts.size() - 1),
                () -> session(++next[0]),
                session -> broker.parts().janitor().discard(session, "measured"));
    }

    private Session session(int account) {
        return switch (broker.parts()
                .minter()
                .start(
                        accounts.get(account),
                        CALLER,
                        AuthStrength.PASSWORD,
                        Optional.empty(),
                        TerminalSession.factory.nullClient())) {
            case Minter.Outcome.Started(Session session, var _) -> session;
            case Minter.Outcome.Refused(Refusal refusal) -> throw new IllegalStateException(refusal.message());
        };
    }

    private interface Step<T> {
        T run();
    }

    private interface Afterwards<T> {
        void run(T result);
    }

    private static <T> Cost measured(int count, Step<T> step, Afterwards<T> afterwards) {
        long[] nanos = new long[count];
        long bytes = 0;
        for (int i = 0; i < count; i++) {
            long allocated = THREADS.getCurrentThreadAllocatedBytes();
            long start = System.nanoTime();
            T result = step.run();
            nanos[i] = System.nanoTime() - start;
            bytes += THREADS.getCurrentThreadAllocatedBytes() - allocated;
            afterwards.run(result);
        }
        Arrays.sort(nanos);
        return new Cost(nanos[count / 2] / 1e3, bytes / (double) count);
    }

    // ---- many sessions ----

    /** Starts a session of that account, and takes a reference to everything in its bundle. */
    public Held hold(int account) {
        Session session = session(account);
        List<CapabilityClient> bundle = new ArrayList<>();
        for (Grant grant : session.grants()) {
            bundle.add(grant.capability(Namespace.factory)); // what interface it is held as makes no difference here
        }
        return new Held(session, bundle);
    }

    /** Sessions that live now. */
    public int sessions() {
        return broker.sessions();
    }

    // ---- revocation: each returns when it is acknowledged ----

    /** Disables the account. */
    public void disable(int account) {
        require(store.accountManager().setStatus(accounts.get(account), AccountStatus.DISABLED, 0, DAEMON));
    }

    /** Makes it active again. */
    public void enable(int account) {
        require(store.accountManager().setStatus(accounts.get(account), AccountStatus.ACTIVE, 0, DAEMON));
    }

    /** Takes the role away that most of a bundle rests on. */
    public void removeRole(int account) {
        require(store.accountManager().removeRole(accounts.get(account), "local-user", 0, DAEMON));
    }

    /** Gives it back. */
    public void addRole(int account) {
        require(store.accountManager().addRole(accounts.get(account), "local-user", Optional.empty(), 0, DAEMON));
    }

    /** Logs out through the session's own capability; it is acknowledged when all that ends with the session is gone. */
    public void logout(Held held) {
        try (UserSession.Client session =
                held.session().grant(Slot.SESSION).orElseThrow().capability(UserSession.factory)) {
            session.logoutRequest().send().await();
        }
    }

    /** Whether nothing may come of any capability of that session any more. */
    public boolean isRevoked(Held held) {
        return held.session().grants().stream()
                .filter(grant -> grant.decision().slot() == Slot.HOME)
                .allMatch(grant -> grant.closed().isPresent());
    }

    /** Ends a session and waits until it is cleared away. */
    public void end(Held held) {
        broker.parts().janitor().end(held.session(), "measured");
        held.session().cleared().join();
        held.close();
    }

    @Override
    public void close() {
        broker.close();
    }
}
