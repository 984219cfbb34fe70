package dev.bailiwick.cli;

import dev.bailiwick.capnp.rpc.CallContext;
import dev.bailiwick.capnp.rpc.Calls;
import dev.bailiwick.capnp.rpc.RpcException;
import dev.bailiwick.schema.gen.TerminalInfo;
import dev.bailiwick.schema.gen.TerminalSession;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jline.terminal.Attributes;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.jline.utils.NonBlockingInputStream;
import org.jspecify.annotations.Nullable;

/**
 * The terminal that the program runs on, as a capability for a session to hold. Keys go to whoever reads it, one by one and unechoed, from
 * the first read on; until then, and once this is closed, the terminal is as it was. Keys that make signals stay with the person who types:
 * Ctrl-C ends this program, whoever reads.
 *
 * <p>Reads wait on a thread of their own, so that writes are not held up. Thread-safe.
 */
final class TtyTerminal implements TerminalSession.Server, AutoCloseable {
    /** Bytes of one read or write at most (terminal.capnp). */
    private static final int TRANSFER_BYTES = 64 * 1024;

    /** Between two looks for a key; a key that comes is taken at once. */
    private static final long LOOK_MILLIS = 200;

    private final Terminal terminal;
    private final ExecutorService keys = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().name("terminal-keys").daemon().factory());
    private @Nullable Attributes before; // guarded by this

    /** Takes the terminal over. */
    TtyTerminal(Terminal terminal) {
        this.terminal = terminal;
    }

    /** The terminal that standard input and output are; empty if they are none. */
    static Optional<TtyTerminal> of(Host host) {
        if (!host.terminals().containsAll(EnumSet.of(Host.Stream.IN, Host.Stream.OUT))) {
            return Optional.empty();
        }
        try {
            return Optional.of(new TtyTerminal(TerminalBuilder.builder()
                    .system(true)
                    .dumb(false)
                    // Or the terminal would be asked what it can do, and its answers would be there to be read as keys.
                    .graphemeCluster(false)
                    .build()));
        } catch (IOException | IllegalStateException noTerminal) {
            return Optional.empty(); // a session can do without
        }
    }

    @Override
    public CompletionStage<?> info(
            CallContext<TerminalSession.InfoParams.Reader, TerminalSession.InfoResults.Builder> call) {
        TerminalInfo.Builder info = call.results().initInfo();
        info.setType(terminal.getType());
        info.setColumns((short) Math.clamp(terminal.getSize().getColumns(), 0, 0xffff));
        info.setRows((short) Math.clamp(terminal.getSize().getRows(), 0, 0xffff));
        return Calls.DONE;
    }

    @Override
    public CompletionStage<?> read(
            CallContext<TerminalSession.ReadParams.Reader, TerminalSession.ReadResults.Builder> call) {
        int limit = (int) Math.min(Integer.toUnsignedLong(call.params().getLimit()), TRANSFER_BYTES);
        if (limit == 0) {
            throw RpcException.failed("a read of no bytes would wait for nothing; ask for 1 to " + TRANSFER_BYTES);
        }
        return CompletableFuture.runAsync(
                () -> {
                    if (call.isCancelled()) { // nobody would get the keys
                        return;
                    }
                    byte[] typed = next(limit);
                    call.results().setData(typed);
                    call.results().setEnd(typed.length == 0);
                },
                keys);
    }

    private byte[] next(int limit) {
        raw();
        byte[] buffer = new byte[limit];
        int length = 0;
        try {
            // Looks again and again instead of waiting for good: a read that waits holds a lock of the stream's, and
            // what ends this process
            // closes the stream before it lets go.
            NonBlockingInputStream input = Objects.requireNonNull((NonBlockingInputStream) terminal.input());
            int key = input.read(LOOK_MILLIS);
            while (key == NonBlockingInputStream.READ_EXPIRED && !keys.isShutdown()) {
                key = input.read(LOOK_MILLIS);
            }
            // What has come together goes together.
            while (key >= 0 && length < limit) {
                buffer[length++] = (byte) key;
                key = length < limit ? input.read(1) : NonBlockingInputStream.READ_EXPIRED;
            }
            return Arrays.copyOf(buffer, length);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private synchronized void raw() {
        if (before == null) {
            before = terminal.enterRawMode();
            Attributes keys = terminal.getAttributes();
            keys.setLocalFlag(Attributes.LocalFlag.ISIG, true);
            terminal.setAttributes(keys);
        }
    }

    @Override
    public CompletionStage<?> write(
            CallContext<TerminalSession.WriteParams.Reader, TerminalSession.WriteResults.Builder> call)
            throws IOException {
        byte[] data = call.params().getData().toArray();
        if (data.length > TRANSFER_BYTES) {
            throw RpcException.failed(
                    "a terminal takes at most " + TRANSFER_BYTES + " bytes a call, not " + data.length);
        }
        terminal.output().write(data);
        terminal.output().flush();
        call.results();
        return Calls.DONE;
    }

    @Override
    public void close() {
        keys.shutdownNow();
        synchronized (this) {
            if (before != null) {
                terminal.setAttributes(before);
            }
        }
        try {
            // The key that a read waits for may never come: the process ends without it.
            keys.awaitTermination(1, TimeUnit.MILLISECONDS);
            terminal.close();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
