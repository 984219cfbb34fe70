package dev.bailiwick.capnp.rpc;

import static dev.bailiwick.capnp.rpc.Adder.add;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.bailiwick.capnp.rpc.testing.Counter;
import dev.bailiwick.capnp.rpc.testing.Slot;
import dev.bailiwick.capnp.rpc.testing.Testing;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

class MembraneTest {
    private final List<String> crossings = Collections.synchronizedList(new ArrayList<>());

    private final MembranePolicy logging = crossing -> {
        crossings.add(
                crossing.direction() + " " + crossing.method().orElseThrow().name());
        return MembranePolicy.Decision.PASS;
    };

    @Test
    void thePolicySeesMethodAnnotationsAndDirection() {
        List<String> classes = new ArrayList<>();
        Membrane membrane = new Membrane(crossing -> {
            classes.add(crossing.method()
                    .orElseThrow()
                    .annotation(Testing.EFFECT_ANNOTATION, String.class)
                    .orElse("none"));
            return MembranePolicy.Decision.PASS;
        });
        try (Counter.Client inside = Counter.client(new Adder());
                Counter.Client outside = membrane.wrap(inside, Counter.factory)) {
            assertThat(add(outside, 1)).isEqualTo(1);
            outside.childRequest().send().await();
        }
        assertThat(classes).containsExactly("write", "none");
    }

    @Test
    void thePolicySeesTheInterface() {
        List<String> interfaces = new ArrayList<>();
        Membrane membrane = new Membrane(crossing -> {
            interfaces.add(crossing.declaredBy().orElseThrow().displayName());
            return MembranePolicy.Decision.PASS;
        });
        try (Counter.Client inside = Counter.client(new Adder());
                Counter.Client outside = membrane.wrap(inside, Counter.factory)) {
            add(outside, 1);
        }
        assertThat(interfaces).containsExactly("Counter");
    }

    @Test
    void aPolicyMayRevokeTheMembraneItDecidesFor() {
        Adder adder = new Adder();
        Membrane membrane = new Membrane(crossing -> crossing.methodId() == 0
                ? MembranePolicy.Decision.revoke("asked too much")
                : MembranePolicy.Decision.PASS);
        try (Counter.Client inside = adder.client();
                Counter.Client outside = membrane.wrap(inside, Counter.factory)) {
            var pending = outside.hangRequest().send();
            adder.hanging.join();
            assertRevoked(outside);
            assertThatThrownBy(pending::join).hasMessage("revoked: asked too much");
            adder.cancelled.join();
        }
        assertThat(membrane.isRevoked()).isTrue();
        assertThat(adder.seen).isEmpty();
    }

    @Test
    void whatWasPromisedThroughAMembraneComesHomeUnwrappedToo() {
        Membrane membrane = new Membrane(MembranePolicy.PASS_ALL);
        PromiseClient inside = new PromiseClient();
        Adder mine = new Adder();
        try (Counter.Client own = mine.client();
                Counter.Client promised = Counter.factory.client(inside);
                Counter.Client outside = membrane.wrap(promised, Counter.factory)) {
            var early = Adder.adding(outside, 1).send();
            inside.resolve(membrane.wrap(own.hook(), MembranePolicy.Direction.OUTWARD));
            early.await();
            assertThat(outside.hook().innermost()).isSameAs(own.hook());
            membrane.revoke("lapsed");
            assertThat(outside.hook().innermost()).isSameAs(own.hook()); // it is the outside's own, and was before
        }
        await().untilAsserted(() -> assertThat(mine.releases).hasValue(1));
    }

    @Test
    void aPromiseThatWasNotSettledBreaksWithTheMembrane() {
        Membrane membrane = new Membrane(MembranePolicy.PASS_ALL);
        PromiseClient inside = new PromiseClient();
        Adder late = new Adder();
        try (Counter.Client promised = Counter.factory.client(inside.addRef());
                Counter.Client outside = membrane.wrap(promised, Counter.factory)) {
            var pending = Adder.adding(outside, 1).send();
            membrane.revoke("lapsed");
            assertThatThrownBy(pending::join).hasMessage("revoked: lapsed");
            assertThat(outside.hook().innermost()).isInstanceOf(BrokenClient.class);
            inside.resolve(late.client().hook());
            assertRevoked(outside);
        }
        inside.release();
        await().untilAsserted(() -> assertThat(late.releases).hasValue(1));
        assertThat(late.seen).isEmpty();
    }

    @Test
    void capabilitiesInResultsUnderWayAreCutOff() {
        Membrane membrane = new Membrane(MembranePolicy.PASS_ALL);
        CompletableFuture<Void> begun = new CompletableFuture<>();
        CompletableFuture<Void> go = new CompletableFuture<>();
        Adder secret = new Adder();
        Counter.Server slow = new Adder() {
            @Override
            public CompletionStage<?> child(CallContext<Slot.Reader, Slot.Builder> call) {
                begun.complete(null);
                return go.thenAccept(ignored -> {
                    try (Counter.Client given = secret.client()) {
                        call.results().setCounter(given);
                    }
                });
            }
        };
        try (Counter.Client inside = Counter.client(slow);
                Counter.Client outside = membrane.wrap(inside, Counter.factory);
                var call = outside.childRequest().send();
                Counter.Client promised = call.pipeline().getCounter()) {
            begun.join(); // a call that has not begun would never run
            membrane.revoke("lapsed");
            go.complete(null);
            assertThatThrownBy(call::join).hasMessage("revoked: lapsed");
            assertRevoked(promised);
        }
        await().untilAsserted(() -> assertThat(secret.releases).hasValue(1));
    }

