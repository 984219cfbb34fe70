package dev.bailiwick.capnp.rpc;

import static dev.bailiwick.capnp.rpc.Adder.adding;
import static dev.bailiwick.capnp.rpc.Adder.failureOf;
import static org.assertj.core.api.Assertions.assertThat;

import dev.bailiwick.capnp.rpc.testing.Counter;
import dev.bailiwick.capnp.rpc.testing.Slot;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Promises of this process: how deep they may go, and that they may not go round. */
@Timeout(value = 20, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PromisesTest {
    private static final int DEEP = 10_000;

    private final Queue<Runnable> tasks = new ArrayDeque<>();

    private void settle() {
        while (!tasks.isEmpty()) {
            tasks.remove().run();
        }
    }

    private Counter.Client client(Counter.Server server) {
        return Counter.factory.client(CapabilityClient.serve(server, tasks::add));
    }

    private static Counter.Client client(PromiseClient promise) {
        return Counter.factory.client(promise.addRef());
    }

    private List<RemoteCall<Slot.Reader, Slot.Pipeline>> pipeline(Counter.Client start, int depth) {
        List<RemoteCall<Slot.Reader, Slot.Pipeline>> calls = new ArrayList<>();
        List<Counter.Client> promises = new ArrayList<>();
        Counter.Client at = start;
        for (int i = 0; i < depth; i++) {
            var call = at.childRequest().send();
            calls.add(call);
            at = call.pipeline().getCounter();
            promises.add(at);
        }
        calls.add(adding(at, 7).send());
        promises.forEach(Counter.Client::close);
        return calls;
    }

    @Test
    void pipelinesMayBeAsDeepAsTheyLike() {
        try (Counter.Client counter = client(new Adder(tasks::add))) {
            var calls = pipeline(counter, DEEP);
            settle();
            try (var last = calls.removeLast().join()) {
                assertThat(last.get().getNumber()).isEqualTo(7);
            }
            calls.forEach(RemoteCall::close);
        }
    }

    @Test
    void pipelinesMayBeDeepThroughAMembraneToo() {
        Membrane membrane = new Membrane(MembranePolicy.PASS_ALL);
        try (Counter.Client counter = client(new Adder(tasks::add));
                Counter.Client outside = membrane.wrap(counter, Counter.factory)) {
            var calls = pipeline(outside, DEEP);
            settle();
            try (var last = calls.removeLast().join()) {
                assertThat(last.get().getNumber()).isEqualTo(7);
            }
            calls.forEach(RemoteCall::close);
        }
    }

    @Test
    void aDeepPipelineThatFailsAtItsRootFailsToItsEnd() {
        PromiseClient promise = new PromiseClient();
        try (Counter.Client start = client(promise)) {
            var calls = pipeline(start, DEEP);
            promise.resolve(new BrokenClient(RpcException.overloaded("no room")));
            settle();
            assertThat(calls)
                    .allSatisfy(call -> assertThat(failureOf(call).reason()).isEqualTo("no room"));
        }
        promise.release();
    }

    @Test
    void aLongChainOfPromisesIsUsedAndGivenBackLikeAShortOne() {
        Adder adder = new Adder(tasks::add);
        PromiseClient[] chain = new PromiseClient[DEEP];
        for (int i = 0; i < DEEP; i++) {
            chain[i] = new PromiseClient();
        }
        for (int i = 0; i < DEEP - 1; i++) {
            chain[i].resolve(chain[i + 1].addRef());
        }
        try (Counter.Client head = client(chain[0])) {
            for (int i = 0; i < DEEP - 1; i++) {
                chain[i].release();
            }
            var call = adding(head, 5).send();
            chain[DEEP - 1].resolve(adder.client().hook());
            chain[DEEP - 1].release();
            settle();
            call.await();
        }
        settle();
        assertThat(adder.seen).containsExactly(5);
        assertThat(adder.releases).hasValue(1);
    }

    @Test
    void aPromiseSettledForItselfIsBroken() {
        PromiseClient promise = new PromiseClient();
        try (Counter.Client client = client(promise)) {
            var before = adding(client, 1).send();
            promise.resolve(promise.addRef());
            assertThat(failureOf(before).reason()).contains("settled for itself");
            assertThat(failureOf(adding(client, 2).send()).type()).isEqualTo(RpcException.Type.FAILED);
        }
        promise.release();
        assertThat(promise.references()).isZero();
    }

    @Test
    void aRingOfPromisesIsBrokenWhereItCloses() {
        List<PromiseClient> ring = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            ring.add(new PromiseClient());
        }
        try (Counter.Client client = client(ring.get(2))) {
            var call = adding(client, 1).send();
            for (int i = 0; i < 5; i++) {
                ring.get(i).resolve(ring.get((i + 1) % 5).addRef());
            }
            assertThat(failureOf(call).reason()).contains("settled for itself");
        }
        ring.forEach(PromiseClient::release);
        assertThat(ring).allSatisfy(promise -> assertThat(promise.references()).isZero());
    }

    @Test
    void aRingThroughAMembraneIsBroken() {
        Membrane membrane = new Membrane(MembranePolicy.PASS_ALL);
        PromiseClient promise = new PromiseClient();
        try (Counter.Client client = client(promise);
                Counter.Client outside = membrane.wrap(client, Counter.factory)) {
            var call = adding(outside, 1).send();
            promise.resolve(outside.hook().addRef());
            assertThat(failureOf(call).reason()).contains("settled for itself");
        }
        promise.release();
    }

    @Test
    void aMethodThatReturnsItsOwnResultIsBroken() {
        PromiseClient own = new PromiseClient();
        try (Counter.Client echo = client(new Adder(tasks::add));
                Counter.Client promised = client(own)) {
            var request = echo.echoRequest();
            request.params().setCounter(promised);
            var call = request.send();
            try (Counter.Client result = call.pipeline().getCounter()) {
                own.resolve(result.hook().addRef());
                var lost = adding(result, 1).send();
                settle();
                assertThat(failureOf(lost).reason()).contains("settled for itself");
            }
            call.close();
        }
        own.release();
        assertThat(own.references()).isZero();
    }

    @Test
    void callsThatWereCancelledDoNotFillAMailboxOrAPromise() {
        Adder adder = new Adder(tasks::add);
        PromiseClient promise = new PromiseClient();
        try (Counter.Client counter = adder.client();
                Counter.Client promised = client(promise)) {
            for (int i = 0; i < 1000; i++) {
                adding(counter, -i).send().close();
                adding(promised, -i).send().close();
                if (i % 100 == 0) {
                    adding(counter, i).send();
                    adding(promised, i).send();
                }
            }
            assertThat(((LocalClient) counter.hook()).waiting()).isLessThan(50);
            assertThat(promise.waiting()).isLessThan(50);
            promise.resolve(counter.hook().addRef());
            settle();
        }
        assertThat(adder.seen)
                .containsExactly(
                        0, 100, 200, 300, 400, 500, 600, 700, 800, 900, 0, 100, 200, 300, 400, 500, 600, 700, 800, 900);
        promise.release();
    }

    @Test
    void aPromiseNobodyNeedsLetsGoOfWhatItWaitsFor() {
        Membrane membrane = new Membrane(MembranePolicy.PASS_ALL);
        PromiseClient never = new PromiseClient();
        ClientHook wrapped = membrane.wrap(never, MembranePolicy.Direction.INWARD);
        for (int i = 0; i < 1000; i++) {
            PromiseClient promise = new PromiseClient();
            RemoteCall<Slot.Reader, Slot.Pipeline> call;
            try (Counter.Client client = client(promise)) {
                call = adding(client, i).send();
                promise.resolve(wrapped.addRef());
                if (i % 2 == 0) {
                    call.close();
                }
            }
            promise.release();
            call.close();
        }
        assertThat(wrapped.references()).isEqualTo(1);
        assertThat(Objects.requireNonNull(wrapped.settlement()).listeners()).isLessThan(200);
        wrapped.release();
        never.release();
    }

    @Test
    void aCallIsDeliveredThoughNobodyHoldsThePromiseItWasMadeOn() {
        Adder adder = new Adder(tasks::add);
        Membrane membrane = new Membrane(MembranePolicy.PASS_ALL);
        PromiseClient inside = new PromiseClient();
        ClientHook wrapped = membrane.wrap(inside, MembranePolicy.Direction.INWARD);
        PromiseClient promise = new PromiseClient();
        RemoteCall<Slot.Reader, Slot.Pipeline> call;
        try (Counter.Client client = client(promise)) {
            call = adding(client, 3).send();
            promise.resolve(wrapped);
        }
        promise.release();
        inside.resolve(adder.client().hook());
        inside.release();
        settle();
        call.await();
        settle();
        assertThat(adder.seen).containsExactly(3);
        assertThat(adder.releases).hasValue(1);
    }

    @Test
    void whatWaitsForADisembargoToGoBackIsGivenUpWithItsConnection() {
        Membrane membrane = new Membrane(MembranePolicy.PASS_ALL);
        PromiseClient never = new PromiseClient();
        PromiseClient settling = new PromiseClient();
        settling.resolve(membrane.wrap(never, MembranePolicy.Direction.INWARD));
        RawPeer peer = new RawPeer(executor -> settling.addRef()).bootstrap();
        for (int i = 0; i < Limits.DEFAULT.embargoes(); i++) {
            disembargo(peer, i);
        }
        peer.hearNothing();
        disembargo(peer, Limits.DEFAULT.embargoes());
        peer.hearAbort("embargoes open");
        assertThat(settling.references()).isEqualTo(1);
        settling.release();
        assertThat(never.references()).isEqualTo(1);
        never.release();
    }

    private static void disembargo(RawPeer peer, int id) {
        peer.say(message -> {
            var disembargo = message.initDisembargo();
            disembargo.initTarget().setImportedCap(0);
            disembargo.getContext().setSenderLoopback(id);
        });
    }

    @Test
    void aMethodMayForwardItsCallAndReturnAtOnce() {
        Adder adder = new Adder(tasks::add);
        try (Counter.Client behind = client(adder);
                Counter.Client front = client(new Adder(tasks::add) {
                    @Override
                    public CompletionStage<?> add(CallContext<Slot.Reader, Slot.Builder> call) throws Exception {
                        var _ = call.tailCall(adding(behind, call.params().getNumber()));
                        return Calls.DONE;
                    }
                })) {
            var call = adding(front, 4).send();
            settle();
            try (var response = call.join()) {
                assertThat(response.get().getNumber()).isEqualTo(4);
            }
        }
    }

    @Test
    void anObjectsLastReferenceIsNoticedThoughItsCallsWereCancelled() {
        Adder adder = new Adder(tasks::add);
        try (Counter.Client counter = adder.client()) {
            for (int i = 0; i < 40; i++) {
                adding(counter, i).send().close();
            }
        }
        settle();
        assertThat(adder.seen).isEmpty();
        assertThat(adder.releases).hasValue(1);
    }

    @Test
    void callsOnWhatAMethodHasYetToReturnKeepTheirOrderWhenItReturnsAnotherPromise() {
        Adder target = new Adder(tasks::add);
        PromiseClient inside = new PromiseClient();
        Membrane membrane = new Membrane(MembranePolicy.PASS_ALL);
        Counter.Server gives = new Adder(tasks::add) {
            @Override
            public CompletionStage<?> child(CallContext<Slot.Reader, Slot.Builder> call) throws Exception {
                try (Counter.Client promised = PromisesTest.client(inside)) {
                    call.results().setCounter(promised);
                }
                return Calls.DONE;
            }
        };
        try (Counter.Client counter = client(gives);
                Counter.Client outside = membrane.wrap(counter, Counter.factory);
                var call = outside.childRequest().send();
                Counter.Client promised = call.pipeline().getCounter()) {
            adding(promised, 1).send();
            settle();
            adding(promised, 2).send();
            try (Counter.Client direct = call.join().get().getCounter()) {
                adding(direct, 3).send();
                inside.resolve(target.client().hook());
                adding(promised, 4).send();
                settle();
            }
        }
        assertThat(target.seen).containsExactly(1, 2, 3, 4);
        inside.release();
        settle();
        assertThat(target.releases).hasValue(1);
    }
}
