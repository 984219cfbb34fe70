package dev.bailiwick.identity;

/**
 * The integrity label of an object: what tokens of a lower level may not do, whatever its DACL says.
 *
 * @param policy of {@link #NO_WRITE_UP}, {@link #NO_READ_UP} and {@link #NO_EXECUTE_UP}; none of them: the label has no effect
 */
public record IntegrityLabel(IntegrityLevel level, int policy) {
    /** Lower tokens may not change it. */
    public static final int NO_WRITE_UP = 0x1;

    /** Lower tokens may not read it. */
    public static final int NO_READ_UP = 0x2;

    /** Lower tokens may not run it, or pass through it. */
    public static final int NO_EXECUTE_UP = 0x4;

    /** What an object has that has no label: medium, no write up. */
    public static final IntegrityLabel DEFAULT = new IntegrityLabel(IntegrityLevel.MEDIUM, NO_WRITE_UP);

    /** @throws IllegalArgumentException if the policy has a bit that is none of the three */
    public IntegrityLabel {
        if ((policy & ~(NO_WRITE_UP | NO_READ_UP | NO_EXECUTE_UP)) != 0) {
            throw new IllegalArgumentException("no label has the policy 0x" + Integer.toHexString(policy));
        }
    }

    /**
     * The bits that a token of that level may have. What is neither reading nor running counts as writing, so no-write-up also keeps lower tokens
     * from deleting the object and from changing its descriptor.
     */
    int open(IntegrityLevel token, GenericMapping mapping) {
        if (token.dominates(level)) {
            return ~0;
        }
        int write = mapping.write() | ~(mapping.read() | mapping.execute());
        return ((policy & NO_READ_UP) != 0 ? 0 : mapping.read())
                | ((policy & NO_EXECUTE_UP) != 0 ? 0 : mapping.execute())
                | ((policy & NO_WRITE_UP) != 0 ? 0 : write);
    }
}
