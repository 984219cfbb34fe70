package dev.bailiwick.identity;

/**
 * The bits of an access mask. The low 16 bits are the object's own; those of a secured directory are named here as files have them, which
 * {@link GenericMapping#FILE} maps to. Source: MS-DTYP 2.4.3, and MS-SMB2 2.2.13.1 for files and directories.
 *
 * <pre>
 *   bits  0-15   the object's own: read, write, append, ...
 *   bits 16-20   DELETE, READ_CONTROL, WRITE_DAC, WRITE_OWNER, SYNCHRONIZE
 *   bit  24      the audit list; no descriptor grants it
 *   bit  25      MAXIMUM_ALLOWED, in a request only
 *   bits 28-31   all, execute, write, read: mapped to others before they are judged
 * </pre>
 */
public final class AccessMask {
    /** Reads a file, lists a directory. */
    public static final int READ_DATA = 0x1;

    /** Writes a file, adds a file to a directory. */
    public static final int WRITE_DATA = 0x2;

    /** Appends to a file, adds a directory to a directory. */
    public static final int APPEND_DATA = 0x4;

    /** Reads attributes that programs gave it. */
    public static final int READ_EXTENDED = 0x8;

    /** Writes attributes that programs gave it. */
    public static final int WRITE_EXTENDED = 0x10;

    /** Runs a file, passes through a directory. */
    public static final int EXECUTE = 0x20;

    /** Deletes what is in a directory. */
    public static final int DELETE_CHILD = 0x40;

    /** Reads its attributes. */
    public static final int READ_ATTRIBUTES = 0x80;

    /** Writes its attributes. */
    public static final int WRITE_ATTRIBUTES = 0x100;

    /** Deletes the object. */
    public static final int DELETE = 0x1_0000;

    /** Reads its descriptor. */
    public static final int READ_CONTROL = 0x2_0000;

    /** Writes its DACL. */
    public static final int WRITE_DAC = 0x4_0000;

    /** Gives it to another owner. */
    public static final int WRITE_OWNER = 0x8_0000;

    /** Waits for it. */
    public static final int SYNCHRONIZE = 0x10_0000;

    /** Reads and writes the audit list. Never granted: descriptors here have none, and no privilege stands in for one. */
    public static final int ACCESS_SYSTEM_SECURITY = 0x100_0000;

    /** In a request: all that would be granted. */
    public static final int MAXIMUM_ALLOWED = 0x200_0000;

    /** All that there is for this kind of object. */
    public static final int GENERIC_ALL = 0x1000_0000;

    /** What running takes. */
    public static final int GENERIC_EXECUTE = 0x2000_0000;

    /** What writing takes. */
    public static final int GENERIC_WRITE = 0x4000_0000;

    /** What reading takes. */
    public static final int GENERIC_READ = 0x8000_0000;

    /** The object's own bits and the standard ones: all that can be granted. */
    static final int GRANTABLE = 0x1F_FFFF;

    static final int GENERIC = GENERIC_ALL | GENERIC_EXECUTE | GENERIC_WRITE | GENERIC_READ;

    private AccessMask() {}

    /** As a descriptor's text has it: letters where they say all, such as {@code FR}, else hexadecimal. */
    public static String text(int mask) {
        return SddlRights.print(mask);
    }
}
