package dev.bailiwick.identity;

import static dev.bailiwick.identity.Fixtures.ALICE;
import static dev.bailiwick.identity.Fixtures.connected;
import static dev.bailiwick.identity.Fixtures.impersonating;
import static dev.bailiwick.identity.Fixtures.person;
import static dev.bailiwick.identity.Fixtures.service;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class ExecutionFlowTest {
    private final LiveToken files = service("files");
    private final ExecutionFlow flow = ExecutionFlow.start(new FlowId(1), files);
    private final ClientConnection alice = connected(person(ALICE), ImpersonationLevel.IMPERSONATION);

    @Test
    void withoutAFlowThereIsNoIdentityToDecideBy() {
        assertThat(ExecutionFlow.current()).isEmpty();
    }

    @Test
    void theFlowIsBoundForTheLengthOfTheCall() throws Exception {
        assertThat(flow.call(() -> ExecutionFlow.current().orElseThrow())).isSameAs(flow);
        assertThat(ExecutionFlow.current()).isEmpty();
    }

    @Test
    void itRevertsHoweverTheCallEnds() {
        assertThatThrownBy(() -> flow.run(() -> {
                    var _ = impersonating(flow, alice);
                    throw new IllegalStateException("on the way");
                }))
                .hasMessage("on the way");
        assertThat(flow.effective()).isSameAs(files);
    }

    @Test
    void aFlowWithinAFlowStartsOnThePrimaryTokenAndTheOuterOneGoesOnAsItWas() {
        flow.run(() -> {
            var _ = impersonating(flow, alice);
            ExecutionFlow inner = flow.fork(new FlowId(2));
            inner.run(() -> {
                assertThat(ExecutionFlow.current()).contains(inner);
                assertThat(inner.effective()).isSameAs(files);
            });
            assertThat(ExecutionFlow.current()).contains(flow);
            assertThat(flow.effective().token().user()).isEqualTo(ALICE);
        });
    }

    @Test
    void theSameFlowWithinItselfRevertsOnlyAtItsOutermostEnd() {
        flow.run(() -> {
            flow.run(() -> {
                var _ = impersonating(flow, alice);
            });
            assertThat(flow.effective().token().user()).isEqualTo(ALICE);
        });
        assertThat(flow.effective()).isSameAs(files);
    }

    @Test
    void newThreadsFindNoFlow() throws Exception {
        AtomicReference<Boolean> found = new AtomicReference<>();
        flow.call(() -> {
            Thread.ofVirtual()
                    .start(() -> found.set(ExecutionFlow.current().isPresent()))
                    .join();
            return "";
        });
        assertThat(found.get()).isFalse();
    }

    @Test
    void aBindingThatAnotherThreadInheritsDoesNotCountThere() {
        ExecutionFlow.Binding binding = new ExecutionFlow.Binding(flow, Thread.currentThread());
        assertThat(binding.on(Thread.currentThread())).contains(flow);
        assertThat(binding.on(Thread.ofVirtual().unstarted(() -> {}))).isEmpty();
    }

    @Test
    void aFlowThatRunsCannotBeRunOnAnotherThread() throws Exception {
        AtomicReference<Throwable> refused = new AtomicReference<>();
        flow.call(() -> {
            Thread.ofVirtual()
                    .start(() -> {
                        try {
                            flow.run(() -> {});
                        } catch (IllegalStateException e) {
                            refused.set(e);
                        }
                    })
                    .join();
            return "";
        });
        assertThat(refused.get()).hasMessage("flow 1 runs on another thread; fork it");
    }

    @Test
    void numbersOfFlowsAreDecimalAndNotNegative() {
        assertThat(FlowId.parse("17")).isEqualTo(new FlowId(17)).hasToString("17");
        for (String text : new String[] {"", "-1", "01", "x", "9999999999999999999"}) {
            assertThatThrownBy(() -> FlowId.parse(text)).isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> new FlowId(-1)).isInstanceOf(IllegalArgumentException.class);
    }
}
