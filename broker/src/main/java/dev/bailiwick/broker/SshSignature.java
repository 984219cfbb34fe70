package dev.bailiwick.broker;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.List;

/**
 * Signatures as {@code ssh-keygen -Y sign} makes them (OpenSSH, {@code PROTOCOL.sshsig}). Stateless.
 *
 * <pre>
 * -----BEGIN SSH SIGNATURE-----      "SSHSIG"        6 bytes
 * base64 of this:                    uint32          version, 1
 * ...                                string          public key
 * -----END SSH SIGNATURE-----        string          namespace
 *                                    string          reserved, empty
 *                                    string          hash algorithm, "sha512"
 *                                    string          signature
 *
 * what is signed:                    "SSHSIG", string namespace, string reserved, string hash algorithm, string hash(message)
 * </pre>
 *
 * <p>Stricter than the protocol has to be: one hash, one form of base64, nothing before, between or after.
 */
final class SshSignature {
    /** The longest armoured text taken: an RSA key of the largest size and its signature take half of it. */
    static final int ARMOURED_CHARS = 8_192;

    private static final String BEGIN = "-----BEGIN SSH SIGNATURE-----";
    private static final String END = "-----END SSH SIGNATURE-----";
    private static final int LINE_CHARS = 76;
    private static final byte[] MAGIC = "SSHSIG".getBytes(StandardCharsets.US_ASCII);
    private static final long VERSION = 1;
    private static final String HASH = "sha512";

    private SshSignature() {}

    /**
     * The key that made this signature of that message for that namespace.
     *
     * @throws SshFormatException if none did; the message says what is wrong with the signature
     */
    static SshPublicKey signer(String armoured, String namespace, byte[] message) throws SshFormatException {
        SshReader reader = new SshReader(unarmoured(armoured));
        if (!Arrays.equals(reader.raw(MAGIC.length), MAGIC)) {
            throw new SshFormatException("it is not an SSH signature");
        }
        long version = reader.uint32();
        if (version != VERSION) {
            throw new SshFormatException("it is of version " + version + ", not " + VERSION);
        }
        SshPublicKey key = SshPublicKey.ofBlob(reader.string());
        String signedFor = reader.text();
        byte[] reserved = reader.string();
        String hash = reader.text();
        byte[] signature = reader.string();
        reader.end();
        if (!signedFor.equals(namespace)) {
            throw new SshFormatException("it was made for the namespace \"" + signedFor + "\"");
        }
        if (reserved.length != 0) {
            throw new SshFormatException("it says something in a place that is reserved");
        }
        if (!hash.equals(HASH)) {
            throw new SshFormatException("it was made with the hash \"" + hash + "\", not with " + HASH);
        }
        if (!key.signed(toBeSigned(namespace, message), signature)) {
            throw new SshFormatException("its key did not make it, or not of this challenge");
        }
        return key;
    }

    private static byte[] toBeSigned(String namespace, byte[] message) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(MAGIC);
        for (byte[] part : List.of(ascii(namespace), new byte[0], ascii(HASH), sha512(message))) {
            out.writeBytes(
                    ByteBuffer.allocate(Integer.BYTES).putInt(part.length).array());
            out.writeBytes(part);
        }
        return out.toByteArray();
    }

    private static byte[] unarmoured(String text) throws SshFormatException {
        if (text.length() > ARMOURED_CHARS) {
            throw new SshFormatException("it has more than " + ARMOURED_CHARS + " characters");
        }
        String body = text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
        List<String> lines = Arrays.asList(body.split("\n", -1));
        if (lines.size() < 3
                || !lines.getFirst().equals(BEGIN)
                || !lines.getLast().equals(END)) {
            throw new SshFormatException("it does not begin and end as 'ssh-keygen -Y sign' writes it");
        }
        List<String> inner = lines.subList(1, lines.size() - 1);
        if (inner.stream().anyMatch(line -> line.isEmpty() || line.length() > LINE_CHARS)) {
            throw new SshFormatException("its lines are not as 'ssh-keygen -Y sign' writes them");
        }
        return SshPublicKey.base64(String.join("", inner));
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] sha512(byte[] message) {
        try {
            return MessageDigest.getInstance("SHA-512").digest(message);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-512", e);
        }
    }
}
