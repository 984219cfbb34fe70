package dev.bailiwick.accountstore;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The key that signs for a store, and, while it is being rotated, the one that takes over.
 *
 * <pre>
 * 1  the next key is written beside the key's file, synced
 * 2  the commit that names it is synced and anchored
 * 3  its file is renamed over the old one
 * </pre>
 *
 * <p>INVARIANT (a rotation is wholly done or wholly undone): the journal says which key signs, and of the two files the one that holds
 * it counts. So a crash before 2 leaves the old key, and one after it the new key, and opening tidies up.
 *
 * <p>Thread-safe; rotations take turns by their caller's lock.
 */
final class StoreKeys {
    /** Empty for a store in memory. */
    private final Optional<Path> file;

    private volatile StoreKey current;
    private volatile @Nullable StoreKey next;

    private StoreKeys(Optional<Path> file, StoreKey current) {
        this.file = file;
        this.current = current;
    }

    /** The key of a store that lives as long as the process. */
    static StoreKeys inMemory(StoreKey key) {
        return new StoreKeys(Optional.empty(), key);
    }

    /** A key that was just made. */
    static StoreKeys made(Path file, StoreKey key) {
        return new StoreKeys(Optional.of(file), key);
    }

    /**
     * Opens the key of a store.
     *
     * @param expected the key that the store says signs for it
     * @param tidy whether what an interrupted rotation left may be cleared away
     * @throws CorruptStoreException if there is no such key, or it cannot be used
     */
    static StoreKeys open(Path file, CheckpointKey expected, boolean tidy) {
        try {
            Optional<StoreKey> key = load(file);
            if (key.filter(found -> found.publicKey().equals(expected)).isPresent()) {
                if (tidy) {
                    Files.deleteIfExists(nextTo(file));
                }
                return new StoreKeys(Optional.of(file), key.get());
            }
            Optional<StoreKey> interrupted =
                    load(nextTo(file)).filter(found -> found.publicKey().equals(expected));
            if (interrupted.isPresent()) {
                if (tidy) {
                    replace(file);
                }
                return new StoreKeys(Optional.of(file), interrupted.get());
            }
            throw new CorruptStoreException(
                    CorruptStoreException.Code.KEY,
                    "store key",
                    key.isPresent()
                            ? "\"" + file + "\" is not the key that signs for this store"
                            : "there is no file \"" + file + "\"");
        } catch (IOException e) {
            throw new CorruptStoreException(
                    CorruptStoreException.Code.KEY, "store key", String.valueOf(e.getMessage()), e);
        }
    }

    private static Optional<StoreKey> load(Path file) throws IOException {
        try {
            return Optional.of(StoreKey.load(file));
        } catch (NoSuchFileException absent) {
            return Optional.empty();
        }
    }

    /** The key that signs for a state which names {@code expected}. */
    StoreKey signing(CheckpointKey expected) {
        StoreKey taking = next;
        if (taking != null && taking.publicKey().equals(expected)) {
            return taking;
        }
        StoreKey inUse = current;
        if (inUse.publicKey().equals(expected)) {
            return inUse;
        }
        throw new CorruptStoreException(
                CorruptStoreException.Code.KEY,
                "store key",
                "the store names another key than the one it was opened with");
    }

    /** The key in use. */
    StoreKey current() {
        return current;
    }

    /**
     * Makes the next key; it is on disk when this returns.
     *
     * @throws UncheckedIOException if it cannot be written; nothing has changed then
     */
    StoreKey prepare(RandomGenerator random) {
        StoreKey made = StoreKey.generate(random);
        try {
            if (file.isPresent()) {
                Files.deleteIfExists(nextTo(file.get()));
                made.write(nextTo(file.get()));
                syncDirectoryOf(file.get());
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write the next key: " + e.getMessage(), e);
        }
        next = made;
        return made;
    }

    /** The commit that names the next key is durable. */
    void promote() {
        StoreKey made = next;
        if (made == null) {
            throw new IllegalStateException("no key is waiting to take over");
        }
        current = made;
        next = null;
        if (file.isPresent()) {
            try {
                replace(file.get());
            } catch (IOException e) {
                // The rotation stands whatever becomes of the file's name; but somebody must make room before the next
                // opening.
                throw new UncheckedIOException(
                        "the new key is in use, but cannot be moved to \"" + file.get() + "\": " + e.getMessage()
                                + "; opening the store again will try once more",
                        e);
            }
        }
    }

    /** The commit was refused: the key in use stays. */
    void discard() {
        next = null;
        if (file.isPresent()) {
            try {
                Files.deleteIfExists(nextTo(file.get()));
            } catch (IOException e) {
                throw new UncheckedIOException("cannot remove the key that was not needed: " + e.getMessage(), e);
            }
        }
    }

    private static void replace(Path file) throws IOException {
        Files.move(nextTo(file), file, StandardCopyOption.ATOMIC_MOVE);
        syncDirectoryOf(file);
    }

    static Path nextTo(Path file) {
        return file.resolveSibling(file.getFileName() + ".next");
    }

    private static void syncDirectoryOf(Path file) throws IOException {
        Path directory = file.toAbsolutePath().getParent();
        if (directory != null) {
            try (FileChannel opened = FileChannel.open(directory, StandardOpenOption.READ)) {
                opened.force(true);
            }
        }
    }
}
