package dev.bailiwick.storage;

import dev.bailiwick.schema.Id128;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * One version of a data class's keys, as it is stored: what may be known of it, and the keys themselves under a key that is not in the
 * store. Immutable; storage neither makes nor opens what is wrapped.
 *
 * <pre>
 * body = createdAtMs:8  wrappedBy:16  publicKey:32  wrapped:rest
 * </pre>
 */
public final class WrappedKey {
    /** Bytes of a raw Ed25519 public key. */
    public static final int PUBLIC_KEY_BYTES = 32;

    /** The most bytes that may be wrapped; two keys with nonce and tag are far below. */
    public static final int MAX_WRAPPED_BYTES = 512;

    private static final int FIXED_BYTES = Long.BYTES + Id128.BYTES + PUBLIC_KEY_BYTES;

    private final long createdAtMs;
    private final Id128 wrappedBy;
    private final byte[] publicKey;
    private final byte[] wrapped;

    /**
     * Copies the arrays.
     *
     * @param createdAtMs milliseconds since 1970
     * @param wrappedBy names the wrapping key, and tells nothing of it
     * @param publicKey raw Ed25519, {@value #PUBLIC_KEY_BYTES} bytes
     * @param wrapped 1 to {@value #MAX_WRAPPED_BYTES} bytes
     * @throws IllegalArgumentException if a length is another
     */
    public WrappedKey(long createdAtMs, Id128 wrappedBy, byte[] publicKey, byte[] wrapped) {
        if (publicKey.length != PUBLIC_KEY_BYTES || wrapped.length < 1 || wrapped.length > MAX_WRAPPED_BYTES) {
            throw new IllegalArgumentException("a wrapped key has other lengths");
        }
        this.createdAtMs = createdAtMs;
        this.wrappedBy = wrappedBy;
        this.publicKey = publicKey.clone();
        this.wrapped = wrapped.clone();
    }

    /** Milliseconds since 1970. */
    public long createdAtMs() {
        return createdAtMs;
    }

    /** Names the wrapping key. */
    public Id128 wrappedBy() {
        return wrappedBy;
    }

    /** A fresh array of the raw Ed25519 public key. */
    public byte[] publicKey() {
        return publicKey.clone();
    }

    /** A fresh array of the wrapped bytes. */
    public byte[] wrapped() {
        return wrapped.clone();
    }

    ByteBuffer body() {
        return ByteBuffer.allocate(FIXED_BYTES + wrapped.length)
                .putLong(createdAtMs)
                .put(wrappedBy.toBytes())
                .put(publicKey)
                .put(wrapped)
                .flip();
    }

    static WrappedKey decode(ByteBuffer body) {
        Body.requireAtLeast(body, FIXED_BYTES + 1);
        if (body.remaining() > FIXED_BYTES + MAX_WRAPPED_BYTES) {
            throw new BadRowException("a wrapped key is too long");
        }
        return new WrappedKey(
                body.getLong(),
                Id128.of(Body.bytes(body, Id128.BYTES)),
                Body.bytes(body, PUBLIC_KEY_BYTES),
                Body.bytes(body, body.remaining()));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof WrappedKey key
                && createdAtMs == key.createdAtMs
                && wrappedBy.equals(key.wrappedBy)
                && Arrays.equals(publicKey, key.publicKey)
                && Arrays.equals(wrapped, key.wrapped);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(wrapped);
    }

    /** The public half only. */
    @Override
    public String toString() {
        return "key " + HexFormat.of().formatHex(publicKey);
    }
}
