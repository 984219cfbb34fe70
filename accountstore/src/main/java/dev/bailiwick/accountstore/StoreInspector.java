package dev.bailiwick.accountstore;

/** Integrity inspection: sizes, hashes and findings, no content. Thread-safe. */
public interface StoreInspector {
    /** The newest durable head. */
    StoreHead head();

    /** Checks everything: journal and audit chains, trees, every record version, indexes both ways, anchor, file checksums. */
    VerifyReport verify();

    /** The same on all cores, telling how far it is. */
    VerifyReport verify(VerifyProgress progress);

    /** The newest head as a C2SP checkpoint, signed with the store's key. */
    SignedCheckpoint checkpoint();
}
