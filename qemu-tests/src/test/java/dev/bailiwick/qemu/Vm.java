package dev.bailiwick.qemu;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/**
 * A running guest under software emulation. Scripts run one after the other; closing the VM without {@link #powerOff} cuts
 * its power, so a failing test leaves nothing running.
 *
 * <p>What a power cut takes. QEMU is killed with SIGKILL. Guest memory is gone, and with it every page that no program
 * synced: the guest's own writeback is switched off (see {@code guest/init}). What the guest did hand to its disks reached
 * the host's page cache, which outlives QEMU. {@link Disk#loseUnflushedWrites} then takes away what it never flushed, too.
 *
 * <p>Not thread-safe: one test drives it.
 */
final class Vm implements AutoCloseable {
    /** Several times what a loaded two-core machine needs, so that only a hanging guest meets it. */
    private static final Duration BOOT_LIMIT = Duration.ofMinutes(3);

    private static final Duration STEP_LIMIT = Duration.ofMinutes(6);
    private static final Duration EXIT_LIMIT = Duration.ofSeconds(30);
    private static final int CONSOLE_LINES_SHOWN = 40;

    /**
     * {@code random.trust_cpu} with the RDRAND below: otherwise the first program that wants randomness waits for the kernel
     * to gather it. {@code panic=-1} with QEMU's {@code -no-reboot}: a panic ends the VM at once. {@code no_timer_check}: the
     * kernel counts a few timer ticks against the clock while it starts, and on a loaded host it would find them too few.
     * {@code bdev_allow_write_mounted}: newer kernels may forbid to write beside the file system of a mounted disk.
     */
    private static final String KERNEL_ARGUMENTS =
            "console=ttyS0 quiet panic=-1 mitigations=off tsc=reliable no_timer_check random.trust_cpu=on"
                    + " bdev_allow_write_mounted=1";

    private final Process qemu;
    private final Thread killer;
    private final OutputStream control;
    private final BlockingQueue<ControlLine.Word> words = new LinkedBlockingQueue<>();
    private final Path console;
    private final Path complaints;
    private final Path transcript;
    private int lastNumber;

    private Vm(Process qemu, Path console, Path complaints, Path transcript) {
        this.qemu = qemu;
        this.control = qemu.getOutputStream();
        this.console = console;
        this.complaints = complaints;
        this.transcript = transcript;
        this.killer = new Thread(qemu::destroyForcibly, "power cut at exit");
        Runtime.getRuntime().addShutdownHook(killer);
        Thread.ofVirtual().name("control line").start(this::listen);
    }

    /**
     * Starts a guest and returns once its disks are mounted.
     *
     * @param logs a folder for the console, QEMU's complaints and the transcript of all steps
     */
    static Vm boot(GuestImage image, Path logs, List<Disk> disks) throws IOException {
        Files.createDirectories(logs);
        Path console = logs.resolve("console.log");
        Path complaints = logs.resolve("qemu.log");
        Process qemu = new ProcessBuilder(command(image, console, disks))
                .redirectError(complaints.toFile())
                .start();
        Vm vm = new Vm(qemu, console, complaints, logs.resolve("transcript.log"));
        vm.note("boot\n");
        if (!(vm.hear(BOOT_LIMIT, "boot") instanceof ControlLine.Word.Ready)) {
            vm.powerCut();
            throw vm.fault("the guest did not boot");
        }
        return vm;
    }

    private static List<String> command(GuestImage image, Path console, List<Disk> disks) throws IOException {
        List<String> command = new ArrayList<>(List.of(HostTool.QEMU.path().toString()));
        // A CPU without AVX keeps the kernel and the JVM from using instructions that are slow to emulate.
        command.addAll(List.of("-accel", "tcg,thread=multi", "-cpu", "Nehalem,+rdrand", "-smp", "2", "-m", "1536"));
        command.addAll(List.of("-nodefaults", "-no-user-config", "-display", "none", "-no-reboot"));
        command.addAll(List.of(
                "-kernel",
                image.kernel().toString(),
                "-initrd",
                image.initramfs().toString()));
        command.addAll(List.of("-append", KERNEL_ARGUMENTS));
        command.addAll(List.of("-serial", "file:" + console));
        command.addAll(List.of("-chardev", "stdio,id=control,signal=off", "-serial", "chardev:control"));
        for (Disk disk : disks) {
            command.addAll(disk.attach());
        }
        return command;
    }

    private void listen() {
        ControlLine line = new ControlLine(qemu.getInputStream());
        ControlLine.Word word;
        do {
            try {
                word = line.next();
            } catch (IOException e) {
                // The pipe breaks when QEMU dies; how it died is in its exit code and logs.
                word = new ControlLine.Word.Gone();
            }
            words.add(word);
        } while (!(word instanceof ControlLine.Word.Gone));
    }

    /** Runs a shell script to its end. */
    Step run(String script) {
        return run(script, STEP_LIMIT);
    }

