package dev.bailiwick.engine;

import java.util.Arrays;
import java.util.Optional;

/**
 * Reads what can be read of a table of which blocks or files are damaged: where a scan fails, it goes on behind the damage. Stateless.
 */
public final class SalvageScan {
    private static final int BYTE_VALUES = 256;

    /** Where nothing has been read yet: as long as the longest keys, so that the search behind damage is fine enough. */
    private static final int FIRST_KEY_BYTES = 40;

    private SalvageScan() {}

    /**
     * Visits the rows from {@code fromInclusive} on in ascending order, as far as they can be read.
     *
     * @return how many stretches could not be read
     * @throws EngineException for any other reason than damage
     */
    public static long scan(View view, Table table, byte[] fromInclusive, RowVisitor visitor) {
        byte[] from = fromInclusive;
        byte[][] last = new byte[1][];
        boolean[] stopped = new boolean[1];
        long gaps = 0;
        while (true) {
            last[0] = from;
            try {
                view.scan(table, from, null, (key, value) -> {
                    last[0] = key;
                    stopped[0] = !visitor.visit(key, value);
                    return !stopped[0];
                });
                return gaps;
            } catch (EngineException e) {
                requireDamage(e);
                gaps++;
                Optional<byte[]> next = behind(view, table, last[0]);
                if (stopped[0] || next.isEmpty()) {
                    return gaps;
                }
                from = next.get();
            }
        }
    }

    private static void requireDamage(EngineException e) {
        switch (e.code()) {
            case CORRUPT, LOST, IO -> {}
            case MISSING, HELD, READ_ONLY, FAILED, OVERLOADED, CLOSED -> throw e;
        }
    }

    /** The first key behind {@code key} from which the table can be read again. Ever larger stretches are skipped. */
    private static Optional<byte[]> behind(View view, Table table, byte[] key) {
        byte[] at = Arrays.copyOf(key, Math.max(key.length, FIRST_KEY_BYTES));
        for (int length = at.length; length > 0; length--) {
            for (int value = (at[length - 1] & 0xff) + 1; value < BYTE_VALUES; value++) {
                byte[] candidate = Arrays.copyOf(at, length);
                candidate[length - 1] = (byte) value;
                if (isReadable(view, table, candidate)) {
                    return Optional.of(candidate);
                }
            }
        }
        return Optional.empty();
    }

    private static boolean isReadable(View view, Table table, byte[] from) {
        try {
            view.scan(table, from, null, (key, value) -> false);
            return true;
        } catch (EngineException e) {
            requireDamage(e);
            return false;
        }
    }
}
