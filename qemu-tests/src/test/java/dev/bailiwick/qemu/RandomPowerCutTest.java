package dev.bailiwick.qemu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bailiwick.qemu.Replay.Fate;
import dev.bailiwick.torture.PowerWitness;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * One guest commits under load while the log of its disk's writes is kept; then the power is cut on the host, at random moments of
 * that log and with the unflushed writes kept, lost, lost in part and torn. None of the acknowledged commits may be missing, and each
 * store must open by itself.
 *
 * <p>{@code -Dpower.long=true} takes the time, {@code -Dpower.seed=42} draws again what a run with that seed drew; what the log holds
 * is the guest's own.
 */
@Tag("qemu")
@ExtendWith(LabExtension.class)
class RandomPowerCutTest {
    private static final boolean LONG = Boolean.getBoolean("power.long");
    private static final int CUTS = LONG ? 2_000 : 80;
    private static final long SEED = Long.getLong("power.seed", new SecureRandom().nextInt(1, Integer.MAX_VALUE));

    /** Torn more often than not: most writes have one sector or eight, and many borders fall beside them. */
    private static final List<Fate> FATES = List.of(Fate.KEPT, Fate.LOST, Fate.SOME, Fate.TORN, Fate.TORN, Fate.TORN);

    private static final int MEBIBYTES = 192;
    private static final int LIVES = LONG ? 8 : 3;
    private static final int COMMITS = LONG ? 100 : 40;
    private static final int CONTROLS = 8;
    private static final int MOUNTED = 4;

    /** Each thread may have one commit on the disk that it has not marked yet, and these are more than that. */
    private static final int TOO_MANY = 2 * PowerWitness.MARK_PLACES;

    @Test
    void nothingAcknowledgedIsLostAtAnyMomentOfTheLog(Lab lab) throws IOException {
        SplittableRandom random = new SplittableRandom(SEED);
        Disk disk = committing(lab);
        Path flushed = Files.move(disk.asBooted(), lab.folder().resolve("flushed.img"));
        try (Replay replay = new Replay(disk.writes(), flushed)) {
            Cuts cuts = new Cuts(lab, replay, random);
            cuts.all();
            System.out.println(cuts.counts());
            assertThat(cuts.wrong).as("seed %d", SEED).isEmpty();
            assertThat(cuts.unnoticed)
                    .as("cuts, seed %d, at which commits were said to be acknowledged that the disk never had", SEED)
                    .isZero();
        }
    }

    /** The cuts of one log. */
    private static final class Cuts {
        private final Lab lab;
        private final Replay replay;
        private final SplittableRandom random;
        private final List<byte[]> marks = new ArrayList<>();
        private final List<Integer> markedAt = new ArrayList<>();
        private final TreeMap<Fate, Integer> fates = new TreeMap<>();
        private final List<String> wrong = new ArrayList<>();
        private int pending;
        private int lost;
        private int torn;
        private int lookedFor;
        private int controls;
        private int unnoticed;

        Cuts(Lab lab, Replay replay, SplittableRandom random) throws IOException {
            this.lab = lab;
            this.replay = replay;
            this.random = random;
            long behind = ((long) MEBIBYTES << 20) / WriteLog.SECTOR_BYTES;
            for (int i = 0; i < replay.entries().size(); i++) {
                WriteLog.Entry entry = replay.entries().get(i);
                if (entry.sectorsInLog() > 0 && entry.sector() >= behind) {
                    markedAt.add(i);
                    marks.add(replay.bytes(entry));
                }
            }
        }

        void all() throws IOException {
            int[] moments = random.ints(CUTS, 1, replay.entries().size() + 1)
                    .map(this::perhapsAtTheNextFlush)
                    .sorted()
                    .toArray();
            List<Mounting> mountings = new ArrayList<>();
            for (int i = 0; i < CUTS; i++) {
                Fate fate = FATES.get(random.nextInt(FATES.size()));
                boolean toMount = i % Math.max(1, CUTS / MOUNTED) == 0 && mountings.size() < MOUNTED;
                Disk disk = new Disk(
                        toMount ? "cut" + (char) ('a' + mountings.size()) : "cut",
                        lab.folder().resolve(toMount ? "cut-" + i + ".img" : "cut.img"));
                Replay.Cut cut = replay.cut(moments[i], fate, random, disk.image());
                count(fate, cut);
                String what = "cut at request " + moments[i] + " of "
                        + replay.entries().size() + ", " + fate + " " + cut;
                int acknowledged = acknowledgedBefore(moments[i]);
                if (toMount) {
                    mountings.add(new Mounting(disk, what, acknowledged));
                } else {
                    Path files = Disk.extract(disk.image(), lab.folder().resolve("files"));
                    if (i % Math.max(1, CUTS / CONTROLS) == 1 && acknowledged + TOO_MANY <= marks.size()) {
                        control(files, acknowledged + TOO_MANY);
                    } else {
                        examine(what, files, acknowledged);
                    }
                }
            }
            mount(mountings);
        }

