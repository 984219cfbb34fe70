package dev.bailiwick.accountstore;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
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

    /** The same with the anchor following otherwise. */
    public StoreFiles withMode(AnchorMode newMode) {
        return new StoreFiles(key, anchor, newMode);
    }

    /**
     * Whether the anchor lies on the same volume as the key, and so presumably as the store: then whoever puts back an older copy of
     * the volume puts back the anchor too, and nobody can tell. Worth a warning.
     *
     * @throws UncheckedIOException if either cannot be looked at
     */
    public boolean anchorSharesVolume() {
        try {
            return Files.getFileStore(anchor).equals(Files.getFileStore(key));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
