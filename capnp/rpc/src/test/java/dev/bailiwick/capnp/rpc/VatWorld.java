package dev.bailiwick.capnp.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bailiwick.capnp.rpc.testing.Counter;
import dev.bailiwick.capnp.rpc.testing.Slot;
import dev.bailiwick.capnp.rpc.wire.Message;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import org.capnproto.AnyPointer;
import org.jspecify.annotations.Nullable;

/**
 * Some vats in one thread, each connected with each. Everything that could happen next is a choice drawn from a seed: a message
 * arrives on one of the connections, an object runs a method, or somebody in a vat does something. What it does is noted in a
 * script, and every call carries a number, from which the log of each object shows whether calls kept their order.
 *
 * <p>The order that must hold is E-order: calls made through one reference arrive in the order they were made. And what is called
 * through a copy, once the reference was passed on, comes behind what was called through the original before: the copy goes the
 * same way or joins it, and where it turns out to be shorter an embargo makes it wait.
 */
final class VatWorld {
    /** A way to get something wrong on the wire, for proof that it would be noticed. */
    enum Fault {
        NONE,
        /** Embargoes are lifted at once, as if a vat had none. */
        EMBARGOES_LIFTED_AT_ONCE,
        /** Some releases get lost. */
        RELEASES_LOST,
        /** Some messages overtake the one before. */
        MESSAGES_SWAPPED
    }

    private final Random random;
    private final Fault fault;
    private final boolean mayDisconnect;
    private final List<Vat> vats = new ArrayList<>();
    private final List<Side> sides = new ArrayList<>();
    private final List<Runnable> tasks = new ArrayList<>();
    private final Executor executor = tasks::add;
    private final List<Recorder> recorders = new ArrayList<>();
    private final List<Sent> calls = new ArrayList<>();
    private final List<Passed> passed = new ArrayList<>();
    private final List<String> script = new ArrayList<>();
    private final Map<Lineage, Integer> names = new HashMap<>();
    private boolean disconnected;

    VatWorld(long seed, int size, Fault fault, boolean mayDisconnect) {
        this.random = new Random(seed);
        this.fault = fault;
        this.mayDisconnect = mayDisconnect;
        for (int i = 0; i < size; i++) {
            vats.add(new Vat(i));
        }
        for (int i = 0; i < size; i++) {
            for (int j = i + 1; j < size; j++) {
                connect(vats.get(i), vats.get(j));
            }
        }
    }

    private void connect(Vat one, Vat two) {
        Deque<ByteBuffer> toOne = new ArrayDeque<>();
        Deque<ByteBuffer> toTwo = new ArrayDeque<>();
        Side left = new Side(one, two, toOne, toTwo);
        Side right = new Side(two, one, toTwo, toOne);
        sides.add(left);
        sides.add(right);
        for (Side side : List.of(left, right)) {
            Counter.Client main = Counter.factory.client(side.vat.bootstrap());
            side.from.refs.add(new Ref(main, new Lineage(null), new Root()));
        }
    }

    // ---- what there is

    /** Whose references somebody in a vat holds. */
    private static final class Vat {
        final int id;
        final List<Ref> refs = new ArrayList<>();
        final List<Promise> promises = new ArrayList<>();
        final List<RemoteCall<?, ?>> pending = new ArrayList<>();

        Vat(int id) {
            this.id = id;
        }

        @Override
        public String toString() {
            return "ABCDEFGH".substring(id, id + 1);
        }
    }

    /** One end of a connection, and the messages on their way to it. */
    private final class Side implements Outbound {
        private static final ByteBuffer END = ByteBuffer.allocate(0);

        final Vat from;
        final Vat to;
        final Deque<ByteBuffer> inbox;
        final Deque<ByteBuffer> outbox;
        final FrameReader frames = new FrameReader(Limits.DEFAULT);
        final VatConnection vat;

        Side(Vat from, Vat to, Deque<ByteBuffer> inbox, Deque<ByteBuffer> outbox) {
            this.inbox = inbox;
            this.outbox = outbox;
            this.from = from;
            this.to = to;
            Recorder main = new Recorder(from);
            this.vat = new VatConnection(CapabilityClient.serve(main, executor), this, Limits.DEFAULT);
        }

