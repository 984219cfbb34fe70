package dev.bailiwick.torture;

import dev.bailiwick.capnp.rpc.Response;
import dev.bailiwick.capnp.rpc.RpcConnection;
import dev.bailiwick.capnp.rpc.UnixConnection;
import dev.bailiwick.schema.gen.AccountRecord;
import dev.bailiwick.schema.gen.AccountResult;
import dev.bailiwick.schema.gen.AccountStatus;
import dev.bailiwick.schema.gen.AccountStoreManager;
import dev.bailiwick.schema.gen.AccountStoreReader;
import dev.bailiwick.schema.gen.CreateResult;
import dev.bailiwick.schema.gen.LoginResult;
import dev.bailiwick.schema.gen.MutationResult;
import dev.bailiwick.schema.gen.SessionManager;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * An administrator's connection to a daemon, over its socket. It reads accounts and gives them another status by compare-and-set; what
 * an account holds is told by its version and its content hash, which no other version has. Used by one thread at a time.
 *
 * <p>Times are those of {@link System#nanoTime}, which on Linux all processes share. Where a question and another's answer carry the
 * same one, the calls count as overlapping.
 */
final class SocketClient implements AutoCloseable {
    static final int ACCOUNTS = 3;

    static final String OPERATOR = "operator";

    private final RpcConnection connection;
    private final Response<?> session;
    private final String reference;
    private final AccountStoreReader.Client reader;
    private final AccountStoreManager.Client manager;
    private final String name;
    private final SplittableRandom random;
    private final Map<Integer, Seen> lastSeen = new HashMap<>();

    /** What an account held. */
    private record Seen(Register register, AccountStatus status) {}

    private SocketClient(
            RpcConnection connection,
            Response<?> session,
            LoginResult.Reader login,
            String name,
            SplittableRandom random) {
        if (login.which() != LoginResult.Which.GRANTED) {
            throw new IllegalStateException("no session: " + login.getDenied().getCode());
        }
        this.connection = connection;
        this.session = session;
        this.reference = HexFormat.of().formatHex(login.getReference().toArray());
        this.reader = login.getBundle().getAccountReader();
        this.manager = login.getBundle().getAccountManager();
        this.name = name;
        this.random = random;
    }

    /** Sets the operator's first password, and begins a session. */
    static SocketClient enrolled(Path socket, String code, String name, SplittableRandom random) throws IOException {
        RpcConnection connection = UnixConnection.connect(socket);
        try (SessionManager.Client bootstrap = connection.bootstrap(SessionManager.factory)) {
            var request = bootstrap.enrollRequest();
            request.params().setName(OPERATOR);
            request.params().setCode(code.getBytes(StandardCharsets.UTF_8));
            request.params().setPassword("not a secret".getBytes(StandardCharsets.UTF_8));
            var response = request.send().join();
            return new SocketClient(connection, response, response.get().getResult(), name, random);
        }
    }

    /** Takes up a session that another connection began. */
    static SocketClient resumed(Path socket, String reference, String name, SplittableRandom random)
            throws IOException {
        RpcConnection connection = UnixConnection.connect(socket);
        try (SessionManager.Client bootstrap = connection.bootstrap(SessionManager.factory)) {
            var request = bootstrap.resumeRequest();
            request.params().setReference(HexFormat.of().parseHex(reference));
            var response = request.send().join();
            return new SocketClient(connection, response, response.get().getResult(), name, random);
        }
    }

    /** By which others can take the session up. */
    String reference() {
        return reference;
    }

    /** Makes the accounts that all clients read and change. */
    void createAccounts() {
        for (int account = 0; account < ACCOUNTS; account++) {
            var request = manager.createRequest();
            request.params().setName(nameOf(account));
            try (var response = request.send().join()) {
                CreateResult.Reader result = response.get().getResult();
                if (result.which() != CreateResult.Which.CREATED) {
                    throw new IllegalStateException(
                            "no account: " + result.getDenied().getCode());
                }
            }
        }
    }

    private static String nameOf(int account) {
        return "register-" + account;
    }

    /** What an account holds. */
    Register read(int account) {
        var request = reader.lookupRequest();
        request.params().setName(nameOf(account));
        try (var response = request.send().join()) {
            AccountResult.Reader result = response.get().getResult();
            if (result.which() != AccountResult.Which.FOUND) {
                throw new IllegalStateException(
                        "account " + account + " is gone: " + result.getDenied().getCode());
            }
            return see(account, result.getFound());
        }
    }

    private Register see(int account, AccountRecord.Reader record) {
        Register register = new Register(
                record.getRecordVersion(),
                HexFormat.of().formatHex(record.getContentHash().toArray()));
        lastSeen.put(account, new Seen(register, record.getStatus()));
        return register;
    }

    /** Makes so many calls, one after the other. */
    List<Recording> calls(int count) {
        List<Recording> recordings = new ArrayList<>();
        lastSeen.clear();
        for (int i = 0; i < count; i++) {
            int account = random.nextInt(ACCOUNTS);
            Seen seen = lastSeen.get(account);
            long invoked = 2 * System.nanoTime();
            Operation.Call call =
                    seen == null || random.nextBoolean() ? new Operation.Read(read(account)) : swap(account, seen);
            recordings.add(new Recording(account, new Operation(name, invoked, 2 * System.nanoTime() + 1, call)));
        }
        return recordings;
    }

    /** What was seen may be long out of date; then it must be refused. */
    private Operation.Call swap(int account, Seen seen) {
        long expected = seen.register.version();
        var request = manager.setStatusRequest();
        request.params().setName(nameOf(account));
        request.params().setStatus(seen.status == AccountStatus.ACTIVE ? AccountStatus.LOCKED : AccountStatus.ACTIVE);
        request.params().setExpect(expected);
        try (var response = request.send().join()) {
            MutationResult.Reader result = response.get().getResult();
            return switch (result.which()) {
                case COMMITTED ->
                    new Operation.Swapped(
                            expected,
                            see(account, result.getCommitted().getAccount()).value());
                case CONFLICT ->
                    new Operation.Refused(expected, result.getConflict().getCurrentVersion());
                case DENIED ->
                    throw new IllegalStateException(
                            "denied: " + result.getDenied().getCode());
                case _NOT_IN_SCHEMA -> throw new IllegalStateException("an answer of another schema");
            };
        }
    }

    @Override
    public void close() {
        reader.close();
        manager.close();
        session.close();
        connection.close();
    }
}
