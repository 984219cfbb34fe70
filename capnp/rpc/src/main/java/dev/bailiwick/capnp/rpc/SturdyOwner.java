package dev.bailiwick.capnp.rpc;

/** Whose a sturdy reference is, as the application names its clients: 1 to 256 bytes. Not a secret, and no proof of anything. */
public final class SturdyOwner extends OpaqueBytes {
    /** The most bytes of an owner. */
    public static final int MOST_BYTES = 256;

    /**
     * An owner with that name.
     *
     * @throws IllegalArgumentException unless it has 1 to {@link #MOST_BYTES} bytes
     */
    public SturdyOwner(byte[] bytes) {
        super(bytes, 1, MOST_BYTES, "owner");
    }
}
