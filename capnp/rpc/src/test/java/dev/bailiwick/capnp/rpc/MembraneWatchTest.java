package dev.bailiwick.capnp.rpc;

import static dev.bailiwick.capnp.rpc.Adder.add;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.bailiwick.capnp.rpc.testing.Counter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a membrane's policy hears of the calls and capabilities that it let through. */
@Timeout(value = 30, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class MembraneWatchTest {
    private final List<String> heard = Collections.synchronizedList(new ArrayList<>());
    private final AtomicInteger out = new AtomicInteger();
    private volatile int allowed = Integer.MAX_VALUE;

    private final MembranePolicy watching = new MembranePolicy() {
        @Override
        public Decision decide(Crossing crossing) {
            String name = crossing.method().orElseThrow().name();
            assertThat(crossing.bytes()).isPositive();
            return Decision.watched(new Watch() {
                @Override
                public void begun() {
                    heard.add(name + " begun");
                }

                @Override
                public void done() {
                    heard.add(name + " done");
                }
            });
        }

        @Override
        public Optional<RpcException> handOut() {
            if (out.get() >= allowed) {
                return Optional.of(RpcException.overloaded("no more of them"));
            }
            out.incrementAndGet();
            return Optional.empty();
        }

        @Override
        public void takenBack() {
            out.decrementAndGet();
        }
    };

    private final Membrane membrane = new Membrane(watching, List.of(Counter.SCHEMA));

    @Test
    void itHearsThatACallBeginsAndThatItIsOverBeforeTheCallerDoes() {
        try (Counter.Client inside = Counter.client(new Adder());
                Counter.Client outside = membrane.wrap(inside, Counter.factory)) {
            add(outside, 1);

            assertThat(heard).contains("add done");
            assertThat(heard.stream().filter("add done"::equals)).hasSize(1);
        }
    }

    @Test
    void itHearsOfTheEndOfCallsThatWereCancelledOrRevoked() {
        Adder adder = new Adder();
        try (Counter.Client inside = adder.client();
                Counter.Client outside = membrane.wrap(inside, Counter.factory)) {
            outside.hangRequest().send();
            adder.hanging.join();
            assertThat(heard).containsExactly("hang begun");

            membrane.revoke("lapsed");

            adder.cancelled.join();
            await().untilAsserted(() -> assertThat(heard).containsExactly("hang begun", "hang done"));
        }
    }

    @Test
    void aCallThatIsRefusedAtTheGateIsOverAtOnce() {
        try (Counter.Client inside = Counter.client(new Adder());
                Counter.Client outside = membrane.wrap(inside, Counter.factory)) {
            membrane.revoke("lapsed");

            assertThatThrownBy(() -> add(outside, 1)).hasMessageStartingWith("revoked: ");
            assertThat(heard.stream().filter(word -> word.endsWith("begun"))).isEmpty();
        }
    }

    @Test
    void capabilitiesAreCountedFromTheirGoingOutToTheLastReference() {
        try (Counter.Client inside = Counter.client(new Adder());
                Counter.Client outside = membrane.wrap(inside, Counter.factory)) {
            var first = outside.childRequest().send().join();
            assertThat(out).hasValue(1);
            allowed = 1;

            assertThatThrownBy(() -> outside.childRequest().send().join()).hasMessage("no more of them");
            assertThat(out).hasValue(1);
            first.close();
            await().untilAsserted(() -> assertThat(out).hasValue(0));
            try (var _ = outside.childRequest().send().join()) {
                assertThat(out).hasValue(1);
                membrane.revoke("lapsed");
                assertThat(out).hasValue(0);
            }
            assertThat(out).hasValue(0);
        }
    }

    @Test
    void aCapabilityIsBrokenOnceItsMembraneIsRevoked() {
        try (Counter.Client inside = Counter.client(new Adder());
                Counter.Client outside = membrane.wrap(inside, Counter.factory)) {
            assertThat(outside.isBroken()).isFalse();
            membrane.revoke("lapsed");
            assertThat(outside.isBroken()).isTrue();
            assertThat(inside.isBroken()).isFalse();
        }
    }
}
