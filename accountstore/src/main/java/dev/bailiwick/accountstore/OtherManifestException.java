package dev.bailiwick.accountstore;

import dev.bailiwick.schema.Hash256;

/** A recovery was given another manifest than the one that the store was made from; nothing was written. */
public final class OtherManifestException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    OtherManifestException(Hash256 wanted) {
        super("this is not the manifest that the store was made from, whose SHA-256 is " + wanted);
    }
}
