package dev.bailiwick.broker;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.Signature;
import java.util.Arrays;
import java.util.Base64;

/** An Ed25519 key pair that signs as {@code ssh-keygen -Y sign} does, and as it never would. */
final class SshKey {
    private final KeyPair pair;
    private final String comment;

    private SshKey(KeyPair pair, String comment) {
        this.pair = pair;
        this.comment = comment;
    }

    static SshKey make(String comment) {
        try {
            return new SshKey(KeyPairGenerator.getInstance("Ed25519").generateKeyPair(), comment);
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    /** As in a {@code .pub} file. */
    String line() {
        return "ssh-ed25519 " + Base64.getEncoder().encodeToString(blob()) + (comment.isEmpty() ? "" : " " + comment)
                + "\n";
    }

    byte[] blob() {
        // The last 32 bytes of the X.509 form are the point (RFC 8410).
        byte[] encoded = pair.getPublic().getEncoded();
        return Wired.of()
                .string("ssh-ed25519")
                .string(Arrays.copyOfRange(encoded, encoded.length - 32, encoded.length))
                .bytes();
    }

    String sign(String namespace, byte[] message) {
        return armoured(statement(namespace, "sha512", raw(signed(namespace, "sha512", message))));
    }

    /** The statement that a signature is, from its parts. */
    byte[] statement(String namespace, String hash, byte[] raw) {
        return Wired.of()
                .raw("SSHSIG".getBytes(StandardCharsets.US_ASCII))
                .uint32(1)
                .string(blob())
                .string(namespace)
                .string("")
                .string(hash)
                .string(Wired.of().string("ssh-ed25519").string(raw).bytes())
                .bytes();
    }

    /** The 64 bytes of a signature. */
    byte[] raw(byte[] signed) {
        try {
            Signature signature = Signature.getInstance("Ed25519");
            signature.initSign(pair.getPrivate());
            signature.update(signed);
            return signature.sign();
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    static byte[] signed(String namespace, String hash, byte[] message) {
        try {
            return Wired.of()
                    .raw("SSHSIG".getBytes(StandardCharsets.US_ASCII))
                    .string(namespace)
                    .string("")
                    .string(hash)
                    .string(MessageDigest.getInstance("SHA-512").digest(message))
                    .bytes();
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    static String armoured(byte[] statement) {
        return "-----BEGIN SSH SIGNATURE-----\n"
                + Base64.getMimeEncoder(70, new byte[] {'\n'}).encodeToString(statement)
                + "\n-----END SSH SIGNATURE-----\n";
    }

    /** Writes the encoding of SSH. */
    static final class Wired {
        private final ByteArrayOutputStream out = new ByteArrayOutputStream();

        static Wired of() {
            return new Wired();
        }

        Wired raw(byte[] bytes) {
            out.writeBytes(bytes);
            return this;
        }

        Wired uint32(int number) {
            return raw(ByteBuffer.allocate(4).putInt(number).array());
        }

        Wired string(byte[] bytes) {
            return uint32(bytes.length).raw(bytes);
        }

        Wired string(String text) {
            return string(text.getBytes(StandardCharsets.US_ASCII));
        }

        byte[] bytes() {
            return out.toByteArray();
        }
    }
}