        @Override
        public void send(Frame message) {
            ByteBuffer bytes = Streams.bytes(message);
            Message.Which kind = fault == Fault.NONE ? Message.Which.CALL : kind(bytes);
            switch (fault) {
                case NONE -> outbox.add(bytes);
                case RELEASES_LOST -> {
                    if (kind != Message.Which.RELEASE || random.nextInt(4) > 0) {
                        outbox.add(bytes);
                    }
                }
                case MESSAGES_SWAPPED -> {
                    ByteBuffer before = random.nextInt(8) == 0 ? outbox.pollLast() : null;
                    outbox.add(bytes);
                    if (before != null) {
                        outbox.add(before);
                    }
                }
                case EMBARGOES_LIFTED_AT_ONCE -> {
                    if (kind != Message.Which.DISEMBARGO || !liftAtOnce(bytes)) {
                        outbox.add(bytes);
                    }
                }
            }
        }

        private boolean liftAtOnce(ByteBuffer bytes) {
            List<Integer> ids = new ArrayList<>();
            read(bytes, message -> {
                var context = message.getDisembargo().getContext();
                if (context.isSenderLoopback()) {
                    ids.add(context.getSenderLoopback());
                }
            });
            for (int id : ids) {
                Draft lifted = Draft.plain(16);
                ProtocolWriter.message(lifted).initDisembargo().getContext().setReceiverLoopback(id);
                inbox.addFirst(Streams.bytes(lifted));
            }
            return !ids.isEmpty();
        }

        private Message.Which kind(ByteBuffer bytes) {
            List<Message.Which> kinds = new ArrayList<>();
            read(bytes, message -> kinds.add(message.which()));
            return kinds.getFirst();
        }

        private void read(ByteBuffer bytes, java.util.function.Consumer<Message.Reader> reader) {
            new FrameReader(Limits.DEFAULT)
                    .feed(
                            bytes.duplicate(),
                            view -> reader.accept(
                                    new AnyPointer.Reader(view.segment(0), 0, 64).getAs(Message.factory)));
        }

        @Override
        public long backlog() {
            return 0;
        }

        @Override
        public void end() {
            inbox.clear();
            outbox.add(END);
        }

        void deliver() {
            ByteBuffer bytes = inbox.remove();
            if (bytes.hasRemaining()) {
                frames.feed(bytes, vat::handle);
            } else {
                vat.close(RpcException.disconnected("peer closed the connection"));
            }
        }
    }

    /** One reference, in one vat: its calls are numbered in the order in which they were made. */
    private static final class Lineage {
        private final @Nullable Lineage original;
        private final int callsBefore;
        private int callsMade;

        /** @param original what this is a copy of, as of now; what is called on it later comes in any order */
        Lineage(@Nullable Lineage original) {
            this.original = original;
            this.callsBefore = original == null ? 0 : original.callsMade;
        }
    }

    /** A reference on its way to somebody else. */
    private record Passed(Lineage lineage, Root root) {}

    /** Where a reference leads in the end: an object, or a promise of somebody here that is settled later. */
    private static final class Root {
        private final List<Root> needs = new ArrayList<>();

        /** @param needs what must be settled before this is */
        Root(Root... needs) {
            this.needs.addAll(List.of(needs));
        }

        boolean needs(Root other) {
            return equals(other) || needs.stream().anyMatch(root -> root.needs(other));
        }
    }

    private record Ref(Counter.Client client, Lineage lineage, Root root) {}

    private record Promise(PromiseClient promise, Root root, String name) {}

    private record Sent(Lineage lineage, int number, RemoteCall<?, ?> call, AtomicBoolean cancelled) {}

    /** An object that notes which calls came. */
    private final class Recorder extends Adder {
        private final Vat home;

        Recorder(Vat home) {
            super(executor);
            this.home = home;
            recorders.add(this);
        }

        @Override
        public CompletionStage<?> child(CallContext<Slot.Reader, Slot.Builder> call) {
            try (Counter.Client child = new Recorder(home).client()) {
                call.results().setCounter(child);
            }
            return Calls.DONE;
        }

        /** Also keeps the reference for itself, sometimes. */
        @Override
        public CompletionStage<?> echo(CallContext<Slot.Reader, Slot.Builder> call) throws Exception {
            int number = call.params().getNumber();
            if (random.nextInt(3) == 0) {
                Passed given = passed.get(number);
                home.refs.add(new Ref(call.params().getCounter(), given.lineage(), given.root()));
            }
            return super.echo(call);
        }
    }

    // ---- what may happen

