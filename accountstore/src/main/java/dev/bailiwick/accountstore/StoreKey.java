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
import java.security.SecureRandom;
import java.security.Signature;
import java.security.spec.NamedParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * The store's Ed25519 key (RFC 8032), which signs checkpoints. It is kept in a file of mode 0600 that holds two PEM blocks, the
 * private key as PKCS #8 and the public one as SubjectPublicKeyInfo, so that stock tools read it. Immutable.
 */
final class StoreKey {
    private static final String PRIVATE = "PRIVATE KEY";
    private static final String PUBLIC = "PUBLIC KEY";
    private static final byte[] PROBE = {'b', 'a', 'i', 'l', 'i', 'w', 'i', 'c', 'k'};

    private final PrivateKey privateKey;
    private final PublicKey publicKey;

    private StoreKey(PrivateKey privateKey, PublicKey publicKey) {
        this.privateKey = privateKey;
        this.publicKey = publicKey;
    }

    /** A new key of this process alone, its secret drawn from {@code random}, which must be a secure one outside tests. */
    static StoreKey generate(RandomGenerator random) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("Ed25519");
            generator.initialize(NamedParameterSpec.ED25519, new Drawing(random));
            KeyPair pair = generator.generateKeyPair();
            return new StoreKey(pair.getPrivate(), pair.getPublic());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform from 15 on has Ed25519", e);
        }
    }

    /** The source that the platform's generator asks; all it draws is the key's seed. */
    private static final class Drawing extends SecureRandom {
        private static final long serialVersionUID = 1L;

        private final transient RandomGenerator random;

        Drawing(RandomGenerator random) {
            this.random = random;
        }

        @Override
        public void nextBytes(byte[] bytes) {
            synchronized (random) {
                random.nextBytes(bytes);
            }
        }
    }

    /** Makes a new key and writes it as {@link #write} does. */
    static StoreKey create(Path file, RandomGenerator random) throws IOException {
        StoreKey key = generate(random);
        key.write(file);
        return key;
    }

    /**
     * Writes the key to a new file of mode 0600, synced on return.
     *
     * @throws IOException if the file exists or cannot be written
     */
    void write(Path file) throws IOException {
        ByteBuffer text = ByteBuffer.wrap((pem(PRIVATE, privateKey.getEncoded()) + pem(PUBLIC, publicKey.getEncoded()))
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
        try (FileChannel entry = FileChannel.open(file.toAbsolutePath().resolveSibling("."), StandardOpenOption.READ)) {
            entry.force(true);
        }
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
            if (!key.publicKey().signed(PROBE, key.sign(PROBE))) {
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

    /** The public half. */
    CheckpointKey publicKey() {
        byte[] encoded = publicKey.getEncoded();
        // SubjectPublicKeyInfo of Ed25519 is a fixed prefix and the raw key (RFC 8410).
        return CheckpointKey.of(Arrays.copyOfRange(encoded, encoded.length - CheckpointKey.BYTES, encoded.length));
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
