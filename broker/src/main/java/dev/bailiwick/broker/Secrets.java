package dev.bailiwick.broker;

import java.security.MessageDigest;
import java.util.Arrays;
import org.capnproto.Data;

/** Small operations on bytes that must not leak. Stateless. */
final class Secrets {
    private Secrets() {}

    /** Compares in time that depends on the lengths only. */
    static boolean same(byte[] left, byte[] right) {
        return MessageDigest.isEqual(left, right);
    }

    /** Takes a secret out of a message: a copy, which the caller wipes, while the message's own bytes are wiped here if they can be. */
    static byte[] take(Data.Reader secret) {
        byte[] bytes = secret.toArray();
        if (!secret.buffer.isReadOnly()) {
            for (int i = 0; i < secret.size; i++) {
                secret.buffer.put(secret.offset + i, (byte) 0);
            }
        }
        return bytes;
    }

    static void wipe(byte[] bytes) {
        Arrays.fill(bytes, (byte) 0);
    }
}
