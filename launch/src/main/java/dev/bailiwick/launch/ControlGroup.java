package dev.bailiwick.launch;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** The control group of one {@link ProgramGroup}, while programs are in it. Thread-safe. */
final class ControlGroup {
    private static final Path SHELL = Path.of("/bin/sh");

    // The kernel's bounds of cpu.max.
    private static final Duration LEAST = Duration.ofMillis(1);
    private static final Duration LONGEST_WINDOW = Duration.ofSeconds(1);

    private final ControlGroups groups;
    private final Path folder;
    private final boolean metered;
    private final AtomicLong killsSeen = new AtomicLong();

    ControlGroup(ControlGroups groups, Path folder, boolean metered) {
        this.groups = groups;
        this.folder = folder;
        this.metered = metered;
    }

    /** Whether {@code cpu.max} says the same as these limits. */
    static boolean canMeter(ProcessLimits limits) {
        return limits.cpuBudget().compareTo(LEAST) >= 0
                && limits.cpuWindow().compareTo(LEAST) >= 0
                && limits.cpuWindow().compareTo(LONGEST_WINDOW) <= 0;
    }

    /** Whether the kernel keeps the processor budget. */
    boolean isMetered() {
        return metered;
    }

    /** The command, begun inside of this group: nothing of it runs outside. */
    List<String> around(List<String> command) {
        List<String> words = new ArrayList<>(List.of(
                SHELL.toString(),
                "-c",
                "echo 0 >\"$0\" && exec \"$@\"",
                folder.resolve("cgroup.procs").toString()));
        words.addAll(command);
        return List.copyOf(words);
    }

    /** Whether the kernel has ended a process for want of memory since this was last asked. */
    boolean ranOutOfMemory() {
        long kills = number("memory.events", "oom_kill");
        return kills > killsSeen.getAndUpdate(seen -> Math.max(seen, kills));
    }

    /** In how many windows processes were kept from running. */
    long throttled() {
        return number("cpu.stat", "nr_throttled");
    }

    /** A line's number; 0 where there is none. */
    private long number(String file, String name) {
        try {
            return Files.readString(folder.resolve(file), StandardCharsets.US_ASCII)
                    .lines()
                    .filter(line -> line.startsWith(name + " "))
                    .mapToLong(line -> Long.parseLong(line.substring(name.length() + 1)))
                    .findFirst()
                    .orElse(0);
        } catch (IOException notThere) {
            return 0;
        }
    }

    /** Ends whatever is in it, and removes it. */
    void end() {
        groups.end(folder);
    }
}
