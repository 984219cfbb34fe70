package dev.bailiwick.capnp.rpc;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Optional;

/**
 * The secret of a sturdy reference: 256 random bits, which only the reference's keeper has. It does not show itself in
 * {@link #toString}, so that it reaches no log by accident. Immutable.
 */
public final class SturdyToken {
    /** A token's bytes. */
    public static final int BYTES = 32;

    private final byte[] bytes;

    private SturdyToken(byte[] owned) {
        this.bytes = owned;
    }

    /** A fresh one. */
    static SturdyToken draw(SecureRandom random) {
        byte[] bytes = new byte[BYTES];
        random.nextBytes(bytes);
        return new SturdyToken(bytes);
    }

    /** The token with those bytes; empty if they are not {@link #BYTES}, and so are no server's. */
    public static Optional<SturdyToken> of(byte[] bytes) {
        return bytes.length == BYTES ? Optional.of(new SturdyToken(bytes.clone())) : Optional.empty();
    }

    /** A copy of the secret, for who hands it on to its keeper. */
    public byte[] bytes() {
        return bytes.clone();
    }

    /** What a server keeps of it. */
    public SturdyHash hash() {
        try {
            return new SturdyHash(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException impossible) { // every Java platform must have it
            throw new AssertionError(impossible);
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SturdyToken that && MessageDigest.isEqual(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return hash().hashCode();
    }

    /** Says that it is one, and nothing of what it is. */
    @Override
    public String toString() {
        return "sturdy token (redacted)";
    }
}