    /**
     * Runs sequences of scripts side by side, the scripts of each one after the other, and returns what each did: a program in a
     * guest of two processors takes one of them. Programs of one user that change that user's session belong into one sequence.
     */
    @SafeVarargs
    final List<List<Step>> runTogether(List<String>... sequences) {
        StringBuilder all = new StringBuilder("cd $(mktemp -d) && pwd\n");
        for (int i = 0; i < sequences.length; i++) {
            all.append("{\n");
            for (int j = 0; j < sequences[i].size(); j++) {
                all.append("""
                        read began idle </proc/uptime
                        ( %3$s
                        ) </dev/null >%1$d.%2$d.out 2>%1$d.%2$d.err
                        exit=$?
                        read ended idle </proc/uptime
                        echo "$exit $began $ended" >%1$d.%2$d.exit
                        """.formatted(i, j, sequences[i].get(j).strip()));
            }
            all.append("} &\n");
        }
        int longest = 0;
        for (List<String> sequence : sequences) {
            longest = Math.max(longest, sequence.size());
        }
        Step ran = run(all.append("wait\n").toString(), STEP_LIMIT.multipliedBy(longest));
        List<List<Step>> steps = new ArrayList<>();
        for (int i = 0; i < sequences.length; i++) {
            List<Step> ofOne = new ArrayList<>();
            for (int j = 0; j < sequences[i].size(); j++) {
                Step kept = run("cd %3$s; cat %1$d.%2$d.out; cat %1$d.%2$d.err >&2".formatted(i, j, ran.ok()));
                String[] end = run("cat %3$s/%1$d.%2$d.exit".formatted(i, j, ran.ok()))
                        .ok()
                        .split(" ", -1);
                double seconds = Double.parseDouble(end[2]) - Double.parseDouble(end[1]);
                Duration took = Duration.ofMillis(Math.round(seconds * 1000));
                Step step = new Step(sequences[i].get(j), Integer.parseInt(end[0]), kept.out(), kept.err(), took);
                note(step.describe());
                ofOne.add(step);
            }
            steps.add(ofOne);
        }
        return steps;
    }

    Step run(String script, Duration limit) {
        return start(script).await(limit);
    }

    /** Hands over a script without waiting for it: for a power cut in the middle of one. */
    Running start(String script) {
        int number = ++lastNumber;
        try {
            control.write(ControlLine.request(number, script));
            control.flush();
        } catch (IOException e) {
            throw fault("the guest is gone and cannot run: " + script);
        }
        return new Running(number, script, System.nanoTime());
    }

    /** Waits until a line that holds {@code text} has come over the console ({@code echo ... >/dev/console}). */
    void awaitConsole(String text) {
        try {
            Awaitility.await()
                    .atMost(STEP_LIMIT)
                    .pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(10))
                    .until(() -> !qemu.isAlive() || read(console).contains(text));
        } catch (ConditionTimeoutException e) {
            throw fault("the console never said '" + text + "'");
        }
        if (!read(console).contains(text)) {
            throw fault("the guest ended before the console said '" + text + "'");
        }
    }

    /** Takes a disk out of the guest's file system, all of it written, so that its image may be copied. */
    void unmount(Disk disk) {
        run("umount /" + disk.name()).ok();
    }

    void mount(Disk disk) {
        run("""
            for disk in /sys/block/vd*; do
              if [ "$(cat $disk/serial)" = %1$s ]; then
                mount -t ext4 -o commit=3600 /dev/${disk##*/} /%1$s
                exit
              fi
            done
            exit 1
            """.formatted(disk.name())).ok();
    }

    /** Kills the VM between two instructions: no sync, no shutdown. */
    void powerCut() {
        note("power cut\n");
        qemu.destroyForcibly();
        awaitExit();
    }

    /** Ends the guest in an orderly way, with its disks unmounted. */
    void powerOff() {
        note("power off\n");
        start("umount -a -t ext4; poweroff -f");
        awaitExit();
    }

    @Override
    public void close() {
        if (qemu.isAlive()) {
            powerCut();
        }
    }

    private void awaitExit() {
        try {
            if (!qemu.waitFor(EXIT_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
                qemu.destroyForcibly();
                throw fault("the guest did not end within " + EXIT_LIMIT);
            }
            Runtime.getRuntime().removeShutdownHook(killer);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw fault("interrupted while the guest was ending");
        }
    }

    private ControlLine.Word hear(Duration limit, String what) {
        try {
            ControlLine.Word word = words.poll(limit.toMillis(), TimeUnit.MILLISECONDS);
            if (word == null) {
                throw fault("no answer from the guest within " + limit + " to: " + what);
            }
            return word;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw fault("interrupted while waiting for the guest to: " + what);
        }
    }

    private AssertionError fault(String what) {
        List<String> lines = read(console).lines().toList();
        String tail = String.join("\n", lines.subList(Math.max(0, lines.size() - CONSOLE_LINES_SHOWN), lines.size()));
        return new AssertionError(what + "\n--- QEMU said (" + complaints + ")\n" + read(complaints)
                + "--- end of the console (" + console + ")\n" + tail);
    }

    private static String read(Path file) {
        try {
            return Files.exists(file) ? new String(Files.readAllBytes(file), StandardCharsets.UTF_8) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void note(String text) {
        try {
            Files.writeString(transcript, text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A script on its way. */
    final class Running {
        private final int number;
        private final String script;
        private final long startedNanos;

        private Running(int number, String script, long startedNanos) {
            this.number = number;
            this.script = script;
            this.startedNanos = startedNanos;
        }

        Step await(Duration limit) {
            return switch (hear(limit, script)) {
                case ControlLine.Word.Done done
                when done.number() == number -> {
                    Duration took = Duration.ofNanos(System.nanoTime() - startedNanos);
                    Step step = new Step(script, done.exit(), done.out(), done.err(), took);
                    note(step.describe());
                    yield step;
                }
                case ControlLine.Word.Done done ->
                    throw fault("step " + number + " got the answer of " + done.number());
                case ControlLine.Word.Ready _ -> throw fault("the guest started again in the middle of: " + script);
                case ControlLine.Word.Gone _ -> throw fault("the guest ended in the middle of: " + script);
            };
        }
    }
}
