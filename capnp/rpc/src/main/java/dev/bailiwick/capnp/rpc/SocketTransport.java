package dev.bailiwick.capnp.rpc;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.capnproto.DecodeException;
import org.jspecify.annotations.Nullable;

/**
 * Moves bytes over a socket that never blocks, with as few changes of threads as can be.
 *
 * <h2>Writing</h2>
 *
 * Whoever has made a message writes it, and what others have queued meanwhile. What the socket does not take is left to the
 * {@link IoLoop}. A finish or a release says only that something is needed no more; while this side does the reading (below) it
 * waits for the next message, or for a tick.
 *
 * <h2>Reading</h2>
 *
 * Usually the loop reads. But a thread that waits for an answer has nothing better to do than to read itself, and then the answer
 * is where it is needed: no thread must be woken. The right to read is one of
 *
 * <pre>
 *   LOOP --(a thread waits, nobody else does)--> VACANT --(a thread waits)--> LED
 *     ^                                          |    ^                        |
 *     +---(anybody else waits, or 10 ms pass)----+    +--(it has its answer)---+
 * </pre>
 *
 * Only the loop, a leading thread, or nobody reads; so messages are handled one after another. Between two calls nobody reads: so
 * that is only allowed while the peer cannot want anything of us, having none of our objects and no promise to settle.
 */
final class SocketTransport extends Transport {
    /** How long nobody reads before the loop does again. */
    private static final long VACANCY_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    /** How long a thread leads before nobody looks at the socket any more but it. Longer than a vacancy. */
    private static final long LONG_LEAD_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    /** Buffers read from one socket before another has its turn. */
    private static final int MOST_READS = 4;

    private enum Reader {
        LOOP,
        VACANT,
        LED
    }

    private final IoLoop loop;
    private final SocketChannel channel;
    private final ListenerBudget.Account account;
    private final FrameReader frames;
    private final Consumer<MessageView> handler = vat()::handle;
    private volatile @Nullable SelectionKey key; // set when the loop may know this already

    // ---- reading
    private final AtomicReference<Reader> reader = new AtomicReference<>(Reader.LOOP);
    private final AtomicInteger attended = new AtomicInteger(); // calls that somebody waits for without reading
    private volatile boolean leaderWanted;
    private volatile boolean resting; // the loop looks at this at every tick
    private volatile long readerSince;
    private volatile @Nullable Thread leader;
    private volatile @Nullable QuestionCall awaited; // by the leader
    private volatile @Nullable Selector leaderSelector;
    private long pausedSince; // the loop's
    private boolean paused; // the loop's

    // ---- writing
    private final RingQueue<Frame> queue = new RingQueue<>();
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicInteger wishesToWrite = new AtomicInteger();
    private final AtomicBoolean gathered = new AtomicBoolean();
    private volatile boolean urgent;
    private volatile boolean blocked; // until the loop finds the socket writable
    private volatile boolean ended;
    private boolean failed; // the writing thread's, as all that follows
    private @Nullable Frame current;
    private int segment;
    private int offset;
    private @Nullable ByteBuffer rest;

    private SocketTransport(
            IoLoop loop,
            SocketChannel channel,
            ClientHook ownedBootstrap,
            Limits limits,
            ListenerBudget.Account account) {
        super(ownedBootstrap, limits, account);
        this.account = account;
        this.loop = loop;
        this.channel = channel;
        this.frames = FrameReader.forVat(limits, loop.buffers());
        account.count(bytes::get);
    }

    /** Takes a connected socket over. */
    static Transport start(
            IoLoop loop, SocketChannel channel, ClientHook bootstrap, Limits limits, ListenerBudget.Account account)
            throws IOException {
        SocketTransport transport = new SocketTransport(loop, channel, bootstrap, limits, account);
        try {
            channel.configureBlocking(false);
            transport.key = loop.add(channel, transport);
            return transport;
        } catch (IOException | RuntimeException | Error refused) {
            transport.vat().close(RpcException.disconnected("connection could not be started"));
            throw refused;
        }
    }

    // ---- writing

    @Override
    public void send(Frame message) {
        enqueue(message);
        urgent = true;
    }

