package dev.bailiwick.profiles;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A SHA-256 digest of a file's bytes.
 *
 * @param hex 64 lower-case hexadecimal digits
 */
public record Sha256(String hex) {
    /** The length of a digest. */
    public static final int BYTES = 32;

    private static final Pattern FORM = Pattern.compile("[0-9a-f]{64}");

    public Sha256 {
        if (!FORM.matcher(hex).matches()) {
            throw new IllegalArgumentException("a SHA-256 digest is 64 lower-case hexadecimal digits: \"" + hex + "\"");
        }
    }

    /** Takes the bytes of a digest; other than {@value #BYTES} of them are an {@link IllegalArgumentException}. */
    public static Sha256 of(byte[] digest) {
        return new Sha256(HexFormat.of().formatHex(digest));
    }

    /** The digest that {@code hex} states, if it is one. */
    public static Optional<Sha256> ofHex(String hex) {
        return FORM.matcher(hex).matches() ? Optional.of(new Sha256(hex)) : Optional.empty();
    }

    /** Digests {@code content}. */
    public static Sha256 ofContent(byte[] content) {
        try {
            return of(MessageDigest.getInstance("SHA-256").digest(content));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** A fresh array of the {@value #BYTES} bytes. */
    public byte[] toBytes() {
        return HexFormat.of().parseHex(hex);
    }

    @Override
    public String toString() {
        return hex;
    }
}
