package dev.bailiwick.engine;

import dev.bailiwick.engine.EngineException.Code;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;

/**
 * An {@link Engine} over one RocksDB directory, one column family a table.
 *
 * <p>The write-ahead log is opened in tolerate-corrupted-tail mode: a torn tail, which only unacknowledged work can
 * leave, opens by itself; damage in the middle refuses with {@link Code#CORRUPT}. What neither RocksDB mode can notice,
 * a log cut off cleanly below what was acknowledged, is the business of an anchor kept elsewhere (a
 * {@link DurabilityHook}).
 */
public final class RocksEngine {
    private RocksEngine() {}

    /**
     * Opens the store.
     *
     * @throws StoreHeldException if another engine has it open for writing, or this one is to write and another reads
     * @throws EngineException with {@link Code#MISSING}, {@link Code#LOST}, {@link Code#CORRUPT} or {@link Code#IO}
     */
    public static Engine open(RocksOptions options) {
        return switch (options.mode()) {
            case CREATE, READ_WRITE -> openForWriting(options);
            case READ_ONLY, SALVAGE -> openForReading(options);
        };
    }

    private static Engine openForWriting(RocksOptions options) {
        Path directory = options.directory();
        boolean create = options.mode() == RocksOptions.Mode.CREATE;
        if (create) {
            try {
                makePrivate(directory);
            } catch (IOException e) {
                throw new EngineException(Code.IO, "cannot make '" + directory + "': " + e.getMessage(), e);
            }
        } else {
            requireStore(directory);
        }
        DirectoryLock lock = DirectoryLock.exclusive(directory, options.owner());
        try {
            if (create && Files.exists(RocksBackend.currentFile(directory))) {
                throw new EngineException(
                        Code.IO, "'" + directory + "' already holds a store; choose another directory");
            }
            RocksBackend backend = RocksBackend.open(options, lock::close);
            return new LaneEngine("store", backend, options.limits(), Engine.State.OPEN);
        } catch (RuntimeException e) {
            lock.close();
            throw e;
        }
    }

    /** Where nothing was before, nobody but this user may look; a directory that was there keeps its mode. */
    private static void makePrivate(Path directory) throws IOException {
        Path parent = directory.toAbsolutePath().getParent();
        if (parent != null) {
            Files.createDirectories(parent);
        }
        for (Path each : List.of(directory, RocksBackend.databaseDirectory(directory))) {
            if (!Files.isDirectory(each)) {
                Files.createDirectory(
                        each, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            }
        }
    }

    private static Engine openForReading(RocksOptions options) {
        Path directory = options.directory();
        requireStore(directory);
        Runnable unlock = DirectoryLock.shared(directory)
                .<Runnable>map(held -> held::close)
                .orElse(() -> {});
        try {
            RocksBackend backend = RocksBackend.openReadOnly(options, unlock);
            return new LaneEngine("store", backend, options.limits(), Engine.State.READ_ONLY);
        } catch (RuntimeException e) {
            unlock.run();
            throw e;
        }
    }

    private static void requireStore(Path directory) {
        if (Files.exists(RocksBackend.currentFile(directory))) {
            return;
        }
        if (holdsFiles(RocksBackend.databaseDirectory(directory))) {
            throw new EngineException(
                    Code.LOST,
                    "a file of the store is missing: '" + RocksBackend.currentFile(directory)
                            + "', without which the others cannot be read");
        }
        throw new EngineException(Code.MISSING, "there is no store in '" + directory + "'");
    }

    private static boolean holdsFiles(Path database) {
        if (!Files.isDirectory(database)) {
            return false;
        }
        try (Stream<Path> files = Files.list(database)) {
            return files.findAny().isPresent();
        } catch (IOException e) {
            throw new EngineException(Code.IO, "cannot look into '" + database + "': " + e.getMessage(), e);
        }
    }
}