    @Override
    public void sendLater(Frame message) {
        enqueue(message);
    }

    private void enqueue(Frame message) {
        bytes.addAndGet(message.frameBytes());
        message.retain();
        queue.add(message);
    }

    @Override
    public void dropUnsent() {
        for (var dropped = queue.poll(); dropped != null; dropped = queue.poll()) {
            bytes.addAndGet(-dropped.frameBytes());
            dropped.release();
        }
    }

    @Override
    public long backlog() {
        return bytes.get();
    }

    @Override
    public void flush() {
        if (queue.isEmpty() || IoLoop.willSend(this) || Thread.currentThread().equals(leader)) {
            return;
        }
        if (urgent || !resting) {
            write();
        }
    }

    /** Whether this is to be added to what is sent later, because it was not before. */
    boolean gather() {
        return !gathered.get() && gathered.compareAndSet(false, true);
    }

    /** Sends what was gathered. */
    void sendGathered() {
        gathered.set(false);
        write();
    }

    @Override
    public void end() {
        ended = true;
        write();
        finish();
    }

    /** Writes as much as the socket takes, unless somebody is writing, who then does it. */
    private void write() {
        if (wishesToWrite.getAndIncrement() != 0) {
            return;
        }
        int wishes = 1;
        do {
            if (!blocked) {
                Throwable failure = Survival.attempt(SocketTransport::writeQueue, this, null);
                if (failure != null) { // a message may be cut in two, and whoever wishes to write must still be able to
                    writeNoMore(failure);
                }
            }
            wishes = wishesToWrite.addAndGet(-wishes);
        } while (wishes != 0);
    }

    private void writeNoMore(Throwable failure) {
        drop();
        if (failure instanceof IOException gone) {
            expectInput();
            writingFailed(gone);
        } else {
            vat().close(RpcException.disconnected(RpcException.of(failure).reason()));
        }
    }

    /** Gives up what was to be written, and all that will be. */
    private void drop() {
        failed = true;
        rest = null;
        if (current != null) {
            current.release();
            current = null;
        }
        dropUnsent();
        bytes.set(0);
    }

    private void writeQueue() throws IOException {
        urgent = false;
        if (failed) {
            drop();
        } else {
            writeBatches();
        }
        if (ended && !blocked && queue.isEmpty()) {
            writingEnded();
        }
    }

    private void writeBatches() throws IOException {
        ByteBuffer batch = loop.buffers().take();
        try {
            while (fill(batch.clear())) {
                batch.flip();
                ByteBuffer after = currentOffHeap();
                long written = after == null ? channel.write(batch) : channel.write(new ByteBuffer[] {batch, after});
                bytes.addAndGet(-written);
                if (after != null) {
                    advance(after.position());
                }
                if (batch.hasRemaining() || (after != null && after.hasRemaining())) {
                    rest = batch.hasRemaining()
                            ? ByteBuffer.allocate(batch.remaining()).put(batch).flip()
                            : null;
                    blocked = true;
                    listenFor(SelectionKey.OP_WRITE);
                    return;
                }
            }
        } finally {
            loop.buffers().give(batch);
            account.update();
        }
    }

    /** What is to be written after the batch, if it lies outside the heap; null otherwise. */
    private @Nullable ByteBuffer currentOffHeap() {
        Frame message = current;
        return message == null ? null : message.offHeap(segment, offset);
    }

    /** Puts what comes next into the batch, up to a segment outside the heap; false if there is nothing to be written. */
    private boolean fill(ByteBuffer batch) {
        ByteBuffer left = rest;
        if (left != null) {
            batch.put(left);
            rest = null;
        }
        while (batch.hasRemaining() && currentOffHeap() == null) {
            Frame message = current;
            if (message == null) {
                message = queue.peek();
                if (message == null || batch.remaining() < message.headerBytes()) {
                    break;
                }
                if (!queue.poll(message)) {
                    continue; // it was dropped just now
                }
                message.writeHeader(batch);
                current = message;
                segment = 0;
                offset = 0;
                advance(0);
            } else {
                advance(message.writeSegment(segment, offset, batch));
            }
        }
        return batch.position() > 0 || current != null;
    }

