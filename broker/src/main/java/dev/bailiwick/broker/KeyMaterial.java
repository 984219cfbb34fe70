package dev.bailiwick.broker;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.Signature;
import java.security.spec.EdECPrivateKeySpec;
import java.security.spec.NamedParameterSpec;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import org.bouncycastle.crypto.params.Ed25519PrivateKeyParameters;

/**
 * The two keys of one version of a data class, unwrapped: one that seals and one that signs. Held no longer than one call takes, and
 * wiped then. Never printed.
 *
 * <pre>
 * bytes = AES-256 key:32  Ed25519 seed:32
 * </pre>
 */
final class KeyMaterial implements AutoCloseable {
    static final int BYTES = 2 * Aead.KEY_BYTES;

    private final byte[] sealing;
    private final byte[] seed;

    private KeyMaterial(byte[] sealing, byte[] seed) {
        this.sealing = sealing;
        this.seed = seed;
    }

    static KeyMaterial draw(RandomGenerator random) {
        byte[] sealing = new byte[Aead.KEY_BYTES];
        byte[] seed = new byte[Aead.KEY_BYTES];
        random.nextBytes(sealing);
        random.nextBytes(seed);
        return new KeyMaterial(sealing, seed);
    }

    /** Takes the bytes over. */
    static KeyMaterial of(byte[] bytes) {
        if (bytes.length != BYTES) {
            throw new IllegalArgumentException("two keys have " + BYTES + " bytes");
        }
        KeyMaterial material =
                new KeyMaterial(Arrays.copyOf(bytes, Aead.KEY_BYTES), Arrays.copyOfRange(bytes, Aead.KEY_BYTES, BYTES));
        Secrets.wipe(bytes);
        return material;
    }

    /** A fresh array, which the caller wipes. */
    byte[] toBytes() {
        byte[] bytes = Arrays.copyOf(sealing, BYTES);
        System.arraycopy(seed, 0, bytes, Aead.KEY_BYTES, Aead.KEY_BYTES);
        return bytes;
    }

    byte[] sealing() {
        return sealing;
    }

    /** Raw Ed25519. The platform derives no public key from a seed; this library does. */
    byte[] publicKey() {
        return new Ed25519PrivateKeyParameters(seed).generatePublicKey().getEncoded();
    }

    /** The Ed25519 signature (RFC 8032), 64 bytes. */
    byte[] sign(byte[] message) {
        try {
            Signature signature = Signature.getInstance("Ed25519");
            signature.initSign(KeyFactory.getInstance("Ed25519")
                    .generatePrivate(new EdECPrivateKeySpec(NamedParameterSpec.ED25519, seed)));
            signature.update(message);
            return signature.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has Ed25519", e);
        }
    }

    @Override
    public void close() {
        Secrets.wipe(sealing);
        Secrets.wipe(seed);
    }

    @Override
    public String toString() {
        return "key material";
    }
}
