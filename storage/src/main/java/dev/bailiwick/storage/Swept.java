package dev.bailiwick.storage;

/**
 * What a start cleared away.
 *
 * @param roots roots of ended sessions, and deleted roots with rows left
 * @param contents contents of abandoned writers, and of versions that were only kept for open blobs
 * @param unreadable things that should have been cleared but are damaged: {@link StorageVerifier} names them
 */
public record Swept(int roots, int contents, int unreadable) {
    Swept plus(Swept more) {
        return new Swept(roots + more.roots, contents + more.contents, unreadable + more.unreadable);
    }
}
