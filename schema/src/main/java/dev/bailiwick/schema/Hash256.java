package dev.bailiwick.schema;

import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/** A SHA-256 hash: of a record, a journal entry or a tree. Immutable; printed as 64 lower-case hexadecimal digits. */
public final class Hash256 {
    /** The length of every hash. */
    public static final int BYTES = 32;

    private static final int STREAM_BYTES = 16 << 10;

    /** Never fed: virtual threads, of which there are many, hash with a copy, which costs less than looking the algorithm up. */
    private static final MessageDigest SHA256 = newDigest();

    /** One of each platform thread's own: a copy for each hash would be most of what a commit allocates. It is empty between hashes. */
    private static final ThreadLocal<MessageDigest> OWN = ThreadLocal.withInitial(Hash256::newDigest);

    private final byte[] bytes;

    private Hash256(byte[] bytes) {
        this.bytes = bytes;
    }

    /** Reads exactly {@value #BYTES} bytes; anything else is an {@link IllegalArgumentException}. */
    public static Hash256 of(byte[] bytes) {
        if (bytes.length != BYTES) {
            throw new IllegalArgumentException("a hash has " + BYTES + " bytes, not " + bytes.length);
        }
        return new Hash256(bytes.clone());
    }

    /** Reads 64 hexadecimal digits; anything else is an {@link IllegalArgumentException}. */
    public static Hash256 parse(String hex) {
        return of(HexFormat.of().parseHex(hex));
    }

    /** SHA-256 of the parts, one after the other. */
    public static Hash256 sha256(byte[]... parts) {
        MessageDigest digest = digest();
        for (byte[] part : parts) {
            digest.update(part);
        }
        return new Hash256(digest.digest());
    }

    /**
     * SHA-256 of all that is left of a stream, which stays open.
     *
     * @throws IOException if it cannot be read
     */
    public static Hash256 sha256(InputStream in) throws IOException {
        MessageDigest digest = newDigest();
        byte[] buffer = new byte[STREAM_BYTES];
        for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
            digest.update(buffer, 0, count);
        }
        return new Hash256(digest.digest());
    }

    /** SHA-256 of a prefix and two hashes, as in the nodes of a hash tree. */
    public static Hash256 sha256(byte[] prefix, Hash256 left, Hash256 right) {
        MessageDigest digest = digest();
        digest.update(prefix);
        digest.update(left.bytes);
        digest.update(right.bytes);
        return new Hash256(digest.digest());
    }

    private static MessageDigest digest() {
        if (!Thread.currentThread().isVirtual()) {
            return OWN.get();
        }
        try {
            return (MessageDigest) SHA256.clone();
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException("the platform's SHA-256 can be copied", e);
        }
    }

    private static MessageDigest newDigest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** A fresh array of the {@value #BYTES} bytes. */
    public byte[] toBytes() {
        return bytes.clone();
    }

    /** Whether these are its bytes. */
    public boolean hasBytes(byte[] other) {
        return Arrays.equals(bytes, other);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Hash256 hash && Arrays.equals(bytes, hash.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return HexFormat.of().formatHex(bytes);
    }
}
