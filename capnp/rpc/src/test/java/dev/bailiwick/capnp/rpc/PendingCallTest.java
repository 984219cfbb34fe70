package dev.bailiwick.capnp.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;

class PendingCallTest {
    private final List<String> told = new ArrayList<>();
    private final PendingCall call = new PromisedCall() {
        @Override
        void cancel(RpcException why) {
            told.add("cancelled");
            fail(why);
        }
    };

    private void listen(String who) {
        call.whenDone((results, failure) -> told.add(who + (failure == null ? "" : ": " + failure.reason())));
    }

    @Test
    void allAreToldInTheOrderInWhichTheyAskedWhateverOneOfThemRunsInto() {
        listen("first");
        call.whenDone((results, failure) -> {
            throw new OutOfMemoryError("none left");
        });
        listen("third");
        assertThat(told).isEmpty();
        call.complete(Parcel.empty());
        listen("late");
        assertThat(told).containsExactly("first", "third", "late");
        call.close();
    }

    @Test
    void onlyTheFirstOutcomeCountsAndAllResultsAreGivenBack() throws Exception {
        Parcel first = Parcel.empty();
        Parcel second = Parcel.empty();
        listen("told");
        call.complete(first);
        call.complete(second);
        call.fail(RpcException.failed("too late"));
        assertThat(second.tryRetain()).isFalse();
        assertThat(call.await()).isSameAs(first);
        assertThat(call.results()).isCompletedWithValue(first);
        call.close();
        assertThat(first.tryRetain()).isFalse();
        assertThat(told).containsExactly("told");
    }

    @Test
    void resultsAfterAFailureAreGivenBack() {
        Parcel late = Parcel.empty();
        call.fail(RpcException.failed("first"));
        call.complete(late);
        assertThat(late.tryRetain()).isFalse();
        listen("told");
        assertThat(told).containsExactly("told: first");
        assertThatThrownBy(call::await).isInstanceOf(ExecutionException.class).hasRootCauseMessage("first");
        assertThat(call.results()).isCompletedExceptionally();
    }

    @Test
    void whoeverWaitsIsWoken() {
        CompletableFuture<Parcel> waiting = CompletableFuture.supplyAsync(() -> {
            try {
                return call.await();
            } catch (InterruptedException | ExecutionException e) {
                throw new IllegalStateException(e);
            }
        });
        Parcel results = Parcel.empty();
        call.complete(results);
        assertThat(waiting.join()).isSameAs(results);
        call.close();
    }

    @Test
    void givingACallUpCancelsIt() {
        listen("told");
        call.close();
        assertThat(told).containsExactly("cancelled", "told: call was cancelled");
    }
}
