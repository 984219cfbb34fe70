package dev.bailiwick.launch;

import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Starts programs for one daemon and looks after them. Thread-safe.
 *
 * <p>All programs are started by one thread that lives as long as this: the kernel tells a sandbox that its parent has died when the
 * <em>thread</em> that started it has (PR_SET_PDEATHSIG, prctl(2)).
 */
public final class Launchpad implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Launchpad.class.getName());

    private final LaunchSite site;
    private final InstantSource clock;
    private final Set<ProgramGroup> supervised = ConcurrentHashMap.newKeySet();
    private final ExecutorService starter = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().daemon().name("program-starter").factory());
    private final ScheduledExecutorService supervisor = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("program-supervisor").factory());
    private @Nullable CompletableFuture<String> obstacle; // guarded by this; completes with "" if sandboxes can be made
    private boolean supervising; // guarded by this
    private ControlGroups.@Nullable Found groups; // guarded by this

    /** Starts nothing yet. */
    public Launchpad(LaunchSite site, InstantSource clock) {
        this.site = site;
        this.clock = clock;
    }

    /** A group without programs. It costs nothing until it has some, and need not be closed then. */
    public ProgramGroup group(ProcessLimits limits, boolean networked) {
        return new ProgramGroup(this, limits, networked);
    }

    LaunchSite site() {
        return site;
    }

    /** Names one launch, in the environment of what it starts. */
    String mark() {
        return "BAILIWICK_LAUNCH=" + UUID.randomUUID();
    }

    Instant now() {
        return clock.instant();
    }

    /** Whether programs run in a sandbox here; without one, whether this one may run at all. */
    boolean sandboxFor(LaunchOrder order) throws RefusedException {
        String why = obstacle();
        if (site.uid() == 0 && site.tools().setpriv().isEmpty()) {
            throw unconfined("root's powers cannot be given up: setpriv is missing");
        }
        if (why.isEmpty()) {
            return true;
        }
        if (!order.network()) {
            throw unconfined("the profile has no network, and without a sandbox it cannot be kept away: " + why);
        }
        if (site.uid() != 0 && site.uid() != order.uid()) {
            throw unconfined(
                    "without a sandbox the program would see what belongs to the daemon's user, who is another one: "
                            + why);
        }
        return false;
    }

    private static RefusedException unconfined(String why) {
        return new RefusedException("sandbox-unavailable", why, "have bubblewrap and util-linux installed");
    }

    /** Why no sandbox can be made; empty if one can. Found out once. */
    private String obstacle() {
        CompletableFuture<String> known;
        synchronized (this) {
            if (obstacle == null) {
                obstacle = CompletableFuture.supplyAsync(this::probe, starter);
            }
            known = obstacle;
        }
        return known.join();
    }

    private String probe() {
        if (site.tools().bwrap().isEmpty()) {
            return "bubblewrap is missing";
        }
        try {
            Process process = new ProcessBuilder(CommandLine.probe(site))
                    .redirectErrorStream(true)
                    .start();
            process.getOutputStream().close();
            String said =
                    new String(process.getInputStream().readNBytes(1000), java.nio.charset.StandardCharsets.UTF_8);
            return process.waitFor() == 0 ? "" : "bubblewrap fails: " + said.strip();
        } catch (IOException e) {
            return "bubblewrap cannot be started: " + e.getMessage();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "the daemon stops";
        }
    }

    /** The control groups that programs are put into, if there are any here. Found out once, when a program is about to be started. */
    synchronized ControlGroups.Found controlGroups() {
        if (groups == null) {
            groups = ControlGroups.here();
        }
        return groups;
    }

    /** What programs are kept from, for people. */
    List<String> confinement(boolean networked) {
        String why = obstacle();
        List<String> lines = new ArrayList<>();
        lines.add(
                why.isEmpty()
                        ? "sandbox: bubblewrap; the system is read-only, /tmp is private, nobody else's processes are seen"
                        : "sandbox: not in force: " + why);
        lines.add(
                networked
                        ? "network: the machine's"
                        : why.isEmpty() ? "network: none" : "network: none cannot be kept, so nothing is started");
        lines.add(
                site.tools().setpriv().isPresent() || why.isEmpty()
                        ? "privileges: none can be gained"
                        : "privileges: not in force: setpriv is missing");
        ControlGroups.Found found = controlGroups();
        lines.add(
                "cgroup: " + found.optional().map(ControlGroups::text).orElseGet(() -> "not in force: " + found.why()));
        return lines;
    }

    /** Starts the command, with that environment and nothing else. */
    Process start(List<String> command, Map<String, String> environment) throws IOException {
        try {
            return CompletableFuture.supplyAsync(
                            () -> {
                                ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
                                builder.directory(new java.io.File("/"));
                                builder.environment().clear();
                                builder.environment().putAll(environment);
                                try {
                                    return builder.start();
                                } catch (IOException e) {
                                    throw new CompletionException(e);
                                }
                            },
                            starter)
                    .join();
        } catch (RejectedExecutionException closed) {
            throw new IOException("the daemon stops", closed);
        } catch (CompletionException e) {
            if (e.getCause() instanceof IOException io) {
                throw io;
            }
            throw e;
        }
    }

    /** Looks at that group from now on, for as long as it has programs. */
    void supervise(ProgramGroup group) {
        supervised.add(group);
        synchronized (this) {
            if (!supervising) {
                supervising = true;
                schedule();
            }
        }
    }

    private void schedule() {
        var _ = supervisor.schedule(this::look, Limits.LOOK.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void look() {
        try {
            long now = System.nanoTime();
            for (ProgramGroup group : List.copyOf(supervised)) {
                group.look(now);
                if (group.isIdle()) {
                    supervised.remove(group);
                    if (!group.isIdle()) {
                        supervised.add(group);
                    }
                }
            }
        } catch (RuntimeException failure) { // or nobody would look any more
            LOG.log(System.Logger.Level.WARNING, "could not look after programs", failure);
        }
        synchronized (this) {
            supervising = !supervised.isEmpty();
            if (supervising && !supervisor.isShutdown()) {
                schedule();
            }
        }
    }

    /** Ends all programs and waits, not for long, until they have ended. */
    @Override
    public void close() {
        List<CompletableFuture<?>> ends = new ArrayList<>();
        for (ProgramGroup group : supervised) {
            ends.addAll(group.ends());
            group.close("the daemon stopped");
        }
        var _ = CompletableFuture.allOf(ends.toArray(CompletableFuture<?>[]::new))
                .orTimeout(Limits.LAST_WAIT.toMillis(), TimeUnit.MILLISECONDS)
                .exceptionally(late -> {
                    LOG.log(System.Logger.Level.WARNING, "some programs have not ended yet", late);
                    return null;
                })
                .join();
        supervisor.shutdownNow();
        starter.shutdown();
        synchronized (this) {
            if (groups != null) {
                groups.optional().ifPresent(ControlGroups::close);
                groups = new ControlGroups.Found(null, "the daemon stops");
            }
        }
    }
}
