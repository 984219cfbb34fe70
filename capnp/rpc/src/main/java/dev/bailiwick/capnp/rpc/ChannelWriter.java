package dev.bailiwick.capnp.rpc;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * Writes a connection's messages to a channel, in order, on a virtual thread that lives as long as there is something to write.
 * Small messages that are waiting together go out in one write; large ones go out from where they were built.
 */
final class ChannelWriter implements Outbound {
    /** Bytes gathered for one write. It covers hundreds of small calls, and is allocated only while they are written. */
    private static final int BATCH_BYTES = 64 << 10;

    /**
     * Bytes passed to the channel at once. The JDK copies what it is given to memory outside the heap and keeps it there while
     * the write blocks, so a peer that does not read would hold as much of that as its largest message has.
     */
    private static final int WRITE_BYTES = 256 << 10;

    private final WritableByteChannel channel;
    private final Runnable drained;
    private final Consumer<Throwable> broken;
    private final Runnable ending;
    private final Queue<Frame> queue = new ConcurrentLinkedQueue<>();
    private final AtomicInteger unwritten = new AtomicInteger();
    private final AtomicLong bytes = new AtomicLong();
    private final CompletableFuture<Void> finished = new CompletableFuture<>();
    private volatile boolean ended;
    private volatile boolean failed;

    /**
     * @param drained called after writes, on the writing thread
     * @param broken called there when a write has failed; nothing is written after that
     * @param ending called when no more messages will come, whichever thread ended the connection: the reading one may be
     *     waiting for a peer that sends nothing, so it cannot be left to it to close the channel
     */
    ChannelWriter(WritableByteChannel channel, Runnable drained, Consumer<Throwable> broken, Runnable ending) {
        this.channel = channel;
        this.drained = drained;
        this.broken = broken;
        this.ending = ending;
    }

    @Override
    public void send(Frame message) {
        bytes.addAndGet(message.bodyBytes());
        message.retain();
        queue.add(message);
        if (unwritten.getAndIncrement() == 0) {
            Thread.ofVirtual().name("capnp-writer").start(this::run);
        }
    }

    @Override
    public long backlog() {
        return bytes.get();
    }

    @Override
    public void end() {
        ended = true;
        if (unwritten.get() == 0) {
            finished.complete(null);
        }
        ending.run();
    }

    /** Completes when nothing will be written any more. */
    CompletableFuture<Void> finished() {
        return finished;
    }

    private void run() {
        Throwable unforeseen = Survival.attempt(ChannelWriter::write, this, null);
        if (unforeseen != null) { // no memory for a batch, perhaps; nobody would ever write again
            failed = true;
            for (Frame dropped = queue.poll(); dropped != null; dropped = queue.poll()) {
                dropped.release();
            }
            bytes.set(0);
            broken.accept(unforeseen);
            finished.complete(null);
        }
    }

    private void write() {
        ByteBuffer batch = ByteBuffer.allocate(Math.clamp(bytes.get() + 64, 1024, BATCH_BYTES));
        int taken;
        do {
            batch.clear();
            taken = 0;
            long size = 0;
            for (Frame message = queue.poll(); message != null; message = queue.poll()) {
                taken++;
                ByteBuffer[] segments = message.segments();
                size += Frames.bytes(segments);
                put(batch, Frames.header(segments));
                for (ByteBuffer segment : segments) {
                    put(batch, segment);
                }
                message.release();
            }
            flush(batch);
            bytes.addAndGet(-size);
            drained.run();
        } while (unwritten.addAndGet(-taken) > 0);
        if (ended) {
            finished.complete(null);
        }
    }

    /** Adds bytes to the batch; what does not fit goes out now. */
    private void put(ByteBuffer batch, ByteBuffer part) {
        if (part.remaining() > batch.remaining()) {
            flush(batch);
            if (part.remaining() > batch.capacity()) {
                writeFully(part);
                return;
            }
        }
        batch.put(part);
    }

    private void flush(ByteBuffer batch) {
        batch.flip();
        writeFully(batch);
        batch.clear();
    }

    private void writeFully(ByteBuffer part) {
        try {
            int end = part.limit();
            while (part.position() < end && !failed) {
                part.limit(Math.min(end, part.position() + WRITE_BYTES));
                channel.write(part);
            }
            part.limit(end);
        } catch (IOException
                | RuntimeException gone) { // whatever the channel's maker lets it throw; the rest is dropped
            failed = true;
            broken.accept(gone);
        }
    }
}