    /** Does some things, lets everything come to rest, and checks it. */
    void live(int deeds) {
        for (int i = 0; i < deeds; i++) {
            act(vats.get(random.nextInt(vats.size())));
            for (int steps = random.nextInt(8); steps > 0; steps--) {
                step();
            }
        }
        for (Vat vat : vats) {
            for (Promise promise : vat.promises) {
                promise.promise().resolve(new Recorder(vat).client().hook());
                promise.promise().release();
            }
        }
        rest();
        check();
        vats.forEach(vat -> {
            vat.refs.forEach(ref -> ref.client().close());
            vat.pending.forEach(RemoteCall::close);
        });
        calls.forEach(sent -> sent.call().close());
        rest();
        checkNothingIsLeft();
    }

    private void note(String deed) {
        script.add(deed);
    }

    private void act(Vat vat) {
        int deed = random.nextInt(100);
        if (vat.refs.isEmpty()) {
            makePromise(vat);
        } else if (deed < 40) {
            add(vat, any(vat.refs));
        } else if (deed < 50) {
            child(vat, any(vat.refs));
        } else if (deed < 68) {
            echo(vat, any(vat.refs), any(vat.refs));
        } else if (deed < 76) {
            callBack(vat, any(vat.refs), any(vat.refs));
        } else if (deed < 82) {
            makePromise(vat);
        } else if (deed < 88) {
            settlePromise(vat);
        } else if (deed < 92) {
            Ref dropped = any(vat.refs);
            note(vat + " drops " + name(dropped));
            vat.refs.remove(dropped);
            dropped.client().close();
        } else if (deed < 97) {
            cancel();
        } else if (deed < 99) {
            note(vat + " hangs on " + name(vat.refs.getFirst()));
            RemoteCall<?, ?> hanging = any(vat.refs).client().hangRequest().send();
            vat.pending.add(hanging);
        } else if (mayDisconnect) {
            Side side = any(sides);
            note(side.from + " closes its connection to " + side.to);
            disconnected = true;
            side.vat.close(RpcException.disconnected("closed"));
        }
    }

    private <T> T any(List<T> all) {
        return all.get(random.nextInt(all.size()));
    }

    private String name(Ref ref) {
        return "r" + names.computeIfAbsent(ref.lineage(), key -> names.size());
    }

    private void add(Vat vat, Ref ref) {
        note(vat + " adds " + calls.size() + " to " + name(ref));
        sent(ref.lineage(), adding(ref, calls.size()));
    }

    private static RemoteCall<?, ?> adding(Ref ref, int number) {
        return Adder.adding(ref.client(), number).send();
    }

    private void sent(Lineage lineage, RemoteCall<?, ?> call) {
        calls.add(new Sent(lineage, lineage.callsMade++, call, new AtomicBoolean()));
    }

    private void child(Vat vat, Ref ref) {
        var call = ref.client().childRequest().send();
        vat.pending.add(call);
        Ref child = new Ref(call.pipeline().getCounter(), new Lineage(null), new Root(ref.root()));
        note(vat + " asks " + name(ref) + " for a child " + name(child));
        vat.refs.add(child);
    }

    private void echo(Vat vat, Ref ref, Ref given) {
        var request = ref.client().echoRequest();
        request.params().setCounter(given.client());
        request.params().setNumber(passed.size());
        passed.add(new Passed(new Lineage(given.lineage()), given.root()));
        var call = request.send();
        vat.pending.add(call);
        Ref echoed =
                new Ref(call.pipeline().getCounter(), new Lineage(given.lineage()), new Root(given.root(), ref.root()));
        note(vat + " passes " + name(given) + " to " + name(ref) + " and gets back " + name(echoed));
        vat.refs.add(echoed);
    }

    private void callBack(Vat vat, Ref ref, Ref given) {
        var request = ref.client().callBackRequest();
        request.params().setCounter(given.client());
        request.params().setNumber(calls.size());
        note(vat + " lets " + name(ref) + " add " + calls.size() + " to " + name(given));
        sent(new Lineage(given.lineage()), request.send());
    }

    private void makePromise(Vat vat) {
        PromiseClient promise = new PromiseClient();
        Root root = new Root();
        Ref ref = new Ref(Counter.factory.client(promise.addRef()), new Lineage(null), root);
        vat.promises.add(new Promise(promise, root, name(ref)));
        note(vat + " promises " + name(ref));
        vat.refs.add(ref);
    }

