package dev.bailiwick.launch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * One started program and everything it started. It ends by itself, by {@link #end}, by a limit, or with its group. Thread-safe; nothing
 * here blocks.
 */
public final class RunningProgram {
    /** Processes of bubblewrap around a program: the one we started, and the first of the new namespace. */
    static final int WRAPPERS = 2;

    private final String name;
    private final Process process;
    private final boolean sandboxed;
    private final String mark;
    private final Optional<Path> copy;
    private final Instant startedAt;
    private final ProgramGroup group;
    private final OutputBuffer output = new OutputBuffer();
    private final InputBuffer input = new InputBuffer();
    private final AtomicBoolean inputThread = new AtomicBoolean();
    private final AtomicReference<@Nullable String> endedBecause = new AtomicReference<>();
    private final CompletableFuture<ProgramExit> exit = new CompletableFuture<>();
    private volatile List<ProcessTree.Entry> lastSeen = List.of();

    RunningProgram(
            String name,
            Process process,
            boolean sandboxed,
            String mark,
            Optional<Path> copy,
            Instant startedAt,
            ProgramGroup group) {
        this.name = name;
        this.process = process;
        this.sandboxed = sandboxed;
        this.mark = mark;
        this.copy = copy;
        this.startedAt = startedAt;
        this.group = group;
    }

    /** Begins to take its output, and to wait for its end. */
    void watch() {
        Thread.ofPlatform().daemon().name("program-output").start(() -> output.fill(process.getInputStream()));
        var _ = process.onExit().whenComplete((ended, failure) -> finish());
    }

    /** Looks for what has left its parent, which no sandbox holds together; on a thread that may take a while. */
    void seekStrays() {
        if (!sandboxed) {
            List<ProcessTree.Entry> all = new java.util.ArrayList<>(lastSeen);
            all.addAll(ProcessTree.marked(mark));
            lastSeen = List.copyOf(all);
        }
    }

    private void finish() {
        seekStrays();
        // What the program left behind outside a sandbox has lost its parent, and nobody else would end it.
        killSeen();
        input.close();
        copy.ifPresent(RunningProgram::delete);
        group.outOfMemory().ifPresent(reason -> endedBecause.compareAndSet(null, reason));
        group.forget(this);
        String why = endedBecause.get();
        exit.complete(ProgramExit.of(process.exitValue(), why == null ? "" : why));
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            System.getLogger(RunningProgram.class.getName())
                    .log(System.Logger.Level.WARNING, "could not delete the copy of a measured program", e);
        }
    }

    /** The name it was started by. */
    public String name() {
        return name;
    }

    /** When it was started. */
    public Instant startedAt() {
        return startedAt;
    }

    /** The program's own process id, as this process sees it; 0 before it is there and after it has ended. */
    public int pid() {
        List<ProcessTree.Entry> own = own(tree());
        return own.isEmpty() || !process.isAlive() ? 0 : own.getFirst().pid();
    }

    /** Whether that process is this program's, or was started by it, however indirectly. */
    public boolean contains(int pid) {
        return (process.isAlive() && ProcessTree.descends(pid, List.of((int) process.pid())))
                || lastSeen.stream().anyMatch(entry -> entry.pid() == pid && isStill(entry));
    }

    /** The processes, those of the sandbox first. */
    List<ProcessTree.Entry> tree() {
        List<Integer> roots = new java.util.ArrayList<>(List.of((int) process.pid()));
        // Outside a sandbox, what has lost its parent is no descendant any more.
        lastSeen.stream()
                .filter(RunningProgram::isStill)
                .map(ProcessTree.Entry::pid)
                .forEach(roots::add);
        List<ProcessTree.Entry> tree = ProcessTree.below(process.isAlive() ? roots : roots.subList(1, roots.size()));
        lastSeen = tree;
        return tree;
    }

    /** Those of them that are the program's own. */
    List<ProcessTree.Entry> own(List<ProcessTree.Entry> tree) {
        return tree.stream()
                .skip(sandboxed ? WRAPPERS : 0)
                .filter(entry -> !entry.zombie())
                .toList();
    }

    private static boolean isStill(ProcessTree.Entry entry) {
        ProcessTree.Entry now = ProcessTree.entry(entry.pid());
        return now != null && now.start() == entry.start();
    }

    /** Completes when it has ended, and everything it started. */
    public CompletableFuture<ProgramExit> exit() {
        return exit.copy();
    }

    /** Output and errors, in the order they came: at most {@code limit} bytes, at least one unless it is the end. */
    public CompletableFuture<Chunk> read(int limit) {
        return output.read(limit);
    }

    /** Nobody will read any more: output is thrown away from now on. */
    public void discardOutput() {
        output.discard();
    }

    /** Input, at most {@link Limits#TRANSFER_BYTES}. Completes when there is room for more; fails if it takes no more. */
    public CompletableFuture<Void> write(byte[] data) {
        startInput();
        return input.write(data);
    }

    /** Nothing more will come. */
    public void endInput() {
        startInput();
        input.end();
    }

    private void startInput() {
        if (inputThread.compareAndSet(false, true)) {
            Thread.ofPlatform().daemon().name("program-input").start(() -> input.drain(process.getOutputStream()));
        }
    }

    /** Ends it and everything it started, for that reason; only the first counts. */
    public void end(String reason) {
        endedBecause.compareAndSet(null, reason);
        output.discard();
        if (sandboxed) {
            // The kernel ends the namespace with its first process, and that one with its parent.
            process.destroyForcibly();
        } else if (process.isAlive()) {
            Signals.send((int) -process.pid(), Signals.KILL);
            process.destroyForcibly();
        }
        killSeen();
    }

    private void killSeen() {
        for (ProcessTree.Entry entry : lastSeen) {
            if (isStill(entry)) {
                Signals.send(entry.pid(), Signals.KILL);
            }
        }
    }

    @Override
    public String toString() {
        return "program \"" + name + "\" (pid " + process.pid() + ")";
    }
}
