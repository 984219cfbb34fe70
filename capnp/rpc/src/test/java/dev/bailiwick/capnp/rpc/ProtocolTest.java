package dev.bailiwick.capnp.rpc;

import static dev.bailiwick.capnp.rpc.Adder.adding;
import static dev.bailiwick.capnp.rpc.Adder.failureOf;
import static dev.bailiwick.capnp.rpc.RawPeer.with;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.bailiwick.capnp.rpc.testing.Counter;
import dev.bailiwick.capnp.rpc.testing.Slot;
import dev.bailiwick.capnp.rpc.wire.Call;
import dev.bailiwick.capnp.rpc.wire.CapDescriptor;
import dev.bailiwick.capnp.rpc.wire.Exception;
import dev.bailiwick.capnp.rpc.wire.Message;
import dev.bailiwick.capnp.rpc.wire.Return;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.capnproto.Void;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** One vat, and what it says to each message of a peer, line by line of the protocol. */
@Timeout(value = 20, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ProtocolTest {
    private static void nothing(Call.Builder call) {}

    @RegisterExtension
    final RawPeer peer = RawPeer.ofCounter();

    private static Consumer<CapDescriptor.Builder> mine(int export) {
        return descriptor -> descriptor.setSenderHosted(export);
    }

    private static Consumer<CapDescriptor.Builder> myPromise(int export) {
        return descriptor -> descriptor.setSenderPromise(export);
    }

    /** A client of what the peer offers, whose bootstrap question has been asked. */
    private Counter.Client asked() {
        Counter.Client client = Counter.factory.client(peer.vat.bootstrap());
        peer.hear(Message.Which.BOOTSTRAP);
        return client;
    }

    /** A client of the peer's export 5. */
    private Counter.Client answered() {
        Counter.Client client = asked();
        Draft draft = Draft.results(8);
        try (Counter.Client stand = Counter.client(new Adder())) {
            CapPointers.write(draft.first(), draft.contentWord(), stand.hook());
        }
        ProtocolWriter.message(draft)
                .getReturn()
                .getResults()
                .initCapTable(1)
                .get(0)
                .setSenderHosted(5);
        new FrameReader(Limits.DEFAULT).feed(Streams.bytes(draft), peer.vat::handle);
        peer.hear(Message.Which.FINISH);
        return client;
    }

    // ---- tail calls

    @Test
    void aCallForwardedToItsCallersVatLeavesTheResultsThere() {
        peer.bootstrap().call(1, RawPeer.CALL_BACK, with(mine(7)));
        Call.Reader forwarded = peer.hear(Message.Which.CALL).getCall();
        assertThat(forwarded.getSendResultsTo().isYourself()).isTrue();
        assertThat(forwarded.getTarget().getImportedCap()).isEqualTo(7);
        int question = forwarded.getQuestionId();
        peer.hear(Message.Which.RELEASE);
        assertThat(peer.hearReturn(1).getTakeFromOtherQuestion()).isEqualTo(question);
        peer.say(message -> {
            message.initReturn().setAnswerId(question);
            message.getReturn().setResultsSentElsewhere(Void.VOID);
        });
        peer.hearNothing();
        peer.say(message -> message.initFinish().setQuestionId(1));
        assertThat(peer.hear(Message.Which.FINISH).getFinish().getQuestionId()).isEqualTo(question);
        peer.hearNothing();
    }

    @Test
    void givingUpAForwardedCallGivesUpTheCallItWasForwardedAs() {
        peer.bootstrap().call(1, RawPeer.CALL_BACK, with(mine(7)));
        int question = peer.hear(Message.Which.CALL).getCall().getQuestionId();
        peer.hear(Message.Which.RELEASE);
        peer.hearReturn(1);
        peer.say(message -> message.initFinish().setQuestionId(1));
        assertThat(peer.hear(Message.Which.FINISH).getFinish().getQuestionId()).isEqualTo(question);
        peer.say(message -> {
            message.initReturn().setAnswerId(question);
            message.getReturn().setCanceled(Void.VOID);
        });
        peer.hearNothing();
        assertThat(peer.vat.tables().questions()).isZero();
    }

    @Test
    void callsPipelinedOnAForwardedCallFollowItAndKeepItsResultsWhereTheyAre() {
        peer.bootstrap().call(1, RawPeer.CALL_BACK, with(mine(7)));
        int question = peer.hear(Message.Which.CALL).getCall().getQuestionId();
        peer.hear(Message.Which.RELEASE);
        peer.hearReturn(1);
        peer.callOn(2, RawPeer.ADD, target -> target.initPromisedAnswer().setQuestionId(1), ProtocolTest::nothing);
        Call.Reader pipelined = peer.hear(Message.Which.CALL).getCall();
        assertThat(pipelined.getTarget().getPromisedAnswer().getQuestionId()).isEqualTo(question);
        assertThat(pipelined.getSendResultsTo().isYourself()).isTrue();
        assertThat(peer.hearReturn(2).getTakeFromOtherQuestion()).isEqualTo(pipelined.getQuestionId());
        peer.say(message -> {
            message.initDisembargo().initTarget().initPromisedAnswer().setQuestionId(1);
            message.getDisembargo().getContext().setSenderLoopback(9);
        });
        assertThat(peer.hear(Message.Which.DISEMBARGO)
                        .getDisembargo()
                        .getContext()
                        .getReceiverLoopback())
                .isEqualTo(9);
        peer.say(message -> message.initFinish().setQuestionId(1));
        assertThat(peer.hear(Message.Which.FINISH).getFinish().getQuestionId()).isEqualTo(question);
        peer.hearNothing();
    }

    @Test
    void aCallOnThePeersOwnObjectGoesBackWithoutItsResults() {
        // The peer gives its object to be echoed, and calls what comes back without waiting for it.
        peer.bootstrap().call(1, RawPeer.ECHO, with(mine(7)));
        assertThat(peer.hearReturn(1).isResults()).isTrue();
        peer.callOn(
                2,
                RawPeer.ADD,
                target -> target.initPromisedAnswer().initTransform(1).get(0).setGetPointerField((short) 0),
                call -> call.getTarget().getPromisedAnswer().setQuestionId(1));
        Call.Reader back = peer.hear(Message.Which.CALL).getCall();
        assertThat(back.getTarget().getImportedCap()).isEqualTo(7);
        assertThat(back.getSendResultsTo().isYourself()).isTrue();
        assertThat(peer.hearReturn(2).getTakeFromOtherQuestion()).isEqualTo(back.getQuestionId());
    }

    @Test
    void aFailureThatWasToBeKeptIsNotSent() {
        peer.bootstrap().call(1, RawPeer.FAIL, call -> call.getSendResultsTo().setYourself(Void.VOID));
        assertThat(peer.hearReturn(1).which()).isEqualTo(Return.Which.RESULTS_SENT_ELSEWHERE);
        peer.hearNothing();
    }

    @Test
    void aCallRedirectedToAFailureFails() {
        try (Counter.Client theirs = answered()) {
            peer.bootstrap();
            var call = adding(theirs, 1).send();
            int question = peer.hear(Message.Which.CALL).getCall().getQuestionId();
            peer.call(3, RawPeer.FAIL, fail -> {
                fail.getParams().getContent().getAs(Slot.factory).setText("kept");
                fail.getSendResultsTo().setYourself(Void.VOID);
            });
            peer.hearReturn(3);
            peer.say(message -> {
                message.initReturn().setAnswerId(question);
                message.getReturn().setTakeFromOtherQuestion(3);
            });
            assertThat(failureOf(call).reason()).isEqualTo("kept");
            assertThat(peer.hear(Message.Which.FINISH).getFinish().getQuestionId())
                    .isEqualTo(question);
        }
    }

    @Test
    void givingUpARedirectedCallGivesUpTheCallItWasRedirectedTo() {
        try (Counter.Client theirs = answered()) {
            peer.bootstrap();
            var call = adding(theirs, 1).send();
            int question = peer.hear(Message.Which.CALL).getCall().getQuestionId();
            peer.call(3, RawPeer.HANG, hang -> hang.getSendResultsTo().setYourself(Void.VOID));
            peer.say(message -> {
                message.initReturn().setAnswerId(question);
                message.getReturn().setTakeFromOtherQuestion(3);
            });
            peer.hearNothing();
            call.cancel();
            peer.run();
            assertThat(peer.hear(Message.Which.FINISH).getFinish().getQuestionId())
                    .isEqualTo(question);
            assertThat(peer.hearReturn(3).isResultsSentElsewhere()).isTrue();
        }
    }

    @Test
    void whatDependsOnARedirectedCallIsDisconnectedWithItsConnection() {
        try (Counter.Client theirs = answered()) {
            peer.bootstrap();
            var call = theirs.childRequest().send();
            int question = peer.hear(Message.Which.CALL).getCall().getQuestionId();
            peer.holdBack();
            peer.call(3, RawPeer.CHILD, child -> child.getSendResultsTo().setYourself(Void.VOID));
            peer.say(message -> {
                message.initReturn().setAnswerId(question);
                message.getReturn().setTakeFromOtherQuestion(3);
            });
            try (Counter.Client child = call.pipeline().getCounter()) {
                var pipelined = adding(child, 1).send();
                peer.vat.close(RpcException.disconnected("the cable broke"));
                for (RpcException failure : List.of(failureOf(call), failureOf(pipelined))) {
                    assertThat(failure.type()).isEqualTo(RpcException.Type.DISCONNECTED);
                    assertThat(failure.reason()).isEqualTo("the cable broke");
                }
            }
        }
    }

    @Test
    void resultsSentElsewhereUnaskedEndTheConnection() {
        try (Counter.Client theirs = answered()) {
            adding(theirs, 1).send();
            int question = peer.hear(Message.Which.CALL).getCall().getQuestionId();
            peer.say(message -> {
                message.initReturn().setAnswerId(question);
                message.getReturn().setResultsSentElsewhere(Void.VOID);
            });
            peer.hearAbort("sent results elsewhere without having been asked to");
        }
    }

    // ---- giving up

    @Test
    void aCallThatOthersWereMadeOnIsNotCancelledWithItsFinish() {
        peer.bootstrap();
        peer.holdBack();
        peer.call(1, RawPeer.CHILD, ProtocolTest::nothing);
        peer.callOn(
                2,
                RawPeer.ADD,
                target -> target.initPromisedAnswer().initTransform(1).get(0).setGetPointerField((short) 0),
                call -> call.getTarget().getPromisedAnswer().setQuestionId(1));
        peer.say(message -> message.initFinish().setQuestionId(1));
        peer.hearNothing();
        peer.goOn();
        assertThat(peer.hearReturn(1).isCanceled()).isTrue();
        assertThat(peer.hearReturn(2).isResults()).isTrue();
    }

    @Test
    void aCallIsCancelledWithTheLastOneThatWasMadeOnIt() {
        peer.bootstrap();
        peer.holdBack();
        peer.call(1, RawPeer.CHILD, ProtocolTest::nothing);
        peer.callOn(2, RawPeer.ADD, target -> target.initPromisedAnswer().setQuestionId(1), ProtocolTest::nothing);
        peer.say(message -> message.initFinish().setQuestionId(1));
        peer.say(message -> message.initFinish().setQuestionId(2));
        assertThat(peer.hearReturn(2).isCanceled()).isTrue();
        assertThat(peer.hearReturn(1).isCanceled()).isTrue();
        peer.hearNothing();
    }

    // ---- what the peer does not know

    @Test
    void aPeerWithoutABootstrapFailsTheCallsOnIt() {
        try (Counter.Client client = asked()) {
            var call = adding(client, 1).send();
            int question = peer.hear(Message.Which.CALL).getCall().getQuestionId();
            peer.say(message -> message.initUnimplemented().initBootstrap().setQuestionId(0));
            assertThat(failureOf(adding(client, 2).send()).type()).isEqualTo(RpcException.Type.UNIMPLEMENTED);
            peer.say(message -> message.initUnimplemented().initCall().setQuestionId(question));
            assertThat(failureOf(call).type()).isEqualTo(RpcException.Type.UNIMPLEMENTED);
            peer.hearNothing();
            assertThat(peer.vat.tables()).isEqualTo(VatConnection.TableSizes.EMPTY);
        }
    }

    @Test
    void aCallThePeerDoesNotTakeGivesItsCapabilitiesBack() {
        Adder mine = new Adder(Runnable::run);
        try (Counter.Client theirs = answered();
                Counter.Client own = mine.client()) {
            var request = theirs.echoRequest();
            request.params().setCounter(own);
            var call = request.send();
            int question = peer.hear(Message.Which.CALL).getCall().getQuestionId();
            assertThat(peer.vat.tables().exports()).isEqualTo(1);
            peer.say(message -> message.initUnimplemented().initCall().setQuestionId(question));
            assertThat(failureOf(call).type()).isEqualTo(RpcException.Type.UNIMPLEMENTED);
            assertThat(peer.vat.tables().exports()).isZero();
            peer.hearNothing();
        }
        assertThat(mine.releases).hasValue(1);
    }

    @Test
    void aResolveThePeerDoesNotTakeGivesItsReferenceBack() {
        PromiseClient promise = new PromiseClient();
        Adder mine = new Adder(Runnable::run);
        try (Counter.Client theirs = answered();
                Counter.Client own = Counter.factory.client(promise)) {
            var request = theirs.echoRequest();
            request.params().setCounter(own);
            var call = request.send();
            peer.hear(Message.Which.CALL);
            promise.resolve(mine.client().hook());
            int export = peer.hear(Message.Which.RESOLVE).getResolve().getCap().getSenderHosted();
            assertThat(peer.vat.tables().exports()).isEqualTo(2);
            peer.say(message ->
                    message.initUnimplemented().initResolve().initCap().setSenderHosted(export));
            assertThat(peer.vat.tables().exports()).isEqualTo(1);
            call.close();
            peer.hear(Message.Which.FINISH);
        }
        peer.hear(Message.Which.RELEASE);
        peer.hearNothing();
    }

    @Test
    void aDisembargoThePeerDoesNotTakeLiftsTheEmbargo() {
        Adder mine = new Adder(Runnable::run);
        try (Counter.Client theirs = answered();
                Counter.Client own = mine.client()) {
            var request = theirs.echoRequest();
            request.params().setCounter(own);
            var echo = request.send();
            int question = peer.hear(Message.Which.CALL).getCall().getQuestionId();
            try (Counter.Client back = echo.pipeline().getCounter()) {
                adding(back, 1).send();
                peer.hear(Message.Which.CALL);
                returnsReceiverHosted(question, 0);
                int embargo = peer.hear(Message.Which.DISEMBARGO)
                        .getDisembargo()
                        .getContext()
                        .getSenderLoopback();
                peer.hear(Message.Which.FINISH);
                adding(back, 2).send();
                assertThat(mine.seen).isEmpty();
                peer.say(message -> message.initUnimplemented()
                        .initDisembargo()
                        .getContext()
                        .setSenderLoopback(embargo));
                assertThat(mine.seen).containsExactly(2);
            }
            echo.close();
            peer.hearNothing();
        }
    }

    private void returnsReceiverHosted(int question, int export) {
        returnsReceiverHosted(peer, question, export);
    }

    private static void returnsReceiverHosted(RawPeer from, int question, int export) {
        Draft draft = Draft.results(8);
        try (Counter.Client stand = Counter.client(new Adder())) {
            draft.content().initAs(Slot.factory).setCounter(stand);
        }
        Return.Builder message = ProtocolWriter.message(draft).getReturn();
        message.setAnswerId(question);
        message.setReleaseParamCaps(false);
        message.getResults().initCapTable(1).get(0).setReceiverHosted(export);
        new FrameReader(Limits.DEFAULT).feed(Streams.bytes(draft), from.vat::handle);
    }

    @Test
    void aPeerWithoutWhatCannotBeDoneWithoutIsLeft() {
        peer.say(message -> message.initUnimplemented().initFinish());
        peer.hearAbort("lacks a message this connection cannot do without");
    }

    @Test
    void aMessageOfALaterLevelIsSentBackWholeWithItsCapabilities() {
        peer.call(1, RawPeer.ECHO, call -> {
            with(mine(7)).accept(call);
            call.getSendResultsTo().initThirdParty();
        });
        Call.Reader sentBack =
                peer.hear(Message.Which.UNIMPLEMENTED).getUnimplemented().getCall();
        assertThat(sentBack.getQuestionId()).isEqualTo(1);
        assertThat(sentBack.getSendResultsTo().isThirdParty()).isTrue();
        peer.hearNothing();
        assertThat(peer.vat.tables()).isEqualTo(VatConnection.TableSizes.EMPTY);
    }

    @Test
    void aCapabilityOfAThirdVatIsReachedThroughItsVine() {
        peer.bootstrap()
                .call(
                        1,
                        RawPeer.CALL_BACK,
                        with(descriptor -> descriptor.initThirdPartyHosted().setVineId(3)));
        assertThat(peer.hear(Message.Which.CALL).getCall().getTarget().getImportedCap())
                .isEqualTo(3);
    }

    // ---- promises

    @Test
    void aResolveForAPromiseNobodyHoldsGivesItsReferenceBack() {
        peer.bootstrap().call(1, RawPeer.ADD, with(myPromise(7)));
        assertThat(peer.hear(Message.Which.RELEASE).getRelease().getId()).isEqualTo(7);
        peer.hearReturn(1);
        peer.say(message -> {
            message.initResolve().setPromiseId(7);
            message.getResolve().initCap().setSenderHosted(8);
        });
        assertThat(peer.hear(Message.Which.RELEASE).getRelease().getId()).isEqualTo(8);
        peer.hearNothing();
    }

    /** Calls what the echo of the peer's first capability gave, as question 2. */
    private void callEchoed() {
        peer.callOn(
                2,
                RawPeer.ADD,
                target -> target.initPromisedAnswer().initTransform(1).get(0).setGetPointerField((short) 0),
                call -> call.getTarget().getPromisedAnswer().setQuestionId(1));
    }

    @Test
    void aPromiseThatIsSettledForItselfBreaks() {
        peer.bootstrap().call(1, RawPeer.ECHO, with(myPromise(7)));
        peer.hearReturn(1);
        peer.say(message -> {
            message.initResolve().setPromiseId(7);
            message.getResolve().initCap().setSenderPromise(7);
        });
        callEchoed();
        assertThat(peer.hearReturn(2).getException().getReason().toString()).contains("settled for itself");
    }

    @Test
    void promisesThatAreSettledForEachOtherBreak() {
        peer.bootstrap().call(1, RawPeer.ECHO, with(myPromise(7), myPromise(8)));
        peer.hearReturn(1);
        peer.say(message -> {
            message.initResolve().setPromiseId(7);
            message.getResolve().initCap().setSenderPromise(8);
        });
        peer.say(message -> {
            message.initResolve().setPromiseId(8);
            var echoed = message.getResolve().initCap().initReceiverAnswer();
            echoed.setQuestionId(1);
            echoed.initTransform(1).get(0).setGetPointerField((short) 0);
        });
        int embargo =
                peer.hear(Message.Which.DISEMBARGO).getDisembargo().getContext().getSenderLoopback();
        callEchoed();
        peer.say(lifted -> lifted.initDisembargo().getContext().setReceiverLoopback(embargo));
        assertThat(peer.hearReturn(2).getException().getReason().toString()).contains("settled for itself");
    }

    @Test
    void aPromiseThatComesBackAsTheAnswerItWasMadeFromBreaks() {
        // Our question is answered with the result of the peer's question, whose method returned our question's
        // promise.
        CompletableFuture<Counter.Client> promise = new CompletableFuture<>();
        try (Counter.Client theirs = answered()) {
            var ours = theirs.childRequest().send();
            int question = peer.hear(Message.Which.CALL).getCall().getQuestionId();
            promise.complete(ours.pipeline().getCounter());
            adding(promise.join(), 1).send();
            peer.hear(Message.Which.CALL);
            Adder returnsIt = new Adder(Runnable::run) {
                @Override
                public java.util.concurrent.CompletionStage<?> child(CallContext<Slot.Reader, Slot.Builder> call) {
                    call.results().setCounter(promise.join());
                    return Calls.DONE;
                }
            };
            try (Counter.Client own = returnsIt.client()) {
                var hand = theirs.echoRequest();
                hand.params().setCounter(own);
                hand.send();
            }
            int export = peer.hear(Message.Which.CALL)
                    .getCall()
                    .getParams()
                    .getCapTable()
                    .get(0)
                    .getSenderHosted();
            peer.callOn(20, RawPeer.CHILD, target -> target.setImportedCap(export), ProtocolTest::nothing);
            peer.hearReturn(20);
            Draft draft = Draft.results(8);
            try (Counter.Client stand = Counter.client(new Adder())) {
                draft.content().initAs(Slot.factory).setCounter(stand);
            }
            Return.Builder message = ProtocolWriter.message(draft).getReturn();
            message.setAnswerId(question);
            var answer = message.getResults().initCapTable(1).get(0).initReceiverAnswer();
            answer.setQuestionId(20);
            answer.initTransform(1).get(0).setGetPointerField((short) 0);
            new FrameReader(Limits.DEFAULT).feed(Streams.bytes(draft), peer.vat::handle);
            int embargo = peer.hear(Message.Which.DISEMBARGO)
                    .getDisembargo()
                    .getContext()
                    .getSenderLoopback();
            // The peer's own embargo must not wait for ours, which waits for it.
            peer.say(disembargo -> {
                var target = disembargo.initDisembargo().initTarget().initPromisedAnswer();
                target.setQuestionId(20);
                target.initTransform(1).get(0).setGetPointerField((short) 0);
                disembargo.getDisembargo().getContext().setSenderLoopback(4);
            });
            peer.hear(Message.Which.FINISH);
            assertThat(peer.hear(Message.Which.DISEMBARGO)
                            .getDisembargo()
                            .getContext()
                            .getReceiverLoopback())
                    .isEqualTo(4);
            peer.say(lifted -> lifted.initDisembargo().getContext().setReceiverLoopback(embargo));
            assertThat(failureOf(adding(promise.join(), 2).send()).reason()).contains("settled for itself");
            promise.join().close();
        }
    }

    // ---- embargoes

    @Test
    void aDisembargoIsSentBackThoughWhatLedBackWasRevoked() {
        Membrane membrane = new Membrane(MembranePolicy.PASS_ALL);
        PromiseClient inside = new PromiseClient();
        try (Counter.Client theirs = answered()) {
            peer.bootstrap();
            try (Counter.Client promised = Counter.factory.client(inside);
                    Counter.Client wrapped = membrane.wrap(promised, Counter.factory)) {
                var give = theirs.echoRequest();
                give.params().setCounter(wrapped);
                give.send();
            }
            int export = peer.hear(Message.Which.CALL)
                    .getCall()
                    .getParams()
                    .getCapTable()
                    .get(0)
                    .getSenderPromise();
            inside.resolve(membrane.wrap(theirs.hook(), MembranePolicy.Direction.OUTWARD));
            assertThat(peer.hear(Message.Which.RESOLVE).getResolve().getCap().isReceiverHosted())
                    .isTrue();
            membrane.revoke("lapsed");
            peer.say(message -> {
                message.initDisembargo().initTarget().setImportedCap(export);
                message.getDisembargo().getContext().setSenderLoopback(6);
            });
            assertThat(peer.hear(Message.Which.DISEMBARGO)
                            .getDisembargo()
                            .getContext()
                            .getReceiverLoopback())
                    .isEqualTo(6);
            peer.hearNothing();
        }
    }

    @Test
    void aPromiseBehindAMembraneBreaksForThePeerWhenItIsRevoked() {
        Membrane membrane = new Membrane(MembranePolicy.PASS_ALL);
        PromiseClient inside = new PromiseClient();
        try (Counter.Client theirs = answered();
                Counter.Client promised = Counter.factory.client(inside);
                Counter.Client wrapped = membrane.wrap(promised, Counter.factory)) {
            var give = theirs.echoRequest();
            give.params().setCounter(wrapped);
            give.send();
            peer.hear(Message.Which.CALL);
            membrane.revoke("lapsed");
            assertThat(peer.hear(Message.Which.RESOLVE)
                            .getResolve()
                            .getException()
                            .getReason()
                            .toString())
                    .isEqualTo("revoked: lapsed");
            inside.resolve(BrokenClient.nullCapability());
            peer.hearNothing();
        }
    }

    @Test
    void whatIsCalledOnResultsDoesNotOvertakeWhatWasCalledOnTheirPromise() {
        Adder mine = new Adder(Runnable::run);
        RawPeer far = new RawPeer(executor -> CapabilityClient.serve(mine, executor)).bootstrap();
        ClientHook passedOn = far.vat.bootstrap();
        far.hear(Message.Which.BOOTSTRAP);
        RawPeer near = new RawPeer(executor -> passedOn).bootstrap();
        near.call(1, RawPeer.ECHO, ProtocolTest::nothing);
        int echo = far.hear(Message.Which.CALL).getCall().getQuestionId();
        near.callOn(
                2,
                RawPeer.ADD,
                target -> target.initPromisedAnswer().initTransform(1).get(0).setGetPointerField((short) 0),
                numbered(1, call -> call.getTarget().getPromisedAnswer().setQuestionId(1)));
        int pipelined = far.hear(Message.Which.CALL).getCall().getQuestionId();

        // The far peer answers with an object of this vat, to which it still has to send the pipelined call back.
        returnsReceiverHosted(far, echo, 0);
        int embargo =
                far.hear(Message.Which.DISEMBARGO).getDisembargo().getContext().getSenderLoopback();
        int result = near.hearReturn(1).getResults().getCapTable().get(0).getSenderPromise();
        near.callOn(3, RawPeer.ADD, target -> target.setImportedCap(result), numbered(2, ProtocolTest::nothing));
        assertThat(mine.seen).isEmpty();
        far.callOn(
                9,
                RawPeer.ADD,
                target -> target.setImportedCap(0),
                numbered(1, call -> call.getSendResultsTo().setYourself(Void.VOID)));
        far.say(message -> message.initDisembargo().getContext().setReceiverLoopback(embargo));
        assertThat(mine.seen).containsExactly(1, 2);
        assertThat(near.hear(Message.Which.RESOLVE).getResolve().getPromiseId()).isEqualTo(result);

        assertThat(pipelined).isNotEqualTo(echo);
        near.afterEach();
        far.afterEach();
    }

    private static Consumer<Call.Builder> numbered(int number, Consumer<Call.Builder> further) {
        return call -> {
            call.getParams().getContent().getAs(Slot.factory).setNumber(number);
            further.accept(call);
        };
    }

    @Test
    void aDisembargoToWhatNeverLedBackEndsTheConnection() {
        peer.bootstrap();
        peer.say(message -> {
            message.initDisembargo().initTarget().setImportedCap(0);
            message.getDisembargo().getContext().setSenderLoopback(1);
        });
        peer.hearAbort("does not lead back to its sender");
    }

    @Test
    void anEmbargoThatWasNotSetCannotBeLifted() {
        peer.say(message -> message.initDisembargo().getContext().setReceiverLoopback(1));
        peer.hearAbort("embargo that was not set");
    }

    @Test
    void aDisembargoOfALaterLevelIsSentBack() {
        peer.say(message -> message.initDisembargo().getContext().setProvide(1));
        assertThat(peer.hear(Message.Which.UNIMPLEMENTED).getUnimplemented().which())
                .isEqualTo(Message.Which.DISEMBARGO);
        peer.hearNothing();
    }

    // ---- failures

    @ParameterizedTest
    @EnumSource(RpcException.Type.class)
    void everyTypeOfFailureArrivesAsItIs(RpcException.Type type) {
        try (Counter.Client theirs = answered()) {
            var call = adding(theirs, 1).send();
            int question = peer.hear(Message.Which.CALL).getCall().getQuestionId();
            peer.say(message -> {
                message.initReturn().setAnswerId(question);
                Exception.Builder failure = message.getReturn().initException();
                failure.setReason("because");
                failure.setType(Exception.Type.valueOf(type.name()));
                failure.setTrace("at some place");
            });
            RpcException failure = failureOf(call);
            assertThat(failure.type()).isEqualTo(type);
            assertThat(failure.reason()).isEqualTo("because");
            assertThat(failure.remoteTrace()).contains("at some place");
        }
    }

    @Test
    void aFailureIsNoLongerThanItNeedsToBe() {
        try (Counter.Client theirs = answered()) {
            var call = adding(theirs, 1).send();
            int question = peer.hear(Message.Which.CALL).getCall().getQuestionId();
            peer.say(message -> {
                message.initReturn().setAnswerId(question);
                message.getReturn().initException().setReason("r".repeat(100_000));
                message.getReturn().getException().setTrace("t".repeat(100_000));
            });
            RpcException failure = failureOf(call);
            assertThat(failure.reason()).hasSizeLessThan(3_000);
            assertThat(failure.remoteTrace().orElseThrow()).hasSizeLessThan(10_000);
        }
    }

    @Test
    void aPeersReasonForgesNoLineOfALog() {
        String forged = "gone\r\n2026-01-01 ERROR all is lost \u001b[2J\u202egnp.exe \u2028 \ud800";
        try (Counter.Client theirs = answered()) {
            var call = adding(theirs, 1).send();
            int question = peer.hear(Message.Which.CALL).getCall().getQuestionId();
            peer.say(message -> {
                message.initReturn().setAnswerId(question);
                message.getReturn().initException().setReason(forged);
            });
            RpcException failure = failureOf(call);
            assertThat(failure.reason()).startsWith("gone\r\n2026");
            assertThat(failure)
                    .hasMessage("gone\\u{d}\\u{a}2026-01-01 ERROR all is lost \\u{1b}[2J\\u{202e}gnp.exe \\u{2028} ?");
            StringWriter log = new StringWriter();
            new IllegalStateException(failure).printStackTrace(new PrintWriter(log));
            assertThat(log.toString().lines()).noneMatch(line -> line.startsWith("2026"));

            peer.say(message -> message.initAbort().setReason(forged.repeat(1_000)));
            assertThat(Objects.requireNonNull(peer.vat.closedBecause()).getMessage())
                    .startsWith("peer aborted the connection: gone\\u{d}")
                    .doesNotContainPattern("\\p{Cntrl}")
                    .hasSizeLessThan(20_000);
        }
    }

    // ---- the lock

    @Test
    void nothingForeignIsAskedUnderTheLock() {
        Probe probe = new Probe();
        RawPeer other = new RawPeer(executor -> probe);
        probe.vat = other.vat;
        ClientHook theirs = other.vat.bootstrap();
        other.hear(Message.Which.BOOTSTRAP);
        other.bootstrap().call(1, RawPeer.CHILD, ProtocolTest::nothing);
        // Pipelined: as a target, as a parameter, as what a promise settles for, and as redirected results.
        other.callOn(
                2,
                RawPeer.ADD,
                target -> target.initPromisedAnswer().setQuestionId(1),
                with(descriptor -> descriptor.initReceiverAnswer().setQuestionId(1), myPromise(9)));
        other.say(message -> {
            message.initResolve().setPromiseId(9);
            message.getResolve().initCap().initReceiverAnswer().setQuestionId(1);
        });
        other.call(3, RawPeer.CHILD, call -> call.getSendResultsTo().setYourself(Void.VOID));
        other.say(message -> {
            message.initReturn().setAnswerId(0);
            message.getReturn().setTakeFromOtherQuestion(3);
        });
        other.say(message -> {
            message.initDisembargo().initTarget().initPromisedAnswer().setQuestionId(1);
            message.getDisembargo().getContext().setSenderLoopback(1);
        });
        assertThat(probe.asked).isGreaterThanOrEqualTo(5);
        other.say(message -> message.initFinish().setQuestionId(1));
        theirs.release();
        assertThatCode(() -> other.vat.close(RpcException.disconnected("over"))).doesNotThrowAnyException();
    }

    /** An object that finds out whether it is asked under a vat's lock: then another thread could not get that lock. */
    private static final class Probe extends ClientHook {
        private @Nullable VatConnection vat;
        private int asked;

        private void mustNotBeLocked() {
            asked++;
            VatConnection asking = vat;
            if (asking != null) {
                CompletableFuture.runAsync(asking::tables, LocalClient::onVirtualThread)
                        .orTimeout(5, TimeUnit.SECONDS)
                        .join();
            }
        }

        @Override
        CallHandle call(long interfaceId, int methodId, Parcel params, @Nullable VatConnection resultsFor) {
            mustNotBeLocked();
            params.close();
            return new PendingCall() {
                @Override
                void settle(Pipeline actual) {}

                @Override
                void cancel(RpcException why) {
                    mustNotBeLocked();
                    fail(why);
                }

                @Override
                Pipeline pipeline() {
                    return new Pipeline() {
                        @Override
                        ClientHook capability(PipelinePath path) {
                            mustNotBeLocked();
                            return Probe.this.addRef();
                        }

                        @Override
                        void giveUp() {
                            mustNotBeLocked();
                        }
                    };
                }
            };
        }

        @Override
        @Nullable
        ClientHook released() {
            mustNotBeLocked();
            return null;
        }
    }
}
