package dev.bailiwick.capnp.rpc;

import dev.bailiwick.capnp.rpc.testing.Counter;
import dev.bailiwick.capnp.rpc.testing.Slot;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * A vat with something to lose, in one thread, for a peer who is out to harm it. It looks at itself after each message, and when
 * it is closed: the tables within their limits, everything given back at the end, and no failure inside that had to be caught.
 */
final class BesiegedVat implements AutoCloseable {
    /** Small, so that a fuzzer gets to all of them. */
    static final Limits LIMITS = Limits.DEFAULT
            .withMessageBytes(32 << 10)
            .withWindow(64 << 10, 128 << 10)
            .withTables(24, 24)
            .withEmbargoes(8)
            .withCalls(24, 24);

    private static final Logger LOG = Logger.getLogger(RpcException.class.getName());

    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private final List<Generous> objects = new ArrayList<>();
    private final List<Counter.Client> kept = new ArrayList<>();
    private final List<RemoteCall<Slot.Reader, Slot.Pipeline>> calls = new ArrayList<>();
    private final List<PromiseClient> promises = new ArrayList<>();
    private final AtomicReference<@Nullable Throwable> caught = new AtomicReference<>();
    private final Handler watcher = new Watcher();
    private long unread;
    private boolean isOver;
    final VatConnection vat;

    BesiegedVat() {
        LOG.setUseParentHandlers(false);
        LOG.addHandler(watcher);
        vat = new VatConnection(CapabilityClient.serve(object(), tasks::add), new Unread(), LIMITS);
    }

    private Generous object() {
        Generous object = new Generous();
        objects.add(object);
        return object;
    }

    /** Does what it is asked, hands out what it has, and keeps what it is given. */
    private final class Generous extends Adder {
        Generous() {
            super(tasks::add);
        }

        /** A fresh object; or a promise, if it is given something to keep. */
        @Override
        public CompletionStage<?> child(CallContext<Slot.Reader, Slot.Builder> call) throws Exception {
            Counter.Client given = call.params().getCounter();
            if (given.isNull() || kept.size() >= 8 || isOver) {
                given.close();
                try (Counter.Client child = object().client()) {
                    call.results().setCounter(child);
                }
                return Calls.DONE;
            }
            kept.add(given);
            PromiseClient promise = new PromiseClient();
            promises.add(promise);
            try (Counter.Client promised = Counter.factory.client(promise.addRef())) {
                call.results().setCounter(promised);
                call.results().initAll(2).set(1, promised);
            }
            return Calls.DONE;
        }

        /** Answers for as long as asked for, in data. */
        @Override
        public CompletionStage<?> add(CallContext<Slot.Reader, Slot.Builder> call) throws Exception {
            call.results().initData(call.params().getNumber() & 0xfff);
            return super.add(call);
        }
    }

    private final class Unread implements Outbound {
        @Override
        public void send(Frame message) {
            unread += Frames.bytes(message.segments());
        }

        @Override
        public long backlog() {
            return unread;
        }

        @Override
        public void end() {}
    }

    private final class Watcher extends Handler {
        @Override
        public void publish(LogRecord problem) {
            if (problem.getLevel().intValue() >= Level.SEVERE.intValue()) {
                caught.compareAndSet(null, problem.getThrown());
            }
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    }

    // ---- what can happen

    void handle(MessageView view) {
        vat.handle(view);
        expectOrder();
    }

    void abort(String reason) {
        vat.abort(reason);
    }

    /** The peer reads what it was sent. */
    void read() {
        unread = 0;
        vat.drained();
    }

    /** Lets so many things be done that wait for it. */
    void work(int most) {
        for (int i = 0; i < most && !tasks.isEmpty(); i++) {
            tasks.remove().run();
        }
        expectOrder();
    }

    /** Calls something that was given to this vat, or was taken from the results of such a call. */
    void callKept(int choice, int method) {
        if (kept.isEmpty() || calls.size() >= 16) {
            return;
        }
        Counter.Client target = kept.get(choice % kept.size());
        var request = method % 2 == 0 ? target.echoRequest() : target.childRequest();
        request.params().setCounter(kept.get(method % kept.size()));
        calls.add(request.send());
    }

    /** Calls ahead of the results of an earlier call. */
    void callAhead(int choice) {
        if (!calls.isEmpty() && kept.size() < 16) {
            kept.add(calls.get(choice % calls.size()).pipeline().getCounter());
        }
    }

    /** Loses interest in something. */
    void forget(int choice) {
        if (choice % 2 == 0 && !calls.isEmpty()) {
            calls.remove(choice % calls.size()).close();
        } else if (!kept.isEmpty()) {
            kept.remove(choice % kept.size()).close();
        }
    }

    /** Settles a promise that was handed out, for an object of its own or for something it was given. */
    void settle(int choice) {
        if (!promises.isEmpty()) {
            PromiseClient promise = promises.remove(choice % promises.size());
            if (choice % 3 == 0 || kept.isEmpty()) {
                Counter.Client own = object().client();
                promise.resolve(own.hook().addRef());
                own.close();
            } else {
                promise.resolve(kept.get(choice % kept.size()).hook().addRef());
            }
            promise.release();
        }
    }

    // ---- what must hold

    private void expectOrder() {
        VatConnection.TableSizes tables = vat.tables();
        require(tables.questions() <= LIMITS.questions(), tables);
        require(tables.answers() <= LIMITS.answers(), tables);
        require(tables.exports() <= LIMITS.exports(), tables);
        require(tables.imports() <= LIMITS.imports(), tables);
        if (vat.closedBecause() != null) {
            require(tables.equals(VatConnection.TableSizes.EMPTY), tables);
        }
        require(vat.selfCheck().isEmpty(), vat.selfCheck());
        require(vat.faults().isEmpty(), vat.faults());
        Throwable inside = caught.get();
        if (inside != null) {
            throw new AssertionError("a failure inside had to be caught", inside);
        }
    }

    /** The peer hangs up; then everything must be given back. */
    @Override
    public void close() {
        try {
            isOver = true; // what is kept from now on would be given back by nobody
            vat.close(RpcException.disconnected("over"));
            promises.forEach(promise -> {
                promise.resolve(new BrokenClient(RpcException.failed("over")));
                promise.release();
            });
            calls.forEach(RemoteCall::close);
            kept.forEach(Counter.Client::close);
            work(Integer.MAX_VALUE);
            for (Generous object : objects) {
                require(object.releases.get() == 1, "an object was released " + object.releases.get() + " times");
            }
        } finally {
            LOG.removeHandler(watcher);
            LOG.setUseParentHandlers(true);
        }
    }

    private static void require(boolean condition, Object otherwise) {
        if (!condition) {
            throw new AssertionError(String.valueOf(otherwise));
        }
    }
}
