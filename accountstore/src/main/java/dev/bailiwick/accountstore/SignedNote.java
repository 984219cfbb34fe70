package dev.bailiwick.accountstore;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/**
 * A C2SP signed note: a text, an empty line, and a line for each signature. Immutable.
 *
 * @param text what is signed; ends with a newline
 * @param signatures the signature lines, without newlines
 */
record SignedNote(String text, List<String> signatures) {
    private static final int ID_BYTES = 4;
    private static final int SIGNATURE_BYTES = 64;
    private static final String LEAD = "\u2014 ";

    SignedNote {
        signatures = List.copyOf(signatures);
    }

    /** A note that nobody has signed yet. */
    static SignedNote of(String text) {
        return new SignedNote(text, List.of());
    }

    /** Reads a note with at least one signature; whether any is good is for {@link #signedBy}. Empty if it is no note. */
    static Optional<SignedNote> parse(String note) {
        int split = note.indexOf("\n\n");
        if (split < 0 || !note.endsWith("\n")) {
            return Optional.empty();
        }
        String below = note.substring(split + 2);
        List<String> signatures = below.lines().toList();
        boolean wellFormed = !signatures.isEmpty() && signatures.stream().allMatch(line -> line.startsWith(LEAD));
        boolean twice = signatures.stream().distinct().count() != signatures.size();
        return wellFormed && !twice
                ? Optional.of(new SignedNote(note.substring(0, split + 1), signatures))
                : Optional.empty();
    }

    /** The note with one more signature. */
    SignedNote signed(String name, StoreKey key) {
        byte[] id = key.publicKey().id(name);
        byte[] signature = key.sign(text.getBytes(StandardCharsets.UTF_8));
        byte[] blob = Arrays.copyOf(id, ID_BYTES + SIGNATURE_BYTES);
        System.arraycopy(signature, 0, blob, ID_BYTES, SIGNATURE_BYTES);
        List<String> more = new ArrayList<>(signatures);
        more.add(LEAD + name + " " + Base64.getEncoder().encodeToString(blob));
        return new SignedNote(text, more);
    }

    /** Whether one of the signatures is that key's under that name. */
    boolean signedBy(String name, CheckpointKey key) {
        return signatures.stream().anyMatch(line -> isBy(line, name, key));
    }

    private boolean isBy(String line, String name, CheckpointKey key) {
        String lead = LEAD + name + " ";
        if (!line.startsWith(lead)) {
            return false;
        }
        byte[] blob;
        try {
            blob = Base64.getDecoder().decode(line.substring(lead.length()));
        } catch (IllegalArgumentException notBase64) {
            return false;
        }
        return blob.length == ID_BYTES + SIGNATURE_BYTES
                && Arrays.equals(blob, 0, ID_BYTES, key.id(name), 0, ID_BYTES)
                && key.signed(text.getBytes(StandardCharsets.UTF_8), Arrays.copyOfRange(blob, ID_BYTES, blob.length));
    }

    /** The whole note. */
    @Override
    public String toString() {
        return text + "\n" + String.join("\n", signatures) + "\n";
    }
}
