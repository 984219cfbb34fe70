package dev.bailiwick.qemu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bailiwick.qemu.Fault.Kind;
import dev.bailiwick.torture.PowerWitness;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Disks that answer a write or a flush with an input/output error, once or from then on, under the store or under its anchor. The
 * commit that met it is not acknowledged and says why, readers go on, and once the disk is sound the store opens with all that was
 * acknowledged.
 *
 * <p>{@code -Dpower.long=true} does it many times, {@code -Dpower.seed=42} draws again what a run with that seed drew.
 */
@Tag("qemu")
@ExtendWith(LabExtension.class)
class FailingDiskTest {
    private static final int BOOTS = Boolean.getBoolean("power.long") ? 20 : 1;
    private static final long SEED = Long.getLong("power.seed", new SecureRandom().nextInt(1, Integer.MAX_VALUE));
    private static final int MEBIBYTES = 160;
    private static final String NEVER_FAILED = "the disk never failed";

    @Test
    void neverMakesTheStoreAcknowledgeWhatIsNotThere(Lab lab) throws IOException {
        SplittableRandom random = new SplittableRandom(SEED);
        List<String> wrong = new ArrayList<>();
        int acknowledged = 0;
        for (int boot = 0; boot < BOOTS; boot++) {
            Bench bench = Bench.laidOut(lab, random);
            for (Told each : bench.run(lab, "boot-" + boot)) {
                System.out.println(each);
                acknowledged += each.lines('+').size();
                each.lines('!').stream()
                        .filter(line -> !(each.of.mayGoUnnoticed() && line.equals(NEVER_FAILED)))
                        .forEach(line -> wrong.add(each.of + ": " + line));
                // What QEMU was given, and then only what it was told to keep.
                wrong.addAll(bench.examined(each));
                each.of.failing.loseUnflushedWrites();
                bench.sound.loseUnflushedWrites();
                wrong.addAll(bench.examined(each));
            }
        }
        System.out.printf(
                "failing disks: seed %d: %,d boots, %,d commits acknowledged before and after a failure, %,d wrong%n",
                SEED, BOOTS, acknowledged, wrong.size());
        assertThat(wrong).as("seed %d", SEED).isEmpty();
    }

    /** A store on a disk that fails; or only its anchor is on that disk, and the store on a sound one. */
    private record Case(Disk failing, boolean onlyTheAnchor) {
        String storeBelow(String sound, String failed) {
            return onlyTheAnchor ? sound + "/" + failing.name() : failed + "/store";
        }

        /**
         * The one write that fails can be of a page that nobody syncs, such as of RocksDB's log for people. What was acknowledged is looked for
         * all the same.
         */
        boolean mayGoUnnoticed() {
            Fault fault = failing.fault().orElseThrow();
            return fault.kind() == Kind.WRITE && !fault.lasting();
        }

        static String anchorBelow(String failed) {
            return failed + "/store.anchor";
        }

        String arguments() {
            String mounted = "/" + failing.name();
            return storeBelow("/sound", mounted) + " " + anchorBelow(mounted) + " " + failing.name();
        }

        @Override
        public String toString() {
            return failing.fault().orElseThrow()
                    + (onlyTheAnchor ? " under the anchor" : " under the store and its anchor");
        }
    }

    /** What the guest's program said of one case. */
    private record Told(Case of, List<String> all) {
        List<String> lines(char sort) {
            String start = of.failing.name() + " " + sort + " ";
            return all.stream()
                    .filter(line -> line.startsWith(start))
                    .map(line -> line.substring(start.length()))
                    .toList();
        }

        @Override
        public String toString() {
            return of + ": " + lines('+').size() + " acknowledged; " + String.join("; ", lines('='));
        }
    }

    /** The disks of one boot. */
    private record Bench(Path folder, Disk sound, List<Case> cases) {
        static Bench laidOut(Lab lab, SplittableRandom random) throws IOException {
            Path folder = Folders.fresh(lab.folder().resolve("disks"));
            Path contents = Files.createDirectories(folder.resolve("contents"));
            Path store = contents.resolve("store");
            PowerWitness.prepare(store, contents.resolve("store.anchor"), lab.manifest(), random.nextLong());
            List<Case> cases = new ArrayList<>();
            cases.add(failing(folder, contents, "a", Kind.FLUSH, random, false, false));
            cases.add(failing(folder, contents, "b", Kind.FLUSH, random, true, false));
            cases.add(failing(folder, contents, "c", Kind.WRITE, random, false, false));
            cases.add(failing(folder, contents, "d", Kind.WRITE, random, true, false));
            Path anchors = Files.createDirectories(folder.resolve("anchors"));
            HostTool.CP.run("-a", contents.resolve("store.anchor"), anchors);
            cases.add(failing(folder, anchors, "e", Kind.FLUSH, random, random.nextBoolean(), true));
            cases.add(failing(folder, anchors, "f", Kind.WRITE, random, random.nextBoolean(), true));
            Path stores = Files.createDirectories(folder.resolve("stores"));
            for (Case each : cases) {
                if (each.onlyTheAnchor) {
                    HostTool.CP.run("-a", store, stores.resolve(each.failing.name()));
                }
            }
            return new Bench(folder, Disk.filled(folder, "sound", MEBIBYTES, stores, 0), cases);
        }

        private static Case failing(
                Path folder,
                Path contents,
                String name,
                Kind kind,
                SplittableRandom random,
                boolean lasting,
                boolean onlyTheAnchor)
                throws IOException {
            // Past what mounting needs. Opening is hit now and then; an anchor is written once a commit, a store many
            // times.
            int nth = onlyTheAnchor
                    ? random.nextInt(10, 60)
                    : kind == Kind.FLUSH ? random.nextInt(60, 200) : random.nextInt(100, 500);
            Disk disk = Disk.filled(folder, name, MEBIBYTES, contents, 0).failing(new Fault(kind, nth, lasting));
            return new Case(disk, onlyTheAnchor);
        }

        /** Runs all cases in one guest, one after the other, and cuts its power. */
        List<Told> run(Lab lab, String boot) throws IOException {
            List<Disk> disks = new ArrayList<>(List.of(sound));
            cases.forEach(each -> disks.add(each.failing));
            String arguments = cases.stream().map(Case::arguments).collect(Collectors.joining(" "));
            try (Vm vm = lab.boot(boot, disks.toArray(Disk[]::new))) {
                List<String> lines = vm.run("tortured " + PowerWitness.faulted() + " " + arguments)
                        .ok()
                        .lines()
                        .toList();
                vm.powerCut();
                return cases.stream().map(each -> new Told(each, lines)).toList();
            }
        }

        /** What is wrong with what the disks hold now. */
        List<String> examined(Told told) throws IOException {
            Path copy = folder.resolve("copy.img");
            Disk.copySparse(sound.image(), copy);
            String soundFiles = Disk.extract(copy, folder.resolve("sound")).toString();
            Disk.copySparse(told.of.failing.image(), copy);
            String failedFiles = Disk.extract(copy, folder.resolve("failed")).toString();
            return PowerWitness.examine(
                            Path.of(told.of.storeBelow(soundFiles, failedFiles)),
                            Path.of(Case.anchorBelow(failedFiles)),
                            told.lines('+'))
                    .wrong()
                    .stream()
                    .map(line -> told.of + ": " + line)
                    .toList();
        }
    }
}
