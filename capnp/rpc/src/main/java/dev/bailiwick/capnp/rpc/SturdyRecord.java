package dev.bailiwick.capnp.rpc;

import java.time.Instant;
import java.util.Objects;

/**
 * What a server keeps of a sturdy reference. Nothing in it helps to restore the reference.
 *
 * @param hash the hash of its token, by which it is found
 * @param owner who alone can restore it
 * @param object what it refers to, in the application's own terms
 * @param expires from when on it is of no use
 * @param label what it is for, for people: 0 to 100 characters, as its saver wrote them
 */
public record SturdyRecord(SturdyHash hash, SturdyOwner owner, SturdyObject object, Instant expires, String label) {
    /** The most characters of a label. */
    public static final int MOST_LABEL_CHARS = 100;

    /** Requires all parts, and a label that is not too long. */
    public SturdyRecord {
        Objects.requireNonNull(hash, "hash");
        Objects.requireNonNull(owner, "owner");
        Objects.requireNonNull(object, "object");
        Objects.requireNonNull(expires, "expires");
        if (label.length() > MOST_LABEL_CHARS) {
            throw new IllegalArgumentException(
                    "label of " + label.length() + " characters must have at most " + MOST_LABEL_CHARS);
        }
    }

    /** Whether it is of no use any more at that time. */
    public boolean isExpired(Instant now) {
        return !now.isBefore(expires);
    }
}
