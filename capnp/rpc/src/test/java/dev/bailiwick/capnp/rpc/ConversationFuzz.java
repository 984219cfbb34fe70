package dev.bailiwick.capnp.rpc;

import dev.bailiwick.capnp.rpc.testing.Counter;
import dev.bailiwick.capnp.rpc.testing.Slot;
import dev.bailiwick.capnp.rpc.wire.Call;
import dev.bailiwick.capnp.rpc.wire.CapDescriptor;
import dev.bailiwick.capnp.rpc.wire.Message;
import dev.bailiwick.capnp.rpc.wire.MessageTarget;
import dev.bailiwick.capnp.rpc.wire.Payload;
import dev.bailiwick.capnp.rpc.wire.PromisedAnswer;
import dev.bailiwick.capnp.rpc.wire.Resolve;
import dev.bailiwick.capnp.rpc.wire.Return;
import org.capnproto.DecodeException;
import org.capnproto.Void;

/**
 * Fuzz target: the input says which messages a peer sends, in an order and with ids of the input's choosing, and what the vat
 * does in between. Every message is well formed, so that what is tried is the protocol and not the encoding.
 */
public final class ConversationFuzz {
    private static final int MOST_STEPS = 400;

    private final byte[] input;
    private int at;
    private final BesiegedVat besieged;
    private final FrameReader frames = new FrameReader(BesiegedVat.LIMITS);

    private ConversationFuzz(byte[] input, BesiegedVat besieged) {
        this.input = input;
        this.besieged = besieged;
    }

    /** Called by the fuzzer, with one input after the other. */
    public static void fuzzerTestOneInput(byte[] input) {
        try (BesiegedVat besieged = new BesiegedVat()) {
            new ConversationFuzz(input, besieged).run();
        }
    }

    private void run() {
        for (int step = 0; step < MOST_STEPS && at < input.length; step++) {
            if (besieged.vat.closedBecause() != null) {
                return;
            }
            step();
        }
    }

    private void step() {
        switch (next(20)) {
            case 0 -> tell(message -> message.initBootstrap().setQuestionId(id()));
            case 1, 2, 3, 4 -> call();
            case 5, 6 ->
                tell(message -> {
                    message.initFinish().setQuestionId(id());
                    message.getFinish().setReleaseResultCaps(next(2) == 0);
                });
            case 7 ->
                tell(message -> {
                    message.initRelease().setId(id());
                    message.getRelease().setReferenceCount(next(4));
                });
            case 8, 9 -> tell(message -> resolve(message.initResolve()));
            case 10 ->
                tell(message -> {
                    target(message.initDisembargo().initTarget());
                    if (next(2) == 0) {
                        message.getDisembargo().getContext().setSenderLoopback(id());
                    } else {
                        message.getDisembargo().getContext().setReceiverLoopback(id());
                    }
                });
            case 11, 12 -> returning();
            case 13 -> odd();
            case 14 -> besieged.work(1 + next(4));
            case 15 -> besieged.callKept(next(16), next(16));
            case 16 -> besieged.callAhead(next(16));
            case 17 -> besieged.forget(next(16));
            case 18 -> besieged.settle(next(16));
            default -> {
                besieged.work(100);
                besieged.read();
            }
        }
    }

    /** The input's next choice among so many. */
    private int next(int choices) {
        return at < input.length ? Byte.toUnsignedInt(input[at++]) % choices : 0;
    }

    /** Small, so that many are ids of something. */
    private int id() {
        return next(8);
    }

    private interface Filler {
        void fill(Message.Builder message);
    }

    private void tell(Filler filler) {
        Draft draft = Draft.plain(64);
        filler.fill(draft.root().initAs(Message.factory));
        send(draft);
    }

    private void send(Draft draft) {
        try {
            frames.feed(Streams.bytes(draft), besieged::handle);
        } catch (DecodeException malformed) {
            throw new AssertionError("an honest encoding was refused", malformed);
        }
    }

