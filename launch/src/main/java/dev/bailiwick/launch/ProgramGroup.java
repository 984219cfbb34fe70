package dev.bailiwick.launch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Programs that share limits and end together: those of one session's launcher. Thread-safe; {@link #close} does not block.
 *
 * <p>A supervisor looks at all processes every {@link Limits#LOOK}. Beyond a limit on processes, threads or memory it ends the program that
 * has the most of it. Beyond the processor budget of a window it stops all of them until the window ends, as a cgroup's {@code cpu.max}
 * would. Memory has the kernel's own limit besides, for each process. Where the machine has control groups for it, all of them are in one,
 * and the kernel keeps the sums without a gap; the processor budget is then its business alone.
 */
public final class ProgramGroup {
    private static final long TICK_NANOS = 10_000_000; // USER_HZ is 100 on every Linux that Java runs on (time(7))

    /** Every how many looks all processes of the machine are gone through, where there is no sandbox: once a second. */
    private static final int LOOKS_FOR_STRAYS = 20;

    private record Use(int processes, int threads, long memory, long ticks) {}

    private final Launchpad launchpad;
    private final ProcessLimits limits;
    private final boolean networked;
    private final ReentrantLock launching = new ReentrantLock();
    private final Set<RunningProgram> programs = ConcurrentHashMap.newKeySet();
    private volatile @Nullable String closedBecause;
    private volatile Use used = new Use(0, 0, 0, 0);

    // Of the supervisor's thread alone.
    private final Map<RunningProgram, Long> ticksBefore = new HashMap<>();
    private long windowStart;
    private long windowTicks;
    private long looks;
    // Read by others.
    private volatile boolean throttled;
    private final AtomicLong throttledWindows = new AtomicLong();
    private final Object cageLock = new Object();
    private volatile @Nullable ControlGroup
            cage; // set under cageLock; null while nothing runs, and where there are none
    private int caged; // programs that are in it or about to be; guarded by cageLock
    private volatile Duration windowUse = Duration.ZERO;

    ProgramGroup(Launchpad launchpad, ProcessLimits limits, boolean networked) {
        this.launchpad = launchpad;
        this.limits = limits;
        this.networked = networked;
        this.windowStart = System.nanoTime();
    }

    /** Starts a program. Waits until it is started, and meanwhile no other one of this group is. */
    public LaunchOutcome launch(LaunchOrder order) {
        launching.lock();
        try {
            Optional<LaunchOutcome.Refused> refusal = refusal();
            return refusal.isPresent() ? refusal.get() : started(order);
        } catch (RefusedException refused) {
            return refused.refusal();
        } catch (IOException e) {
            return new LaunchOutcome.Refused(
                    "launch-failed", "\"" + order.name() + "\" could not be started: " + e.getMessage(), "");
        } finally {
            launching.unlock();
        }
    }

    private Optional<LaunchOutcome.Refused> refusal() {
        String closed = closedBecause;
        if (closed != null) {
            return Optional.of(new LaunchOutcome.Refused("revoked", closed, ""));
        }
        Optional<String> none = none();
        if (none.isPresent()) {
            return Optional.of(exceeded(none.get()));
        }
        Use now = measure();
        used = now;
        // Of each program that is still starting nothing may be seen yet.
        int processes = Math.max(now.processes(), programs.size());
        if (processes >= limits.processes()) {
            return Optional.of(
                    exceeded("processLimit is " + limits.processes() + ", and " + processes + " are running"));
        }
        if (now.threads() >= limits.threads()) {
            return Optional.of(
                    exceeded("threadLimit is " + limits.threads() + ", and " + now.threads() + " are running"));
        }
        if (now.memory() >= limits.memoryBytes()) {
            return Optional.of(exceeded(
                    "memoryCommitLimitBytes is " + limits.memoryBytes() + ", and " + now.memory() + " are in use"));
        }
        return Optional.empty();
    }

    private Optional<String> none() {
        if (limits.processes() == 0) {
            return Optional.of("processLimit is 0");
        }
        if (limits.threads() == 0) {
            return Optional.of("threadLimit is 0");
        }
        if (limits.memoryBytes() == 0) {
            return Optional.of("memoryCommitLimitBytes is 0");
        }
        return limits.cpuBudget().isZero() ? Optional.of("cpuBudgetUsPerWindow is 0") : Optional.empty();
    }

    private static LaunchOutcome.Refused exceeded(String what) {
        return new LaunchOutcome.Refused("quota-exceeded", what, "end a program first, or wait until one has ended");
    }

    private LaunchOutcome started(LaunchOrder order) throws IOException, RefusedException {
        if (!Files.isRegularFile(order.file())) {
            throw new RefusedException(
                    "program-missing",
                    "there is no file \"" + order.file() + "\" on this machine",
                    "have the program \"" + order.name() + "\" installed");
        }
        if (order.sha256().isEmpty() && !Files.isExecutable(order.file())) {
            throw new RefusedException("program-missing", "\"" + order.file() + "\" is not executable", "");
        }
        boolean sandboxed = launchpad.sandboxFor(order);
        Optional<Path> copy = order.sha256().isPresent()
                ? Optional.of(MeasuredCopy.of(
                        order.file(), order.sha256().get(), launchpad.site().work()))
                : Optional.empty();
        boolean started = false;
        Optional<ControlGroup> entered = enter();
        try {
            LaunchSite site = launchpad.site();
            String mark = launchpad.mark();
            List<String> command = CommandLine.of(site, sandboxed, order, copy.orElse(order.file()), limits);
            Process process = launchpad.start(
                    entered.map(group -> group.around(command)).orElse(command),
                    CommandLine.environment(site, sandboxed, order, mark));
            started = true;
            RunningProgram program =
                    new RunningProgram(order.name(), process, sandboxed, mark, copy, launchpad.now(), this);
            programs.add(program);
            program.watch();
            launchpad.supervise(this);
            // INVARIANT (closed ends all): closing reads the programs after it closed; this reads whether it is closed
            // after
            // it added.
            String closed = closedBecause;
            if (closed != null) {
                program.end(closed);
                return new LaunchOutcome.Refused("revoked", closed, "");
            }
            return new LaunchOutcome.Started(program);
        } finally {
            if (!started) {
                leave();
                if (copy.isPresent()) {
                    Files.deleteIfExists(copy.get());
                }
            }
        }
    }

    /** One more program goes into the control group, which is made for the first. */
    private Optional<ControlGroup> enter() throws IOException {
        synchronized (cageLock) {
            Optional<ControlGroups> groups = launchpad.controlGroups().optional();
            if (cage == null && groups.isPresent()) {
                cage = groups.get().create(limits);
            }
            caged++;
            return Optional.ofNullable(cage);
        }
    }

    /** The last one that leaves ends what is left in it. */
    private void leave() {
        ControlGroup empty = null;
        synchronized (cageLock) {
            if (--caged == 0) {
                empty = cage;
                cage = null;
            }
        }
        if (empty != null) {
            empty.end();
        }
    }

    /** That the kernel has ended a process of these for want of memory, told once. */
    Optional<String> outOfMemory() {
        ControlGroup now = cage;
        return now != null && now.ranOutOfMemory()
                ? Optional.of("quota-exceeded: memoryCommitLimitBytes is " + limits.memoryBytes()
                        + ", and more was wanted than the control group has")
                : Optional.empty();
    }

    /** Ends all programs, for that reason; from now on none is started. */
    public void close(String reason) {
        if (closedBecause == null) {
            closedBecause = reason;
        }
        for (RunningProgram program : programs) {
            program.end("revoked: " + reason);
        }
    }

    /** Programs that have not ended. */
    public int size() {
        return programs.size();
    }

    /** Completes, each, when one of the programs has ended. */
    List<CompletableFuture<ProgramExit>> ends() {
        return programs.stream().map(RunningProgram::exit).toList();
    }

    void forget(RunningProgram program) {
        if (programs.remove(program)) {
            leave();
        }
    }

    boolean isIdle() {
        return programs.isEmpty();
    }

    /** What is in force and what is used, for people. */
    public List<String> limitsText() {
        Use now = used;
        List<String> lines = new ArrayList<>(launchpad.confinement(networked));
        lines.add("processLimit " + limits.processes() + ": counted every " + Limits.LOOK.toMillis() + " ms, "
                + now.processes() + " running");
        lines.add("threadLimit " + limits.threads() + ": counted every " + Limits.LOOK.toMillis() + " ms, "
                + now.threads() + " running");
        lines.add("memoryCommitLimitBytes " + limits.memoryBytes() + ": counted every " + Limits.LOOK.toMillis()
                + " ms, " + now.memory() + " in use; "
                + (launchpad.site().tools().prlimit().isPresent()
                        ? "by the kernel for each process (RLIMIT_DATA)"
                        : "not by the kernel: prlimit is missing"));
        ControlGroup kernels = cage;
        lines.add("cpuBudgetUsPerWindow " + micros(limits.cpuBudget()) + " in " + micros(limits.cpuWindow())
                + ": beyond it programs are stopped until the window ends, "
                + (isMetered() ? "by the kernel, " : "") + micros(windowUse) + " used, "
                + (throttled ? "quota-exceeded, stopped now, " : "")
                + (throttledWindows.get() + (kernels == null ? 0 : kernels.throttled()))
                + " windows were exceeded");
        return List.copyOf(lines);
    }

    private boolean isMetered() {
        ControlGroup now = cage;
        return now != null && now.isMetered();
    }

    private static long micros(Duration duration) {
        return duration.toNanos() / 1000;
    }

    // ---- the supervisor ----

    private Use measure() {
        int processes = 0;
        int threads = 0;
        long memory = 0;
        long ticks = 0;
        for (RunningProgram program : programs) {
            Use one = useOf(program.own(program.tree()));
            processes += one.processes();
            threads += one.threads();
            memory += one.memory();
            ticks += one.ticks();
        }
        return new Use(processes, threads, memory, ticks);
    }

    private static Use useOf(List<ProcessTree.Entry> processes) {
        return new Use(
                processes.size(),
                processes.stream().mapToInt(ProcessTree.Entry::threads).sum(),
                processes.stream().mapToLong(ProcessTree.Entry::dataBytes).sum(),
                0);
    }

    /** One look at everything; on the supervisor's thread. */
    void look(long now) {
        Map<RunningProgram, List<ProcessTree.Entry>> trees = new HashMap<>();
        Map<RunningProgram, Use> uses = new HashMap<>();
        boolean thorough = looks++ % LOOKS_FOR_STRAYS == 0;
        for (RunningProgram program : programs) {
            if (thorough) {
                program.seekStrays();
            }
            List<ProcessTree.Entry> tree = program.tree();
            trees.put(program, tree);
            Use use = useOf(program.own(tree));
            // Of the sandbox's processes too: it waits for what the program has left, and has its time then.
            long ticks = tree.stream().mapToLong(ProcessTree.Entry::cpuTicks).sum();
            uses.put(program, new Use(use.processes(), use.threads(), use.memory(), ticks));
        }
        Use all = uses.values().stream()
                .reduce(
                        new Use(0, 0, 0, 0),
                        (a, b) -> new Use(
                                a.processes() + b.processes(),
                                a.threads() + b.threads(),
                                a.memory() + b.memory(),
                                a.ticks() + b.ticks()));
        used = all;
        if (all.processes() > limits.processes()) {
            endLargest(uses, Use::processes, "processLimit is " + limits.processes() + ", " + all.processes());
        } else if (all.threads() > limits.threads()) {
            endLargest(uses, Use::threads, "threadLimit is " + limits.threads() + ", " + all.threads());
        } else if (all.memory() > limits.memoryBytes()) {
            endLargest(uses, Use::memory, "memoryCommitLimitBytes is " + limits.memoryBytes() + ", " + all.memory());
        }
        outOfMemory().ifPresent(why -> largest(uses, Use::memory).ifPresent(program -> program.end(why)));
        meter(uses, now);
        if (throttled) {
            signal(trees, Signals.STOP);
        }
    }

    private static void endLargest(Map<RunningProgram, Use> uses, ToLongFunction<Use> measure, String what) {
        largest(uses, measure).ifPresent(program -> program.end("quota-exceeded: " + what + " were in use"));
    }

    private static Optional<RunningProgram> largest(Map<RunningProgram, Use> uses, ToLongFunction<Use> measure) {
        return uses.entrySet().stream()
                .max(Comparator.comparingLong(entry -> measure.applyAsLong(entry.getValue())))
                .map(Map.Entry::getKey);
    }

    private void meter(Map<RunningProgram, Use> uses, long now) {
        uses.forEach((program, use) -> {
            long before = ticksBefore.getOrDefault(program, 0L);
            windowTicks += Math.max(0, use.ticks() - before);
            ticksBefore.put(program, Math.max(before, use.ticks()));
        });
        ticksBefore.keySet().retainAll(uses.keySet());
        Duration use = Duration.ofNanos(windowTicks * TICK_NANOS);
        windowUse = use;
        if (now - windowStart >= limits.cpuWindow().toNanos()) {
            windowStart = now;
            windowTicks = 0;
            windowUse = Duration.ZERO;
            if (throttled) {
                throttled = false;
                resume();
            }
        } else if (!throttled && use.compareTo(limits.cpuBudget()) > 0 && !isMetered()) {
            throttled = true;
            throttledWindows.incrementAndGet();
        }
    }

    private void resume() {
        Map<RunningProgram, List<ProcessTree.Entry>> trees = new HashMap<>();
        programs.forEach(program -> trees.put(program, program.tree()));
        signal(trees, Signals.CONT);
    }

    private static void signal(Map<RunningProgram, List<ProcessTree.Entry>> trees, int signal) {
        trees.forEach((program, tree) -> program.own(tree).stream()
                .filter(entry -> entry.stopped() != (signal == Signals.STOP))
                .forEach(entry -> Signals.send(entry.pid(), signal)));
    }
}
