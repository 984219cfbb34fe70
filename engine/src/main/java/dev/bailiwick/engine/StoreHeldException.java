package dev.bailiwick.engine;

import java.nio.file.Path;
import java.util.Optional;

/** The directory is held by another engine; {@link #owner()} says which, when it left its name. */
public final class StoreHeldException extends EngineException {
    private static final long serialVersionUID = 1L;

    private final transient Optional<StoreOwner> owner;

    StoreHeldException(Path directory, Optional<StoreOwner> owner) {
        super(
                Code.HELD,
                "store '" + directory + "' is held by "
                        + owner.map(StoreOwner::toString).orElse("another process"));
        this.owner = owner;
    }

    /** Who holds the directory; empty if the holder left no readable owner file. */
    public Optional<StoreOwner> owner() {
        return owner;
    }
}
