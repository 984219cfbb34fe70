package dev.bailiwick.launch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.bailiwick.schema.Hash256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real processes: what they see, what they may take, and how they end. Needs bubblewrap, util-linux and Python. */
@org.junit.jupiter.api.Tag("native-tools")
class LaunchpadTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final ProcessLimits AMPLE =
            new ProcessLimits(16, 64, 256L << 20, Duration.ofSeconds(10), Duration.ofSeconds(1));

    @TempDir
    private Path folder;

    private Launchpad launchpad = launchpad(Tools.find());

    @BeforeEach
    void open() throws IOException {
        launchpad.close();
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        launchpad = launchpad(Tools.find());
    }

    Launchpad launchpad(Tools tools) {
        return new Launchpad(
                new LaunchSite(folder == null ? Path.of("/") : folder, Optional.empty(), tools, uid()),
                InstantSource.system());
    }

    @AfterEach
    void close() {
        launchpad.close();
    }

    @Nested
    class AProgram {
        @Test
        void saysWhatItHasToSayAndGivesBackItsCode() {
            RunningProgram program = start(AMPLE, "echo out; echo err >&2; exit 7");

            assertThat(output(program)).isEqualTo("out\nerr\n");
            assertThat(program.exit().join()).isEqualTo(new ProgramExit(7, 0, ""));
        }

        @Test
        void thatASignalEndsSaysWhich() {
            assertThat(start(AMPLE, "kill -TERM $$").exit().join()).isEqualTo(new ProgramExit(143, 15, ""));
        }

        @Test
        void readsWhatIsWritten() {
            RunningProgram program = start(AMPLE, "cat; echo done");
            byte[] part = "0123456789abcde\n".repeat(1024).getBytes(UTF_8);
            StringBuilder read = new StringBuilder();
            Thread reader = Thread.startVirtualThread(() -> read.append(output(program)));
            for (int i = 0; i < 100; i++) {
                program.write(part).join();
            }
            program.endInput();

            await().atMost(PATIENCE).until(() -> !reader.isAlive());
            assertThat(read).hasSize(100 * part.length + 5).endsWith("done\n");
        }

        @Test
        void waitsForWhoeverReadsItAndHoldsNoMoreThanItsBuffer() {
            RunningProgram program = start(AMPLE, "head -c 10000000 /dev/zero; echo end >/dev/null");
            program.read(1).join();

            assertThat(program.exit()).isNotDone();
            assertThat(output(program)).hasSize(10_000_000 - 1);
        }

        @Test
        void thatHasEndedFailsTheWrite() {
            RunningProgram program = start(AMPLE, "exit 0");
            program.exit().join();

            assertThat(program.write(new byte[1])).isCompletedExceptionally();
        }

        @Test
        void hasALittleEnvironmentAndNoFileButItsOwn() {
            assertThat(output(start(AMPLE, "env | cut -d= -f1 | sort | tr '\\n' ' '; ls /proc/self/fd | wc -l")))
                    .isEqualTo("HOME LANG MARK PATH PWD TERM TMPDIR 4\n"); // the fourth is the folder that is listed
        }

        @Test
        void isNotRootAndCanGainNothing() {
            assertThat(output(
                            start(AMPLE, "id -u; grep -E 'CapEff|CapBnd|NoNewPrivs' /proc/self/status | tr -d '\\t'")))
                    .isEqualTo((uid() == 0 ? "1234" : Integer.toString(uid()))
                            + "\nCapEff:0000000000000000\nCapBnd:0000000000000000\nNoNewPrivs:1\n");
        }

        @Test
        void seesAReadOnlySystemAndAPrivateTmp() throws IOException {
            Path secret = Files.createFile(folder.resolve("secret"));
            assertThat(output(start(
                            AMPLE,
                            "touch /usr/x 2>/dev/null || echo read-only; touch /tmp/x && echo private; ls " + secret
                                    + " 2>/dev/null || echo hidden; ls -d /proc/[0-9]* | wc -l; pwd")))
                    .startsWith("read-only\nprivate\nhidden\n")
                    .endsWith("/tmp\n");
            assertThat(Path.of("/tmp/x")).doesNotExist();
        }

        @Test
        void hasNoNetworkUnlessTheProfileHas() {
            String interfaces = "tail -n +3 /proc/net/dev | wc -l";
            assertThat(output(start(AMPLE, interfaces))).isEqualTo("1\n"); // the loopback that every namespace has
        }

        @Test
        void isDeniedWhereItsFileIsMissing() {
            assertThat(refused(group(AMPLE), Path.of("/usr/bin/no-such-program"), Optional.empty()))
                    .isEqualTo("program-missing");
            assertThat(refused(group(AMPLE), Path.of("/usr/bin"), Optional.empty()))
                    .isEqualTo("program-missing");
            assertThat(refused(group(AMPLE), Path.of("/etc/passwd"), Optional.empty()))
                    .isEqualTo("program-missing");
        }
    }

    @Nested
    class AMeasuredProgram {
        @Test
        void runsAsItWasMeasuredWhateverBecomesOfTheFile() throws IOException {
            Path file = script("read line; echo measured $0");
            RunningProgram program = started(group(AMPLE), file, Optional.of(hash(file)));
            Files.writeString(file, "#!/bin/sh\necho swapped\n");
            program.write("go\n".getBytes(UTF_8)).join();

            assertThat(output(program)).isEqualTo("measured " + file + "\n");
            program.exit().join();
            assertThat(measuredCopies()).isEmpty();
        }

        @Test
        void isDeniedIfItIsNotWhatWasMeasured() throws IOException {
            Path file = script("echo measured");
            Hash256 measured = hash(file);
            Files.writeString(file, "#!/bin/sh\necho swapped\n");

            assertThat(refused(group(AMPLE), file, Optional.of(measured))).isEqualTo("measurement-mismatch");
            assertThat(measuredCopies()).isEmpty();
        }

        private List<Path> measuredCopies() throws IOException {
            try (Stream<Path> files = Files.list(folder)) {
                return files.filter(file -> file.getFileName().toString().startsWith("measured-"))
                        .toList();
            }
        }
    }

    @Nested
    class ALimit {
        @Test
        void onProcessesDeniesOneMore() {
            ProgramGroup group =
                    group(new ProcessLimits(2, 64, 256L << 20, Duration.ofSeconds(10), Duration.ofSeconds(1)));
            start(group, "cat");
            start(group, "cat");

            assertThat(group.launch(order("cat"))).isInstanceOfSatisfying(LaunchOutcome.Refused.class, refused -> {
                assertThat(refused.code()).isEqualTo("quota-exceeded");
                assertThat(refused.message()).isEqualTo("processLimit is 2, and 2 are running");
            });
        }

        @Test
        void onProcessesEndsAProgramThatStartsTooMany() {
            RunningProgram program = start(
                    new ProcessLimits(8, 1000, 256L << 20, Duration.ofSeconds(10), Duration.ofSeconds(1)),
                    "for i in 1 2 3 4 5 6 7 8 9 10; do sleep 1000 & done; wait");

            assertEnded(program, "quota-exceeded: processLimit is 8, ");
        }

        @Test
        void onThreadsEndsAProgramThatStartsTooMany() {
            RunningProgram program = start(
                    new ProcessLimits(8, 20, 512L << 20, Duration.ofSeconds(10), Duration.ofSeconds(1)),
                    "exec python3 -c 'import threading,time\nfor i in range(30): threading.Thread(target=time.sleep,args=(1000,)).start()'");

            assertEnded(program, "quota-exceeded: threadLimit is 20, ");
        }

        @Test
        void onMemoryEndsAProgramThatTakesTooMuch() {
            RunningProgram program = start(
                    new ProcessLimits(8, 64, 64L << 20, Duration.ofSeconds(10), Duration.ofSeconds(1)),
                    "for i in 1 2 3; do python3 -c 'import time\na=bytearray(30<<20)\ntime.sleep(1000)' & done; wait");

            assertEnded(program, "quota-exceeded: memoryCommitLimitBytes is 67108864, ");
        }

        @Test
        void onMemoryIsTheKernelsForEachProcess() {
            RunningProgram program = start(
                    new ProcessLimits(8, 64, 64L << 20, Duration.ofSeconds(10), Duration.ofSeconds(1)),
                    "exec python3 -c 'bytearray(100<<20)'");

            assertThat(output(program)).contains("MemoryError");
            assertThat(program.exit().join().code()).isEqualTo(1);
        }

        @Test
        void onProcessorTimeStopsAProgramUntilTheWindowEnds() {
            ProgramGroup group =
                    group(new ProcessLimits(8, 64, 256L << 20, Duration.ofMillis(100), Duration.ofMillis(1000)));
            RunningProgram program = start(group, "while :; do :; done");

            await().atMost(PATIENCE).until(() -> group.limitsText().getLast().contains("quota-exceeded, stopped now"));
            assertThat(group.limitsText().getLast()).startsWith("cpuBudgetUsPerWindow 100000 in 1000000: ");
            await().atMost(PATIENCE).until(() -> !group.limitsText().getLast().contains("stopped now"));
            await().atMost(PATIENCE).until(() -> group.limitsText().getLast().contains("stopped now"));
            program.end("enough");
            assertThat(program.exit().join().reason()).isEqualTo("enough");
        }

        @Test
        void ofZeroStartsNothing() {
            Duration second = Duration.ofSeconds(1);
            for (ProcessLimits limits : List.of(
                    new ProcessLimits(0, 1, 1, second, second),
                    new ProcessLimits(1, 0, 1, second, second),
                    new ProcessLimits(1, 1, 0, second, second),
                    new ProcessLimits(1, 1, 1, Duration.ZERO, Duration.ZERO))) {
                assertThat(refused(group(limits), Path.of("/usr/bin/true"), Optional.empty()))
                        .isEqualTo("quota-exceeded");
            }
        }

        private static void assertEnded(RunningProgram program, String reason) {
            program.discardOutput();
            ProgramExit exit = program.exit().orTimeout(20, TimeUnit.SECONDS).join();
            assertThat(exit.reason()).startsWith(reason).endsWith(" were in use");
            assertThat(exit.signal()).isEqualTo(Signals.KILL);
        }
    }

    @Nested
    class TheEnd {
        @Test
        void ofAGroupEndsAllOfItAndEverythingTheyStarted() {
            ProgramGroup group = group(AMPLE);
            RunningProgram program = start(group, "(setsid sleep 1000 &) ; sleep 1000 & echo ready; wait");
            program.read(100).join();
            await().atMost(PATIENCE).until(() -> program.own(program.tree()).size() == 3);
            List<ProcessTree.Entry> tree = program.tree();

            group.close("logged out");

            assertThat(program.exit().orTimeout(20, TimeUnit.SECONDS).join())
                    .isEqualTo(new ProgramExit(137, 9, "revoked: logged out"));
            await().atMost(PATIENCE).until(() -> tree.stream().noneMatch(LaunchpadTest::lives));
            assertThat(group.launch(order("cat"))).isEqualTo(new LaunchOutcome.Refused("revoked", "logged out", ""));
        }

        @Test
        void ofAProgramEndsWhatItLeftRunning() {
            RunningProgram program = start(AMPLE, "(setsid sleep 1000 &) ; sleep 0.3; echo bye");

            assertThat(output(program)).isEqualTo("bye\n");
            assertThat(program.exit().join().code()).isZero();
            await().atMost(PATIENCE).until(() -> program.tree().stream().noneMatch(LaunchpadTest::lives));
        }

        @Test
        void leavesNoThreadFileOrZombieBehind() throws IOException {
            ProgramGroup group = group(AMPLE);
            run(group);
            long files = openFiles();
            for (int i = 0; i < 20; i++) {
                run(group);
            }

            assertThat(group.size()).isZero();
            await().atMost(PATIENCE).until(() -> openFiles() <= files);
            await().atMost(PATIENCE)
                    .until(() -> Thread.getAllStackTraces().keySet().stream()
                            .noneMatch(thread -> thread.getName().startsWith("program-output")
                                    || thread.getName().startsWith("program-input")));
            assertThat(ProcessTree.below(List.of((int) ProcessHandle.current().pid())))
                    .noneMatch(ProcessTree.Entry::zombie);
        }

        private void run(ProgramGroup group) {
            RunningProgram program = start(group, "cat; echo x");
            program.write(new byte[] {'a'}).join();
            program.endInput();
            output(program);
            program.exit().join();
        }

        private static long openFiles() throws IOException {
            try (Stream<Path> files = Files.list(Path.of("/proc/self/fd"))) {
                return files.count();
            }
        }
    }

    @Nested
    class WithoutASandbox {
        @BeforeEach
        void without() {
            launchpad.close();
            launchpad = launchpad(Tools.find().withoutSandbox());
        }

        @Test
        void aProgramRunsIfItHasTheNetworkAnywayAndTheLimitsSaySo() {
            ProgramGroup group = launchpad.group(AMPLE, true);
            RunningProgram program = started(group, order("id -u; echo ready", true, 1234));

            assertThat(output(program)).isEqualTo((uid() == 0 ? "1234" : Integer.toString(uid())) + "\nready\n");
            assertThat(group.limitsText()).contains("sandbox: not in force: bubblewrap is missing");
        }

        @Test
        void aProgramWithoutNetworkIsDenied() {
            assertThat(refused(launchpad.group(AMPLE, false), Path.of("/usr/bin/true"), Optional.empty()))
                    .isEqualTo("sandbox-unavailable");
        }

        @Test
        void whatLeavesItsParentIsEndedToo() {
            ProgramGroup group = launchpad.group(AMPLE, true);
            RunningProgram program =
                    started(group, order("(setsid sh -c 'echo $$; exec sleep 1000' &) ; sleep 1000", true, 1234));
            int stray = Integer.parseInt(new String(program.read(100).join().data(), UTF_8).strip());

            group.close("logged out");

            program.exit().orTimeout(20, TimeUnit.SECONDS).join();
            await().atMost(PATIENCE).until(() -> {
                ProcessTree.Entry entry = ProcessTree.entry(stray);
                return entry == null || entry.zombie();
            });
        }
    }

    @Test
    void knowsWhichProcessesAreAProgramsOwn() {
        RunningProgram program = start(AMPLE, "sleep 1000 & echo ready; wait");
        program.read(100).join();
        await().atMost(PATIENCE).until(() -> program.own(program.tree()).size() == 2);

        assertThat(program.pid()).isPositive();
        assertThat(program.own(program.tree())).allMatch(entry -> program.contains(entry.pid()));
        assertThat(program.contains((int) ProcessHandle.current().pid())).isFalse();
        assertThat(program.contains(1)).isFalse();
        assertThat(start(AMPLE, "cat").contains(program.pid())).isFalse();
    }

    private static boolean lives(ProcessTree.Entry entry) {
        ProcessTree.Entry now = ProcessTree.entry(entry.pid());
        return now != null && now.start() == entry.start() && !now.zombie();
    }

    /** Where the machine has cgroup v2 with controllers that it hands on; the guest of qemu-tests has. */
    @Nested
    class InAControlGroup {
        @BeforeEach
        void machineHasOne() {
            ControlGroups.Found found = launchpad.controlGroups();
            assumeTrue(found.optional().isPresent(), "cgroup not in force: " + found.why());
        }

        @Test
        void theKernelKeepsTheSumsAndTheGroupGoesWithItsLastProgram() {
            ProgramGroup group = group(AMPLE);
            RunningProgram program = start(group, "while :; do :; done");
            Path folder = folderOf(program);

            assertThat(folder.resolve("memory.max")).hasContent(Long.toString((256L + 64) << 20));
            assertThat(folder.resolve("pids.max")).hasContent("96");
            assertThat(group.limitsText())
                    .anyMatch(line -> line.startsWith("cgroup: memory.max, pids.max, cpu.max in "));
            program.end("enough");
            program.exit().join();

            await().atMost(PATIENCE).until(() -> !Files.exists(folder));
        }

        @Test
        void whatTheKernelEndsForWantOfMemorySaysSo() {
            // Pages of a file in /tmp are memory that RLIMIT_DATA does not count.
            ProcessLimits little = new ProcessLimits(16, 64, 8L << 20, Duration.ofSeconds(10), Duration.ofSeconds(1));

            assertThat(start(
                                    little,
                                    "x=$(head -c 6000000 /dev/zero | tr '\\0' x); head -c 67000000 /dev/zero >/tmp/a;"
                                            + " head -c 6000000 /dev/zero | tail -c 6000000 | cat >/dev/null; echo $?")
                            .exit()
                            .join()
                            .reason())
                    .startsWith("quota-exceeded: memoryCommitLimitBytes is ");
        }

        private Path folderOf(RunningProgram program) {
            await().atMost(PATIENCE).until(() -> program.pid() != 0);
            try {
                String path = Files.readString(Path.of("/proc/" + program.pid() + "/cgroup"))
                        .lines()
                        .filter(line -> line.startsWith("0::"))
                        .findFirst()
                        .orElseThrow()
                        .substring(3);
                return Path.of("/sys/fs/cgroup" + path);
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }
    }

    private ProgramGroup group(ProcessLimits limits) {
        return launchpad.group(limits, false);
    }

    private RunningProgram start(ProcessLimits limits, String shell) {
        return start(group(limits), shell);
    }

    private RunningProgram start(ProgramGroup group, String shell) {
        return started(group, order(shell));
    }

    private static RunningProgram started(ProgramGroup group, LaunchOrder order) {
        return switch (group.launch(order)) {
            case LaunchOutcome.Started(RunningProgram program) -> program;
            case LaunchOutcome.Refused refused -> throw new AssertionError(refused);
        };
    }

    private static RunningProgram started(ProgramGroup group, Path file, Optional<Hash256> hash) {
        return started(group, new LaunchOrder("test", file, hash, List.of(), List.of(), false, 1234, Map.of()));
    }

    private static String refused(ProgramGroup group, Path file, Optional<Hash256> hash) {
        return switch (group.launch(new LaunchOrder("test", file, hash, List.of(), List.of(), false, 1234, Map.of()))) {
            case LaunchOutcome.Started started -> throw new AssertionError(started);
            case LaunchOutcome.Refused refused -> refused.code();
        };
    }

    private static LaunchOrder order(String shell) {
        return order(shell, false, 1234);
    }

    private static LaunchOrder order(String shell, boolean network, int uid) {
        return new LaunchOrder(
                "test",
                Path.of("/usr/bin/dash"),
                Optional.empty(),
                List.of("-c", shell),
                List.of(),
                network,
                uid,
                Map.of("MARK", "1"));
    }

    private Path script(String shell) throws IOException {
        Path file = folder.resolve("script");
        Files.writeString(file, "#!/bin/sh\n" + shell + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
        return file;
    }

    private static Hash256 hash(Path file) throws IOException {
        return Hash256.sha256(Files.readAllBytes(file));
    }

    /** All of its output, until it ends. */
    private static String output(RunningProgram program) {
        StringBuilder text = new StringBuilder();
        try {
            Chunk chunk;
            do {
                chunk = program.read(Limits.TRANSFER_BYTES).join();
                text.append(new String(chunk.data(), UTF_8));
            } while (!chunk.end());
        } catch (CompletionException e) {
            throw new AssertionError(text.toString(), e);
        }
        return text.toString();
    }

    private static int uid() {
        try {
            return (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
