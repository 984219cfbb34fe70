package dev.bailiwick.broker;

import dev.bailiwick.accountstore.OpaqueBytes;
import dev.bailiwick.schema.Hash256;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPublicKeySpec;
import java.security.spec.EdECPoint;
import java.security.spec.EdECPublicKeySpec;
import java.security.spec.NamedParameterSpec;
import java.security.spec.RSAPublicKeySpec;
import java.util.Arrays;
import java.util.Base64;
import org.bouncycastle.crypto.ec.CustomNamedCurves;
import org.bouncycastle.math.ec.rfc8032.Ed25519;

/**
 * A public key of SSH that can sign a challenge: {@code ssh-ed25519} (RFC 8709), {@code ecdsa-sha2-nistp256} (RFC 5656) or
 * {@code ssh-rsa} with {@code rsa-sha2-512} (RFC 8332). Two keys are the same if their wire forms are. Immutable.
 */
final class SshPublicKey {
    /** The longest line taken: an RSA key of the largest size with a long comment. */
    static final int LINE_CHARS = 4_096;

    private static final int RSA_MIN_BITS = 2_048;
    private static final int RSA_MAX_BITS = 8_192;
    private static final int ED25519_BYTES = 32;
    private static final int P256_BYTES = 32;

    /** The order of Ed25519's group: a signature's second half must be below it, or there would be a second one (RFC 8032, 5.1.7). */
    private static final BigInteger ED25519_ORDER =
            BigInteger.TWO.pow(252).add(new BigInteger("27742317777372353535851937790883648493"));

    private static final ECParameterSpec P256 = p256();

    /** What sort of key it is. */
    enum Type {
        ED25519("ssh-ed25519", "ssh-ed25519"),
        ECDSA_P256("ecdsa-sha2-nistp256", "ecdsa-sha2-nistp256"),
        RSA("ssh-rsa", "rsa-sha2-512");

        private final String text;
        private final String signature;

        Type(String text, String signature) {
            this.text = text;
            this.signature = signature;
        }

        /** As SSH calls it. */
        String text() {
            return text;
        }

        private static Type of(String text) throws SshFormatException {
            for (Type type : values()) {
                if (type.text.equals(text)) {
                    return type;
                }
            }
            throw new SshFormatException("keys of type \"" + text
                    + "\" are not taken: use ssh-ed25519, ecdsa-sha2-nistp256, or ssh-rsa of 2048 bits or more");
        }
    }

    /** A line of a public key file: the key and what its owner wrote after it. */
    record Line(SshPublicKey key, String comment) {}

    private final Type type;
    private final OpaqueBytes blob;
    private final PublicKey key;

    private SshPublicKey(Type type, OpaqueBytes blob, PublicKey key) {
        this.type = type;
        this.blob = blob;
        this.key = key;
    }

    /** Reads one line as {@code ssh-keygen} writes it to a file that ends in {@code .pub}: type, base64, and perhaps a comment. */
    static Line ofLine(String text) throws SshFormatException {
        String line = text.strip();
        if (line.length() > LINE_CHARS) {
            throw new SshFormatException("it has more than " + LINE_CHARS + " characters");
        }
        if (line.startsWith("-----BEGIN")) {
            throw new SshFormatException("it is not a public key: name the file that ends in .pub");
        }
        if (line.chars().anyMatch(Character::isISOControl)) {
            throw new SshFormatException("it is more than one line");
        }
        String[] words = line.split(" ", 3);
        if (words.length < 2) {
            throw new SshFormatException("it is not a line of a .pub file");
        }
        Type named = Type.of(words[0]);
        SshPublicKey key = ofBlob(base64(words[1]));
        if (key.type != named) {
            throw new SshFormatException("it says " + named.text + " and is " + key.type.text);
        }
        return new Line(key, words.length < 3 ? "" : words[2].strip());
    }

    /** Reads the wire form. */
    static SshPublicKey ofBlob(byte[] blob) throws SshFormatException {
        SshReader reader = new SshReader(blob);
        Type type = Type.of(reader.text());
        try {
            PublicKey key = switch (type) {
                case ED25519 -> ed25519(reader.string());
                case ECDSA_P256 -> ecdsa(reader.text(), reader.string());
                case RSA -> rsa(reader.positive(), reader.positive());
            };
            reader.end();
            return new SshPublicKey(type, OpaqueBytes.of(blob), key);
        } catch (GeneralSecurityException e) {
            throw new SshFormatException("it is not a key that works");
        }
    }

    private static PublicKey ed25519(byte[] point) throws SshFormatException, GeneralSecurityException {
        // A point of small order would take one signature for any text.
        if (point.length != ED25519_BYTES || !Ed25519.validatePublicKeyFull(point, 0)) {
            throw new SshFormatException("it is not a key that works");
        }
        byte[] bigEndian = reversed(point);
        boolean xOdd = bigEndian[0] < 0;
        bigEndian[0] &= 0x7f;
        return KeyFactory.getInstance("Ed25519")
                .generatePublic(new EdECPublicKeySpec(
                        NamedParameterSpec.ED25519, new EdECPoint(xOdd, new BigInteger(1, bigEndian))));
    }

    private static PublicKey ecdsa(String curve, byte[] point) throws SshFormatException, GeneralSecurityException {
        if (!curve.equals("nistp256") || point.length != 1 + 2 * P256_BYTES || point[0] != 4) {
            throw new SshFormatException("it is not a point of nistp256, uncompressed");
        }
        try {
            var onCurve = CustomNamedCurves.getByName("P-256").getCurve().decodePoint(point);
            return KeyFactory.getInstance("EC")
                    .generatePublic(new ECPublicKeySpec(
                            new ECPoint(
                                    onCurve.getAffineXCoord().toBigInteger(),
                                    onCurve.getAffineYCoord().toBigInteger()),
                            P256));
        } catch (IllegalArgumentException e) {
            throw new SshFormatException("it is not a point of nistp256");
        }
    }

