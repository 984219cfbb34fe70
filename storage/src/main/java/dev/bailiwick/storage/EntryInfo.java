package dev.bailiwick.storage;

/** What a namespace says of one of its entries. */
public sealed interface EntryInfo {
    /** The entry's own name; empty for the namespace that was asked. */
    String name();

    /**
     * Grows with every change of this entry, and is never used again in its root: an entry that was removed and made
     * anew has a greater version than before. Never 0 for an entry; of a root itself, the version of its last change.
     */
    long version();

    /** Milliseconds since 1970 of that change. */
    long modifiedAtMs();

    /** Some bytes. {@code size} is in bytes. */
    record OfBlob(String name, long version, long modifiedAtMs, long size, BlobHash sha256) implements EntryInfo {}

    /** Further entries. Its version does not change with them. */
    record OfNamespace(String name, long version, long modifiedAtMs) implements EntryInfo {}
}
