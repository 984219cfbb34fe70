package dev.bailiwick.launch;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The folder of control groups that programs are put into, if this machine lets this process have one: cgroup v2 with controllers that its
 * own group may hand on (cgroups(7), and Control Group v2 in the kernel's documentation). Thread-safe.
 *
 * <pre>
 *   OWN/                    the group this process was started in; the root, or one that holds nothing else
 *   OWN/daemon/             where this process goes, unless OWN is the root: a group with processes hands nothing on
 *   OWN/bailiwick-PID-X/    the programs'; X is anything
 *   OWN/bailiwick-PID-X/N/  those of one session, with its limits
 * </pre>
 */
final class ControlGroups implements AutoCloseable {
    private static final String PREFIX = "bailiwick-";
    private static final Pattern NAME = Pattern.compile(PREFIX + "(\\d{1,18})-.*");

    /** In this order on every line of text. */
    private static final List<String> WANTED = List.of("memory", "pids", "cpu");

    private final Path base;
    private final Set<String> controllers;
    private final AtomicLong last = new AtomicLong();
    /** Groups whose last process was still on its way out when they were to be removed. */
    private final Queue<Path> leaving = new ConcurrentLinkedQueue<>();

    private ControlGroups(Path base, Set<String> controllers) {
        this.base = base;
        this.controllers = controllers;
    }

    /**
     * Whether there are any.
     *
     * @param groups null if there are none
     * @param why not; empty if there are
     */
    record Found(@Nullable ControlGroups groups, String why) {
        Optional<ControlGroups> optional() {
            return Optional.ofNullable(groups);
        }
    }

    /** Makes the folder, if it can be made here. */
    static Found here() {
        try {
            return of(Path.of("/proc/self"), ProcessHandle.current().pid());
        } catch (IOException e) {
            return new Found(null, "its files cannot be written: " + e.getMessage());
        }
    }

    private static Found of(Path process, long pid) throws IOException {
        Optional<Path> mounted = mounted(Files.readString(process.resolve("mountinfo")));
        Optional<String> path = Files.readString(process.resolve("cgroup"))
                .lines()
                .filter(line -> line.startsWith("0::/"))
                .map(line -> line.substring("0::/".length()))
                .findFirst();
        if (mounted.isEmpty() || path.isEmpty() || path.get().startsWith("..")) {
            return new Found(null, "no cgroup v2 is mounted");
        }
        Path own = mounted.get().resolve(path.get());
        Set<String> offered = words(own.resolve("cgroup.controllers"));
        Set<String> controllers = WANTED.stream().filter(offered::contains).collect(Collectors.toSet());
        if (controllers.isEmpty()) {
            return new Found(null, "cgroup v2 has none of the controllers memory, pids and cpu here");
        }
        if (!Files.isWritable(own) || !Files.isWritable(own.resolve("cgroup.subtree_control"))) {
            return new Found(null, own + " is not this process's to divide");
        }
        if (Files.exists(own.resolve("cgroup.type")) && !stepAside(own, pid)) {
            return new Found(null, own + " holds other processes too, and so cannot be divided");
        }
        handOn(own, controllers);
        sweep(own);
        Path base = Files.createTempDirectory(own, PREFIX + pid + "-");
        handOn(base, controllers);
        return new Found(new ControlGroups(base, controllers), "");
    }

    /** Where all of the hierarchy is mounted: the line's fields are in proc(5). */
    private static Optional<Path> mounted(String mountinfo) {
        return mountinfo
                .lines()
                .map(line -> line.split(" ", -1))
                .filter(fields -> {
                    int dash = List.of(fields).indexOf("-");
                    return dash > 0 && fields[dash + 1].equals("cgroup2") && fields[3].equals("/");
                })
                .map(fields -> Path.of(fields[4]))
                .findFirst();
    }

    /** Moves this process into a group below its own; false if others are in that. */
    private static boolean stepAside(Path own, long pid) throws IOException {
        if (!words(own.resolve("cgroup.procs")).equals(Set.of(Long.toString(pid)))) {
            return false;
        }
        Path daemon = own.resolve("daemon");
        if (!Files.exists(daemon)) {
            Files.createDirectory(daemon);
        }
        write(daemon.resolve("cgroup.procs"), Long.toString(pid));
        return true;
    }

    private static void handOn(Path group, Set<String> controllers) throws IOException {
        write(
                group.resolve("cgroup.subtree_control"),
                controllers.stream().map(name -> "+" + name).collect(Collectors.joining(" ")));
    }

    /** Takes away what daemons left that are no more. */
    private static void sweep(Path own) throws IOException {
        try (DirectoryStream<Path> left = Files.newDirectoryStream(own, PREFIX + "*")) {
            for (Path base : left) {
                Matcher name = NAME.matcher(base.getFileName().toString());
                if (name.matches()
                        && ProcessHandle.of(Long.parseLong(name.group(1))).isEmpty()) {
                    remove(base);
                }
            }
        }
    }

    /** Which limits the kernel keeps, for people. */
    String text() {
        return WANTED.stream()
                .filter(controllers::contains)
                .map(name -> name + ".max")
                .collect(Collectors.joining(", ", "", " in " + base));
    }

    boolean has(String controller) {
        return controllers.contains(controller);
    }

    /** A fresh group with those limits. */
    ControlGroup create(ProcessLimits limits) throws IOException {
        removeLeaving();
        Path folder = Files.createDirectory(base.resolve(Long.toString(last.incrementAndGet())));
        boolean whole = false;
        try {
            if (has("memory")) {
                write(folder.resolve("memory.max"), Long.toString(limits.memoryBytes() + Limits.TMP_BYTES));
                Path swap = folder.resolve("memory.swap.max");
                if (Files.exists(swap)) {
                    write(swap, "0");
                }
            }
            if (has("pids")) {
                write(
                        folder.resolve("pids.max"),
                        Long.toString(limits.threads() + (long) RunningProgram.WRAPPERS * limits.processes()));
            }
            boolean metered = has("cpu") && ControlGroup.canMeter(limits);
            if (metered) {
                write(
                        folder.resolve("cpu.max"),
                        limits.cpuBudget().toNanos() / 1000 + " "
                                + limits.cpuWindow().toNanos() / 1000);
            }
            whole = true;
            return new ControlGroup(this, folder, metered);
        } finally {
            if (!whole) {
                remove(folder);
            }
        }
    }

    /** Ends whatever is in a group, and removes it as soon as that is gone. */
    void end(Path folder) {
        try {
            Path kill = folder.resolve(
                    "cgroup.kill"); // since Linux 5.14; before, the programs end as they do without a group
            if (Files.exists(kill)) {
                write(kill, "1");
            }
        } catch (IOException gone) {
            // Then so is what was in it.
        }
        leaving.add(folder);
        removeLeaving();
    }

    private void removeLeaving() {
        leaving.removeIf(ControlGroups::remove);
    }

    /** True when it is not there any more. */
    private static boolean remove(Path group) {
        try (Stream<Path> below = Files.walk(group)) {
            List<Path> folders =
                    new ArrayList<>(below.filter(Files::isDirectory).toList());
            for (Path folder : folders.reversed()) {
                Files.deleteIfExists(folder);
            }
            return true;
        } catch (IOException | java.io.UncheckedIOException busy) {
            return !Files.exists(group);
        }
    }

    @Override
    public void close() {
        removeLeaving();
        remove(base);
    }

    /** The words of a file of the kernel's. */
    static Set<String> words(Path file) throws IOException {
        String text = Files.readString(file, StandardCharsets.US_ASCII).strip();
        return text.isEmpty() ? Set.of() : new TreeSet<>(List.of(text.split("\\s+", -1)));
    }

    private static void write(Path file, String text) throws IOException {
        Files.write(file, text.getBytes(StandardCharsets.US_ASCII), java.nio.file.StandardOpenOption.WRITE);
    }
}
