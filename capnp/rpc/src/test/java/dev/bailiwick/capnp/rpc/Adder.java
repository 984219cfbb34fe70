package dev.bailiwick.capnp.rpc;

import dev.bailiwick.capnp.rpc.testing.Counter;
import dev.bailiwick.capnp.rpc.testing.Slot;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;

/** A counter that remembers what it was told, in order. */
class Adder implements Counter.Server {
    final List<Integer> seen = Collections.synchronizedList(new ArrayList<>());
    final AtomicInteger releases = new AtomicInteger();
    final CompletableFuture<Void> hanging = new CompletableFuture<>();
    final CompletableFuture<Void> cancelled = new CompletableFuture<>();
    private final Executor executor;
    private int total;

    Adder() {
        this(LocalClient::onVirtualThread);
    }

    /** A counter whose children, too, run on that executor. */
    Adder(Executor executor) {
        this.executor = executor;
    }

    Counter.Client client() {
        return Counter.factory.client(CapabilityClient.serve(this, executor));
    }

    /** Calls a counter, waits, and returns the total. */
    static int add(Counter.Client counter, int number) {
        try (var response = adding(counter, number).send().join()) {
            return response.get().getNumber();
        }
    }

    static Request<Slot.Builder, Slot.Reader, Slot.Pipeline> adding(Counter.Client counter, int number) {
        var request = counter.addRequest();
        request.params().setNumber(number);
        return request;
    }

    /** Waits for a call, which must fail. */
    static RpcException failureOf(RemoteCall<?, ?> call) {
        try {
            call.join().close();
        } catch (RpcException failure) {
            return failure;
        }
        throw new AssertionError("the call succeeded");
    }

    @Override
    public CompletionStage<?> add(CallContext<Slot.Reader, Slot.Builder> call) throws Exception {
        int number = call.params().getNumber();
        seen.add(number);
        total += number;
        call.results().setNumber(total);
        return Calls.DONE;
    }

    @Override
    public CompletionStage<?> child(CallContext<Slot.Reader, Slot.Builder> call) throws Exception {
        try (Counter.Client child = new Adder(executor).client()) {
            call.results().setCounter(child);
        }
        return Calls.DONE;
    }

    @Override
    public CompletionStage<?> echo(CallContext<Slot.Reader, Slot.Builder> call) throws Exception {
        call.results().setInner(call.params());
        try (Counter.Client given = call.params().getCounter()) {
            call.results().setCounter(given);
        }
        return Calls.DONE;
    }

    @Override
    public CompletionStage<?> callBack(CallContext<Slot.Reader, Slot.Builder> call) throws Exception {
        try (Counter.Client given = call.params().getCounter()) {
            return call.tailCall(adding(given, call.params().getNumber()));
        }
    }

    @Override
    public CompletionStage<?> hang(CallContext<Slot.Reader, Slot.Builder> call) throws Exception {
        call.onCancel(() -> cancelled.complete(null));
        hanging.complete(null);
        return cancelled;
    }

    @Override
    public CompletionStage<?> fail(CallContext<Slot.Reader, Slot.Builder> call) throws Exception {
        throw RpcException.overloaded(call.params().getText().toString());
    }

    @Override
    public void released() {
        releases.incrementAndGet();
    }
}
