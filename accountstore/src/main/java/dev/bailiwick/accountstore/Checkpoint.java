package dev.bailiwick.accountstore;

import dev.bailiwick.schema.Hash256;
import dev.bailiwick.schema.StoreId;
import java.util.Base64;
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
        return SignedNote.of(text()).signed(origin, key).toString();
    }

    /**
     * The checkpoint in a signed note, if the key that the verifier key line names has signed it. Anything malformed, of
     * another origin or not signed so is empty: an unverified checkpoint is no checkpoint.
     */
    public static Optional<Checkpoint> open(String note, String verifierKey) {
        return CheckpointKey.parse(verifierKey)
                .flatMap(key -> SignedNote.parse(note)
                        .filter(parsed -> parsed.signedBy(key.name(), key.key()))
                        .flatMap(parsed -> parse(parsed.text()))
                        .filter(checkpoint -> checkpoint.origin().equals(key.name())));
    }

    /** The checkpoint that a note's text states, whoever signed it. Lines after the third are extensions and ignored. */
    static Optional<Checkpoint> parse(String text) {
        String[] lines = text.split("\n", -1);
        if (lines.length < 4) {
            return Optional.empty();
        }
        try {
            Checkpoint checkpoint = new Checkpoint(
                    lines[0],
                    Long.parseLong(lines[1]),
                    Hash256.of(Base64.getDecoder().decode(lines[2])));
            // One way to write it, so that two texts of one checkpoint cannot differ.
            return text.startsWith(checkpoint.text()) ? Optional.of(checkpoint) : Optional.empty();
        } catch (IllegalArgumentException malformed) {
            return Optional.empty();
        }
    }
}
