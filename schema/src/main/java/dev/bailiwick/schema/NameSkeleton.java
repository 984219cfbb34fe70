package dev.bailiwick.schema;

import java.nio.charset.StandardCharsets;

/**
 * What an {@link AccountName} looks like: the skeleton of its key (Unicode TS 39, section 4). Two names that people could take for each
 * other have one skeleton, so it is unique among the accounts of a store. It is compared by its UTF-8 bytes and shown to nobody. Made
 * by {@link AccountName#skeleton}; one read back from a record is only checked for length.
 */
public record NameSkeleton(String text) {
    /** Characters: one of a name stands for at most 18 of a skeleton. */
    static final int MAX_CHARS = 18 * AccountName.MAX_CHARS;

    /** Refuses an empty or overlong skeleton. */
    public NameSkeleton {
        int length = text.codePointCount(0, text.length());
        if (length < 1 || length > MAX_CHARS) {
            throw new IllegalArgumentException(
                    "a name's skeleton has 1 to " + MAX_CHARS + " characters, not " + length);
        }
    }

    /** Its UTF-8 bytes. */
    public byte[] toBytes() {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public String toString() {
        return text;
    }
}
