package dev.bailiwick.capnp.rpc;

import dev.bailiwick.capnp.rpc.wire.Disembargo;
import dev.bailiwick.capnp.rpc.wire.Message;
import dev.bailiwick.capnp.rpc.wire.Resolve;
import java.util.function.Consumer;
import org.capnproto.AnyPointer;
import org.jspecify.annotations.Nullable;

/** Writes the protocol's smaller messages. Used under the connection's lock; writes nothing once it is closed. */
final class ProtocolWriter {
    /** The count of a release is an unsigned number of 32 bits. */
    private static final long MOST_RELEASED = 0xffff_ffffL;

    private final Outbound out;
    private final ShortMessage.Spare shortMessages = new ShortMessage.Spare();
    private boolean closed;

    ProtocolWriter(Outbound out) {
        this.out = out;
    }

    static Message.Builder message(Draft draft) {
        return draft.root().getAs(Message.factory);
    }

    /** Sends a message that was prepared elsewhere. */
    void send(Frame message) {
        if (!closed) {
            out.send(message);
        }
    }

    private void sendLater(Frame message) {
        if (!closed) {
            out.sendLater(message);
        }
    }

    void bootstrap(int questionId) {
        Draft draft = Draft.plain(8);
        message(draft).initBootstrap().setQuestionId(questionId);
        send(draft);
    }

    void finish(int questionId, boolean releaseResultCaps) {
        sendLater(shortMessages.finish(questionId, releaseResultCaps));
    }

    /** Gives references back, in several messages if they are more than one can count. */
    void release(int importId, long references) {
        for (long left = references; left > 0; left -= MOST_RELEASED) {
            sendLater(shortMessages.release(importId, (int) Math.min(left, MOST_RELEASED)));
        }
    }

    /** What an exported promise settled for, described by the caller. */
    void resolve(int promiseId, Consumer<Resolve.Builder> outcome) {
        Draft draft = Draft.plain(16);
        Resolve.Builder resolve = message(draft).initResolve();
        resolve.setPromiseId(promiseId);
        outcome.accept(resolve);
        send(draft);
    }

    /** Asks for an embargo to be lifted behind all calls made on that target. */
    void disembargo(RemoteTarget target, int embargoId) {
        Draft draft = Draft.plain(16);
        Disembargo.Builder disembargo = message(draft).initDisembargo();
        target.writeTarget(disembargo.initTarget());
        disembargo.getContext().setSenderLoopback(embargoId);
        send(draft);
    }

    /** Sends the peer's request to lift an embargo back to it; what it was addressed to is named if it is the peer's now. */
    void reflect(@Nullable RemoteTarget target, int embargoId) {
        Draft draft = Draft.plain(16);
        Disembargo.Builder disembargo = message(draft).initDisembargo();
        if (target != null) {
            target.writeTarget(disembargo.initTarget());
        }
        disembargo.getContext().setReceiverLoopback(embargoId);
        send(draft);
    }

    /** Sends a message back that is not understood here. */
    void unimplemented(MessageView view) {
        Draft draft = Draft.unimplemented();
        DeepCopy.pointer(
                draft.first(), draft.contentWord(), new AnyPointer.Reader(view.segment(0), 0, Wire.NESTING_LIMIT));
        send(draft);
    }

    void abort(String reason) {
        send(aborting(reason));
    }

    /** A message that says why there will be no other. */
    static Draft aborting(String reason) {
        Draft draft = Draft.plain(32);
        WireExceptions.write(message(draft).initAbort(), RpcException.failed(reason));
        return draft;
    }

    /** Nothing more will be written. */
    void close() {
        closed = true;
    }
}
