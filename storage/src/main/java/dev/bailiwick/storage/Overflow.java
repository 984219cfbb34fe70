package dev.bailiwick.storage;

/** What becomes of a write for which there is no room. */
public enum Overflow {
    /** It is refused. */
    REFUSE,
    /** Other entries are removed to make room, those first that were of least use; only what could never fit is refused. */
    EVICT
}