    private static PublicKey rsa(BigInteger exponent, BigInteger modulus)
            throws SshFormatException, GeneralSecurityException {
        if (modulus.bitLength() < RSA_MIN_BITS || modulus.bitLength() > RSA_MAX_BITS || !modulus.testBit(0)) {
            throw new SshFormatException("an RSA key has " + RSA_MIN_BITS + " to " + RSA_MAX_BITS + " bits");
        }
        if (exponent.bitLength() > Integer.SIZE || exponent.compareTo(BigInteger.TWO) <= 0 || !exponent.testBit(0)) {
            throw new SshFormatException("its exponent is not one that keys have");
        }
        return KeyFactory.getInstance("RSA").generatePublic(new RSAPublicKeySpec(modulus, exponent));
    }

    Type type() {
        return type;
    }

    /** The wire form, which is what the store keeps. */
    OpaqueBytes blob() {
        return blob;
    }

    /** As {@code ssh-keygen -l} prints it. */
    String fingerprint() {
        return fingerprintOf(blob.toBytes());
    }

    /** The fingerprint of whatever has that wire form. */
    static String fingerprintOf(byte[] blob) {
        return "SHA256:"
                + Base64.getEncoder()
                        .withoutPadding()
                        .encodeToString(Hash256.sha256(blob).toBytes());
    }

    /**
     * Whether a signature in its wire form is this key's, of that message.
     *
     * @throws SshFormatException if it is not a signature that such a key makes, or not in the one form it has
     */
    boolean signed(byte[] message, byte[] signature) throws SshFormatException {
        SshReader reader = new SshReader(signature);
        String algorithm = reader.text();
        if (!algorithm.equals(type.signature)) {
            throw new SshFormatException("a key of type " + type.text + " signs with " + type.signature
                    + ", not with \"" + algorithm + "\"");
        }
        byte[] value = reader.string();
        reader.end();
        try {
            return switch (type) {
                case ED25519 -> verify("Ed25519", message, ed25519Signature(value));
                case ECDSA_P256 -> verify("SHA256withECDSAinP1363Format", message, ecdsaSignature(value));
                case RSA -> verify("SHA512withRSA", message, value);
            };
        } catch (SignatureException e) {
            return false; // What the provider would not even compute with.
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK lacks " + type.text, e);
        }
    }

    private boolean verify(String algorithm, byte[] message, byte[] value) throws GeneralSecurityException {
        Signature verifier = Signature.getInstance(algorithm);
        verifier.initVerify(key);
        verifier.update(message);
        return verifier.verify(value);
    }

    private static byte[] ed25519Signature(byte[] value) throws SshFormatException {
        if (value.length != 2 * ED25519_BYTES) {
            throw new SshFormatException("an ssh-ed25519 signature has 64 bytes");
        }
        BigInteger s = new BigInteger(1, reversed(Arrays.copyOfRange(value, ED25519_BYTES, value.length)));
        if (s.compareTo(ED25519_ORDER) >= 0) {
            throw new SshFormatException("it is a second form of a signature");
        }
        return value;
    }

    /**
     * {@code r} and {@code s} side by side. Both {@code s} and its negative verify; OpenSSH makes either, so that neither can be
     * refused. It gives nothing: a challenge is spent by its first signature.
     */
    private static byte[] ecdsaSignature(byte[] value) throws SshFormatException {
        SshReader numbers = new SshReader(value);
        BigInteger r = numbers.positive();
        BigInteger s = numbers.positive();
        numbers.end();
        if (r.compareTo(P256.getOrder()) >= 0 || s.compareTo(P256.getOrder()) >= 0) {
            throw new SshFormatException("a number in it is too large");
        }
        byte[] both = new byte[2 * P256_BYTES];
        copyInto(both, P256_BYTES, r);
        copyInto(both, 2 * P256_BYTES, s);
        return both;
    }

    private static void copyInto(byte[] target, int end, BigInteger number) {
        byte[] bytes = number.toByteArray();
        int length = Math.min(bytes.length, P256_BYTES); // A first byte beyond that is the sign's, and zero.
        System.arraycopy(bytes, bytes.length - length, target, end - length, length);
    }

    /** Decodes base64 that an encoder could have written: no other alphabet, no stray bits, padded. */
    static byte[] base64(String text) throws SshFormatException {
        byte[] bytes;
        try {
            bytes = Base64.getDecoder().decode(text.getBytes(StandardCharsets.US_ASCII));
        } catch (IllegalArgumentException e) {
            throw new SshFormatException("it is not base64");
        }
        if (!Base64.getEncoder().encodeToString(bytes).equals(text)) {
            throw new SshFormatException("it is not base64 as encoders write it");
        }
        return bytes;
    }

    private static byte[] reversed(byte[] bytes) {
        byte[] turned = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            turned[i] = bytes[bytes.length - 1 - i];
        }
        return turned;
    }

    private static ECParameterSpec p256() {
        try {
            AlgorithmParameters parameters = AlgorithmParameters.getInstance("EC");
            parameters.init(new ECGenParameterSpec("secp256r1"));
            return parameters.getParameterSpec(ECParameterSpec.class);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has secp256r1", e);
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SshPublicKey that && that.blob.equals(blob);
    }

    @Override
    public int hashCode() {
        return blob.hashCode();
    }

    /** Type and fingerprint. */
    @Override
    public String toString() {
        return type.text + " " + fingerprint();
    }
}
