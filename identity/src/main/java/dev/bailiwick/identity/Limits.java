package dev.bailiwick.identity;

/** The bounds of identities and descriptors, each with its reason. */
public final class Limits {
    /** Sub-authorities of a SID: its binary form counts them in four bits of use (IDENTITY-FACTS). */
    public static final int SUB_AUTHORITIES = 15;

    /** Characters of a SID's text: the longest has a hexadecimal authority and 15 words of ten digits. */
    public static final int SID_CHARS = 4 + 14 + SUB_AUTHORITIES * 11;

    /** UTF-16 units of a service's name, as the system whose algorithm this is has it. */
    public static final int SERVICE_NAME_CHARS = 256;

    /** UTF-16 units of an identity that is sent to sources: the longest name of a directory, and bounds what an error quotes. */
    public static final int IDENTITY_CHARS = 512;

    /** Groups of a token. Each costs two places in the table of the access check. */
    public static final int GROUPS = 256;

    /** Groups that an identity source may assert; the rest of {@link #GROUPS} is for those that the minter adds. */
    public static final int ASSERTED_GROUPS = 240;

    /** Claims of a token. */
    public static final int CLAIMS = 32;

    /** Values of one claim. */
    public static final int CLAIM_VALUES = 32;

    /** UTF-16 units of a claim's name, or of one of its texts. */
    public static final int CLAIM_CHARS = 256;

    /** Entries of one request to adjust privileges or groups: more could not be without a duplicate. */
    public static final int CHANGES = GROUPS;

    /** Entries of a DACL: bounds the walk of one check. */
    public static final int ACES = 128;

    /** Characters of a descriptor's text: every entry at its longest fits. */
    public static final int SDDL_CHARS = 512 + ACES * 256;

    /** Identity sources of a router: an unknown identity asks each of them. */
    public static final int SOURCES = 16;

    private Limits() {}
}
