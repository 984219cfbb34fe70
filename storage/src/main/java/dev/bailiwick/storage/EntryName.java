package dev.bailiwick.storage;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * A well-formed name.
 *
 * @param length its UTF-8 bytes
 */
record EntryName(String text, int length) {
    byte[] toBytes() {
        return text.getBytes(UTF_8);
    }
}
