package dev.bailiwick.broker;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.bailiwick.accountstore.Actor;
import dev.bailiwick.accountstore.Attribution;
import dev.bailiwick.accountstore.ClientRequest;
import dev.bailiwick.schema.Canonical;
import dev.bailiwick.schema.Hash256;
import dev.bailiwick.schema.Id128;
import dev.bailiwick.schema.PrincipalId;
import dev.bailiwick.schema.TransactionId;
import org.capnproto.Data;
import org.capnproto.MessageBuilder;
import org.capnproto.StructFactory;
import org.capnproto.StructReader;

/** Knows one administrator's calls again by the transaction ids that the caller chose. Stateless. */
final class Requests {
    private Requests() {}

    /**
     * How a call is journalled, and under which id if the caller chose one.
     *
     * @throws RefusedException if the id is of another length
     */
    static <R extends StructReader> Attribution attribution(
            Administrator administrator, Data.Reader transactionId, StructFactory<?, R> factory, R params) {
        Attribution by = administrator.attribution();
        if (transactionId.size() == 0) {
            return by;
        }
        if (transactionId.size() != Id128.BYTES) {
            throw new RefusedException(
                    Refusal.because("invalid-argument", "a transaction id has " + Id128.BYTES + " bytes, or none"));
        }
        MessageBuilder message = new MessageBuilder();
        message.setRoot(factory, params);
        Hash256 request = Hash256.sha256(
                callerOf(by.actor()), params.getClass().getName().getBytes(UTF_8), Canonical.of(message));
        return by.asking(new ClientRequest(TransactionId.of(transactionId.toArray()), request));
    }

    /** Who asks, over whatever sessions: nobody gets the answer to another one's request. */
    private static byte[] callerOf(Actor actor) {
        return switch (actor) {
            case Actor.Session(PrincipalId principal, var _) -> principal.toBytes();
            case Actor.Offline(int uid) -> ("offline " + Integer.toUnsignedString(uid)).getBytes(UTF_8);
            case Actor.Daemon(), Actor.Manifest() -> new byte[0];
        };
    }
}
