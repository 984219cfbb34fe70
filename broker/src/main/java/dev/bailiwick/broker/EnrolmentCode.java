package dev.bailiwick.broker;

import dev.bailiwick.accountstore.CredentialKind;
import dev.bailiwick.accountstore.NewCredential;
import dev.bailiwick.accountstore.OpaqueBytes;
import dev.bailiwick.schema.Hash256;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * A one-time code that sets a first password. It has 100 random bits, so its plain SHA-256 is as hard to turn round as the
 * code is to guess; the store holds nothing else.
 *
 * <pre>
 * 7KQ2M-9D4XT-0HBVR-W3C8E      20 characters of Crockford's base 32, in groups for people
 * </pre>
 */
public final class EnrolmentCode {
    /** How the store's verifiers of codes are made, as {@code CredentialRecord.algorithm} holds it. */
    public static final String ALGORITHM = "sha256";

    private static final String ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    private static final int CHARS = 20;
    private static final int GROUP = 5;

    private final String plain;

    private EnrolmentCode(String plain) {
        this.plain = plain;
    }

    /** Draws a code. {@code random} must be unpredictable. */
    public static EnrolmentCode draw(RandomGenerator random) {
        StringBuilder code = new StringBuilder();
        for (int i = 0; i < CHARS; i++) {
            code.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
        }
        return new EnrolmentCode(code.toString());
    }

    /** As people see and type it. */
    public String text() {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < CHARS; i += GROUP) {
            text.append(i == 0 ? "" : "-").append(plain, i, i + GROUP);
        }
        return text.toString();
    }

    /** The credential that the store keeps of it. */
    public NewCredential credential(String label, Instant expiresAt) {
        return new NewCredential(
                CredentialKind.ENROLMENT_CODE, label, ALGORITHM, OpaqueBytes.NONE, verifier(), Optional.of(expiresAt));
    }

    /** What the store keeps of the code. */
    public OpaqueBytes verifier() {
        return OpaqueBytes.of(
                Hash256.sha256(plain.getBytes(StandardCharsets.US_ASCII)).toBytes());
    }

    /** What the store would hold of a code that somebody typed: case, dashes and spaces do not matter. */
    static byte[] verifierOf(byte[] typed) {
        String text = new String(typed, StandardCharsets.UTF_8);
        String plain = text.replaceAll("[-\\s]", "").toUpperCase(Locale.ROOT);
        return Hash256.sha256(plain.getBytes(StandardCharsets.UTF_8)).toBytes();
    }

    /** Says nothing of the code. */
    @Override
    public String toString() {
        return "enrolment code";
    }
}
