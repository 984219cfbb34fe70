package dev.bailiwick.launch;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Output of a program between the thread that takes it out of the pipe and whoever reads it. It holds at most {@link
 * Limits#OUTPUT_BYTES}; then the thread waits, and the program with it. Thread-safe.
 */
final class OutputBuffer {
    private record Waiting(int limit, CompletableFuture<Chunk> chunk) {}

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition room = lock.newCondition();
    // All guarded by lock.
    private byte[] held = new byte[0];
    private boolean ended;
    private boolean discarding;
    private final Deque<Waiting> waiting = new ArrayDeque<>();

    /** Takes everything out of the pipe, until its end. */
    void fill(InputStream pipe) {
        byte[] some = new byte[8192];
        try (pipe) {
            for (int count = pipe.read(some); count >= 0; count = pipe.read(some)) {
                add(Arrays.copyOf(some, count));
            }
        } catch (IOException broken) {
            // The program's end closed it.
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        } finally {
            end();
        }
    }

    private void add(byte[] some) throws InterruptedException {
        Deque<Runnable> answers = new ArrayDeque<>();
        lock.lock();
        try {
            while (held.length + some.length > Limits.OUTPUT_BYTES && !discarding) {
                room.await();
            }
            if (!discarding) {
                int before = held.length;
                held = Arrays.copyOf(held, before + some.length);
                System.arraycopy(some, 0, held, before, some.length);
            }
            serve(answers);
        } finally {
            lock.unlock();
        }
        answers.forEach(Runnable::run);
    }

    private void end() {
        Deque<Runnable> answers = new ArrayDeque<>();
        lock.lock();
        try {
            ended = true;
            serve(answers);
        } finally {
            lock.unlock();
        }
        answers.forEach(Runnable::run);
    }

    /** Nobody will read any more: whatever comes is thrown away, so that the program does not wait for ever. */
    void discard() {
        lock.lock();
        try {
            discarding = true;
            held = new byte[0];
            room.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** The next bytes, at least one unless it is the end; fails if too many wait. */
    CompletableFuture<Chunk> read(int limit) {
        CompletableFuture<Chunk> chunk = new CompletableFuture<>();
        Deque<Runnable> answers = new ArrayDeque<>();
        lock.lock();
        try {
            if (waiting.size() >= Limits.WAITING) {
                return CompletableFuture.failedFuture(new IOException("too many reads wait"));
            }
            waiting.add(new Waiting(limit, chunk));
            serve(answers);
        } finally {
            lock.unlock();
        }
        answers.forEach(Runnable::run);
        return chunk;
    }

    /** Under the lock: hands out what is there. The answers are given after it. */
    private void serve(Deque<Runnable> answers) {
        while (!waiting.isEmpty() && (held.length > 0 || ended)) {
            Waiting next = waiting.remove();
            int count = Math.min(next.limit(), held.length);
            Chunk chunk = new Chunk(Arrays.copyOf(held, count), ended && count == held.length);
            held = Arrays.copyOfRange(held, count, held.length);
            answers.add(() -> next.chunk().complete(chunk));
        }
        room.signalAll();
    }
}
