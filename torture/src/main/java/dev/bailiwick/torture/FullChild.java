package dev.bailiwick.torture;

import dev.bailiwick.accountstore.AnchorException;
import dev.bailiwick.engine.Engine;
import dev.bailiwick.engine.EngineException;
import dev.bailiwick.engine.RocksOptions;
import dev.bailiwick.torture.Subject.Side;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** The process in which the file system is full, see {@link FullPart}. It prints counts, and whatever else it prints is a failure. */
final class FullChild {
    /** What a line of counts begins with. */
    static final String COUNT = "= ";

    private static final int PAGE = 4096;
    private static final int MOST_COMMITS = 5_000;

    /** The more room is left the more commits there are; a store that had all of them would fill the file system by itself. */
    private static final int CASES_OF_ONE_STORE = 10;

    private final Path mount;
    private final Path manifest;
    private final Subject subject;
    private final SplittableRandom random;
    private final List<String> failures = new ArrayList<>();
    private int acknowledged;
    private int refusedOpenings;
    private int kept;
    private String example = "";
    private String openingExample = "";

    private FullChild(Path mount, Path manifest, SplittableRandom random) {
        this.mount = mount;
        this.manifest = manifest;
        this.subject = Subject.at(mount.resolve("store"));
        this.random = random;
    }

    /** Arguments: the file system, the manifest, the seed, and how many pages to leave free at most. */
    static void main(String[] arguments) throws IOException, InterruptedException {
        FullChild child = new FullChild(
                Path.of(arguments[0]), Path.of(arguments[1]), new SplittableRandom(Long.parseLong(arguments[2])));
        int cases = Integer.parseInt(arguments[3]);
        for (int pages = 0; pages < cases && child.failures.isEmpty(); pages++) {
            if (pages % CASES_OF_ONE_STORE == 0) {
                child.anotherStore();
            }
            child.fillUp(pages);
        }
        System.out.printf(
                "%sfull: %,d times, with 0 to %,d pages left: %,d commits acknowledged and kept, %,d not acknowledged, of which %,d"
                        + " were kept whole; %,d openings refused while it was full; opened and written to each time there was room again%n",
                COUNT, cases, cases - 1, child.acknowledged, cases, child.kept, child.refusedOpenings);
        System.out.println(COUNT + "a refused commit reads: " + child.example);
        System.out.println(COUNT + "a refused opening reads: " + child.openingExample);
        if (child.failures.isEmpty()) {
            child.anotherStore();
            child.readOnly();
        }
        child.failures.forEach(System.out::println);
    }

    private void anotherStore() throws IOException {
        Trees.delete(subject.directory());
        Files.deleteIfExists(subject.files().anchor());
        subject.create(manifest, 1, random.split()).close();
    }

    private void fillUp(int pages) throws IOException {
        Path filler = mount.resolve("filler");
        String last = "before" + pages;
        String refused = "";
        Subject.Session session = subject.open(random.split());
        try (session) {
            session.write(0, last);
            leaveFree(filler, pages);
            for (int i = 0; i < MOST_COMMITS && refused.isEmpty(); i++) {
                String word = "full" + pages + "-" + i;
                try {
                    session.write(0, word);
                    last = word;
                    acknowledged++;
                } catch (EngineException e) {
                    refused = word;
                    example = String.valueOf(e.getMessage());
                    require(pages, e.code() == EngineException.Code.FAILED, "refused as " + e.code());
                    require(
                            pages,
                            example.contains("No space left on device"),
                            "the refusal does not say why: " + example);
                }
            }
            require(pages, !refused.isEmpty(), "the file system never was full");
            afterFailure(pages, session, last);
        }
        // Closing gave room back.
        leaveFree(mount.resolve("rest"), pages);
        if (openFull(pages, last, refused)) {
            refusedOpenings++;
        }
        Files.delete(filler);
        Files.delete(mount.resolve("rest"));
        try (Subject.Session again = subject.open(random.split())) {
            String left = word(again, Side.LEFT);
            require(pages, left.equals(word(again, Side.RIGHT)), "half a transaction");
            require(
                    pages,
                    left.equals(last) || left.equals(refused),
                    "'" + left + "' was found and '" + last + "' acknowledged");
            kept += left.equals(refused) ? 1 : 0;
            again.store().inspector().verify().findings().forEach(finding -> require(pages, false, finding.toString()));
            again.write(0, "after" + pages);
        }
    }

