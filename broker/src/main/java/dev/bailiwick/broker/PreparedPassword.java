package dev.bailiwick.broker;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetEncoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.Arrays;
import java.util.Optional;

/**
 * A password in the one form that is hashed: the OpaqueString profile of RFC 8265, that is UTF-8, every space an ASCII
 * space, NFC, no control characters, no unassigned code points. Refusing unassigned code points is what makes the
 * runtime's own Unicode tables good enough: Unicode never changes how assigned ones normalise.
 *
 * <p>Closing wipes the bytes. A password that is not in NFC already passes through a {@code String} that cannot be wiped.
 */
final class PreparedPassword implements AutoCloseable {
    private final byte[] bytes;
    private final int chars;

    private PreparedPassword(byte[] bytes, int chars) {
        this.bytes = bytes;
        this.chars = chars;
    }

    /**
     * Prepares what a caller sent; empty if no password can look like that. The caller keeps {@code sent} and wipes it.
     */
    static Optional<PreparedPassword> of(byte[] sent) {
        if (sent.length == 0 || sent.length > Limits.PASSWORD_MAX_BYTES) {
            return Optional.empty();
        }
        CharBuffer text;
        try {
            text = StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(sent));
        } catch (CharacterCodingException e) {
            return Optional.empty();
        }
        try {
            return allowed(text) ? encode(text) : Optional.empty();
        } finally {
            Arrays.fill(text.array(), '\0');
        }
    }

    /** True if this is too short to be set. An existing password is never refused for that. */
    boolean isTooShort() {
        return chars < Limits.PASSWORD_MIN_CHARS;
    }

    /** The bytes to hash, not copied: valid until {@link #close}. */
    byte[] bytes() {
        return bytes;
    }

    @Override
    public void close() {
        Secrets.wipe(bytes);
    }

    /** Checks every code point, and turns spaces other than U+0020 into it (RFC 8265, 4.2.1). */
    private static boolean allowed(CharBuffer text) {
        int codePoint;
        for (int i = 0; i < text.length(); i += Character.charCount(codePoint)) {
            codePoint = Character.codePointAt(text, i);
            switch (Character.getType(codePoint)) {
                case Character.CONTROL, Character.UNASSIGNED, Character.SURROGATE, Character.PRIVATE_USE -> {
                    return false;
                }
                case Character.SPACE_SEPARATOR -> text.put(i, ' ');
                default -> {}
            }
        }
        return true;
    }

    private static Optional<PreparedPassword> encode(CharBuffer text) {
        CharSequence normal = Normalizer.isNormalized(text, Normalizer.Form.NFC)
                ? text
                : Normalizer.normalize(text, Normalizer.Form.NFC);
        CharsetEncoder encoder = StandardCharsets.UTF_8.newEncoder();
        ByteBuffer room = ByteBuffer.allocate(normal.length() * 3);
        encoder.encode(CharBuffer.wrap(normal), room, true);
        byte[] bytes = Arrays.copyOf(room.array(), room.position());
        Secrets.wipe(room.array());
        if (bytes.length > Limits.PASSWORD_MAX_BYTES) {
            Secrets.wipe(bytes);
            return Optional.empty();
        }
        return Optional.of(new PreparedPassword(bytes, Character.codePointCount(normal, 0, normal.length())));
    }
}
