package dev.bailiwick.cli;

import dev.bailiwick.capnp.rpc.RpcException;
import dev.bailiwick.schema.gen.Launcher;
import dev.bailiwick.schema.gen.Process;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import org.capnproto.Text;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code bailiwick run}: starts an approved program in the session, and stands for it. */
@Command(
        name = "run",
        description = {
            "Start an approved program in the session, with its input and output here, and exit as it does.",
            "It runs in a sandbox under the limits of the session's resource profile; Ctrl-C ends it, and so does the end of the session.",
            "A program that acts as its caller, as --list says, has the identity of this session at services and their data.",
            "An exit status of this command's own comes with an error[...] line; 128 and more is a signal's number."
        })
final class RunCommand implements Callable<Integer> {
    /** The interface takes at most 64 KiB a call. */
    private static final int CHUNK = 64 * 1024;

    @Option(names = "--list", description = "Show which programs the session may start, and under which limits.")
    private boolean list;

    @Parameters(index = "0", arity = "0..1", paramLabel = "APP", description = "The program's name.")
    private @Nullable String name;

    @Parameters(
            index = "1..*",
            arity = "0..*",
            paramLabel = "ARGS",
            description = "Its arguments. Options of this command come before APP.")
    private List<String> arguments = List.of();

    private final Context context;

    RunCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        if (list == (name != null)) {
            throw CommandFailure.usage(
                    "name a program or ask for the list", "'bailiwick run --list' shows the programs");
        }
        try (LiveSession session = context.session();
                Launcher.Client launcher =
                        session.held("launcher", session.bundle().getLauncher())) {
            return name == null ? list(launcher) : run(launcher, name);
        }
    }

    private int list(Launcher.Client launcher) {
        try (var response = launcher.listRequest().send().join()) {
            Json.Obj answer = Shapes.programs(response.get());
            context.output().answer(answer, style -> Views.programs(answer, style));
        }
        return ExitStatus.OK.number();
    }

    private int run(Launcher.Client launcher, String program) {
        var request = launcher.launchRequest();
        request.params().setName(program);
        var words = request.params().initArguments(arguments.size());
        for (int i = 0; i < arguments.size(); i++) {
            words.set(i, new Text.Reader(arguments.get(i)));
        }
        try (var response = request.send().join()) {
            Shapes.requireStarted(response.get().getResult());
            try (Process.Client process = response.get().getResult().getProcess()) {
                return standFor(process);
            }
        }
    }

    /** Until it has ended. */
    private int standFor(Process.Client process) {
        // Ctrl-C ends this program as soon as its hooks have run.
        Thread hook = Thread.ofPlatform().unstarted(() -> end(process));
        Runtime.getRuntime().addShutdownHook(hook);
        try {
            Thread.ofPlatform().daemon().name("input").start(() -> give(process));
            take(process);
            try (var waited = process.waitRequest().send().join()) {
                String reason = waited.get().getStatus().getReason().toString();
                if (!reason.isEmpty()) {
                    int colon = reason.indexOf(": ");
                    context.host()
                            .err()
                            .println(Printable.text(
                                    colon < 0
                                            ? "error[ended]: " + reason
                                            : "error[" + reason.substring(0, colon) + "]:"
                                                    + reason.substring(colon + 1)));
                }
                return waited.get().getStatus().getCode();
            }
        } finally {
            forget(hook);
        }
    }

    private static void end(Process.Client process) {
        try {
            process.endRequest().send().await();
        } catch (RpcException gone) {
            // It has ended, or the connection has, and it with that.
        }
    }

    private static void forget(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The hook runs: this program is ending.
        }
    }

    private void take(Process.Client process) {
        boolean end = false;
        while (!end) {
            var request = process.readRequest();
            request.params().setLimit(CHUNK);
            try (var response = request.send().join()) {
                byte[] data = response.get().getData().toArray();
                context.output().raw().write(data, 0, data.length);
                context.output().raw().flush();
                end = response.get().getEnd();
            }
        }
    }

    private void give(Process.Client process) {
        InputStream from = context.host().in();
        byte[] part = new byte[CHUNK];
        try {
            for (int count = from.read(part); count >= 0; count = from.read(part)) {
                write(process, Arrays.copyOf(part, count), false);
            }
            write(process, new byte[0], true);
        } catch (IOException | RpcException over) {
            // Nothing more comes from here, or nobody takes it.
        }
    }

    private static void write(Process.Client process, byte[] data, boolean end) {
        var request = process.writeRequest();
        request.params().setData(data);
        request.params().setEnd(end);
        request.send().await();
    }
}
