package dev.bailiwick.launch;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/**
 * Reads processes and their descendants from /proc (proc(5)). What ends while it is looked at is left out. Stateless.
 *
 * <p>A walk goes by {@code task/TID/children}, so that its cost follows what our programs have and not what the machine has.
 */
final class ProcessTree {
    private static final Path PROC = Path.of("/proc");

    /** Fields of /proc/PID/stat after the name, from 0: see proc(5), where they are numbered from 3. */
    private static final int STATE = 0;

    private static final int PARENT = 1;
    private static final int USER_TIME = 11;
    private static final int THREADS = 17;
    private static final int START = 19;
    /** Of /proc/PID/statm: pages of data and stack. */
    private static final int DATA_PAGES = 5;

    private static final int PAGE_BYTES = 4096;
    private static final int DEPTH = 10_000;

    private ProcessTree() {}

    /**
     * One process.
     *
     * @param pid as this process sees it
     * @param start when it started, in ticks since boot: with the pid, which process it is
     * @param name as the kernel has it, at most 15 characters
     * @param stopped whether a signal holds it
     * @param zombie whether it has ended and nobody has asked how
     * @param threads how many
     * @param dataBytes private writable memory
     * @param cpuTicks processor time, with that of descendants that were waited for
     */
    record Entry(
            int pid,
            long start,
            String name,
            boolean stopped,
            boolean zombie,
            int threads,
            long dataBytes,
            long cpuTicks) {}

    /** Those processes, as far as they live, and all their descendants; each once, ancestors first. */
    static List<Entry> below(Collection<Integer> roots) {
        Map<Integer, Entry> found = new LinkedHashMap<>();
        Deque<Integer> open = new ArrayDeque<>(roots);
        while (!open.isEmpty()) {
            int pid = open.poll();
            if (!found.containsKey(pid)) {
                Entry entry = entry(pid);
                if (entry != null) {
                    found.put(pid, entry);
                    open.addAll(children(pid));
                }
            }
        }
        return List.copyOf(found.values());
    }

    static @org.jspecify.annotations.Nullable Entry entry(int pid) {
        try {
            String stat = Files.readString(PROC.resolve(pid + "/stat"), StandardCharsets.ISO_8859_1);
            String[] fields = afterName(stat);
            String[] memory = Files.readString(PROC.resolve(pid + "/statm"), StandardCharsets.ISO_8859_1)
                    .trim()
                    .split(" ", -1);
            long ticks = 0;
            for (int i = USER_TIME; i < USER_TIME + 4; i++) {
                ticks += Long.parseLong(fields[i]);
            }
            return new Entry(
                    pid,
                    Long.parseLong(fields[START]),
                    stat.substring(stat.indexOf('(') + 1, stat.lastIndexOf(')')),
                    fields[STATE].equals("T"),
                    fields[STATE].equals("Z") || fields[STATE].equals("X"),
                    Integer.parseInt(fields[THREADS]),
                    Long.parseLong(memory[DATA_PAGES]) * PAGE_BYTES,
                    ticks);
        } catch (IOException gone) {
            return null;
        }
    }

    private static String[] afterName(String stat) {
        return stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    }

    private static List<Integer> children(int pid) {
        List<Integer> children = new ArrayList<>();
        try (DirectoryStream<Path> tasks = Files.newDirectoryStream(PROC.resolve(pid + "/task"))) {
            for (Path task : tasks) {
                for (String child : childrenOf(task).trim().split(" ", -1)) {
                    if (!child.isEmpty()) {
                        children.add(Integer.parseInt(child));
                    }
                }
            }
        } catch (IOException | java.nio.file.DirectoryIteratorException gone) {
            return children;
        }
        return children;
    }

    private static String childrenOf(Path task) {
        try {
            return Files.readString(task.resolve("children"), StandardCharsets.ISO_8859_1);
        } catch (IOException gone) {
            return "";
        }
    }

    /** Processes whose environment has that text: what has left its parent outside a sandbox is found by it. Looks at all there are. */
    static List<Entry> marked(String text) {
        List<Entry> found = new ArrayList<>();
        try (DirectoryStream<Path> all = Files.newDirectoryStream(PROC, "[0-9]*")) {
            for (Path process : all) {
                int pid = Integer.parseInt(process.getFileName().toString());
                Entry entry = hasText(process.resolve("environ"), text) ? entry(pid) : null;
                if (entry != null) {
                    found.add(entry);
                }
            }
        } catch (IOException | java.nio.file.DirectoryIteratorException unreadable) {
            return found;
        }
        return found;
    }

    private static boolean hasText(Path file, String text) {
        try {
            return Files.readString(file, StandardCharsets.ISO_8859_1).contains(text);
        } catch (IOException goneOrSomebodyElses) {
            return false;
        }
    }

    /** Whether the process is one of those, or descends from one, going up by parents. */
    static boolean descends(int pid, Collection<Integer> ancestors) {
        int at = pid;
        for (int i = 0; i < DEPTH && at > 1; i++) {
            if (ancestors.contains(at)) {
                return true;
            }
            OptionalInt parent = parent(at);
            if (parent.isEmpty()) {
                return false;
            }
            at = parent.getAsInt();
        }
        return false;
    }

    private static OptionalInt parent(int pid) {
        try {
            String stat = Files.readString(PROC.resolve(pid + "/stat"), StandardCharsets.ISO_8859_1);
            return OptionalInt.of(Integer.parseInt(afterName(stat)[PARENT]));
        } catch (IOException gone) {
            return OptionalInt.empty();
        }
    }
}
