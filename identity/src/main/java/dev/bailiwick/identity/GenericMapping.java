package dev.bailiwick.identity;

/**
 * What the four generic bits mean for one kind of object.
 *
 * @param read bits that can be granted; likewise the others
 */
public record GenericMapping(int read, int write, int execute, int all) {
    /** Files and directories, and namespaces that are secured as such. */
    public static final GenericMapping FILE = new GenericMapping(0x12_0089, 0x12_0116, 0x12_00A0, 0x1F_01FF);

    /** @throws IllegalArgumentException if a bit cannot be granted, or {@code all} leaves out what another has */
    public GenericMapping {
        if (((read | write | execute | all) & ~AccessMask.GRANTABLE) != 0) {
            throw new IllegalArgumentException("a generic right maps to bits that can be granted only");
        }
        if (((read | write | execute) & ~all) != 0) {
            throw new IllegalArgumentException("all of a kind of object includes reading, writing and running it");
        }
    }

    /** The mask with its generic bits replaced by what they mean. */
    public int map(int mask) {
        if ((mask & AccessMask.GENERIC) == 0) {
            return mask;
        }
        int mapped = mask & ~AccessMask.GENERIC;
        if ((mask & AccessMask.GENERIC_READ) != 0) {
            mapped |= read;
        }
        if ((mask & AccessMask.GENERIC_WRITE) != 0) {
            mapped |= write;
        }
        if ((mask & AccessMask.GENERIC_EXECUTE) != 0) {
            mapped |= execute;
        }
        if ((mask & AccessMask.GENERIC_ALL) != 0) {
            mapped |= all;
        }
        return mapped;
    }
}
