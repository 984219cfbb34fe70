package dev.bailiwick.accountstore;

import dev.bailiwick.schema.Hash256;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;

/**
 * The public half of a store's Ed25519 key (RFC 8032), by which others check what the store signed. Immutable; printed in Base64.
 */
public final class CheckpointKey {
    /** The length of a raw public key. */
    public static final int BYTES = 32;

    private static final byte ED25519 = 1;
    private static final int ID_BYTES = 4;

    /** SubjectPublicKeyInfo of Ed25519 is this and the raw key (RFC 8410). */
    private static final byte[] INFO = {0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00};

    private final byte[] raw;

    private CheckpointKey(byte[] raw) {
        this.raw = raw;
    }

    /** Reads exactly {@value #BYTES} bytes; anything else is an {@link IllegalArgumentException}. */
    public static CheckpointKey of(byte[] raw) {
        if (raw.length != BYTES) {
            throw new IllegalArgumentException("a checkpoint key has " + BYTES + " bytes, not " + raw.length);
        }
        return new CheckpointKey(raw.clone());
    }

    /** A key together with the name it signs under. */
    public record Named(String name, CheckpointKey key) {
        /** The C2SP verifier key line: name, key id in hexadecimal, and key, joined by plus signs. */
        public String line() {
            return name + "+" + HexFormat.of().formatHex(key.id(name)) + "+" + base64(concat(ED25519, key.raw));
        }
    }

    /** Reads a verifier key line; empty if it is none, or its key id is not its key's. */
    public static Optional<Named> parse(String line) {
        String[] parts = line.strip().split("\\+", 3);
        if (parts.length != 3 || parts[0].isEmpty()) {
            return Optional.empty();
        }
        byte[] typed;
        try {
            typed = Base64.getDecoder().decode(parts[2]);
        } catch (IllegalArgumentException notBase64) {
            return Optional.empty();
        }
        if (typed.length != 1 + BYTES || typed[0] != ED25519) {
            return Optional.empty();
        }
        Named named = new Named(parts[0], new CheckpointKey(Arrays.copyOfRange(typed, 1, typed.length)));
        return named.line().equals(line.strip()) ? Optional.of(named) : Optional.empty();
    }

    /** The first four bytes of SHA-256(name, newline, 0x01, key): what signed notes tell keys apart by. */
    byte[] id(String name) {
        byte[] lead = (name + "\n").getBytes(StandardCharsets.UTF_8);
        return Arrays.copyOf(Hash256.sha256(lead, new byte[] {ED25519}, raw).toBytes(), ID_BYTES);
    }

    /** Whether this key made that signature of the message. */
    boolean signed(byte[] message, byte[] signature) {
        byte[] encoded = Arrays.copyOf(INFO, INFO.length + BYTES);
        System.arraycopy(raw, 0, encoded, INFO.length, BYTES);
        try {
            PublicKey key = KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(encoded));
            Signature verifier = Signature.getInstance("Ed25519");
            verifier.initVerify(key);
            verifier.update(message);
            return verifier.verify(signature);
        } catch (GeneralSecurityException notAKeyOrNotASignature) {
            return false;
        }
    }

    /** A fresh array of the raw key. */
    public byte[] toBytes() {
        return raw.clone();
    }

    private static byte[] concat(byte first, byte[] rest) {
        byte[] joined = new byte[1 + rest.length];
        joined[0] = first;
        System.arraycopy(rest, 0, joined, 1, rest.length);
        return joined;
    }

    private static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof CheckpointKey key && Arrays.equals(raw, key.raw);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(raw);
    }

    @Override
    public String toString() {
        return base64(raw);
    }
}
