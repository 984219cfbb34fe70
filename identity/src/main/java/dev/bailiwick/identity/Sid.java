package dev.bailiwick.identity;

import com.ibm.icu.lang.UCharacter;
import com.ibm.icu.util.ULocale;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * A security identifier. Immutable; its identity is its binary form:
 *
 * <pre>
 *   byte  0      revision, always 1
 *   byte  1      number of sub-authorities, 0 to 15
 *   bytes 2-7    authority, big-endian
 *   then         sub-authorities, four bytes each, little-endian
 * </pre>
 *
 * <p>So it has 8 to 68 bytes. Every SID has exactly one text, {@code S-1-AUTHORITY-SUB-...}: the authority in decimal, or as {@code 0x} and
 * 12 hexadecimal digits when it needs more than 32 bits. Other spellings of it (small {@code s}, leading zeros) are refused, so that texts
 * may be compared. Source: IDENTITY-FACTS.
 */
public final class Sid implements Comparable<Sid> {
    /** The length of the smallest: without sub-authorities. */
    public static final int MIN_BYTES = 8;

    /** The length of the largest. */
    public static final int MAX_BYTES = MIN_BYTES + 4 * Limits.SUB_AUTHORITIES;

    private static final long WORD = 0xFFFF_FFFFL;
    private static final HexFormat HEX = HexFormat.of();
    private static final String PREFIX = "S-1-";
    private static final String HINT = ": write it as S-1-5-18";

    private final byte[] bytes;
    private final int hash;

    private Sid(byte[] bytes) {
        this.bytes = bytes;
        // Spread, because the table of the access check takes the lowest bits of it.
        int raw = Arrays.hashCode(bytes);
        this.hash = raw ^ (raw >>> 15);
    }

    /** Reads exactly one binary form; anything else is an {@link IllegalArgumentException}. */
    public static Sid of(byte[] bytes) {
        if (bytes.length < MIN_BYTES || bytes.length > MAX_BYTES) {
            throw new IllegalArgumentException(
                    "a SID has " + MIN_BYTES + " to " + MAX_BYTES + " bytes, not " + bytes.length);
        }
        if (bytes[0] != 1) {
            throw new IllegalArgumentException("the revision of a SID is 1, not " + (bytes[0] & 0xFF));
        }
        int count = bytes[1] & 0xFF;
        if (bytes.length != MIN_BYTES + 4 * count) {
            throw new IllegalArgumentException("a SID with " + count + " sub-authorities has " + (MIN_BYTES + 4 * count)
                    + " bytes, not " + bytes.length);
        }
        return new Sid(bytes.clone());
    }

    /**
     * Of its parts.
     *
     * @param authority 48 bits, not negative
     * @param subAuthorities 32 bits each, not negative; at most 15
     * @throws IllegalArgumentException if a part is out of its range
     */
    public static Sid of(long authority, long... subAuthorities) {
        if (authority < 0 || authority >= 1L << 48) {
            throw new IllegalArgumentException("an authority has 48 bits, not " + authority);
        }
        if (subAuthorities.length > Limits.SUB_AUTHORITIES) {
            throw new IllegalArgumentException(
                    "a SID has at most " + Limits.SUB_AUTHORITIES + " sub-authorities, not " + subAuthorities.length);
        }
        byte[] bytes = new byte[MIN_BYTES + 4 * subAuthorities.length];
        bytes[0] = 1;
        bytes[1] = (byte) subAuthorities.length;
        for (int at = 0; at < 6; at++) {
            bytes[2 + at] = (byte) (authority >>> (8 * (5 - at)));
        }
        for (int word = 0; word < subAuthorities.length; word++) {
            long value = subAuthorities[word];
            if (value < 0 || value > WORD) {
                throw new IllegalArgumentException("a sub-authority has 32 bits, not " + value);
            }
            for (int at = 0; at < 4; at++) {
                bytes[MIN_BYTES + 4 * word + at] = (byte) (value >>> (8 * at));
            }
        }
        return new Sid(bytes);
    }