    /** Revocation against calls from other threads: what did not pass before must not pass after. */
    @RepeatedTest(40)
    void nothingPassesOnceRevokeHasReturned() throws InterruptedException {
        Adder adder = new Adder();
        Membrane membrane = new Membrane(MembranePolicy.PASS_ALL);
        CountDownLatch running = new CountDownLatch(3);
        List<RpcException> ends = Collections.synchronizedList(new ArrayList<>());
        List<Thread> callers = new ArrayList<>();
        try (Counter.Client inside = adder.client();
                Counter.Client outside = membrane.wrap(inside, Counter.factory)) {
            for (int i = 0; i < 3; i++) {
                callers.add(Thread.ofVirtual().start(() -> {
                    try {
                        while (true) {
                            add(outside, 1);
                            running.countDown();
                        }
                    } catch (RpcException end) {
                        ends.add(end);
                    }
                }));
            }
            running.await();
            membrane.revoke("lapsed");
            add(inside, 0); // behind everything that got in
            int passed = adder.seen.size();
            for (Thread caller : callers) {
                caller.join();
            }
            assertThat(adder.seen).hasSize(passed);
            assertThat(ends)
                    .hasSize(3)
                    .allSatisfy(end -> assertThat(end.reason()).isEqualTo("revoked: lapsed"));
        }
        await().untilAsserted(() -> assertThat(adder.releases).hasValue(1));
    }

    @Test
    void whatIsRefusedNeverArrives() {
        Adder adder = new Adder();
        Membrane membrane =
                new Membrane(crossing -> MembranePolicy.Decision.refuse(RpcException.failed("not allowed")));
        try (Counter.Client inside = Counter.client(adder);
                Counter.Client outside = membrane.wrap(inside, Counter.factory)) {
            assertThatThrownBy(() -> add(outside, 1))
                    .isInstanceOf(RpcException.class)
                    .hasMessage("not allowed");
        }
        assertThat(adder.seen).isEmpty();
    }

    @Test
    void capabilitiesInResultsAndPipelinesComeOutWrapped() {
        Membrane membrane = new Membrane(logging);
        try (Counter.Client inside = Counter.client(new Adder());
                Counter.Client outside = membrane.wrap(inside, Counter.factory);
                var call = outside.childRequest().send();
                Counter.Client promised = call.pipeline().getCounter();
                var response = call.join();
                Counter.Client direct = response.get().getCounter()) {
            add(promised, 1);
            add(direct, 1);
            assertThat(crossings).containsExactly("INWARD child", "INWARD add", "INWARD add");
            membrane.revoke("account disabled");
            assertRevoked(promised);
            assertRevoked(direct);
            assertRevoked(outside);
            assertThat(add(inside, 1)).isEqualTo(1);
        }
    }

    @Test
    void capabilitiesInParametersGoInWrappedTheOtherWayAndComeHomeUnwrapped() {
        Membrane membrane = new Membrane(logging);
        CompletableFuture<Integer> calledBack = new CompletableFuture<>();
        Adder mine = new Adder();
        Counter.Server caller = new Adder() {
            @Override
            public CompletionStage<?> echo(CallContext<Slot.Reader, Slot.Builder> call) throws Exception {
                try (Counter.Client given = call.params().getCounter()) {
                    calledBack.complete(add(given, 1));
                }
                return super.echo(call);
            }
        };
        try (Counter.Client inside = Counter.client(caller);
                Counter.Client outside = membrane.wrap(inside, Counter.factory);
                Counter.Client own = Counter.client(mine)) {
            var request = outside.echoRequest();
            request.params().setCounter(own);
            try (var response = request.send().join();
                    Counter.Client home = response.get().getCounter()) {
                assertThat(calledBack).isCompletedWithValue(1);
                assertThat(home.hook()).isSameAs(own.hook());
            }
            assertThat(crossings).containsExactly("INWARD echo", "OUTWARD add");
        }
        await().untilAsserted(() -> assertThat(mine.releases).hasValue(1));
    }

    @Test
    void revokingFailsAndCancelsCallsInFlightAndReleasesWhatWasInside() {
        Adder slow = new Adder();
        Membrane membrane = new Membrane(MembranePolicy.PASS_ALL);
        Counter.Client outside;
        try (Counter.Client inside = Counter.client(slow)) {
            outside = membrane.wrap(inside, Counter.factory);
        }
        var pending = outside.hangRequest().send();
        slow.hanging.join();
        membrane.revoke("session ended");
        assertThatThrownBy(pending::join).isInstanceOf(RpcException.class).hasMessage("revoked: session ended");
        slow.cancelled.join();
        assertRevoked(outside);
        await().untilAsserted(() -> assertThat(slow.releases).hasValue(1));
        outside.close();
    }

    @Test
    void oneMembraneBehindAnotherIsRevokedAlone() {
        Membrane session = new Membrane(MembranePolicy.PASS_ALL);
        Membrane lease = new Membrane(MembranePolicy.PASS_ALL);
        try (Counter.Client inside = Counter.client(new Adder());
                Counter.Client held = session.wrap(inside, Counter.factory);
                Counter.Client leased = lease.wrap(held, Counter.factory)) {
            assertThat(add(leased, 1)).isEqualTo(1);
            lease.revoke("lapsed");
            assertRevoked(leased);
            assertThat(add(held, 1)).isEqualTo(2);
        }
    }

    private static void assertRevoked(Counter.Client client) {
        assertThatThrownBy(() -> add(client, 1)).isInstanceOfSatisfying(RpcException.class, failure -> {
            assertThat(failure.type()).isEqualTo(RpcException.Type.FAILED);
            assertThat(failure.reason()).startsWith("revoked: ");
        });
    }
}
