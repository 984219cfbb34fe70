package dev.bailiwick.accountstore;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.security.SecureRandom;

/**
 * Compares two multisets of byte strings without keeping either: one is added, the other subtracted, in any order and by any number of
 * threads, and they are equal if nothing is left.
 *
 * <p>The sum is over two SipHash-2-4 values of each string, 128 bits together, under keys drawn for this one comparison. Whoever altered
 * the stored rows could not know the keys, so two different multisets agree with a chance of one in 2^128.
 */
final class KeyedSum {
    private static final VarHandle WORDS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private final long[] keys;
    private long low;
    private long high;

    private KeyedSum(long[] keys) {
        this.keys = keys;
    }

    /** An empty sum under fresh keys. */
    static KeyedSum fresh() {
        SecureRandom random = new SecureRandom();
        return new KeyedSum(new long[] {random.nextLong(), random.nextLong(), random.nextLong(), random.nextLong()});
    }

    /** An empty sum under the same keys, for another thread to fill. */
    KeyedSum part() {
        return new KeyedSum(keys);
    }

    void add(byte[] first, byte[] second) {
        low += sip(keys[0], keys[1], first, second);
        high += sip(keys[2], keys[3], first, second);
    }

    void subtract(byte[] first, byte[] second) {
        low -= sip(keys[0], keys[1], first, second);
        high -= sip(keys[2], keys[3], first, second);
    }

    /** Takes over what a part gathered. */
    void merge(KeyedSum part) {
        low += part.low;
        high += part.high;
    }

    boolean isZero() {
        return low == 0 && high == 0;
    }

    /** SipHash-2-4 of both strings, each with its length, so that no other pair absorbs alike. */
    private static long sip(long key0, long key1, byte[] first, byte[] second) {
        Sip sip = new Sip(key0, key1);
        sip.absorb(first);
        sip.absorb(second);
        return sip.finish();
    }

    /** The state of one SipHash. Each string is absorbed as whole words, the last padded and ended with its length. */
    private static final class Sip {
        private long v0;
        private long v1;
        private long v2;
        private long v3;

        Sip(long key0, long key1) {
            v0 = key0 ^ 0x736f6d6570736575L;
            v1 = key1 ^ 0x646f72616e646f6dL;
            v2 = key0 ^ 0x6c7967656e657261L;
            v3 = key1 ^ 0x7465646279746573L;
        }

        void absorb(byte[] bytes) {
            int whole = bytes.length & -Long.BYTES;
            for (int i = 0; i < whole; i += Long.BYTES) {
                word((long) WORDS.get(bytes, i));
            }
            long last = 0;
            for (int i = bytes.length - 1; i >= whole; i--) {
                last = last << Byte.SIZE | Byte.toUnsignedLong(bytes[i]);
            }
            word(last);
            word(bytes.length);
        }

        long finish() {
            v2 ^= 0xff;
            round();
            round();
            round();
            round();
            return v0 ^ v1 ^ v2 ^ v3;
        }

        private void word(long word) {
            v3 ^= word;
            round();
            round();
            v0 ^= word;
        }

        private void round() {
            v0 += v1;
            v1 = Long.rotateLeft(v1, 13) ^ v0;
            v0 = Long.rotateLeft(v0, 32);
            v2 += v3;
            v3 = Long.rotateLeft(v3, 16) ^ v2;
            v0 += v3;
            v3 = Long.rotateLeft(v3, 21) ^ v0;
            v2 += v1;
            v1 = Long.rotateLeft(v1, 17) ^ v2;
            v2 = Long.rotateLeft(v2, 32);
        }
    }
}
