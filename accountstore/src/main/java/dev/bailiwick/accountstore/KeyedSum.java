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
        Sips sips = new Sips(keys);
        sips.absorb(first);
        sips.absorb(second);
        sips.finish();
        low += sips.low();
        high += sips.high();
    }

    void subtract(byte[] first, byte[] second) {
        Sips sips = new Sips(keys);
        sips.absorb(first);
        sips.absorb(second);
        sips.finish();
        low -= sips.low();
        high -= sips.high();
    }

    /** Takes over what a part gathered. */
    void merge(KeyedSum part) {
        low += part.low;
        high += part.high;
    }

    boolean isZero() {
        return low == 0 && high == 0;
    }

    /**
     * The state of two SipHash-2-4, which are fed the same words under keys of their own: the processor computes one while it waits for
     * the other. Each string is absorbed as whole words, the last padded and ended with its length, so that no other pair absorbs
     * alike.
     */
    private static final class Sips {
        private long v0;
        private long v1;
        private long v2;
        private long v3;
        private long w0;
        private long w1;
        private long w2;
        private long w3;

        Sips(long[] keys) {
            v0 = keys[0] ^ 0x736f6d6570736575L;
            v1 = keys[1] ^ 0x646f72616e646f6dL;
            v2 = keys[0] ^ 0x6c7967656e657261L;
            v3 = keys[1] ^ 0x7465646279746573L;
            w0 = keys[2] ^ 0x736f6d6570736575L;
            w1 = keys[3] ^ 0x646f72616e646f6dL;
            w2 = keys[2] ^ 0x6c7967656e657261L;
            w3 = keys[3] ^ 0x7465646279746573L;
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

        void finish() {
            v2 ^= 0xff;
            w2 ^= 0xff;
            round();
            round();
            round();
            round();
        }

        long low() {
            return v0 ^ v1 ^ v2 ^ v3;
        }

        long high() {
            return w0 ^ w1 ^ w2 ^ w3;
        }

        private void word(long word) {
            v3 ^= word;
            w3 ^= word;
            round();
            round();
            v0 ^= word;
            w0 ^= word;
        }

        private void round() {
            v0 += v1;
            w0 += w1;
            v1 = Long.rotateLeft(v1, 13) ^ v0;
            w1 = Long.rotateLeft(w1, 13) ^ w0;
            v0 = Long.rotateLeft(v0, 32);
            w0 = Long.rotateLeft(w0, 32);
            v2 += v3;
            w2 += w3;
            v3 = Long.rotateLeft(v3, 16) ^ v2;
            w3 = Long.rotateLeft(w3, 16) ^ w2;
            v0 += v3;
            w0 += w3;
            v3 = Long.rotateLeft(v3, 21) ^ v0;
            w3 = Long.rotateLeft(w3, 21) ^ w0;
            v2 += v1;
            w2 += w1;
            v1 = Long.rotateLeft(v1, 17) ^ v2;
            w1 = Long.rotateLeft(w1, 17) ^ w2;
            v2 = Long.rotateLeft(v2, 32);
            w2 = Long.rotateLeft(w2, 32);
        }
    }
}
