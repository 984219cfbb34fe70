package dev.bailiwick.capnp.rpc;

/** What a server keeps of a sturdy reference: the SHA-256 of its token. Of no use to restore it, so it can serve as its name. */
public final class SturdyHash extends OpaqueBytes {
    /** A hash's bytes. */
    public static final int BYTES = 32;

    /**
     * A hash, as it was stored.
     *
     * @throws IllegalArgumentException unless it has {@link #BYTES} bytes
     */
    public SturdyHash(byte[] bytes) {
        super(bytes, BYTES, BYTES, "hash");
    }
}
