package dev.bailiwick.launch;

import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Input for a program between whoever writes it and the thread that puts it into the pipe. A write answers when what waits is less than
 * {@link Limits#INPUT_BYTES}, or fails if the program takes no more. Thread-safe.
 */
final class InputBuffer {
    @SuppressWarnings("ArrayRecordComponent") // bytes on their way through
    private record Waiting(byte[] data, CompletableFuture<Void> taken) {}

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition more = lock.newCondition();
    // All guarded by lock.
    private final Deque<byte[]> queue = new ArrayDeque<>();
    private final Deque<Waiting> waiting = new ArrayDeque<>();
    private int queued;
    private boolean ended;
    private boolean broken;

    /** Puts everything into the pipe, until there is no more or nobody takes it. */
    void drain(OutputStream pipe) {
        try (pipe) {
            for (byte[] next = next(); next.length > 0; next = next()) {
                pipe.write(next);
                pipe.flush();
            }
        } catch (IOException closed) {
            // The program has closed its input, or has ended.
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        } finally {
            close();
        }
    }

    /** The next bytes; none at the end. */
    private byte[] next() throws InterruptedException {
        Deque<CompletableFuture<Void>> taken = new ArrayDeque<>();
        byte[] next;
        lock.lock();
        try {
            while (queue.isEmpty() && waiting.isEmpty() && !ended && !broken) {
                more.await();
            }
            if (broken || (queue.isEmpty() && waiting.isEmpty())) {
                return new byte[0];
            }
            next = queue.isEmpty() ? new byte[0] : queue.remove();
            queued -= next.length;
            while (!waiting.isEmpty() && queued < Limits.INPUT_BYTES) {
                Waiting first = waiting.remove();
                queue.add(first.data());
                queued += first.data().length;
                taken.add(first.taken());
            }
            if (next.length == 0) {
                next = queue.remove();
                queued -= next.length;
            }
        } finally {
            lock.unlock();
        }
        taken.forEach(future -> future.complete(null));
        return next;
    }

    /** Adds some; none adds nothing. Fails if too many wait, or the program takes no more. */
    CompletableFuture<Void> write(byte[] data) {
        lock.lock();
        try {
            if (broken || ended) {
                return CompletableFuture.failedFuture(new IOException("the program takes no more input"));
            }
            if (data.length == 0) {
                return CompletableFuture.completedFuture(null);
            }
            if (queued < Limits.INPUT_BYTES && waiting.isEmpty()) {
                queue.add(data);
                queued += data.length;
                more.signal();
                return CompletableFuture.completedFuture(null);
            }
            if (waiting.size() >= Limits.WAITING) {
                return CompletableFuture.failedFuture(new IOException("too many writes wait"));
            }
            CompletableFuture<Void> taken = new CompletableFuture<>();
            waiting.add(new Waiting(data, taken));
            return taken;
        } finally {
            lock.unlock();
        }
    }

    /** Nothing more will come. */
    void end() {
        lock.lock();
        try {
            ended = true;
            more.signal();
        } finally {
            lock.unlock();
        }
    }

    /** Nothing more is taken: whoever waits is told. */
    void close() {
        Deque<Waiting> left;
        lock.lock();
        try {
            broken = true;
            more.signal();
            left = new ArrayDeque<>(waiting);
            waiting.clear();
            queue.clear();
        } finally {
            lock.unlock();
        }
        left.forEach(one -> one.taken().completeExceptionally(new IOException("the program takes no more input")));
    }
}
