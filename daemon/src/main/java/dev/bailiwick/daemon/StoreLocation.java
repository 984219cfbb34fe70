package dev.bailiwick.daemon;

import dev.bailiwick.accountstore.AnchorMode;
import dev.bailiwick.accountstore.StoreFiles;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Where a store is.
 *
 * @param directory its directory, absolute
 * @param anchor the file outside it that holds its newest head, absolute; not looked at in mode {@code none}
 * @param mode when the anchor follows
 */
public record StoreLocation(Path directory, Path anchor, AnchorMode mode) {
    /** What is given in place of an anchor file by whoever wants none. */
    private static final Path NO_ANCHOR = Path.of("none");

    /** The store in that directory, with its anchor beside it unless it is said to be elsewhere, or {@code none}. */
    public static StoreLocation of(Path directory, Optional<Path> anchor) {
        Path absolute = directory.toAbsolutePath().normalize();
        boolean none = anchor.filter(NO_ANCHOR::equals).isPresent();
        return new StoreLocation(
                absolute,
                anchor.filter(file -> !none)
                        .map(file -> file.toAbsolutePath().normalize())
                        .orElseGet(() -> StoreFiles.defaultsFor(absolute).anchor()),
                none ? new AnchorMode.None() : new AnchorMode.Strict());
    }

    /** The same with the anchor following otherwise; without an anchor there is nothing to follow. */
    public StoreLocation anchored(AnchorMode newMode) {
        return mode instanceof AnchorMode.None ? this : new StoreLocation(directory, anchor, newMode);
    }

    StoreFiles files() {
        return StoreFiles.defaultsFor(directory).withAnchor(anchor).withMode(mode);
    }
}
