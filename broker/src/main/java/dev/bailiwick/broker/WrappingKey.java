package dev.bailiwick.broker;

import dev.bailiwick.schema.Hash256;
import dev.bailiwick.schema.Id128;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** The key that wraps the keys of all keyrings of a store. It wraps nothing else. Immutable; never printed. */
final class WrappingKey {
    private static final String FIRST_WORD = "bailiwick-keyring-1";

    private final byte[] key;
    private final Id128 id;

    private WrappingKey(byte[] key) {
        this.key = key;
        byte[] hash = Hash256.sha256("bailiwick keyring.key id".getBytes(StandardCharsets.US_ASCII), key)
                .toBytes();
        this.id = Id128.of(Arrays.copyOf(hash, Id128.BYTES));
    }

    static WrappingKey draw(RandomGenerator random) {
        byte[] key = new byte[Aead.KEY_BYTES];
        random.nextBytes(key);
        return new WrappingKey(key);
    }

    /** Reads what {@link #text} writes; empty for anything else. */
    static Optional<WrappingKey> ofText(String text) {
        String[] words = text.strip().split(" ", -1);
        if (words.length != 2 || !words[0].equals(FIRST_WORD) || words[1].length() != 2 * Aead.KEY_BYTES) {
            return Optional.empty();
        }
        try {
            return Optional.of(new WrappingKey(HexFormat.of().parseHex(words[1])));
        } catch (IllegalArgumentException notHexadecimal) {
            return Optional.empty();
        }
    }

    /** One line, as the file holds it. */
    String text() {
        return FIRST_WORD + " " + HexFormat.of().formatHex(key) + "\n";
    }

    /** Tells this key from others, and nothing else of it. */
    Id128 id() {
        return id;
    }

    byte[] wrap(byte[] associated, byte[] plain, RandomGenerator random) {
        return Aead.seal(key, associated, plain, random);
    }

    Optional<byte[]> unwrap(byte[] associated, byte[] wrapped) {
        return Aead.open(key, associated, ByteBuffer.wrap(wrapped));
    }

    /** Its id only. */
    @Override
    public String toString() {
        return "wrapping key " + id;
    }
}
