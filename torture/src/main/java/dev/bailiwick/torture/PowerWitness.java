package dev.bailiwick.torture;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * The two ends of a power cut or a disk fault that happens elsewhere: makes the stores that {@link PowerChild} and {@link FaultChild}
 * commit to in a virtual machine, and says what is wrong with what its disks held afterwards. Stateless.
 */
public final class PowerWitness {
    /** Bytes of one mark on a disk: what may be written past the page cache. */
    public static final int MARK_BYTES = 4096;

    /** Marks are written to so many places of {@link #MARK_BYTES} each, over and over. */
    public static final int MARK_PLACES = PowerChild.WRITERS;

    static final int PAIRS = PowerChild.WRITERS + 1;

    private PowerWitness() {}

    /**
     * The class to be started in the machine, with the store, the disk, the first mark's place on it in bytes, how often to open the store,
     * and the commits of each of its threads each time.
     */
    public static String committer() {
        return PowerChild.class.getName();
    }

    /** The class to be started in the machine whose disk has faults, with a store, its anchor and a word for each disk. */
    public static String faulted() {
        return FaultChild.class.getName();
    }

    /** Makes the store, with the anchor where it is wanted. */
    public static void prepare(Path store, Path anchor, Path manifest, long seed) throws IOException {
        Subject.at(store)
                .anchoredAt(anchor)
                .create(manifest, PAIRS, new SplittableRandom(seed))
                .close();
    }

    /**
     * What came of a store.
     *
     * @param acknowledged commits that had been, and were looked for
     * @param wrong a sentence each; empty if all is well
     */
    public record Finding(int acknowledged, List<String> wrong) {
        /** Copies. */
        public Finding {
            wrong = List.copyOf(wrong);
        }
    }

    /** Looks at a store that was found on a disk, its anchor beside it, with the marks that the disk's log had before the cut. */
    public static Finding examine(Path store, List<byte[]> marks) {
        return examine(
                Subject.at(store),
                marks.stream()
                        .map(mark -> new String(mark, StandardCharsets.US_ASCII))
                        .map(mark -> mark.lines().findFirst().orElse(""))
                        .toList());
    }

    /** Looks at a store that was found on a disk, with the lines by which its process told of acknowledged commits. */
    public static Finding examine(Path store, Path anchor, List<String> lines) {
        return examine(Subject.at(store).anchoredAt(anchor), lines);
    }

    /** It must open by itself, hold all that was acknowledged, whole, and take another commit. */
    private static Finding examine(Subject subject, List<String> lines) {
        List<Acknowledged> acknowledged = lines.stream()
                .map(Acknowledged::parse)
                .flatMap(Optional::stream)
                .toList();
        if (acknowledged.size() != lines.size()) {
            return new Finding(0, List.of("what was acknowledged cannot be read"));
        }
        try (Subject.Session session = subject.open(new SplittableRandom())) {
            List<String> wrong = new ArrayList<>(Aftermath.of(session, PAIRS, acknowledged));
            session.write(0, "afterwards");
            return new Finding(acknowledged.size(), wrong);
        } catch (RuntimeException e) {
            String code = Judge.refusal(e).orElseThrow(() -> e);
            return new Finding(
                    acknowledged.size(), List.of("the store does not open by itself: " + code + ": " + e.getMessage()));
        }
    }
}
