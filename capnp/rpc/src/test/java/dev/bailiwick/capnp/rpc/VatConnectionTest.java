package dev.bailiwick.capnp.rpc;

import static dev.bailiwick.capnp.rpc.Adder.adding;
import static dev.bailiwick.capnp.rpc.Adder.failureOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.bailiwick.capnp.rpc.testing.Counter;
import dev.bailiwick.capnp.rpc.testing.Slot;
import dev.bailiwick.capnp.rpc.wire.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.capnproto.AnyPointer;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

class VatConnectionTest {
    private static final VatConnection.TableSizes EMPTY = VatConnection.TableSizes.EMPTY;

    private final long seed = new Random().nextLong();
    private final RandomGenerator random = new Random(seed);
    private final CompletableFuture<Adder> served = new CompletableFuture<>();
    private final TwoVats vats = new TwoVats(Adder::new, this::serve, Limits.DEFAULT);
    private final Adder server = served.join();
    private final Counter.Client remote = vats.left.bootstrap(Counter.factory);

    /** A promise the server gives out as a child, and what it was given to settle it with. */
    private final PromiseClient promised = new PromiseClient();

    private Adder serve(Executor executor) {
        Adder adder = new Adder(executor) {
            @Override
            public CompletionStage<?> child(CallContext<Slot.Reader, Slot.Builder> call) throws Exception {
                try (Counter.Client given = call.params().getCounter()) {
                    if (given.isNull()) {
                        return super.child(call);
                    }
                    ClientHook kept = given.hook().addRef();
                    executor.execute(() -> promised.resolve(kept));
                }
                try (Counter.Client promise = Counter.factory.client(promised.addRef())) {
                    call.results().setCounter(promise);
                }
                return Calls.DONE;
            }
        };
        served.complete(adder);
        return adder;
    }

    private void settle() {
        vats.settle(random);
    }

    private static <R> R resultsOf(RemoteCall<R, ?> call) {
        return call.stage().toCompletableFuture().join().get();
    }

    private void expectNothingLeft() {
        remote.close();
        settle();
        assertThat(vats.left.vat.tables()).as(this::story).isEqualTo(EMPTY);
        assertThat(vats.right.vat.tables()).as(this::story).isEqualTo(EMPTY);
    }

    private String story() {
        return "seed " + seed + ": " + vats.script();
    }

    @Test
    void callsAreSentBeforeTheBootstrapIsAnswered() {
        var first = adding(remote, 2).send();
        var second = adding(remote, 3).send();
        settle();
        assertThat(resultsOf(first).getNumber()).isEqualTo(2);
        assertThat(resultsOf(second).getNumber()).isEqualTo(5);
        first.close();
        second.close();
        expectNothingLeft();
        assertThat(server.releases)
                .as("the bootstrap object stays for the connection")
                .hasValue(0);
    }

    @Test
    void calleesFailuresKeepTypeAndReason() {
        var request = remote.failRequest();
        request.params().setText("come back later");
        var call = request.send();
        settle();
        RpcException failure = failureOf(call);
        assertThat(failure.type()).isEqualTo(RpcException.Type.OVERLOADED);
        assertThat(failure.reason()).isEqualTo("come back later");
        expectNothingLeft();
    }

    @Test
    void pipelinesReachToAnyDepthWithoutARoundTrip() {
        List<RemoteCall<Slot.Reader, Slot.Pipeline>> calls = new ArrayList<>();
        List<Counter.Client> promises = new ArrayList<>();
        Counter.Client at = remote.share();
        for (int depth = 0; depth < 20; depth++) {
            var call = at.childRequest().send();
            calls.add(call);
            promises.add(at);
            at = call.pipeline().getCounter();
        }
        var last = adding(at, 7).send();
        promises.add(at);
        settle();
        assertThat(resultsOf(last).getNumber()).isEqualTo(7);
        last.close();
        calls.forEach(RemoteCall::close);
        promises.forEach(Counter.Client::close);
        expectNothingLeft();
    }

    @Test
    void whatAnObjectReturnsOfOursIsOursAgain() {
        Adder mine = new Adder(vats.executor);
        try (Counter.Client own = mine.client()) {
            var request = remote.echoRequest();
            request.params().setCounter(own);
            request.params().initInner().setCounter(remote);
            var call = request.send();
            settle();
            Slot.Reader results = resultsOf(call);
            try (Counter.Client back = results.getCounter();
                    Counter.Client theirs = results.getInner().getInner().getCounter()) {
                assertThat(back.hook().innermost()).isSameAs(own.hook());
                var there = adding(theirs, 4).send();
                settle();
                there.close();
                assertThat(server.seen).containsExactly(4);
            }
            call.close();
        }
        expectNothingLeft();
        assertThat(mine.releases).hasValue(1);
    }

    @Test
    void aCallbackIsForwardedAsATailCall() {
        Adder mine = new Adder(vats.executor);
        try (Counter.Client own = mine.client()) {
            var request = remote.callBackRequest();
            request.params().setNumber(9);
            request.params().setCounter(own);
            var call = request.send();
            settle();
            assertThat(resultsOf(call).getNumber()).isEqualTo(9);
            call.close();
        }
        expectNothingLeft();
        assertThat(mine.releases).hasValue(1);
    }