    /** Reads the text form that {@link #toString} writes; anything else is an {@link IllegalArgumentException}. */
    public static Sid parse(String text) {
        if (text.length() > Limits.SID_CHARS) {
            throw new IllegalArgumentException(
                    "a SID has at most " + Limits.SID_CHARS + " characters, not " + text.length());
        }
        if (!text.startsWith(PREFIX)) {
            throw new IllegalArgumentException("a SID starts with \"S-1-\": \"" + text + "\"" + HINT);
        }
        String[] parts = text.substring(PREFIX.length()).split("-", -1);
        if (parts.length - 1 > Limits.SUB_AUTHORITIES) {
            throw new IllegalArgumentException(
                    "a SID has at most " + Limits.SUB_AUTHORITIES + " sub-authorities: \"" + text + "\"");
        }
        long authority = authority(parts[0], text);
        long[] words = new long[parts.length - 1];
        for (int word = 0; word < words.length; word++) {
            words[word] = decimal(parts[word + 1], text);
        }
        return of(authority, words);
    }

    private static long authority(String digits, String text) {
        if (!digits.startsWith("0x")) {
            return decimal(digits, text);
        }
        if (digits.length() != 14 || !digits.chars().skip(2).allMatch(Sid::isHexDigit)) {
            throw new IllegalArgumentException(
                    "the authority \"" + digits + "\" is not 0x and 12 digits of 0-9a-f in \"" + text + "\"" + HINT);
        }
        long value = HexFormat.fromHexDigitsToLong(digits, 2, 14);
        if (value <= WORD) {
            throw new IllegalArgumentException(
                    "an authority of at most 32 bits is written in decimal, not as \"" + digits + "\"" + HINT);
        }
        return value;
    }

    private static boolean isHexDigit(int character) {
        return isDigit(character) || (character >= 'a' && character <= 'f');
    }

    // Not Character.isDigit, which takes the digits of all scripts.
    private static boolean isDigit(int character) {
        return character >= '0' && character <= '9';
    }

    private static long decimal(String digits, String text) {
        if (digits.isEmpty() || digits.length() > 10 || !digits.chars().allMatch(Sid::isDigit)) {
            throw new IllegalArgumentException(
                    "\"" + digits + "\" is not a decimal number of 32 bits in \"" + text + "\"" + HINT);
        }
        if (digits.length() > 1 && digits.charAt(0) == '0') {
            throw new IllegalArgumentException(
                    "\"" + digits + "\" has a leading zero in \"" + text + "\"; leave it out");
        }
        long value = Long.parseLong(digits);
        if (value > WORD) {
            throw new IllegalArgumentException(
                    "\"" + digits + "\" does not fit into 32 bits in \"" + text + "\"" + HINT);
        }
        return value;
    }

    /**
     * The per-service SID of that name: {@code S-1-5-80} and the SHA-1 of the upper-cased name in UTF-16LE as five little-endian words (seed 004).
     * Upper case is Unicode's full mapping, whatever the locale, from a pinned table (ADR 0071). Nothing else is done to the name: a trailing space
     * makes another SID, and so does another normalisation form.
     *
     * @throws IllegalArgumentException if the name is empty, longer than {@value Limits#SERVICE_NAME_CHARS} UTF-16 units or no valid UTF-16
     */
    public static Sid service(String name) {
        if (name.isEmpty()) {
            throw new IllegalArgumentException("a service has a name; an empty one makes no SID");
        }
        if (name.length() > Limits.SERVICE_NAME_CHARS) {
            throw new IllegalArgumentException("the name of a service has at most " + Limits.SERVICE_NAME_CHARS
                    + " UTF-16 units, not " + name.length());
        }
        for (int at = 0; at < name.length(); at += Character.charCount(name.codePointAt(at))) {
            int point = name.codePointAt(at);
            if (point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE) {
                throw new IllegalArgumentException("the name of a service holds half a character at position " + at);
            }
        }
        byte[] digest = sha1(utf16(upperCase(name)));
        long[] words = new long[6];
        words[0] = 80;
        for (int word = 0; word < 5; word++) {
            for (int at = 3; at >= 0; at--) {
                words[word + 1] = (words[word + 1] << 8) | (digest[4 * word + at] & 0xFF);
            }
        }
        return of(5, words);
    }

