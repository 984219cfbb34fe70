package dev.bailiwick.accountstore;

import dev.bailiwick.schema.Hash256;
import dev.bailiwick.schema.StoreId;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;

/**
 * A statement that a journal had this root at this size, in the text form of C2SP tlog-checkpoint, and signed as a C2SP
 * signed note so that other people's verifiers read it:
 *
 * <pre>
 * bailiwick/&lt;store id&gt;/&lt;store epoch&gt;      origin, and the signing key's name
 * 42                                     size
 * &lt;root hash, base64&gt;
 *
 * — bailiwick/&lt;store id&gt;/&lt;store epoch&gt; &lt;base64 of key id and Ed25519 signature&gt;
 * </pre>
 *
 * The key id is the first four bytes of SHA-256(name, "\n", 0x01, public key). Immutable.
 *
 * @param origin names the log: one store in one incarnation
 * @param size entries in the journal
 * @param root its Merkle root at that size
 */
public record Checkpoint(String origin, long size, Hash256 root) {
    private static final byte ED25519 = 1;
    private static final int KEY_ID_BYTES = 4;
    private static final int SIGNATURE_BYTES = 64;
    private static final String SIGNATURE_LEAD = "\u2014 ";

    /** Refuses an origin that would not fit on its line and a negative size. */
    public Checkpoint {
        if (origin.isEmpty() || origin.contains("+") || origin.chars().anyMatch(Character::isWhitespace)) {
            throw new IllegalArgumentException("an origin has no white space and no plus sign: \"" + origin + "\"");
        }
        if (size < 0) {
            throw new IllegalArgumentException("a journal cannot have " + size + " entries");
        }
    }

    /** The origin of a store's journal in one incarnation. */
    public static String originOf(StoreId store, long storeEpoch) {
        return "bailiwick/" + store + "/" + storeEpoch;
    }

    /** The text that is signed. */
    public String text() {
        return origin + "\n" + size + "\n" + Base64.getEncoder().encodeToString(root.toBytes()) + "\n";
    }

    /** The signed note. */
    String signed(StoreKey key) {
        byte[] signature = key.sign(text().getBytes(StandardCharsets.UTF_8));
        byte[] blob = concat(keyId(origin, key.publicBytes()), signature);
        return text() + "\n" + SIGNATURE_LEAD + origin + " "
                + Base64.getEncoder().encodeToString(blob) + "\n";
    }

    /** The verifier key line that checks such notes: name, key id in hexadecimal, and key, joined by plus signs. */
    static String verifierKey(String origin, StoreKey key) {
        byte[] publicBytes = key.publicBytes();
        return origin + "+" + HexFormat.of().formatHex(keyId(origin, publicBytes)) + "+"
                + Base64.getEncoder().encodeToString(concat(new byte[] {ED25519}, publicBytes));
    }

    /**
     * The checkpoint in a signed note, if the key that the verifier key line names has signed it. Anything malformed, of
     * another origin or not signed so is empty: an unverified checkpoint is no checkpoint.
     */
    public static Optional<Checkpoint> open(String note, String verifierKey) {
        String[] parts = verifierKey.strip().split("\\+", 3);
        int split = note.indexOf("\n\n");
        if (parts.length != 3 || split < 0) {
            return Optional.empty();
        }
        String text = note.substring(0, split + 1);
        String[] lines = text.split("\n", -1);
        if (lines.length < 4 || !lines[0].equals(parts[0])) {
            return Optional.empty();
        }
        try {
            byte[] key = Base64.getDecoder().decode(parts[2]);
            if (key.length != 1 + StoreKey.PUBLIC_BYTES || key[0] != ED25519) {
                return Optional.empty();
            }
            byte[] publicBytes = Arrays.copyOfRange(key, 1, key.length);
            byte[] id = keyId(parts[0], publicBytes);
            if (!HexFormat.of().formatHex(id).equals(parts[1])) {
                return Optional.empty();
            }
            boolean signed =
                    note.substring(split + 2).lines().anyMatch(line -> signs(line, parts[0], id, publicBytes, text));
            return signed
                    ? Optional.of(new Checkpoint(
                            lines[0],
                            Long.parseLong(lines[1]),
                            Hash256.of(Base64.getDecoder().decode(lines[2]))))
                    : Optional.empty();
        } catch (IllegalArgumentException malformed) {
            return Optional.empty();
        }
    }

    private static boolean signs(String line, String name, byte[] id, byte[] publicBytes, String text) {
        String lead = SIGNATURE_LEAD + name + " ";
        if (!line.startsWith(lead)) {
            return false;
        }
        byte[] blob = Base64.getDecoder().decode(line.substring(lead.length()));
        return blob.length == KEY_ID_BYTES + SIGNATURE_BYTES
                && Arrays.equals(blob, 0, KEY_ID_BYTES, id, 0, KEY_ID_BYTES)
                && StoreKey.verify(
                        publicBytes,
                        text.getBytes(StandardCharsets.UTF_8),
                        Arrays.copyOfRange(blob, KEY_ID_BYTES, blob.length));
    }

    private static byte[] keyId(String name, byte[] publicBytes) {
        byte[] hash = Hash256.sha256((name + "\n").getBytes(StandardCharsets.UTF_8), new byte[] {ED25519}, publicBytes)
                .toBytes();
        return Arrays.copyOf(hash, KEY_ID_BYTES);
    }

    private static byte[] concat(byte[] first, byte[] second) {
        byte[] joined = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, joined, first.length, second.length);
        return joined;
    }
}
