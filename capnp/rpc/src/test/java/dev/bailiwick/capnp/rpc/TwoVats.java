package dev.bailiwick.capnp.rpc;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.capnproto.DecodeException;

/**
 * Two vats in one thread, joined by a wire on which messages wait until a scheduler delivers them. Everything that could happen
 * next is a choice: the next message to the left, the next to the right, the next thing a server's mailbox has to do. A seeded
 * scheduler draws among them, so a run is as wild as a network and repeats from its seed.
 */
final class TwoVats {
    final Side left;
    final Side right;
    private final Queue<ByteBuffer> toLeft = new ArrayDeque<>();
    private final Queue<ByteBuffer> toRight = new ArrayDeque<>();
    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private final List<String> script = new ArrayList<>();

    /** Runs servers' methods when the scheduler says so. */
    final Executor executor = tasks::add;

    /** One vat and the messages on their way to it. */
    static final class Side implements Outbound {
        private final String name;
        private final Queue<ByteBuffer> inbox;
        private final Queue<ByteBuffer> outbox;
        private final FrameReader frames;
        private Consumer<ByteBuffer> damage = bytes -> {};
        final VatConnection vat;

        Side(String name, Queue<ByteBuffer> inbox, Queue<ByteBuffer> outbox, ClientHook bootstrap, Limits limits) {
            this.name = name;
            this.inbox = inbox;
            this.outbox = outbox;
            this.frames = new FrameReader(limits);
            this.vat = new VatConnection(bootstrap, this, limits);
        }

        @Override
        public void send(Frame message) {
            outbox.add(Streams.bytes(message));
        }

        @Override
        public long backlog() {
            return outbox.stream().mapToLong(ByteBuffer::remaining).sum();
        }

        @Override
        public void end() {}

        /** Does something to each message before it is delivered to this side. */
        void damage(Consumer<ByteBuffer> each) {
            damage = each;
        }

        void deliver() {
            ByteBuffer bytes = inbox.remove();
            damage.accept(bytes);
            try {
                frames.feed(bytes, vat::handle);
            } catch (DecodeException malformed) {
                vat.abort("malformed message: " + malformed.getMessage());
                inbox.clear();
            }
        }

        <T extends CapabilityClient> T bootstrap(CapabilityFactory<T> factory) {
            return factory.client(vat.bootstrap());
        }
    }

    /** Two vats that offer each other what is made for the executor. */
    TwoVats(
            Function<Executor, CapabilityServer> leftObject,
            Function<Executor, CapabilityServer> rightObject,
            Limits limits) {
        this.left = new Side("left", toLeft, toRight, serve(leftObject), limits);
        this.right = new Side("right", toRight, toLeft, serve(rightObject), limits);
    }

    /** Two vats that offer each other what is given, of which the reference passes to them. */
    TwoVats(ClientHook ownedLeft, ClientHook ownedRight, Limits limits) {
        this.left = new Side("left", toLeft, toRight, ownedLeft, limits);
        this.right = new Side("right", toRight, toLeft, ownedRight, limits);
    }

    private ClientHook serve(Function<Executor, CapabilityServer> object) {
        return CapabilityClient.serve(object.apply(executor), executor);
    }

    /** Does one thing that could happen next, drawn at random; false if nothing is left to happen. */
    boolean step(RandomGenerator random) {
        List<Runnable> choices = new ArrayList<>(3);
        choice(choices, left);
        choice(choices, right);
        if (!tasks.isEmpty()) {
            choices.add(() -> {
                script.add("task");
                tasks.remove().run();
            });
        }
        if (choices.isEmpty()) {
            return false;
        }
        choices.get(random.nextInt(choices.size())).run();
        return true;
    }

    private void choice(List<Runnable> choices, Side side) {
        if (!side.inbox.isEmpty()) {
            choices.add(() -> {
                script.add("to " + side.name);
                side.deliver();
            });
        }
    }

    /** Lets everything happen that can. */
    void settle(RandomGenerator random) {
        while (step(random)) {
            assert script.size() < 1_000_000 : "the vats never come to rest";
        }
    }

    /** What happened, for a failure's report. */
    String script() {
        return String.join(", ", script);
    }
}