    /** So many more bytes of the current segment are done with; goes on to the next one, or the next message, if it is complete. */
    private void advance(int count) {
        Frame message = Objects.requireNonNull(current);
        offset += count;
        while (segment < message.segmentCount() && offset == message.segmentBytes(segment)) {
            segment++;
            offset = 0;
        }
        if (segment == message.segmentCount()) {
            current = null;
            message.release();
        }
    }

    // ---- reading, on the loop

    /** The socket is readable or writable. On the loop. */
    void ready() {
        SelectionKey known = key;
        if (known == null || !known.isValid()) {
            return;
        }
        int ready;
        try {
            ready = known.readyOps();
        } catch (CancelledKeyException closed) { // by another thread, just now
            return;
        }
        if ((ready & SelectionKey.OP_WRITE) != 0) {
            stopListeningFor(SelectionKey.OP_WRITE);
            blocked = false;
            write();
        }
        if ((ready & SelectionKey.OP_READ) == 0 || reader.get() != Reader.LOOP) {
            return;
        }
        if (vat().closedBecause() != null) {
            stopListeningFor(SelectionKey.OP_READ);
        } else if (mayRead()) {
            ByteBuffer buffer = loop.buffers().take();
            boolean mayHaveMore = true;
            for (int i = 0; i < MOST_READS && mayHaveMore; i++) {
                mayHaveMore = read(buffer);
            }
            loop.buffers().give(buffer);
        }
    }

    /** Whether the peer may be read from now; otherwise it is left alone until a tick finds that it may. */
    private boolean mayRead() {
        long now = paused || !vat().isReadable() ? System.nanoTime() : 0;
        if (now == 0) {
            return true;
        }
        if (paused && now - pausedSince >= VatConnection.SLOWEST_READING_NANOS) {
            paused = false;
            return true;
        }
        if (!paused) {
            paused = true;
            pausedSince = now;
            stopListeningFor(SelectionKey.OP_READ);
            rest();
        }
        return false;
    }

    private void rest() {
        resting = true;
        loop.rest(this);
    }

    /** Reads and delivers a buffer of bytes, if there are any; whether there may be more. */
    private boolean read(ByteBuffer buffer) {
        try {
            ByteBuffer direct = frames.direct();
            int count = channel.read(direct == null ? buffer.clear() : direct);
            if (count < 0) {
                peerClosed(frames);
            } else if (count > 0) {
                if (direct == null) {
                    frames.feed(buffer.flip(), handler);
                } else {
                    frames.filled(handler);
                }
                if (!account.receive(frames.incomplete())) {
                    vat().abortBeyond();
                    frames.drop();
                    account.receive(0);
                }
            }
            return count >= buffer.capacity() && vat().closedBecause() == null;
        } catch (DecodeException malformed) {
            vat().abort("malformed message: " + malformed.getMessage());
        } catch (IOException broken) {
            vat().close(RpcException.disconnected("connection broke: " + broken.getMessage()));
        } catch (RuntimeException unforeseen) { // whatever bytes set off must cost their sender, and nobody else
            vat().abort(RpcException.of(unforeseen).reason());
        }
        return false;
    }

    /** All that was read is delivered, and the methods called have run. On the loop. */
    void served() {
        if (leaderWanted && reader.get() == Reader.LOOP && attended.get() == 0 && vat().isQuiet()) {
            leaderWanted = false;
            stopListeningFor(SelectionKey.OP_READ);
            readerSince = System.nanoTime();
            rest();
            reader.set(Reader.VACANT);
            if (attended.get() > 0) {
                expectInput();
            }
        }
    }

    /** Whether the loop is to look at this at every tick. */
    boolean isResting() {
        return resting;
    }

    /** Looks whether the socket should be listened to again, and whether there is anything left to look for. On the loop. */
    void tick(long now) {
        boolean isOver = vat().closedBecause() != null;
        if (paused) {
            if (!isOver && !vat().isReadable() && now - pausedSince < VatConnection.SLOWEST_READING_NANOS) {
                return;
            }
            if (vat().isReadable()) {
                paused = false;
            }
            listenFor(SelectionKey.OP_READ);
        } else {
            long since = now - readerSince;
            boolean remains = switch (Objects.requireNonNull(reader.get())) {
                case LOOP -> false;
                case VACANT -> since < VACANCY_NANOS;
                case LED -> since < LONG_LEAD_NANOS;
            };
            if (remains && !isOver) {
                return;
            }
        }
        resting = false;
        expectInput(); // a thread may have led and left in the meantime, and relied on this tick
        if (!queue.isEmpty()) {
            write();
        }
    }

