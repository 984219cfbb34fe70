package dev.bailiwick.broker;

import dev.bailiwick.capnp.rpc.CallContext;
import dev.bailiwick.capnp.rpc.Calls;
import dev.bailiwick.capnp.rpc.RpcException;
import dev.bailiwick.launch.Limits;
import dev.bailiwick.launch.ProgramGroup;
import dev.bailiwick.launch.RunningProgram;
import dev.bailiwick.schema.gen.ExitStatus;
import dev.bailiwick.schema.gen.Process;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.capnproto.Text;
import org.capnproto.TextList;

/** Serves one started program. When nobody holds it any more, the program is ended: nobody could do so later. */
final class ProcessServer implements Process.Server {
    private final RunningProgram program;
    private final ProgramGroup group;
    private final boolean hasTerminal;

    ProcessServer(RunningProgram program, ProgramGroup group, boolean hasTerminal) {
        this.program = program;
        this.group = group;
        this.hasTerminal = hasTerminal;
    }

    @Override
    public CompletionStage<?> info(CallContext<Process.InfoParams.Reader, Process.InfoResults.Builder> call) {
        call.results().setName(program.name());
        call.results().setPid(program.pid());
        call.results().setStartedAtMs(program.startedAt().toEpochMilli());
        List<String> limits = group.limitsText();
        write(limits, call.results().initLimits(limits.size()));
        return Calls.DONE;
    }

    static void write(List<String> lines, TextList.Builder list) {
        for (int i = 0; i < lines.size(); i++) {
            list.set(i, new Text.Reader(lines.get(i)));
        }
    }

    @Override
    public CompletionStage<?> wait(CallContext<Process.WaitParams.Reader, Process.WaitResults.Builder> call) {
        return program.exit().thenAccept(exit -> {
            ExitStatus.Builder status = call.results().initStatus();
            status.setCode(exit.code());
            status.setSignal(exit.signal());
            status.setReason(exit.reason());
        });
    }

    @Override
    public CompletionStage<?> end(CallContext<Process.EndParams.Reader, Process.EndResults.Builder> call) {
        program.end("ended by its holder");
        call.results();
        return program.exit();
    }

    @Override
    public CompletionStage<?> read(CallContext<Process.ReadParams.Reader, Process.ReadResults.Builder> call) {
        requireNoTerminal();
        int asked = call.params().getLimit();
        int limit =
                asked == 0 || Integer.compareUnsigned(asked, Limits.TRANSFER_BYTES) > 0 ? Limits.TRANSFER_BYTES : asked;
        return program.read(limit)
                .thenAccept(chunk -> {
                    call.results().setData(chunk.data());
                    call.results().setEnd(chunk.end());
                })
                .exceptionally(ProcessServer::told);
    }

    @Override
    public CompletionStage<?> write(CallContext<Process.WriteParams.Reader, Process.WriteResults.Builder> call) {
        requireNoTerminal();
        if (call.params().getData().size() > Limits.TRANSFER_BYTES) {
            throw RpcException.failed("too-large: at most " + Limits.TRANSFER_BYTES + " bytes are written at once");
        }
        byte[] data = call.params().getData().toArray();
        boolean end = call.params().getEnd();
        call.results();
        return program.write(data)
                .thenRun(() -> {
                    if (end) {
                        program.endInput();
                    }
                })
                .exceptionally(ProcessServer::told);
    }

    private static Void told(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        throw RpcException.failed("program-ended: " + cause.getMessage());
    }

    private void requireNoTerminal() {
        if (hasTerminal) {
            throw RpcException.failed("has-terminal: the program's input and output are its terminal's");
        }
    }

    @Override
    public void released() {
        program.end("nobody holds it any more");
    }
}