    private void settlePromise(Vat vat) {
        if (!vat.promises.isEmpty()) {
            Promise promise = any(vat.promises);
            Ref target = any(vat.refs);
            if (!target.root().needs(promise.root())) { // it would wait for itself
                note(vat + " settles promise " + promise.name() + " for " + name(target));
                vat.promises.remove(promise);
                promise.root().needs.add(target.root());
                promise.promise().resolve(target.client().hook().addRef());
                promise.promise().release();
            }
        }
    }

    private void cancel() {
        if (!calls.isEmpty()) {
            int number = random.nextInt(calls.size());
            Sent sent = calls.get(number);
            if (!sent.call().handle().results().isDone()) {
                note("call " + number + " is given up");
                sent.cancelled().set(true);
                sent.call().cancel();
            }
        }
    }

    /** Does one thing that could happen next; false if there is none. */
    private boolean step() {
        List<Side> ready = sides.stream().filter(side -> !side.inbox.isEmpty()).toList();
        int choices = ready.size() + tasks.size();
        if (choices == 0) {
            return false;
        }
        int choice = random.nextInt(choices);
        if (choice < ready.size()) {
            Side side = ready.get(choice);
            note(side.to + ">" + side.from);
            side.deliver();
        } else {
            tasks.remove(choice - ready.size()).run();
        }
        return true;
    }

    private void rest() {
        int steps = 0;
        while (step()) {
            assertThat(++steps).as("the vats come to rest").isLessThan(200_000);
        }
    }

    // ---- what must hold

    private void check() {
        for (Side side : sides) {
            RpcException closed = side.vat.closedBecause();
            assertThat(closed == null || disconnected)
                    .as("connection of %s to %s: %s", side.from, side.to, closed)
                    .isTrue();
        }
        Map<Lineage, Recorder> arrivedAt = new HashMap<>();
        for (Recorder recorder : recorders) {
            checkOrder(recorder, arrivedAt);
        }
        for (int number = 0; number < calls.size(); number++) {
            Sent sent = calls.get(number);
            CompletableFuture<Parcel> outcome = sent.call().handle().results();
            assertThat(outcome.isDone()).as("call %d is answered", number).isTrue();
            if (outcome.isCompletedExceptionally() && !sent.cancelled().get()) {
                RpcException failure = RpcException.of(outcome.exceptionNow());
                assertThat(disconnected && failure.type() == RpcException.Type.DISCONNECTED)
                        .as("call %d fails: %s: %s", number, failure.type(), failure.reason())
                        .isTrue();
            }
        }
    }

    private void checkOrder(Recorder recorder, Map<Lineage, Recorder> arrivedAt) {
        Map<Lineage, List<Integer>> numbersOf = new HashMap<>();
        for (int number : recorder.seen) {
            Sent sent = calls.get(number);
            Recorder other = arrivedAt.putIfAbsent(sent.lineage(), recorder);
            assertThat(other == null || other.equals(recorder))
                    .as("one reference leads to one object")
                    .isTrue();
            numbersOf.computeIfAbsent(sent.lineage(), key -> new ArrayList<>()).add(sent.number());
        }
        numbersOf.values().forEach(numbers -> assertThat(numbers).isSorted().doesNotHaveDuplicates());
        checkCopies(recorder);
    }

    private void checkCopies(Recorder recorder) {
        List<Sent> seen = recorder.seen.stream().map(calls::get).toList();
        for (int place = 0; place < seen.size(); place++) {
            Lineage copy = seen.get(place).lineage();
            List<Sent> later = seen.subList(place + 1, seen.size());
            for (Lineage original = copy.original; original != null; original = original.original) {
                Lineage called = original;
                int before = copy.callsBefore;
                assertThat(later)
                        .as("what comes behind a call on a copy: %s", recorder.seen)
                        .noneMatch(sent -> sent.lineage().equals(called) && sent.number() < before);
                copy = original;
            }
        }
    }

    private void checkNothingIsLeft() {
        for (Side side : sides) {
            assertThat(side.vat.tables())
                    .as("tables of %s to %s", side.from, side.to)
                    .isEqualTo(VatConnection.TableSizes.EMPTY);
        }
        sides.forEach(side -> side.vat.close(RpcException.disconnected("over")));
        rest();
        recorders.forEach(recorder -> assertThat(recorder.releases)
                .as("references are given back once")
                .hasValue(1));
    }

    /** What happened, for a failure's report. */
    String script() {
        return String.join("\n", script);
    }
}
