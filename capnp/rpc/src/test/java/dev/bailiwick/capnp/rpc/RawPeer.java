package dev.bailiwick.capnp.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bailiwick.capnp.rpc.testing.Counter;
import dev.bailiwick.capnp.rpc.testing.Slot;
import dev.bailiwick.capnp.rpc.wire.Call;
import dev.bailiwick.capnp.rpc.wire.Message;
import dev.bailiwick.capnp.rpc.wire.MessageTarget;
import dev.bailiwick.capnp.rpc.wire.Return;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.function.Consumer;
import org.capnproto.AnyPointer;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * The other end of a connection, played by hand: says any message, and hears each one that comes back. When a test is over the
 * connection is closed, and must have nothing left.
 */
final class RawPeer implements Outbound, AfterEachCallback {
    static final int ADD = 0;
    static final int CHILD = 1;
    static final int ECHO = 2;
    static final int CALL_BACK = 3;
    static final int HANG = 4;
    static final int FAIL = 5;

    private final Queue<Message.Reader> heard = new ArrayDeque<>();
    private final Queue<Runnable> tasks = new ArrayDeque<>();
    final VatConnection vat;
    private boolean isHeldBack;

    /** A peer of a vat that offers what is made of its executor. */
    RawPeer(java.util.function.Function<java.util.concurrent.Executor, ClientHook> bootstrap) {
        this.vat = new VatConnection(bootstrap.apply(tasks::add), this, Limits.DEFAULT);
    }

    /** A peer of a vat that offers a counter. */
    static RawPeer ofCounter() {
        return new RawPeer(executor -> CapabilityClient.serve(new Adder(executor), executor));
    }

    @Override
    public void send(Frame message) {
        new FrameReader(Limits.DEFAULT)
                .feed(
                        Streams.bytes(message),
                        view -> heard.add(new AnyPointer.Reader(view.segment(0), 0, 64).getAs(Message.factory)));
    }

    @Override
    public long backlog() {
        return 0;
    }

    @Override
    public void end() {}

    @Override
    public void afterEach(ExtensionContext context) {
        afterEach();
    }

    /** Ends the connection, which must have nothing left; for a peer that is not registered with a test. */
    void afterEach() {
        vat.close(RpcException.disconnected("test is over"));
        goOn();
        assertThat(vat.tables()).isEqualTo(VatConnection.TableSizes.EMPTY);
    }

    /** From here on the vat's objects do nothing. */
    void holdBack() {
        isHeldBack = true;
    }

    /** Lets them go on. */
    void goOn() {
        isHeldBack = false;
        run();
    }

    /** Lets the vat's objects do what they have to, unless they are held back. */
    RawPeer run() {
        while (!tasks.isEmpty() && !isHeldBack) {
            tasks.remove().run();
        }
        return this;
    }

    /** Says a message. */
    RawPeer say(Consumer<Message.Builder> fill) {
        Draft draft = Draft.plain(64);
        fill.accept(draft.root().initAs(Message.factory));
        new FrameReader(Limits.DEFAULT).feed(Streams.bytes(draft), vat::handle);
        return run();
    }

    /** Asks for the bootstrap object, with question 0, and hears the answer. */
    RawPeer bootstrap() {
        say(message -> message.initBootstrap().setQuestionId(0));
        hearReturn(0);
        return this;
    }

    /** Calls a method of the bootstrap object. */
    RawPeer call(int question, int method, Consumer<Call.Builder> fill) {
        return callOn(question, method, target -> target.initPromisedAnswer().setQuestionId(0), fill);
    }

    /** Calls a method of whatever the target names. */
    RawPeer callOn(int question, int method, Consumer<MessageTarget.Builder> target, Consumer<Call.Builder> fill) {
        Draft draft = Draft.call();
        draft.content().initAs(Slot.factory);
        Call.Builder call = ProtocolWriter.message(draft).getCall();
        call.setQuestionId(question);
        call.setInterfaceId(Counter.TYPE_ID);
        call.setMethodId((short) method);
        target.accept(call.getTarget());
        fill.accept(call);
        new FrameReader(Limits.DEFAULT).feed(Streams.bytes(draft), vat::handle);
        return run();
    }

    /** Fills a call's parameters with capabilities: the first descriptor is the counter, the second the inner slot's. */
    @SafeVarargs
    static Consumer<Call.Builder> with(Consumer<dev.bailiwick.capnp.rpc.wire.CapDescriptor.Builder>... descriptors) {
        return call -> {
            Slot.Builder params = call.getParams().getContent().getAs(Slot.factory);
            List<Counter.Client> stands = new ArrayList<>();
            for (int i = 0; i < descriptors.length; i++) {
                Counter.Client stand = Counter.client(new Adder());
                stands.add(stand);
                (i == 0 ? params : params.initInner()).setCounter(stand);
            }
            stands.forEach(Counter.Client::close);
            var table = call.getParams().initCapTable(descriptors.length);
            for (int i = 0; i < descriptors.length; i++) {
                descriptors[i].accept(table.get(i));
            }
        };
    }

    /** The next message of the vat's, which must be of that kind. */
    Message.Reader hear(Message.Which kind) {
        Message.Reader message = heard.poll();
        assertThat(message).as("the vat was silent instead of saying %s", kind).isNotNull();
        assertThat(message.which()).isEqualTo(kind);
        return message;
    }

    /** The next message, which must answer that question. */
    Return.Reader hearReturn(int question) {
        Return.Reader message = hear(Message.Which.RETURN).getReturn();
        assertThat(message.getAnswerId()).isEqualTo(question);
        return message;
    }

    /** Nothing more was said, and the connection lives. */
    void hearNothing() {
        assertThat(heard).extracting(Message.Reader::which).isEmpty();
        assertThat(vat.closedBecause()).isNull();
    }

    /** The vat has ended the connection for that reason. */
    void hearAbort(String reason) {
        assertThat(hear(Message.Which.ABORT).getAbort().getReason().toString()).contains(reason);
        assertThat(vat.closedBecause()).isNotNull();
    }
}
