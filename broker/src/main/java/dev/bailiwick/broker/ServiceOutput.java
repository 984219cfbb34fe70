package dev.bailiwick.broker;

import dev.bailiwick.capnp.rpc.RpcException;
import dev.bailiwick.launch.Chunk;
import dev.bailiwick.launch.RunningProgram;
import dev.bailiwick.profiles.Slot;
import dev.bailiwick.schema.gen.LogSink;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.CompletionException;

/** What the programs of services write to their standard output. Stateless; methods wait for the program. */
final class ServiceOutput {
    private ServiceOutput() {}

    /** The first of what it says; all of it is read, so that it never waits for a reader. */
    static String shown(RunningProgram program) {
        ByteArrayOutputStream kept = new ByteArrayOutputStream();
        try {
            Chunk chunk;
            do {
                chunk = program.read(Limits.SERVICE_OUTPUT_BYTES).join();
                int room = Limits.SERVICE_OUTPUT_BYTES - kept.size();
                kept.write(chunk.data(), 0, Math.min(room, chunk.data().length));
            } while (!chunk.end());
        } catch (CompletionException gone) {
            // What there was is what is shown.
        }
        return kept.toString(StandardCharsets.UTF_8);
    }

    /** What the service writes is in its log, a line an entry, as far as its log quota goes. */
    static void keep(RunningService service, RunningProgram program) {
        program.endInput();
        Optional<Grant> grant = service.session().grant(Slot.LOG_SINK);
        if (grant.isEmpty()) {
            program.discardOutput();
            return;
        }
        try (LogSink.Client sink = grant.get().capability(LogSink.factory)) {
            ByteArrayOutputStream line = new ByteArrayOutputStream();
            Chunk chunk;
            do {
                chunk = program.read(dev.bailiwick.launch.Limits.TRANSFER_BYTES).join();
                for (byte unit : chunk.data()) {
                    if (unit == '\n' || line.size() >= Limits.LOG_LINE_BYTES / 2) {
                        write(sink, line);
                    }
                    if (unit != '\n') {
                        line.write(unit);
                    }
                }
            } while (!chunk.end());
            write(sink, line);
        } catch (RpcException | CompletionException gone) {
            program.discardOutput(); // The session is over, or the log is: the program must not wait for a reader.
        }
    }

    private static void write(LogSink.Client sink, ByteArrayOutputStream line) {
        String text = line.toString(StandardCharsets.UTF_8);
        line.reset();
        if (!text.isBlank()) {
            var request = sink.writeRequest();
            request.params().setText(text);
            request.send().await();
        }
    }
}
