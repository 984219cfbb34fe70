package dev.bailiwick.schema;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The normalised form of an {@link AccountName}, unique among the accounts of a store and compared by its UTF-8 bytes. Made by
 * {@link AccountName#parse}; a key read back from a record is only checked for length.
 */
public record NameKey(String text) implements Comparable<NameKey> {
    /** Refuses an empty or overlong key. */
    public NameKey {
        int length = text.codePointCount(0, text.length());
        if (length < 1 || length > AccountName.MAX_CHARS) {
            throw new IllegalArgumentException(
                    "a name key has 1 to " + AccountName.MAX_CHARS + " characters, not " + length);
        }
    }

    /** Its UTF-8 bytes. */
    public byte[] toBytes() {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    // Spelled out for the reason given in Id128.
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof NameKey key && text.equals(key.text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    @Override
    public int compareTo(NameKey other) {
        return Arrays.compareUnsigned(toBytes(), other.toBytes());
    }

    @Override
    public String toString() {
        return text;
    }
}
