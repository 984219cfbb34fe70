package dev.bailiwick.daemon;

import dev.bailiwick.accountstore.AccountStore;
import dev.bailiwick.accountstore.CorruptStoreException;
import dev.bailiwick.accountstore.EmergencyLog;
import dev.bailiwick.engine.EngineException;
import dev.bailiwick.engine.Ownership;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.util.Optional;

/**
 * What is done while a store cannot be written, in a file beside it, until the store's audit chain can take it over. Stateless.
 *
 * <p>INVARIANT (not twice unless it crashes): the file is renamed once the audit chain holds what it says. A crash between the two has it
 * taken over again, never not at all.
 */
final class EmergencyRecord {
    private EmergencyRecord() {}

    /** Where it is unless somebody says otherwise: {@code <store>.emergency}. */
    static Path placeOf(StoreLocation location) {
        return location.directory().resolveSibling(location.directory().getFileName() + ".emergency");
    }

    /**
     * Has a store in memory recorded in that file, which belongs to whoever owns the store.
     *
     * @throws DaemonException if it cannot be written: what cannot be recorded is not done
     */
    static EmergencyLog keep(AccountStore inMemory, StoreLocation location, Path file) {
        try {
            EmergencyLog log = inMemory.logTo(file);
            if (Files.exists(location.directory())) {
                Ownership.give(Files.readAttributes(location.directory(), PosixFileAttributes.class), file);
            }
            return log;
        } catch (UncheckedIOException | IOException e) {
            throw new DaemonException(
                    DaemonException.Code.EMERGENCY_LOG,
                    "the emergency cannot be recorded, so nobody is served: " + e.getMessage(),
                    e);
        }
    }

    /** Takes what was recorded over into the store it was recorded for; why that is not possible, if it is not. */
    static Optional<String> takeOver(StoreLocation location, AccountStore store) {
        Path file = placeOf(location);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try {
            store.takeOverLog(file);
            Files.move(file, freePlace(file));
            NextEpoch.sync(file.toAbsolutePath().getParent());
            return Optional.empty();
        } catch (UncheckedIOException | IOException | EngineException | CorruptStoreException e) {
            return Optional.of("what was recorded in \"" + file
                    + "\" while the store was not served is not in the audit chain: " + e.getMessage());
        }
    }

    private static Path freePlace(Path file) {
        int number = 1;
        Path place;
        do {
            place = file.resolveSibling(file.getFileName() + ".taken-" + number++);
        } while (Files.exists(place));
        return place;
    }
}