    /** No more commits, and readers go on with what was acknowledged. */
    private void afterFailure(int pages, Subject.Session session, String last) {
        require(
                pages,
                session.engine().state() == Engine.State.FAILED,
                "the engine is " + session.engine().state());
        try {
            session.write(0, "never");
            require(pages, false, "a commit was acknowledged after one had failed");
        } catch (EngineException e) {
            require(pages, e.code() == EngineException.Code.FAILED, "refused as " + e.code());
        }
        for (Side side : Side.values()) {
            require(
                    pages,
                    word(session, side).equals(last),
                    "readers see '" + word(session, side) + "' after '" + last + "'");
        }
    }

    /** Whether opening is refused while there is no room; if it is not, what was acknowledged must be there. */
    private boolean openFull(int pages, String last, String refused) {
        try (Subject.Session session = subject.open(random.split())) {
            String found = word(session, Side.LEFT);
            require(pages, found.equals(last) || found.equals(refused), "'" + found + "' was found while it was full");
            return false;
        } catch (EngineException e) {
            openingExample = String.valueOf(e.getMessage());
            require(
                    pages,
                    e.code() == EngineException.Code.IO,
                    "opening was refused as " + e.code() + ": " + e.getMessage());
            return true;
        }
    }

    private static String word(Subject.Session session, Side side) {
        return session.store()
                .read(snapshot -> snapshot.accounts()
                        .byId(Subject.account(0, side))
                        .orElseThrow(() -> new IllegalStateException("the account is gone"))
                        .content()
                        .displayName());
    }

    /** Takes all room but some pages. */
    private static void leaveFree(Path filler, int pages) throws IOException {
        long written = 0;
        try (OutputStream out = Files.newOutputStream(filler)) {
            byte[] page = new byte[PAGE];
            while (true) {
                out.write(page);
                written++;
            }
        } catch (IOException e) {
            // Full, as it should be.
            try (FileChannel file = FileChannel.open(filler, StandardOpenOption.WRITE)) {
                file.truncate(Math.max(0, written - pages) * PAGE);
            }
        }
    }

    private void readOnly() throws IOException, InterruptedException {
        Contents before;
        try (Subject.Session session = subject.open(random.split())) {
            before = Contents.of(session);
        }
        remount("ro");
        String message;
        try (Subject.Session session = subject.open(random.split())) {
            message = "";
            require(
                    -1,
                    false,
                    "it was opened for writing on a read-only file system, at "
                            + session.store().inspector().head());
        } catch (EngineException | AnchorException e) {
            message = String.valueOf(e.getMessage());
        }
        try (Subject.Session session = subject.open(RocksOptions.Mode.READ_ONLY, random.split())) {
            require(-1, Contents.of(session).equals(before), "read-only it reads otherwise");
            require(-1, session.store().inspector().verify().sound(), "read-only, verification complains");
        }
        remount("rw");
        try (Subject.Session session = subject.open(random.split())) {
            require(-1, Contents.of(session).equals(before), "it holds something else");
            session.write(0, "writable");
        }
        System.out.println(COUNT + "mounted read-only: read in full, and refused for writing: " + message);
    }

    private void remount(String how) throws IOException, InterruptedException {
        int exit = new ProcessBuilder("mount", "-o", "remount," + how, mount.toString())
                .inheritIO()
                .start()
                .waitFor();
        if (exit != 0) {
            throw new IOException("mount ended with exit status " + exit);
        }
    }

    private void require(int pages, boolean holds, String otherwise) {
        if (!holds) {
            failures.add((pages < 0 ? "read-only: " : pages + " pages left: ") + otherwise);
        }
    }
}
