package dev.bailiwick.storage;

/** What came of storing versions of keys. */
public sealed interface KeyAddResult permits KeyAddResult.Added, KeyAddResult.Moved, Denied {
    /** They are stored, durably. */
    record Added() implements KeyAddResult {}

    /** Somebody else has changed the class meanwhile: nothing was stored; look again. */
    record Moved() implements KeyAddResult {}
}
