package dev.bailiwick.cli;

import dev.bailiwick.capnp.rpc.Response;
import dev.bailiwick.capnp.rpc.RpcException;
import dev.bailiwick.schema.gen.LoginResult;
import dev.bailiwick.schema.gen.Namespace;
import dev.bailiwick.schema.gen.SessionBundle;
import dev.bailiwick.schema.gen.SessionManager;
import dev.bailiwick.schema.gen.SshChallenge;
import dev.bailiwick.schema.gen.TerminalSession;
import dev.bailiwick.schema.gen.UserSession;
import java.util.HexFormat;
import java.util.Optional;

/**
 * A session on a connection of its own. Closing it ends the connection, not the session. Used by one thread. A terminal that is given to one
 * stays the giver's, and is null if there is none.
 */
final class LiveSession implements AutoCloseable {
    private final Connection connection;
    private final Response<?> response;
    private final LoginResult.Reader granted;

    private LiveSession(Connection connection, Response<?> response, LoginResult.Reader result) {
        this.connection = connection;
        this.response = response;
        Shapes.requireGranted(result);
        this.granted = result;
    }

    /** Logs in with a name and a password. Takes the connection over. */
    static LiveSession password(Connection connection, String name, byte[] password, TerminalSession.Client terminal) {
        return open(connection, manager -> {
            var request = manager.passwordRequest();
            request.params().setName(name);
            request.params().setPassword(password);
            request.params().setTerminal(terminal);
            var response = request.send().join();
            return new LiveSession(connection, response, response.get().getResult());
        });
    }

    /** Makes a signature of a challenge. */
    interface Signer {
        /** The armoured signature of those bytes for that namespace. */
        String sign(byte[] challenge, String namespace);
    }

    /** Logs in with a name and a signature of what the daemon wants signed. Takes the connection over. */
    static LiveSession sshKey(Connection connection, String name, Signer signer, TerminalSession.Client terminal) {
        return open(connection, manager -> {
            var asking = manager.sshChallengeRequest();
            asking.params().setName(name);
            var request = manager.sshKeyRequest();
            request.params().setName(name);
            try (var answer = asking.send().join()) {
                SshChallenge.Reader challenge = answer.get().getChallenge();
                byte[] bytes = challenge.getBytes().toArray();
                request.params().setChallenge(bytes);
                request.params()
                        .setSignature(
                                signer.sign(bytes, challenge.getNamespace().toString()));
            }
            request.params().setTerminal(terminal);
            var response = request.send().join();
            return new LiveSession(connection, response, response.get().getResult());
        });
    }

    /** Sets a password, an SSH key or both with a one-time code, and logs in. Takes the connection over. */
    static LiveSession enroll(
            Connection connection,
            String name,
            byte[] code,
            byte[] password,
            String sshKey,
            TerminalSession.Client terminal) {
        return open(connection, manager -> {
            var request = manager.enrollRequest();
            request.params().setName(name);
            request.params().setCode(code);
            request.params().setPassword(password);
            request.params().setSshKey(sshKey);
            request.params().setTerminal(terminal);
            var response = request.send().join();
            return new LiveSession(connection, response, response.get().getResult());
        });
    }

    /** Starts a guest session. Takes the connection over. */
    static LiveSession guest(Connection connection, TerminalSession.Client terminal) {
        return open(connection, manager -> {
            var request = manager.guestRequest();
            request.params().setTerminal(terminal);
            var response = request.send().join();
            return new LiveSession(connection, response, response.get().getResult());
        });
    }

    /** Starts a session for somebody who has not said who they are. Takes the connection over. */
    static LiveSession anonymous(Connection connection) {
        return open(connection, manager -> {
            var response = manager.anonymousRequest().send().join();
            return new LiveSession(connection, response, response.get().getResult());
        });
    }

    /** Takes up a session again. Takes the connection over. */
    static LiveSession resume(Connection connection, String reference) {
        return open(connection, manager -> {
            var request = manager.resumeRequest();
            request.params().setReference(HexFormat.of().parseHex(reference));
            var response = request.send().join();
            return new LiveSession(connection, response, response.get().getResult());
        });
    }

    private interface Opening {
        LiveSession from(SessionManager.Client manager);
    }

    /** A connection on which no session was opened is of no use to anybody. */
    private static LiveSession open(Connection connection, Opening opening) {
        try (SessionManager.Client manager = connection.bootstrap()) {
            return opening.from(manager);
        } catch (RpcException | CommandFailure failure) {
            connection.close();
            throw failure;
        }
    }

    /** What the session is, as a SessionInfo. */
    Json.Obj info() {
        return Shapes.sessionInfo(granted.getInfo());
    }

    /** The session and its receipts. */
    Json.Obj toJson() {
        return Json.object().with("info", info()).with("receipts", Shapes.receipts(bundle().getReceipts()));
    }

    /** What to keep to come back; empty for a session that cannot be come back to. */
    Optional<SessionFile.Saved> saved() {
        String reference = Texts.hex(granted.getReference());
        return reference.isEmpty()
                ? Optional.empty()
                : Optional.of(new SessionFile.Saved(
                        connection.socket(), granted.getInfo().getName().toString(), reference));
    }

    /** The bundle, readable until this is closed. */
    SessionBundle.Reader bundle() {
        return granted.getBundle();
    }

    /** The session's own capability, to be closed by the caller. */
    UserSession.Client self() {
        return held("session", bundle().getSession());
    }

    /** One of the namespaces, to be closed by the caller. */
    Namespace.Client namespace(SessionSlot slot) {
        return held(
                slot.name(),
                switch (slot) {
                    case home -> bundle().getHome();
                    case config -> bundle().getConfig();
                    case cache -> bundle().getCache();
                    case tmp -> bundle().getTmp();
                });
    }

    /** The capability, if the session holds it; otherwise fails with the reason its receipt gives. */
    <T extends dev.bailiwick.capnp.rpc.CapabilityClient> T held(String slot, T capability) {
        if (!capability.isNull()) {
            return capability;
        }
        capability.close();
        String reason = toJson().list("receipts").objects().stream()
                .filter(receipt -> receipt.text("slot").equals(slot))
                .findFirst()
                .map(receipt -> receipt.text("code"))
                .orElse("not-granted");
        throw CommandFailure.of(
                ExitStatus.DENIED,
                reason,
                "this session does not hold \"" + slot + "\"",
                "'bailiwick bundle --all' tells what it holds, and why not the rest");
    }

    @Override
    public void close() {
        response.close();
        connection.close();
    }
}
