package dev.bailiwick.capnp.rpc;

/**
 * What a sturdy reference refers to, in whatever form the application can find or make the object again from: a record's id, a
 * path, some state. 1 to 1,024 bytes. Kept by the server as it is, and never shown to clients.
 */
public final class SturdyObject extends OpaqueBytes {
    /** The most bytes of an object's description. */
    public static final int MOST_BYTES = 1024;

    /**
     * An object described by those bytes.
     *
     * @throws IllegalArgumentException unless they are 1 to {@link #MOST_BYTES}
     */
    public SturdyObject(byte[] bytes) {
        super(bytes, 1, MOST_BYTES, "object");
    }
}
