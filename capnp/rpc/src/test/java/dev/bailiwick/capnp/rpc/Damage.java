package dev.bailiwick.capnp.rpc;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.random.RandomGenerator;

/** Damages messages the way an enemy would: pointers that nearly fit, flipped bits, words from elsewhere. */
final class Damage {
    private Damage() {}

    /** Strikes a framed message one to five times, behind its table of segments or in it. */
    static void strike(ByteBuffer framed, RandomGenerator random) {
        framed.order(ByteOrder.LITTLE_ENDIAN);
        int words = framed.capacity() / 8;
        for (int strikes = 1 + random.nextInt(5); strikes > 0; strikes--) {
            int at = (random.nextInt(20) == 0 ? 0 : random.nextInt(1, words)) * 8;
            switch (random.nextInt(6)) {
                case 0 -> framed.putLong(at, word(random, words));
                case 1 -> framed.putLong(at, framed.getLong(random.nextInt(words) * 8));
                case 2 -> framed.putLong(at, framed.getLong(at) + (random.nextInt(-3, 4) << 2));
                case 3 -> framed.putLong(at, framed.getLong(at) + ((long) random.nextInt(-3, 4) << 32));
                case 4 -> framed.putLong(at, framed.getLong(at) + ((long) random.nextInt(-3, 4) << 48));
                default -> framed.putLong(at, framed.getLong(at) ^ (1L << random.nextInt(64)));
            }
        }
    }

    /** A word that looks like a pointer into a message of so many words, or like nothing in particular. */
    static long word(RandomGenerator random, int words) {
        return switch (random.nextInt(8)) {
            case 0 -> random.nextLong();
            case 1 -> Wire.struct(random.nextInt(-3, words), random.nextInt(4), random.nextInt(6));
            case 2 -> Wire.list(random.nextInt(-3, words), random.nextInt(8), random.nextInt(20));
            case 3 -> Wire.list(random.nextInt(8), Wire.COMPOSITE, random.nextInt(12));
            case 4 -> Wire.compositeTag(random.nextInt(6), random.nextInt(3), random.nextInt(3));
            case 5 ->
                Wire.far(random.nextInt(8) == 0 ? 1 : 0, random.nextInt(words)) | (random.nextInt(3) == 0 ? 4 : 0);
            case 6 -> Wire.capability(random.nextInt(3));
            default -> 0;
        };
    }
}
