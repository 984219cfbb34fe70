package dev.bailiwick.accountstore;

import java.util.Base64;
import java.util.Optional;

/**
 * What the key in use says when another one takes over, as a C2SP signed note that both keys sign: the old one to name its
 * successor, the new one to show that somebody holds it.
 *
 * <pre>
 * bailiwick/key-rotation@v1
 * bailiwick/&lt;store id&gt;/&lt;store epoch&gt;      origin, and the name both keys sign under
 * 42                                     sequence of the journal entry that records it
 * &lt;old public key, base64&gt;
 * &lt;new public key, base64&gt;
 *
 * — &lt;origin&gt; &lt;signature by the old key&gt;
 * — &lt;origin&gt; &lt;signature by the new key&gt;
 * </pre>
 *
 * <p>From that entry on the old key signs nothing: a checkpoint of that size or more under it is no checkpoint of this store.
 *
 * @param origin of the store in its epoch
 * @param sequence of the journal entry that records the rotation, at least 2
 * @param before the key so far
 * @param after the key from now on
 */
record KeyStatement(String origin, long sequence, CheckpointKey before, CheckpointKey after) {
    private static final String HEADER = "bailiwick/key-rotation@v1";

    KeyStatement {
        if (sequence < 2) {
            throw new IllegalArgumentException("the first entry cannot rotate a key");
        }
    }

    String text() {
        return HEADER + "\n" + origin + "\n" + sequence + "\n" + before + "\n" + after + "\n";
    }

    /** The note, signed by both. */
    SignedNote signed(StoreKey old, StoreKey next) {
        return SignedNote.of(text()).signed(origin, old).signed(origin, next);
    }

    /** The statement of a note that both of the keys it names have signed; empty if it is none. */
    static Optional<KeyStatement> open(String note) {
        return SignedNote.parse(note)
                .flatMap(parsed -> parse(parsed.text())
                        .filter(statement -> parsed.signedBy(statement.origin(), statement.before())
                                && parsed.signedBy(statement.origin(), statement.after())));
    }

    private static Optional<KeyStatement> parse(String text) {
        String[] lines = text.split("\n", -1);
        if (lines.length != 6 || !lines[0].equals(HEADER)) {
            return Optional.empty();
        }
        try {
            KeyStatement statement = new KeyStatement(
                    lines[1],
                    Long.parseLong(lines[2]),
                    CheckpointKey.of(Base64.getDecoder().decode(lines[3])),
                    CheckpointKey.of(Base64.getDecoder().decode(lines[4])));
            return statement.text().equals(text) ? Optional.of(statement) : Optional.empty();
        } catch (IllegalArgumentException malformed) {
            return Optional.empty();
        }
    }
}