    /** Full upper case without a locale. Plain ASCII, which most names are, needs no table. */
    static String upperCase(String name) {
        char[] ascii = new char[name.length()];
        for (int at = 0; at < ascii.length; at++) {
            char unit = name.charAt(at);
            if (unit >= 0x80) {
                return UCharacter.toUpperCase(ULocale.ROOT, name);
            }
            ascii[at] = unit >= 'a' && unit <= 'z' ? (char) (unit - ('a' - 'A')) : unit;
        }
        return new String(ascii);
    }

    private static byte[] utf16(String text) {
        byte[] bytes = new byte[2 * text.length()];
        for (int at = 0; at < text.length(); at++) {
            bytes[2 * at] = (byte) text.charAt(at);
            bytes[2 * at + 1] = (byte) (text.charAt(at) >>> 8);
        }
        return bytes;
    }

    // Not for secrecy or signatures: the algorithm is given, and a collision only makes two names one service, which
    // the store's unique names exclude.
    private static byte[] sha1(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-1").digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The SID of a logon session: {@code S-1-5-5-HIGH-LOW}, the two halves of its id. */
    public static Sid logon(long session) {
        return of(5, 5, session >>> 32, session & WORD);
    }

    /** Whether this is below that domain: the same authority, the domain's sub-authorities, and at least one more. */
    public boolean isWithin(Sid domain) {
        return subAuthorities() > domain.subAuthorities()
                && Arrays.equals(bytes, 2, domain.bytes.length, domain.bytes, 2, domain.bytes.length);
    }

    /** Whether this is the SID of one service: {@code S-1-5-80} and five words. {@code S-1-5-80-0} is the group of all of them, and is not. */
    public boolean isService() {
        return subAuthorities() == 6 && authority() == 5 && subAuthority(0) == 80;
    }

    /** 48 bits, not negative. */
    public long authority() {
        long value = 0;
        for (int at = 2; at < MIN_BYTES; at++) {
            value = (value << 8) | (bytes[at] & 0xFF);
        }
        return value;
    }

    /** 0 to 15. */
    public int subAuthorities() {
        return bytes[1];
    }

    /** 32 bits, not negative; {@code index} counts from 0. */
    public long subAuthority(int index) {
        int from = MIN_BYTES + 4 * index;
        return (bytes[from] & 0xFF)
                | ((bytes[from + 1] & 0xFF) << 8)
                | ((bytes[from + 2] & 0xFF) << 16)
                | ((bytes[from + 3] & 0xFFL) << 24);
    }

    /** A fresh array of the binary form. */
    public byte[] toBytes() {
        return bytes.clone();
    }

    /** By binary form, bytes as unsigned numbers. */
    @Override
    public int compareTo(Sid other) {
        return Arrays.compareUnsigned(bytes, other.bytes);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return this == other || (other instanceof Sid sid && hash == sid.hash && Arrays.equals(bytes, sid.bytes));
    }

    @Override
    public int hashCode() {
        return hash;
    }

    /** {@code S-1-AUTHORITY-SUB-...}. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(PREFIX);
        long authority = authority();
        if (authority <= WORD) {
            text.append(authority);
        } else {
            text.append("0x").append(HEX.toHexDigits(authority, 12));
        }
        for (int word = 0; word < subAuthorities(); word++) {
            text.append('-').append(subAuthority(word));
        }
        return text.toString();
    }
}
