package dev.bailiwick.accountstore;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.bailiwick.schema.Hash256;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * What the store keeps of an outside subject: enough to know it again, and not who it is (seed 002, {@code subjectHash}).
 *
 * <pre>
 * SHA-256( for each of "bailiwick subject 1", provider kind, provider, tenant, subject: its length in bytes as 4 big-endian bytes, its UTF-8 )
 * </pre>
 *
 * Lengths keep parts from running into each other: another tenant's subject never has this one's hash. Stateless.
 */
public final class SubjectHash {
    private static final String DOMAIN = "bailiwick subject 1";

    private SubjectHash() {}

    /** The hash of a subject, from its parts exactly as the provider states them. */
    public static Hash256 of(ProviderKind kind, String provider, String tenant, String subject) {
        return Hash256.sha256(List.of(DOMAIN, kind.text(), provider, tenant, subject).stream()
                .map(SubjectHash::counted)
                .toArray(byte[][]::new));
    }

    private static byte[] counted(String part) {
        byte[] bytes = part.getBytes(UTF_8);
        return ByteBuffer.allocate(Integer.BYTES + bytes.length)
                .putInt(bytes.length)
                .put(bytes)
                .array();
    }
}