    private void listenFor(int operation) {
        SelectionKey known = key;
        if (known != null) {
            try {
                known.interestOpsOr(operation);
                loop.wakeup();
            } catch (CancelledKeyException closed) { // then there is nothing to listen for
            }
        }
    }

    private void stopListeningFor(int operation) {
        SelectionKey known = key;
        if (known != null) {
            try {
                known.interestOpsAnd(~operation);
            } catch (CancelledKeyException closed) { // then there is nothing to listen for
            }
        }
    }

    // ---- reading, by a thread that waits

    @Override
    public void expectInput() {
        if (reader.compareAndSet(Reader.VACANT, Reader.LOOP)) {
            listenFor(SelectionKey.OP_READ);
        }
    }

    @Override
    public void attend(QuestionCall call) {
        if (call.beginAttention()) {
            attended.incrementAndGet();
            expectInput();
        }
    }

    @Override
    public void outcomeKnown(QuestionCall call) {
        if (call.endAttention()) {
            attended.decrementAndGet();
        }
        if (call.equals(awaited) && !Thread.currentThread().equals(leader)) {
            Selector waiting = leaderSelector;
            if (waiting != null) {
                waiting.wakeup();
            }
        }
    }

    @Override
    public void awaitInput(QuestionCall call) {
        if (call.isDone()) {
            return;
        }
        IoLoop.blocking();
        if (!Thread.currentThread().isVirtual()) {
            if (reader.compareAndSet(Reader.VACANT, Reader.LED)) {
                lead(call);
                if (call.isDone()) {
                    return;
                }
            } else {
                leaderWanted = true;
            }
        }
        attend(call);
    }

    private void lead(QuestionCall call) {
        long start = System.nanoTime();
        readerSince = start;
        leader = Thread.currentThread();
        awaited = call;
        ByteBuffer buffer = null;
        try {
            buffer = loop.buffers().take();
            Selector selector = selectorToLead();
            boolean mayHaveMore = false;
            while (!call.isDone()
                    && vat().closedBecause() == null
                    && !Thread.currentThread().isInterrupted()) {
                if (!queue.isEmpty()) {
                    write();
                }
                if (!mayHaveMore) {
                    selector.select(readable -> {}); // there is but one
                }
                mayHaveMore = read(buffer);
            }
        } catch (IOException | ClosedSelectorException closed) { // the connection is over, or the loop reads instead
        } finally {
            if (buffer != null) {
                loop.buffers().give(buffer);
            }
            awaited = null;
            leader = null;
            long end = System.nanoTime();
            readerSince = end;
            reader.set(Reader.VACANT);
            // INVARIANT (a vacancy ends): the loop looks at a vacant socket at every tick, unless the lead was long.
            if (end - start >= VACANCY_NANOS || !resting || attended.get() > 0 || !vat().isQuiet()) {
                expectInput();
            }
            if (urgent || !resting) {
                write();
            }
        }
    }

    private Selector selectorToLead() throws IOException {
        Selector known = leaderSelector;
        if (known == null) {
            known = Selector.open();
            leaderSelector = known; // before it is needed: whoever closes the channel closes it, too
            try {
                channel.register(known, SelectionKey.OP_READ);
            } catch (IOException | RuntimeException | Error refused) {
                leaderSelector = null; // one that listens to nothing must not be waited for
                known.close();
                throw refused;
            }
        }
        return known;
    }

    @Override
    void closeChannels() {
        try {
            channel.close();
        } catch (IOException ignored) { // it is gone either way
        }
        Selector waiting = leaderSelector;
        if (waiting != null) {
            try {
                waiting.close();
            } catch (IOException ignored) { // it is gone either way
            }
        }
        loop.closed();
    }
}
