package dev.bailiwick.accountstore;

import java.util.Optional;

/** The frames of an export; {@code docs/format-export.md} gives the format. */
final class ExportFrame {
    /** What a file starts with. */
    static final byte[] MAGIC = {'B', 'W', 'E', 'X', 'P', 'O', 'R', 'T'};

    /** The layout that {@code docs/format-export.md} describes. */
    static final int VERSION = 1;

    /** Content of one frame: the largest journal entry and more. */
    static final int CONTENT_BYTES = 8 * 1024 * 1024;

    /** What a signature is over, before the hash of everything before it. */
    static final byte[] SIGNED = {'b', 'a', 'i', 'l', 'i', 'w', 'i', 'c', 'k', ' ', 'e', 'x', 'p', 'o', 'r', 't', '\n'};

    private ExportFrame() {}

    /** What a frame is. */
    enum Type {
        /** Which store, how far; once, first. */
        HEAD('H'),
        /** A journal entry; its record versions follow. */
        ENTRY('J'),
        /** The record version of the next change. */
        RECORD('R'),
        /** The next change's record, a credential, is not in this export. */
        WITHHELD('W'),
        /** An audit entry. */
        AUDIT('A'),
        /** The signed checkpoint of the journal; once. */
        CHECKPOINT('C'),
        /** Of everything before; once, last. */
        SIGNATURE('S');

        private final byte code;

        Type(char code) {
            this.code = (byte) code;
        }

        byte code() {
            return code;
        }

        static Optional<Type> ofCode(int code) {
            for (Type type : values()) {
                if (type.code == code) {
                    return Optional.of(type);
                }
            }
            return Optional.empty();
        }
    }
}
