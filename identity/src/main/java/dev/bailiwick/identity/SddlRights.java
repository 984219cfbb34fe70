package dev.bailiwick.identity;

import java.util.OptionalInt;

/** The letters of rights in a descriptor's text. Source: MS-DTYP 2.5.1.1, the names for files and the single bits. */
final class SddlRights {
    /** Names of single bits, in the order in which they are printed. */
    private static final String SINGLE = "GA GR GW GX RC SD WD WO CC DC LC SW RP WP DT LO CR";

    private static final int[] SINGLE_BITS = {
        AccessMask.GENERIC_ALL,
        AccessMask.GENERIC_READ,
        AccessMask.GENERIC_WRITE,
        AccessMask.GENERIC_EXECUTE,
        AccessMask.READ_CONTROL,
        AccessMask.DELETE,
        AccessMask.WRITE_DAC,
        AccessMask.WRITE_OWNER,
        0x1,
        0x2,
        0x4,
        0x8,
        0x10,
        0x20,
        0x40,
        0x80,
        0x100
    };

    private static final String WHOLE = "FA FR FW FX";

    private static final int[] WHOLE_BITS = {
        GenericMapping.FILE.all(),
        GenericMapping.FILE.read(),
        GenericMapping.FILE.write(),
        GenericMapping.FILE.execute()
    };

    private SddlRights() {}

    static String print(int mask) {
        for (int at = 0; at < WHOLE_BITS.length; at++) {
            if (WHOLE_BITS[at] == mask) {
                return name(WHOLE, at);
            }
        }
        StringBuilder text = new StringBuilder();
        int left = mask;
        for (int at = 0; at < SINGLE_BITS.length; at++) {
            if ((left & SINGLE_BITS[at]) != 0) {
                text.append(name(SINGLE, at));
                left &= ~SINGLE_BITS[at];
            }
        }
        return left == 0 && mask != 0 ? text.toString() : "0x" + Integer.toHexString(mask);
    }

    /** The bits of those two letters. */
    static OptionalInt bits(String letters) {
        int single = index(SINGLE, letters);
        if (single >= 0) {
            return OptionalInt.of(SINGLE_BITS[single]);
        }
        int whole = index(WHOLE, letters);
        return whole >= 0 ? OptionalInt.of(WHOLE_BITS[whole]) : OptionalInt.empty();
    }

    private static String name(String names, int index) {
        return names.substring(3 * index, 3 * index + 2);
    }

    private static int index(String names, String letters) {
        for (int at = 0; at + 2 <= names.length(); at += 3) {
            if (names.startsWith(letters, at)) {
                return at / 3;
            }
        }
        return -1;
    }
}
