package dev.bailiwick.broker;

import dev.bailiwick.capnp.rpc.CallContext;
import dev.bailiwick.capnp.rpc.Calls;
import dev.bailiwick.schema.gen.LogReader;
import dev.bailiwick.schema.gen.LogSink;
import dev.bailiwick.storage.AppendResult;
import dev.bailiwick.storage.CorruptStorageException;
import dev.bailiwick.storage.Denied;
import dev.bailiwick.storage.Durability;
import dev.bailiwick.storage.EffectGate;
import dev.bailiwick.storage.LogId;
import dev.bailiwick.storage.LogLine;
import dev.bailiwick.storage.LogQuota;
import dev.bailiwick.storage.LogStore;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.capnproto.Void;

/** The two ends of a session log, as objects that know nothing of each other. */
final class LogServers {
    private LogServers() {}

    /** Reads one log. */
    static final class Reader implements LogReader.Server {
        private final LogStore logs;
        private final LogId log;

        Reader(LogStore logs, LogId log) {
            this.logs = logs;
            this.log = log;
        }

        @Override
        public CompletionStage<?> read(CallContext<LogReader.ReadParams.Reader, LogReader.ReadResults.Builder> call) {
            List<LogLine> lines = logs.read(
                    log, call.params().getAfter(), Pages.limit(call.params().getLimit()));
            var list = call.results().initLines(lines.size());
            for (int i = 0; i < lines.size(); i++) {
                Wire.line(list.get(i), lines.get(i));
            }
            return Calls.DONE;
        }
    }

    /** Appends to one log, within its quota. */
    static final class Sink implements LogSink.Server {
        private final LogStore logs;
        private final LogId log;
        private final Durability durability;
        private final LogQuota quota;
        private final EffectGate gate;

        Sink(LogStore logs, LogId log, Durability durability, LogQuota quota, EffectGate gate) {
            this.logs = logs;
            this.log = log;
            this.durability = durability;
            this.quota = quota;
            this.gate = gate;
        }

        @Override
        public CompletionStage<?> write(CallContext<LogSink.WriteParams.Reader, LogSink.WriteResults.Builder> call) {
            var result = call.results().initResult();
            try {
                switch (logs.appendApp(log, durability, call.params().getText().toString(), quota, gate)) {
                    case AppendResult.Appended ignored -> result.setDone(Void.VOID);
                    case Denied denied -> Refusal.of(denied).into(result.initDenied());
                }
            } catch (CorruptStorageException damage) {
                Refusal.of(damage).into(result.initDenied());
            }
            return Calls.DONE;
        }
    }
}