    private void call() {
        Draft draft = Draft.call();
        Call.Builder call = ProtocolWriter.message(draft).getCall();
        call.setQuestionId(id());
        call.setInterfaceId(next(16) == 0 ? 1 : Counter.TYPE_ID);
        call.setMethodId((short) next(7));
        target(call.getTarget());
        slot(draft.content().initAs(Slot.factory));
        describe(call.getParams(), draft.caps().size());
        switch (next(8)) {
            case 0 -> call.getSendResultsTo().setYourself(Void.VOID);
            case 1 -> call.getSendResultsTo().initThirdParty();
            default -> {}
        }
        send(draft);
        draft.caps().release();
    }

    private void returning() {
        Draft draft = Draft.results();
        Return.Builder message = ProtocolWriter.message(draft).getReturn();
        message.setAnswerId(id());
        message.setReleaseParamCaps(next(2) == 0);
        switch (next(6)) {
            case 0 -> message.initException().setReason("no");
            case 1 -> message.setCanceled(Void.VOID);
            case 2 -> message.setTakeFromOtherQuestion(id());
            case 3 -> message.setResultsSentElsewhere(Void.VOID);
            default -> {
                slot(draft.content().initAs(Slot.factory));
                describe(message.getResults(), draft.caps().size());
            }
        }
        send(draft);
        draft.caps().release();
    }

    private void resolve(Resolve.Builder resolve) {
        resolve.setPromiseId(id());
        if (next(4) == 0) {
            resolve.initException().setReason("no");
        } else {
            describe(resolve.initCap());
        }
    }

    private void odd() {
        switch (next(6)) {
            case 0 -> tell(message -> message.initProvide().setQuestionId(id()));
            case 1 -> tell(message -> message.initAccept().setQuestionId(id()));
            case 2 -> tell(message -> resolve(message.initUnimplemented().initResolve()));
            case 3 -> tell(message -> message.initUnimplemented().initCall());
            case 4 -> tell(message -> message.initAbort().setReason("bye"));
            default -> tell(message -> message.initJoin().setQuestionId(id()));
        }
    }

    /** Parameters or results with capability pointers in them; what they lead to is described afterwards. */
    private void slot(Slot.Builder slot) {
        slot.setNumber(next(256) * 40);
        try (Counter.Client stand = Counter.factory.broken(RpcException.failed("stands for what is described"))) {
            for (int many = next(4); many > 0; many--) {
                switch (many) {
                    case 3 -> slot.initAll(2).set(1, stand);
                    case 2 -> slot.initInner().setCounter(stand);
                    default -> slot.setCounter(stand);
                }
            }
        }
    }

    private void describe(Payload.Builder payload, int capabilities) {
        int described = next(8) == 0 ? next(4) : capabilities;
        var table = payload.initCapTable(described);
        for (int i = 0; i < described; i++) {
            describe(table.get(i));
        }
    }

    private void describe(CapDescriptor.Builder descriptor) {
        switch (next(8)) {
            case 0 -> descriptor.setNone(Void.VOID);
            case 1, 2 -> descriptor.setSenderHosted(id());
            case 3, 4 -> descriptor.setSenderPromise(id());
            case 5 -> descriptor.setReceiverHosted(id());
            case 6 -> promised(descriptor.initReceiverAnswer());
            default -> descriptor.initThirdPartyHosted().setVineId(id());
        }
    }

    private void target(MessageTarget.Builder target) {
        if (next(2) == 0) {
            target.setImportedCap(id());
        } else {
            promised(target.initPromisedAnswer());
        }
    }

    private void promised(PromisedAnswer.Builder promised) {
        promised.setQuestionId(id());
        int length = next(3);
        var transform = promised.initTransform(length);
        for (int i = 0; i < length; i++) {
            if (next(8) == 0) {
                transform.get(i).setNoop(Void.VOID);
            } else {
                transform.get(i).setGetPointerField((short) (next(2) == 0 ? 0 : next(4)));
            }
        }
    }
}
