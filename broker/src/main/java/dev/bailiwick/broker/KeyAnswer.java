package dev.bailiwick.broker;

import dev.bailiwick.accountstore.OpaqueBytes;

/** What came of using a key. */
sealed interface KeyAnswer {
    /** Sealed or plain bytes, a signature, or a version as 4 big-endian bytes. */
    record Bytes(OpaqueBytes bytes) implements KeyAnswer {}

    /** Nothing was done. */
    record Refused(Refusal refusal) implements KeyAnswer {}

    static KeyAnswer bytes(byte[] bytes) {
        return new Bytes(OpaqueBytes.of(bytes));
    }

    static KeyAnswer refused(String code, String message, String hint) {
        return new Refused(new Refusal(code, message, hint));
    }
}