        /** Half of the cuts come just before a flush, when most is unflushed. */
        private int perhapsAtTheNextFlush(int moment) {
            int next = moment;
            if (random.nextBoolean()) {
                while (next < replay.entries().size()
                        && !replay.entries().get(next).isFlush()) {
                    next++;
                }
            }
            return next;
        }

        private void count(Fate fate, Replay.Cut cut) {
            fates.merge(fate, 1, Integer::sum);
            pending += cut.pending();
            lost += cut.lost();
            torn += cut.torn();
        }

        private int acknowledgedBefore(int moment) {
            int place = Collections.binarySearch(markedAt, moment);
            return place < 0 ? -place - 1 : place;
        }

        private void examine(String what, Path files, int acknowledged) {
            PowerWitness.Finding finding = PowerWitness.examine(files.resolve("store"), marks.subList(0, acknowledged));
            lookedFor += finding.acknowledged();
            finding.wrong().forEach(each -> wrong.add(what + ": " + each));
        }

        /** A disk that lied about its flushes would look like this one, and must not pass. */
        private void control(Path files, int acknowledged) {
            controls++;
            PowerWitness.Finding finding = PowerWitness.examine(files.resolve("store"), marks.subList(0, acknowledged));
            unnoticed += finding.wrong().isEmpty() ? 1 : 0;
        }

        /** A cut disk that the kernel is to mount before it is looked at. */
        private record Mounting(Disk disk, String what, int acknowledged) {}

        /** The others had their file system's journal replayed by its tools, these by the kernel. */
        private void mount(List<Mounting> mountings) throws IOException {
            try (Vm vm =
                    lab.boot("2-mount", mountings.stream().map(Mounting::disk).toArray(Disk[]::new))) {
                vm.powerOff();
            }
            for (Mounting each : mountings) {
                examine(
                        each.what + ", mounted",
                        Disk.extract(each.disk.image(), lab.folder().resolve("files")),
                        each.acknowledged);
            }
        }

        String counts() {
            return ("power cuts: seed %d: %,d cuts %s in a log of %,d requests and %,d acknowledged commits: %,d unflushed writes, of"
                            + " which %,d lost and %,d torn; %,d times an acknowledged commit was looked for, %,d cuts wrong; %,d of %,d controls"
                            + " unnoticed")
                    .formatted(
                            SEED,
                            CUTS,
                            fates,
                            replay.entries().size(),
                            marks.size(),
                            pending,
                            lost,
                            torn,
                            lookedFor,
                            wrong.size(),
                            unnoticed,
                            controls);
        }
    }

    /** A disk and the log of what a store under load did to it. */
    private static Disk committing(Lab lab) throws IOException {
        Path contents = Files.createDirectories(lab.folder().resolve("contents"));
        PowerWitness.prepare(contents.resolve("store"), contents.resolve("store.anchor"), lab.manifest(), SEED);
        Disk disk = Disk.filled(
                lab.folder(), "power", MEBIBYTES, contents, PowerWitness.MARK_PLACES * PowerWitness.MARK_BYTES);
        try (Vm vm = lab.boot("1-commit", disk)) {
            // Here the kernel may write when it likes, as it does elsewhere: more of what was not asked for is then
            // between flushes.
            vm.run("echo 20 >/proc/sys/vm/dirty_writeback_centisecs; mount -o remount,commit=1 /power")
                    .ok();
            vm.run("tortured %s /power/store /dev/vda %d %d %d"
                            .formatted(PowerWitness.committer(), (long) MEBIBYTES << 20, LIVES, COMMITS))
                    .ok();
            vm.powerCut();
        }
        return disk;
    }
}
