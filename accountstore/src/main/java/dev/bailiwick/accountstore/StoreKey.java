package dev.bailiwick.accountstore;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.Set;

/**
 * The store's Ed25519 key (RFC 8032), which signs checkpoints. It is kept in a file of mode 0600 that holds two PEM blocks, the
 * private key as PKCS #8 and the public one as SubjectPublicKeyInfo, so that stock tools read it. Immutable.
 */
final class StoreKey {
    /** The length of a raw Ed25519 public key. */
    static final int PUBLIC_BYTES = 32;

    private static final String PRIVATE = "PRIVATE KEY";
    private static final String PUBLIC = "PUBLIC KEY";
    private static final byte[] PROBE = {'b', 'a', 'i', 'l', 'i', 'w', 'i', 'c', 'k'};

    private final PrivateKey privateKey;
    private final PublicKey publicKey;

    private StoreKey(PrivateKey privateKey, PublicKey publicKey) {
        this.privateKey = privateKey;
        this.publicKey = publicKey;
    }

    /** A new key of this process alone, for stores in RAM. */
    static StoreKey generate() {
        try {
            KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
            return new StoreKey(pair.getPrivate(), pair.getPublic());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform from 15 on has Ed25519", e);
        }
    }

    /**
     * Makes a new key and writes it to a new file of mode 0600, synced on return.
     *
     * @throws IOException if the file exists or cannot be written
     */
    static StoreKey create(Path file) throws IOException {
        StoreKey key = generate();
        ByteBuffer text =
                ByteBuffer.wrap((pem(PRIVATE, key.privateKey.getEncoded()) + pem(PUBLIC, key.publicKey.getEncoded()))
                        .getBytes(StandardCharsets.US_ASCII));
        try (FileChannel channel = FileChannel.open(
                file,
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
            while (text.hasRemaining()) {
                channel.write(text);
            }
            channel.force(true);
        }
        return key;
    }

    /**
     * Reads a key file.
     *
     * @throws IOException if it cannot be read, others may read or write it, or it does not hold one matching key pair
     */
    static StoreKey load(Path file) throws IOException {
        Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
        for (PosixFilePermission permission : permissions) {
            if (permission.name().startsWith("GROUP") || permission.name().startsWith("OTHERS")) {
                throw new IOException("the store's key \"" + file + "\" can be used by others; chmod 600 it");
            }
        }
        String text = Files.readString(file, StandardCharsets.US_ASCII);
        try {
            KeyFactory factory = KeyFactory.getInstance("Ed25519");
            StoreKey key = new StoreKey(
                    factory.generatePrivate(new PKCS8EncodedKeySpec(unpem(PRIVATE, text))),
                    factory.generatePublic(new X509EncodedKeySpec(unpem(PUBLIC, text))));
            if (!verify(key.publicKey, PROBE, key.sign(PROBE))) {
                throw new IOException("the two halves of the store's key \"" + file + "\" do not belong together");
            }
            return key;
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new IOException("the store's key \"" + file + "\" is damaged", e);
        }
    }

    /** The Ed25519 signature of the message, 64 bytes. */
    byte[] sign(byte[] message) {
        try {
            Signature signature = Signature.getInstance("Ed25519");
            signature.initSign(privateKey);
            signature.update(message);
            return signature.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("an Ed25519 key signs", e);
        }
    }

    /** The public key as RFC 8032 encodes it, {@value #PUBLIC_BYTES} bytes. */
    byte[] publicBytes() {
        byte[] encoded = publicKey.getEncoded();
        // SubjectPublicKeyInfo of Ed25519 is a fixed prefix and the raw key (RFC 8410).
        return Arrays.copyOfRange(encoded, encoded.length - PUBLIC_BYTES, encoded.length);
    }

    /** Whether the signature of the message is this raw public key's. */
    static boolean verify(byte[] publicBytes, byte[] message, byte[] signature) {
        byte[] prefix = {0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00};
        byte[] encoded = Arrays.copyOf(prefix, prefix.length + PUBLIC_BYTES);
        System.arraycopy(publicBytes, 0, encoded, prefix.length, PUBLIC_BYTES);
        try {
            PublicKey key = KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(encoded));
            return verify(key, message, signature);
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    private static boolean verify(PublicKey key, byte[] message, byte[] signature) throws GeneralSecurityException {
        Signature verifier = Signature.getInstance("Ed25519");
        verifier.initVerify(key);
        verifier.update(message);
        return verifier.verify(signature);
    }

    private static String pem(String label, byte[] content) {
        return "-----BEGIN " + label + "-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content)
                + "\n-----END " + label + "-----\n";
    }

    private static byte[] unpem(String label, String text) {
        String begin = "-----BEGIN " + label + "-----";
        int start = text.indexOf(begin);
        int end = text.indexOf("-----END " + label + "-----");
        if (start < 0 || end < start) {
            throw new IllegalArgumentException("no " + label);
        }
        return Base64.getMimeDecoder().decode(text.substring(start + begin.length(), end));
    }
}
