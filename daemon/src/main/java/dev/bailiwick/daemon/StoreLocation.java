package dev.bailiwick.daemon;

import dev.bailiwick.accountstore.StoreFiles;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Where a store is.
 *
 * @param directory its directory, absolute
 * @param anchor the file outside it that holds its newest head, absolute
 */
public record StoreLocation(Path directory, Path anchor) {
    /** The store in that directory, with its anchor beside it unless it is said to be elsewhere. */
    public static StoreLocation of(Path directory, Optional<Path> anchor) {
        Path absolute = directory.toAbsolutePath().normalize();
        return new StoreLocation(
                absolute,
                anchor.map(file -> file.toAbsolutePath().normalize())
                        .orElseGet(() -> StoreFiles.defaultsFor(absolute).anchor()));
    }

    StoreFiles files() {
        return StoreFiles.defaultsFor(directory).withAnchor(anchor);
    }
}
