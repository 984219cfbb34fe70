package dev.bailiwick.capnp.rpc;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;

/** A counter that remembers what it was told, in order. */
class Adder implements Counter.Server {
    final List<Integer> seen = Collections.synchronizedList(new ArrayList<>());
    final AtomicInteger releases = new AtomicInteger();
    private int total;

    @Override
    public CompletionStage<?> add(CallContext<Counter.Slot.Reader, Counter.Slot.Builder> call) throws Exception {
        int number = call.params().getNumber();
        seen.add(number);
        total += number;
        call.results().setNumber(total);
        return Calls.DONE;
    }

    /** Returns a fresh counter. */
    @Override
    public CompletionStage<?> child(CallContext<Counter.Slot.Reader, Counter.Slot.Builder> call) throws Exception {
        try (Counter.Client child = Counter.client(new Adder())) {
            call.results().setCounter(child);
        }
        return Calls.DONE;
    }

    /** Returns whatever it was given. */
    @Override
    public CompletionStage<?> echo(CallContext<Counter.Slot.Reader, Counter.Slot.Builder> call) throws Exception {
        call.results().initInner();
        call.results().setInner(call.params());
        try (Counter.Client given = call.params().getCounter()) {
            call.results().setCounter(given);
        }
        return Calls.DONE;
    }

    @Override
    public void released() {
        releases.incrementAndGet();
    }
}