    @Test
    void cancellingACallReachesTheMethodAndEmptiesTheTables() {
        var call = remote.hangRequest().send();
        settle();
        assertThat(server.hanging).isDone();
        call.close();
        settle();
        assertThat(server.cancelled).isDone();
        expectNothingLeft();
    }

    @Test
    void aCallCancelledBeforeItArrivedIsNeverRun() {
        var call = adding(remote, 1).send();
        call.close();
        while (vats.step(random)) {}
        assertThat(failureOf(call).reason()).contains("cancelled");
        expectNothingLeft();
    }

    @Test
    void anAbandonedConnectionFailsWhatDependsOnItAndLeavesNothing() {
        Adder mine = new Adder(vats.executor);
        var hanging = remote.hangRequest().send();
        Counter.Client promised;
        try (Counter.Client own = mine.client()) {
            var request = remote.echoRequest();
            request.params().setCounter(own);
            var call = request.send();
            promised = call.pipeline().getCounter();
            settle();
        }
        vats.left.vat.close(RpcException.disconnected("unplugged"));
        vats.right.vat.close(RpcException.disconnected("unplugged"));
        settle();
        assertThat(failureOf(hanging).type()).isEqualTo(RpcException.Type.DISCONNECTED);
        assertThat(failureOf(remote.addRequest().send()).reason()).isEqualTo("unplugged");
        assertThat(server.cancelled).isDone();
        assertThat(vats.left.vat.tables()).isEqualTo(EMPTY);
        assertThat(vats.right.vat.tables()).isEqualTo(EMPTY);
        assertThat(server.releases).hasValue(1);
        promised.close();
        remote.close();
    }

    @Test
    void messagesOfHigherLevelsAreSentBackAsUnimplemented() {
        settle();
        List<Message.Which> sentBack = new ArrayList<>();
        vats.left.damage(bytes -> new FrameReader(Limits.DEFAULT).feed(bytes.duplicate(), view -> {
            Message.Reader message = new AnyPointer.Reader(view.segment(0), 0, 64).getAs(Message.factory);
            sentBack.add(message.getUnimplemented().which());
        }));
        Draft provide = Draft.plain(16);
        ProtocolWriter.message(provide).initProvide().initTarget().setImportedCap(0);
        vats.left.send(provide);
        Draft accept = Draft.plain(16);
        ProtocolWriter.message(accept).initAccept();
        vats.left.send(accept);
        Draft join = Draft.plain(16);
        ProtocolWriter.message(join).initJoin();
        vats.left.send(join);
        Draft handOff = Draft.call();
        ProtocolWriter.message(handOff).getCall().getSendResultsTo().initThirdParty();
        vats.left.send(handOff);
        settle();
        assertThat(sentBack)
                .containsExactly(Message.Which.PROVIDE, Message.Which.ACCEPT, Message.Which.JOIN, Message.Which.CALL);
    }

    @Test
    void anImportThatWasDroppedWithoutBeingClosedIsGivenBack() {
        leakAChild();
        await().untilAsserted(() -> {
            System.gc();
            assertThat(vats.left.vat.tables().imports()).isLessThanOrEqualTo(1);
        });
        settle();
        assertThat(vats.right.vat.tables().exports()).isEqualTo(1);
        expectNothingLeft();
    }

    private void leakAChild() {
        var call = remote.childRequest().send();
        settle();
        Counter.Client leaked = call.join().get().getCounter();
        assertThat(leaked.isNull()).isFalse();
        assertThat(vats.left.vat.tables().imports()).isEqualTo(2);
    }

    /**
     * A promise that leads back home: calls made through it go to the peer and back, and once it is known, later ones could be
     * delivered at once. They must not overtake.
     */
    @RepeatedTest(200)
    void callsKeepTheirOrderWhenAnAnswerLeadsBackHome() {
        expectOrder(remote.echoRequest());
        expectNothingLeft();
    }

    /** As above, with a promise that the peer exports and settles when it pleases. */
    @RepeatedTest(200)
    void callsKeepTheirOrderWhenAnExportedPromiseLeadsBackHome() {
        expectOrder(remote.childRequest());
        promised.release();
        expectNothingLeft();
    }

    private void expectOrder(Request<Slot.Builder, Slot.Reader, Slot.Pipeline> request) {
        Adder mine = new Adder(vats.executor);
        List<RemoteCall<?, ?>> calls = new ArrayList<>();
        try (Counter.Client own = mine.client()) {
            request.params().setCounter(own);
            var call = request.send();
            calls.add(call);
            try (Counter.Client leadsHome = call.pipeline().getCounter()) {
                for (int number = 0; number < 30; number++) {
                    for (int steps = random.nextInt(4); steps > 0; steps--) {
                        vats.step(random);
                    }
                    calls.add(adding(leadsHome, number).send());
                }
                settle();
                assertThat(leadsHome.hook().innermost()).as(this::story).isSameAs(own.hook());
            }
            calls.forEach(RemoteCall::close);
        }
        assertThat(mine.seen)
                .as(this::story)
                .containsExactlyElementsOf(IntStream.range(0, 30).boxed().toList());
    }
}
