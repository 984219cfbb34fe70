package dev.bailiwick.capnp.rpc;

import static dev.bailiwick.capnp.rpc.Adder.add;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.bailiwick.capnp.rpc.testing.Counter;
import dev.bailiwick.capnp.rpc.testing.Slot;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LocalCallsTest {
    @Test
    void aCallReturnsItsResults() {
        try (Counter.Client counter = Counter.client(new Adder())) {
            assertThat(add(counter, 3)).isEqualTo(3);
            assertThat(add(counter, 4)).isEqualTo(7);
        }
    }

    @Test
    void methodsRunInCallOrderAndNeverOnTheCallersStack() {
        Adder adder = new Adder();
        AtomicReference<Thread> server = new AtomicReference<>();
        Counter.Server watched = new Adder() {
            @Override
            public CompletionStage<?> add(CallContext<Slot.Reader, Slot.Builder> call) throws Exception {
                server.set(Thread.currentThread());
                return adder.add(call);
            }
        };
        try (Counter.Client counter = Counter.client(watched)) {
            List<RemoteCall<Slot.Reader, Slot.Pipeline>> calls = IntStream.range(0, 500)
                    .mapToObj(i -> {
                        var request = counter.addRequest();
                        request.params().setNumber(i);
                        return request.send();
                    })
                    .toList();
            calls.forEach(RemoteCall::await);
        }
        assertThat(adder.seen)
                .containsExactlyElementsOf(IntStream.range(0, 500).boxed().toList());
        assertThat(server.get()).isNotSameAs(Thread.currentThread()).matches(Thread::isVirtual);
    }

    @Test
    void callsOnAPromisedCapabilityRunAfterTheCallThatPromisedIt() {
        try (Counter.Client counter = Counter.client(new Adder());
                var call = counter.childRequest().send();
                Counter.Client child = call.pipeline().getCounter()) {
            assertThat(add(child, 5)).isEqualTo(5);
            assertThat(add(child, 5)).isEqualTo(10);
        }
    }

    @Test
    void capabilitiesTravelInFieldsListsStructsAndAnyPointers() {
        Adder adder = new Adder();
        try (Counter.Client echo = Counter.client(new Adder());
                Counter.Client counter = Counter.client(adder)) {
            var request = echo.echoRequest();
            request.params().setCounter(counter);
            var list = request.params().initAll(3);
            list.set(0, counter);
            list.set(2, counter);
            request.params().initInner().setCounter(counter);
            request.params().initAny().setAs(Counter.factory, counter);
            try (var response = request.send().join()) {
                Slot.Reader back = response.get().getInner();
                try (Counter.Client direct = response.get().getCounter();
                        Counter.Client copied = back.getCounter();
                        Counter.Client first = back.getAll().get(0);
                        Counter.Client second = back.getAll().get(1);
                        Counter.Client third = back.getAll().get(2);
                        Counter.Client deep = back.getInner().getCounter();
                        Counter.Client any = back.getAny().getAs(Counter.factory)) {
                    assertThat(second.isNull()).isTrue();
                    List.of(direct, copied, first, third, deep, any).forEach(client -> add(client, 1));
                }
            }
        }
        assertThat(adder.seen).hasSize(6);
        await().untilAsserted(() -> assertThat(adder.releases).hasValue(1));
    }

    @Test
    void overwritingAFieldGivesItsCapabilitiesBack() {
        Adder adder = new Adder();
        try (Counter.Client echo = Counter.client(new Adder());
                Counter.Client nothing = Counter.factory.nullClient();
                var request = echo.echoRequest()) {
            try (Counter.Client counter = Counter.client(adder)) {
                request.params().setCounter(counter);
                request.params().initInner().initInner().setCounter(counter);
            }
            request.params().setCounter(nothing);
            assertThat(adder.releases).hasValue(0);
            request.params()
                    .setInner(request.params().asReader().getInner().getInner().getInner());
            await().untilAsserted(() -> assertThat(adder.releases).hasValue(1));
        }
    }

    @Test
    void anObjectIsReleasedWhenTheLastReferenceIsGoneAndItsCallsHaveRun() {
        Adder adder = new Adder();
        Counter.Client counter = Counter.client(adder);
        Counter.Client shared = counter.share();
        counter.close();
        counter.close();
        assertThat(add(shared, 1)).isEqualTo(1);
        shared.close();
        await().untilAsserted(() -> assertThat(adder.releases).hasValue(1));
        assertThatThrownBy(() -> add(counter, 1)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void failuresReachTheCallerWithTheirTypeAndStrangersLearnNoInternals() {
        Counter.Server failing = new Counter.Server() {
            @Override
            public CompletionStage<?> add(CallContext<Slot.Reader, Slot.Builder> call) {
                throw RpcException.overloaded("try later");
            }

            @Override
            public CompletionStage<?> child(CallContext<Slot.Reader, Slot.Builder> call) {
                throw new IllegalStateException("secret");
            }
        };
        try (Counter.Client counter = Counter.client(failing)) {
            assertThatThrownBy(() -> add(counter, 1)).isInstanceOfSatisfying(RpcException.class, failure -> {
                assertThat(failure.type()).isEqualTo(RpcException.Type.OVERLOADED);
                assertThat(failure.reason()).isEqualTo("try later");
            });
            assertThatThrownBy(() -> counter.childRequest().send().await())
                    .isInstanceOf(RpcException.class)
                    .hasMessageNotContaining("secret");
            assertThatThrownBy(() -> counter.echoRequest().send().await())
                    .isInstanceOfSatisfying(
                            RpcException.class,
                            failure -> assertThat(failure.type()).isEqualTo(RpcException.Type.UNIMPLEMENTED));
        }
    }

    @Test
    void theNextCallStartsWhenTheMethodReturnedEvenIfItsStageIsOpen() {
        CompletableFuture<Void> later = new CompletableFuture<>();
        Counter.Server server = new Adder() {
            @Override
            public CompletionStage<?> child(CallContext<Slot.Reader, Slot.Builder> call) {
                return later;
            }
        };
        try (Counter.Client counter = Counter.client(server)) {
            var open = counter.childRequest().send();
            assertThat(add(counter, 1)).isEqualTo(1);
            later.complete(null);
            open.await();
        }
    }

    @Test
    void aTailCallPassesResultsAndPipelineThrough() {
        try (Counter.Client inner = Counter.client(new Adder())) {
            Counter.Server front = new Counter.Server() {
                @Override
                public CompletionStage<?> child(CallContext<Slot.Reader, Slot.Builder> call) {
                    return call.tailCall(inner.childRequest());
                }
            };
            try (Counter.Client counter = Counter.client(front);
                    var call = counter.childRequest().send();
                    Counter.Client child = call.pipeline().getCounter();
                    var response = call.join();
                    Counter.Client direct = response.get().getCounter()) {
                assertThat(add(child, 2)).isEqualTo(2);
                assertThat(add(direct, 2)).isEqualTo(4);
            }
        }
    }

    @Test
    void cancellingTellsTheMethod() {
        CompletableFuture<Void> told = new CompletableFuture<>();
        CompletableFuture<Void> started = new CompletableFuture<>();
        Counter.Server server = new Counter.Server() {
            @Override
            public CompletionStage<?> add(CallContext<Slot.Reader, Slot.Builder> call) {
                call.onCancel(() -> told.complete(null));
                started.complete(null);
                return told;
            }
        };
        try (Counter.Client counter = Counter.client(server)) {
            var call = counter.addRequest().send();
            started.join();
            call.close();
            told.join();
        }
    }

    @Test
    void aMessageOfManySegmentsKeepsItsCapabilities() {
        try (Counter.Client echo = Counter.client(new Adder());
                Counter.Client counter = Counter.client(new Adder())) {
            var request = echo.echoRequest();
            var list = request.params(4).initAll(5_000);
            for (int i = 0; i < list.size(); i++) {
                list.set(i, counter);
            }
            try (var response = request.send().join()) {
                assertThat(response.get().getInner().getAll()).hasSize(5_000);
                try (Counter.Client last = response.get().getInner().getAll().get(4_999)) {
                    assertThat(add(last, 1)).isEqualTo(1);
                }
            }
        }
    }

    @Test
    void whatAnExecutorRefusesIsDoneAllTheSame() {
        Adder adder = new Adder(task -> {
            throw new RejectedExecutionException("shut down");
        });
        try (Counter.Client counter = adder.client()) {
            assertThat(add(counter, 1)).isEqualTo(1);
            assertThat(add(counter, 2)).isEqualTo(3);
        }
        await().untilAsserted(() -> assertThat(adder.releases).hasValue(1));
    }
}
