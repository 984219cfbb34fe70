package dev.bailiwick.broker;

import dev.bailiwick.capnp.rpc.RpcException;
import dev.bailiwick.launch.Chunk;
import dev.bailiwick.launch.Limits;
import dev.bailiwick.launch.RunningProgram;
import dev.bailiwick.schema.gen.TerminalSession;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * Connects a program's input and output with a terminal, one piece each way at a time: who is slow makes the other wait. They are pipes, not a
 * terminal of the kernel's. A terminal that is gone takes the program with it.
 */
final class TerminalPump {
    private static final int INPUT = 4096;

    private final RunningProgram program;
    private final TerminalSession.Client terminal;
    private dev.bailiwick.capnp.rpc.@Nullable RemoteCall<TerminalSession.ReadResults.Reader, ?>
            reading; // guarded by this
    private boolean ended; // guarded by this

    private TerminalPump(RunningProgram program, TerminalSession.Client terminal) {
        this.program = program;
        this.terminal = terminal;
    }

    /** Runs until the program ends. The terminal is borrowed; it is done with when {@code after} runs. */
    static void connect(RunningProgram program, TerminalSession.Client terminal, Runnable after) {
        TerminalPump pump = new TerminalPump(program, terminal);
        Thread input = Thread.ofVirtual().name("terminal-input").start(pump::in);
        Thread.ofVirtual().name("terminal-output").start(() -> {
            try {
                pump.out();
                var _ = program.exit().join();
                pump.end();
                input.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } finally {
                after.run();
            }
        });
    }

    private void out() {
        try {
            Chunk chunk;
            do {
                chunk = program.read(Limits.TRANSFER_BYTES).join();
                if (chunk.data().length > 0) {
                    var write = terminal.writeRequest();
                    write.params().setData(chunk.data());
                    write.send().await();
                }
            } while (!chunk.end());
        } catch (RpcException | CompletionException gone) {
            program.end("its terminal is gone");
        }
    }

    private void in() {
        try {
            boolean more = true;
            while (more) {
                more = piece();
            }
        } catch (RpcException | CompletionException gone) {
            // The program has ended, or the terminal is gone, which the output notices.
        } finally {
            program.endInput();
        }
    }

    private boolean piece() {
        var request = terminal.readRequest();
        request.params().setLimit(INPUT);
        var call = request.send();
        synchronized (this) {
            if (ended) {
                call.close();
                return false;
            }
            reading = call;
        }
        try (var response = call.join()) {
            byte[] data = response.get().getData().toArray();
            if (data.length > 0) {
                var _ = program.write(data).join();
            }
            return !response.get().getEnd();
        }
    }

    /** Nobody will read what the terminal says next. */
    private synchronized void end() {
        ended = true;
        if (reading != null) {
            reading.cancel();
        }
    }
}
