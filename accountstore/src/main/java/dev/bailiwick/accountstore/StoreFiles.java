package dev.bailiwick.accountstore;

import java.nio.file.Path;

/**
 * What a store keeps beside its engine's tables.
 *
 * @param key the Ed25519 key that signs checkpoints, mode 0600
 * @param anchor the rollback anchor, better on another volume than the store
 * @param mode when the anchor follows
 */
public record StoreFiles(Path key, Path anchor, AnchorMode mode) {
    /** Where both are by default: {@code <store>/checkpoint.key} and {@code <store>.anchor}. */
    public static StoreFiles defaultsFor(Path store) {
        Path absolute = store.toAbsolutePath().normalize();
        return new StoreFiles(
                absolute.resolve("checkpoint.key"),
                absolute.resolveSibling(absolute.getFileName() + ".anchor"),
                new AnchorMode.Strict());
    }

    /** The same with the anchor elsewhere. */
    public StoreFiles withAnchor(Path newAnchor) {
        return new StoreFiles(key, newAnchor, mode);
    }
}
