package dev.bailiwick.daemon;

import dev.bailiwick.accountstore.AccountStore;
import dev.bailiwick.accountstore.AnchoredHead;
import dev.bailiwick.accountstore.StoreFiles;
import dev.bailiwick.engine.Engine;
import dev.bailiwick.engine.EngineException;
import dev.bailiwick.engine.Ownership;
import dev.bailiwick.engine.RocksOptions;
import dev.bailiwick.engine.StoreHold;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributes;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A store's next epoch on its way into the store's place.
 *
 * <pre>
 * 1  it is built in DIR.recovering (or .importing), and closed        a crash leaves the old state; starting over discards it
 * 2  the anchor is replaced by one that holds its head                from here on only the new epoch opens
 * 3  DIR is renamed to DIR.before-1, or -2, ...
 * 4  DIR.recovering is renamed to DIR
 * </pre>
 *
 * Whoever does this holds the place ({@link StoreHold#ofPlace}), and the old directory against writers, from before 1 until after 4: nobody
 * else makes or moves one meanwhile, and nothing is acknowledged by a store that is about to be set aside.
 *
 * <p>INVARIANT (one of two): the anchor holds either the old epoch's head or the new one's, and what it does not hold does not open. A crash
 * between 2 and 4 is told by the built directory having exactly the head that the anchor holds; it is completed, never redone.
 */
final class NextEpoch {
    private static final String MARK = "complete";

    private final StoreLocation location;
    private final Path building;

    NextEpoch(StoreLocation location, String word) {
        this.location = location;
        this.building = buildingPlace(location, word);
    }

    private static Path buildingPlace(StoreLocation location, String word) {
        return location.directory().resolveSibling(location.directory().getFileName() + "." + word);
    }

    /** What an interrupted recovery or import of a store left, if it is all there is. */
    static Optional<Path> interrupted(StoreLocation location) {
        return Stream.of("recovering", "importing")
                .map(word -> buildingPlace(location, word))
                .filter(Files::isDirectory)
                .findFirst();
    }

    StoreLocation location() {
        return location;
    }

    /** Where the files of what is built are; the anchor is the store's. */
    StoreFiles files() {
        return StoreTransfer.filesIn(building, location);
    }

    /** Refuses a directory in which something is. */
    void requireRoom() {
        Path directory = location.directory();
        if (Files.exists(directory)
                && !(Files.isDirectory(directory) && entries(directory).isEmpty())) {
            throw new DaemonException(
                    DaemonException.Code.STORE_EXISTS, "\"" + directory + "\" is not an empty directory");
        }
    }

    private static List<Path> entries(Path directory) {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Deletes what an earlier run left unfinished. */
    void discard() {
        delete(building);
    }

    /** Deletes a directory that only this made, if it is there. */
    static void delete(Path tree) {
        if (!Files.exists(tree)) {
            return;
        }
        try (Stream<Path> left = Files.walk(tree)) {
            for (Path file : left.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Builds it and closes it; what failed is deleted. */
    <T> T build(Function<Engine, T> builder) {
        boolean done = false;
        // Opened outside: a directory that somebody else has open is not this one's to delete.
        Engine engine = OpenedStore.engine(building, RocksOptions.Mode.CREATE, Optional.empty());
        try (engine) {
            T result = builder.apply(engine);
            done = true;
            return result;
        } finally {
            if (!done) {
                discard();
            }
        }
    }

    /** Refuses while a recovery or import, whichever this is not, waits for its last steps. */
    void requireAlone(String otherWord) {
        if (new NextEpoch(location, otherWord).isComplete()) {
            throw new DaemonException(
                    DaemonException.Code.INTERRUPTED,
                    "\"" + buildingPlace(location, otherWord) + "\" is complete and only waits to be moved into place");
        }
    }

    /** Whether an earlier run got as far as the anchor, so that only moving is left. */
    boolean isComplete() {
        if (!Files.isDirectory(building)) {
            return false;
        }
        try (Engine engine = OpenedStore.engine(building, RocksOptions.Mode.READ_ONLY, Optional.empty())) {
            Optional<AnchoredHead> anchored = AccountStore.anchoredHead(location.files());
            Optional<AnchoredHead> built = AccountStore.headOf(engine);
            return StoreTransfer.isAnchored(location)
                    ? built.isPresent() && built.equals(anchored)
                    : Files.exists(building.resolve(MARK));
        } catch (EngineException e) {
            return switch (e.code()) {
                case CORRUPT, LOST, MISSING -> false;
                case IO, HELD, READ_ONLY, FAILED, OVERLOADED, CLOSED -> throw e;
            };
        }
    }

    /** Puts it in the store's place; answers where what was there is now. */
    Optional<Path> install(AnchoredHead head) {
        try {
            takeAfterOld();
            // The anchor may be on another disk: nothing it holds may be lost with this one's cache.
            sync(building);
            sync(building.toAbsolutePath().getParent());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot finish \"" + building + "\": " + e.getMessage(), e);
        }
        if (StoreTransfer.isAnchored(location)) {
            AccountStore.replaceAnchor(location.files(), head);
        } else {
            mark();
        }
        return finish();
    }

    /** Whoever could use the old directory can use the new one, and nobody else. */
    private void takeAfterOld() throws IOException {
        if (!Files.exists(location.directory())) {
            return;
        }
        PosixFileAttributes old = Files.readAttributes(location.directory(), PosixFileAttributes.class);
        try (Stream<Path> files = Files.walk(building)) {
            for (Path file : files.toList()) {
                Ownership.give(old, file);
            }
        }
        Files.setPosixFilePermissions(building, old.permissions());
    }

    /**
     * Copies a file of the old directory that the new one goes on with, if there is one: keys that were carried over are of no use
     * without it.
     */
    void keep(String name) {
        Path old = location.directory().resolve(name);
        if (!Files.isRegularFile(old, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        Path kept = building.resolve(name);
        try {
            Files.copy(old, kept, StandardCopyOption.COPY_ATTRIBUTES);
            try (FileChannel opened = FileChannel.open(kept, StandardOpenOption.WRITE)) {
                opened.force(true);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot carry over \"" + old + "\": " + e.getMessage(), e);
        }
    }

    /** Without an anchor that says so, a file does. */
    private void mark() {
        try {
            Files.write(building.resolve(MARK), new byte[0]);
            sync(building);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Moves what is built into the store's place. */
    Optional<Path> finish() {
        try {
            Path directory = location.directory();
            Optional<Path> aside = Optional.empty();
            if (Files.exists(directory)) {
                if (entries(directory).isEmpty()) {
                    Files.delete(directory);
                } else {
                    aside = Optional.of(freePlace());
                    Files.move(directory, aside.get(), StandardCopyOption.ATOMIC_MOVE);
                }
            }
            Files.move(building, directory, StandardCopyOption.ATOMIC_MOVE);
            Files.deleteIfExists(directory.resolve(MARK));
            sync(directory.toAbsolutePath().getParent());
            return aside;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot move the new epoch into place: " + e.getMessage(), e);
        }
    }

    private Path freePlace() {
        int number = 1;
        Path place;
        do {
            place = location.directory().resolveSibling(location.directory().getFileName() + ".before-" + number++);
        } while (Files.exists(place));
        return place;
    }

    /** Makes what is in a directory last. */
    static void sync(@Nullable Path directory) throws IOException {
        if (directory != null) {
            try (FileChannel opened = FileChannel.open(directory, StandardOpenOption.READ)) {
                opened.force(true);
            }
        }
    }
}
