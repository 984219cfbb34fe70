package dev.bailiwick.capnp.rpc;

import static dev.bailiwick.capnp.rpc.Adder.add;
import static dev.bailiwick.capnp.rpc.Adder.adding;
import static dev.bailiwick.capnp.rpc.Adder.failureOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.bailiwick.capnp.rpc.testing.Counter;
import dev.bailiwick.capnp.rpc.testing.Slot;
import dev.bailiwick.capnp.rpc.testing.Testing;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 30, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
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
    void aLateObjectIsMadeByTheFirstCallThatPassesAndOnlyOnce() {
        List<Adder> made = new ArrayList<>();
        List<MembranePolicy.Decision> decisions =
                new ArrayList<>(List.of(MembranePolicy.Decision.refuse(RpcException.failed("not yet"))));
        Membrane membrane = new Membrane(
                crossing -> {
                    assertThat(crossing.method()).isPresent(); // by the catalogue
                    return decisions.isEmpty() ? MembranePolicy.Decision.PASS : decisions.removeFirst();
                },
                List.of(Counter.SCHEMA));
        try (Counter.Client outside = membrane.wrapLate(() -> late(made), Counter.factory);
                Counter.Client shared = outside.share()) {
            assertThat(shared.isNull()).isFalse();
            assertThat(shared.isBroken()).isFalse();
            assertThat(failureOf(adding(outside, 1).send()).reason()).isEqualTo("not yet");
            assertThat(made).isEmpty();
            assertThat(add(outside, 1)).isEqualTo(1);
            assertThat(add(shared, 2)).isEqualTo(3);
            assertThat(made).hasSize(1);
        }
        await().untilAsserted(() -> assertThat(made.getFirst().releases).hasValue(1));
    }

    private static Counter.Client late(List<Adder> made) {
        Adder adder = new Adder();
        made.add(adder);
        return adder.client();
    }

    @Test
    void aLateObjectThatComesHomeIsMadeForWhoeverHasItThere() {
        List<Adder> made = new ArrayList<>();
        Adder host = new Adder();
        Membrane membrane = new Membrane(MembranePolicy.PASS_ALL);
        try (Counter.Client inside = host.client();
                Counter.Client outside = membrane.wrap(inside, Counter.factory);
                Counter.Client late = membrane.wrapLate(() -> late(made), Counter.factory)) {
            var request = outside.echoRequest();
            request.params().setCounter(late);
            try (var response = request.send().join();
                    Counter.Client back = response.get().getCounter()) {
                assertThat(add(back, 5)).isEqualTo(5);
            }
        }
        assertThat(made).hasSize(1);
        assertThat(made.getFirst().seen).containsExactly(5);
    }

    @Test
    void whatCannotBeMadeFailsTheCallAndIsTriedAgain() {
        List<Adder> made = new ArrayList<>();
        List<RpcException> failures = new ArrayList<>(List.of(RpcException.overloaded("no room")));
        Membrane membrane = new Membrane(MembranePolicy.PASS_ALL);
        try (Counter.Client outside = membrane.wrapLate(
                () -> {
                    if (!failures.isEmpty()) {
                        throw failures.removeFirst();
                    }
                    return late(made);
                },
                Counter.factory)) {
            assertThat(failureOf(adding(outside, 1).send()).reason()).isEqualTo("no room");
            assertThat(add(outside, 1)).isEqualTo(1);
        }
    }

    @Test
    void whatWasNotMadeWhenTheMembraneIsRevokedNeverComesToBe() {
        List<Adder> made = new ArrayList<>();
        Membrane membrane = new Membrane(MembranePolicy.PASS_ALL);
        try (Counter.Client outside = membrane.wrapLate(() -> late(made), Counter.factory)) {
            membrane.revoke("lapsed");
            assertRevoked(outside);
            assertThat(outside.isBroken()).isTrue();
        }
        try (Counter.Client outside = membrane.wrapLate(() -> late(made), Counter.factory)) {
            assertRevoked(outside);
        }
        assertThat(made).isEmpty();
    }

    @RepeatedTest(200)
    void whatIsBeingMadeWhileTheMembraneIsRevokedIsDeadAtBirth() throws InterruptedException {
        List<Adder> made = Collections.synchronizedList(new ArrayList<>());
        Membrane membrane = new Membrane(MembranePolicy.PASS_ALL);
        CountDownLatch go = new CountDownLatch(1);
        List<Thread> callers = new ArrayList<>();
        try (Counter.Client outside = membrane.wrapLate(() -> late(made), Counter.factory)) {
            for (int i = 0; i < 2; i++) {
                callers.add(Thread.ofVirtual().start(() -> {
                    try {
                        go.await();
                        adding(outside, 1).send().join().close();
                    } catch (RpcException | InterruptedException late) {
                        assertThat(late).hasMessage("revoked: lapsed");
                    }
                }));
            }
            go.countDown();
            membrane.revoke("lapsed");
            assertRevoked(outside);
            for (Thread caller : callers) {
                caller.join();
            }
            assertThat(made).hasSizeLessThan(2);
        }
        // Whoever made it, nobody holds it any more.
        await().untilAsserted(() ->
                assertThat(made).allSatisfy(adder -> assertThat(adder.releases).hasValue(1)));
    }

    @Test
    void aMembraneThatIsShutAnswersAtOnceAndReleasesLater() {
        Adder adder = new Adder();
        Membrane membrane = new Membrane(MembranePolicy.PASS_ALL);
        try (Counter.Client inside = adder.client();
                Counter.Client outside = membrane.wrap(inside, Counter.factory)) {
            var pending = outside.hangRequest().send();
            adder.hanging.join();
            membrane.shut(RpcException.failed("revoked: lapsed"));
            assertThat(pending.handle().isDone()).isTrue();
            assertRevoked(outside);
            assertThat(outside.isBroken()).isTrue();
            assertThat(adder.cancelled).isNotDone();
            membrane.release();
            adder.cancelled.join();
            // Not before: whoever is told of the failure lets go, and that cancels the call by itself.
            assertThatThrownBy(pending::join).hasMessage("revoked: lapsed");
        }
    }

    @Test
    void whatIsOpenIsNotReleased() {
        Membrane membrane = new Membrane(MembranePolicy.PASS_ALL);
        try (Counter.Client inside = new Adder().client();
                Counter.Client outside = membrane.wrap(inside, Counter.factory)) {
            membrane.release();
            assertThat(add(outside, 1)).isEqualTo(1);
        }
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
    void whatACallMeetsOnItsWayMayRevokeTheMembraneItIsPassingThrough() {
        Membrane membrane = new Membrane(MembranePolicy.PASS_ALL);
        try (Counter.Client inside = Counter.factory.client(new Place(() -> membrane.revoke("asked too much")));
                Counter.Client outside = membrane.wrap(inside, Counter.factory)) {
            assertThatThrownBy(() -> add(outside, 1)).hasMessage("revoked: asked too much");
            assertRevoked(outside);
        }
    }

    @Test
    void twoMembranesMayRevokeEachOtherAtTheSameTime() throws InterruptedException {
        Membrane one = new Membrane(MembranePolicy.PASS_ALL);
        Membrane other = new Membrane(MembranePolicy.PASS_ALL);
        CountDownLatch bothAreOnTheirWay = new CountDownLatch(2);
        List<Thread> callers = new ArrayList<>();
        for (boolean isFirst : List.of(true, false)) {
            Membrane mine = isFirst ? one : other;
            Membrane theirs = isFirst ? other : one;
            Place place = new Place(() -> {
                bothAreOnTheirWay.countDown();
                awaitUnchecked(bothAreOnTheirWay);
                theirs.revoke("asked too much");
            });
            callers.add(Thread.ofVirtual().start(() -> {
                try (Counter.Client inside = Counter.factory.client(place);
                        Counter.Client outside = mine.wrap(inside, Counter.factory)) {
                    Adder.adding(outside, 1).send().close();
                }
            }));
        }
        for (Thread caller : callers) {
            caller.join();
        }
        assertThat(one.isRevoked()).isTrue();
        assertThat(other.isRevoked()).isTrue();
    }

    @Test
    void revokingWaitsForWhoIsOnTheWayAndNobodyWaitsToGetIn() throws InterruptedException {
        CountDownLatch isOnItsWay = new CountDownLatch(1);
        CountDownLatch mayArrive = new CountDownLatch(1);
        Membrane membrane = new Membrane(MembranePolicy.PASS_ALL);
        Place place = new Place(() -> {
            isOnItsWay.countDown();
            awaitUnchecked(mayArrive);
        });
        try (Counter.Client inside = Counter.factory.client(place);
                Counter.Client outside = membrane.wrap(inside, Counter.factory)) {
            Thread caller = Thread.ofVirtual()
                    .start(() -> Adder.adding(outside, 1).send().close());
            isOnItsWay.await();
            Thread revoking = Thread.ofVirtual().start(() -> membrane.revoke("lapsed"));
            await().until(() -> revoking.getState() == Thread.State.WAITING);
            assertRevoked(outside);
            mayArrive.countDown();
            revoking.join();
            caller.join();
        }
    }

    @Test
    void everythingIsRevokedThoughSomeOfItRunsIntoAnError() {
        Membrane membrane = new Membrane(MembranePolicy.PASS_ALL);
        Adder adder = new Adder();
        List<ClientHook> wrappers = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            Place place = new Place(() -> {}) {
                @Override
                @Nullable
                ClientHook released() {
                    throw new IllegalStateException("no room to let go");
                }
            };
            wrappers.add(membrane.wrap(place, MembranePolicy.Direction.INWARD));
            place.release();
        }
        try (Counter.Client inside = adder.client();
                Counter.Client outside = membrane.wrap(inside, Counter.factory)) {
            var pending = outside.hangRequest().send();
            adder.hanging.join();
            assertThatThrownBy(() -> membrane.revoke("lapsed")).hasMessage("no room to let go");
            assertThatThrownBy(pending::join).hasMessage("revoked: lapsed");
            adder.cancelled.join();
        }
        assertThat(wrappers)
                .allSatisfy(wrapper -> assertThat(wrapper.innermost()).isInstanceOf(BrokenClient.class));
        wrappers.forEach(ClientHook::release);
    }

    @Test
    void whoAsksWhileTheMembraneIsRevokedIsToldThatThePromiseBroke() {
        Membrane membrane = new Membrane(MembranePolicy.PASS_ALL);
        Settlement never = new Settlement();
        Place promise = new Place(() -> {}) {
            @Override
            Settlement settlement() {
                membrane.revoke("lapsed"); // just before the wrapper notes that somebody asks
                return never;
            }
        };
        ClientHook wrapper = membrane.wrap(promise, MembranePolicy.Direction.INWARD);
        List<ClientHook> told = new ArrayList<>();
        Objects.requireNonNull(wrapper.settlement()).whenSettled(following -> told.add(wrapper.innermost()));
        assertThat(told).hasOnlyElementsOfType(BrokenClient.class).hasSize(1);
        wrapper.release();
        promise.release();
    }

    @Test
    void wrappersThatAreGoneDoNotGatherAtAPromiseThatNeverSettles() {
        Membrane membrane = new Membrane(MembranePolicy.PASS_ALL);
        PromiseClient never = new PromiseClient();
        for (int i = 0; i < 1000; i++) {
            ClientHook wrapper = membrane.wrap(never, MembranePolicy.Direction.INWARD);
            Objects.requireNonNull(wrapper.settlement()).whenSettled(following -> {});
            wrapper.release();
        }
        assertThat(never.settlement().listeners()).isLessThan(200);
        never.release();
    }

    @Test
    void callsForAPromiseThatSettledForAWrappedRemoteOneAreSentAtOnce() {
        Random random = new Random(3);
        Membrane membrane = new Membrane(MembranePolicy.PASS_ALL);
        TwoVats vats = new TwoVats(Adder::new, Adder::new, Limits.DEFAULT);
        PromiseClient promise = new PromiseClient();
        try (Counter.Client remote =
                        vats.left.bootstrap(Counter.factory); // itself a promise: nothing was delivered yet
                Counter.Client wrapped = membrane.wrap(remote, Counter.factory);
                Counter.Client promised = Counter.factory.client(promise.addRef())) {
            var early = Adder.adding(promised, 1).send();
            promise.resolve(wrapped.hook().addRef());
            assertThat(promise.waiting()).isZero();
            assertThat(vats.left.vat.tables().questions()).isEqualTo(2);
            vats.settle(random);
            early.await();
        }
        promise.release();
    }

    private static void awaitUnchecked(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    /** Something that is done on the way of each call, which then fails. */
    private static class Place extends ClientHook {
        private final Runnable met;

        Place(Runnable met) {
            this.met = met;
        }

        @Override
        CallHandle call(long interfaceId, int methodId, Parcel params, @Nullable VatConnection resultsFor) {
            params.close();
            met.run();
            return BrokenClient.failed(RpcException.failed("there is nothing here"));
        }

        @Override
        @Nullable
        ClientHook released() {
            return null;
        }
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
