package dev.bailiwick.engine;

import dev.bailiwick.engine.EngineException.Code;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;

/**
 * Holds a store directory with {@code flock(2)} on its {@code lock} file, and says in {@code owner} who does.
 *
 * <p>Not {@code FileChannel.lock}: that is an fcntl lock, which the process loses as soon as any other descriptor of the
 * same file is closed, so a refused second opener inside the process would unlock the first. A flock belongs to its
 * descriptor, holds against the same process too, and ends with the process however it dies.
 *
 * <p>A reader takes a shared lock and writes nothing. A stale {@code owner} file is harmless: it is read only when the
 * lock is held.
 */
final class DirectoryLock implements AutoCloseable {
    private static final int O_RDONLY = 0;
    private static final int LOCK_SH = 1;
    private static final int LOCK_EX = 2;
    private static final int LOCK_NB = 4;

    private final Libc libc;
    private final int descriptor;
    private final Optional<Path> ownerFile;

    private DirectoryLock(Libc libc, int descriptor, Optional<Path> ownerFile) {
        this.libc = libc;
        this.descriptor = descriptor;
        this.ownerFile = ownerFile;
    }

    /** Takes the directory for writing. */
    static DirectoryLock exclusive(Path directory, StoreOwner owner) {
        try {
            Path lock = directory.resolve("lock");
            if (!Files.exists(lock)) {
                makePrivate(lock);
            }
            Path ownerFile = directory.resolve("owner");
            DirectoryLock held = lock(lock, directory, LOCK_EX, Optional.of(ownerFile));
            try {
                // Written aside and moved, so that whoever is refused meanwhile reads all of it or the previous one.
                Path draft = directory.resolve("owner.new");
                Files.write(draft, owner.toFileText().getBytes(StandardCharsets.UTF_8));
                Files.move(draft, ownerFile, StandardCopyOption.ATOMIC_MOVE);
                return held;
            } catch (IOException e) {
                // Nobody would let go of it: a full or read-only disk would look like another process for ever.
                held.close();
                throw e;
            }
        } catch (IOException e) {
            throw new EngineException(Code.IO, "cannot lock store '" + directory + "': " + e.getMessage(), e);
        }
    }

    /** Keeps writers out of the directory; empty if no writer ever was in it, so that there is nothing to lock. */
    static Optional<DirectoryLock> shared(Path directory) {
        Path lock = directory.resolve("lock");
        return Files.notExists(lock) ? Optional.empty() : Optional.of(lock(lock, directory, LOCK_SH, Optional.empty()));
    }

    /** Keeps out whoever else would move the directory: holds the one that it is in, which a move changes. */
    static DirectoryLock place(Path directory) {
        Path parent = Optional.ofNullable(directory.toAbsolutePath().getParent())
                .orElseThrow(() -> new EngineException(Code.IO, "'" + directory + "' cannot be moved"));
        return lock(parent, directory, LOCK_EX, Optional.empty());
    }

    /** Nobody else may hold the lock, so nobody else may open its file. */
    private static void makePrivate(Path lock) throws IOException {
        try {
            Files.createFile(lock, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        } catch (FileAlreadyExistsException e) {
            // Another opener made it meanwhile; which of the two gets the lock is decided next.
        }
    }

    private static DirectoryLock lock(Path held, Path directory, int how, Optional<Path> ownerFile) {
        Libc libc = new Libc();
        int descriptor = libc.open(held);
        if (descriptor < 0) {
            throw new EngineException(Code.IO, "cannot open '" + held + "' to lock store '" + directory + "'");
        }
        if (libc.flock(descriptor, how | LOCK_NB) != 0) {
            libc.close(descriptor);
            throw new StoreHeldException(directory, readOwner(directory));
        }
        return new DirectoryLock(libc, descriptor, ownerFile);
    }

    private static Optional<StoreOwner> readOwner(Path directory) {
        try {
            return StoreOwner.fromFileText(Files.readString(directory.resolve("owner")));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            // Who holds it is a courtesy; that it is held is what matters and is already known.
            return Optional.empty();
        }
    }

    @Override
    public void close() {
        try {
            if (ownerFile.isPresent()) {
                Files.deleteIfExists(ownerFile.get());
            }
        } catch (IOException e) {
            // A stale owner file is harmless, see above.
        } finally {
            libc.close(descriptor);
        }
    }

    /** The three calls, with constants that Linux, the BSDs and macOS share. */
    private static final class Libc {
        private final MethodHandle open = handle(
                "open",
                FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT),
                Linker.Option.firstVariadicArg(2));
        private final MethodHandle flock = handle(
                "flock", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
        private final MethodHandle close =
                handle("close", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));

        @SuppressWarnings(
                "restricted") // the launchers enable native access; these three calls are all this class makes
        private static MethodHandle handle(String name, FunctionDescriptor type, Linker.Option... options) {
            Linker linker = Linker.nativeLinker();
            SymbolLookup lookup = linker.defaultLookup();
            return linker.downcallHandle(lookup.findOrThrow(name), type, options);
        }

        int open(Path path) {
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment name = arena.allocateFrom(path.toString());
                return (int) open.invokeExact(name, O_RDONLY);
            } catch (Throwable e) { // see impossible
                throw impossible(e);
            }
        }

        int flock(int descriptor, int how) {
            try {
                return (int) flock.invokeExact(descriptor, how);
            } catch (Throwable e) { // see impossible
                throw impossible(e);
            }
        }

        void close(int descriptor) {
            try {
                int ignored = (int) close.invokeExact(descriptor);
            } catch (Throwable e) { // see impossible
                throw impossible(e);
            }
        }

        /**
         * What is caught of {@code invokeExact}, which declares Throwable whatever its handle does, so that no narrower clause
         * compiles. These downcalls throw nothing of their own.
         */
        private static IllegalStateException impossible(Throwable e) {
            return new IllegalStateException(e);
        }
    }
}
