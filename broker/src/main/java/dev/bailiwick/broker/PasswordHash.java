package dev.bailiwick.broker;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.params.Argon2Parameters;

/**
 * How a password is hashed: Argon2id (RFC 9106) with these parameters. They are written into every credential as text, so
 * that raising the default leaves older credentials usable.
 *
 * @param memoryKib memory, in KiB, from 8 to {@link Limits#HASH_MEMORY_KIB}
 * @param passes iterations, from 1 to {@link Limits#HASH_PASSES}
 * @param lanes parallelism, from 1 to 16
 */
record PasswordHash(int memoryKib, int passes, int lanes) {
    /** 19 MiB, two passes, one lane: OWASP's minimum, about 30 ms here. */
    static final PasswordHash CURRENT = new PasswordHash(19_456, 2, 1);

    static final int SALT_BYTES = 16;
    static final int VERIFIER_BYTES = 32;

    private static final Pattern TEXT = Pattern.compile("argon2id;v=19;m=([0-9]{1,9});t=([0-9]{1,4});p=([0-9]{1,4})");
    private static final int LANES = 16;

    PasswordHash {
        if (lanes < 1
                || lanes > LANES
                || passes < 1
                || passes > Limits.HASH_PASSES
                || memoryKib < 8 * lanes
                || memoryKib > Limits.HASH_MEMORY_KIB) {
            throw new IllegalArgumentException(
                    "argon2id parameters out of range: m=" + memoryKib + " t=" + passes + " p=" + lanes);
        }
    }

    /** Reads what {@link #text} writes; empty for an algorithm that this build does not know or would not run. */
    static Optional<PasswordHash> ofText(String text) {
        Matcher matcher = TEXT.matcher(text);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        try {
            return Optional.of(new PasswordHash(
                    Integer.parseInt(matcher.group(1)),
                    Integer.parseInt(matcher.group(2)),
                    Integer.parseInt(matcher.group(3))));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** As {@code CredentialRecord.algorithm} holds it. */
    String text() {
        return "argon2id;v=19;m=" + memoryKib + ";t=" + passes + ";p=" + lanes;
    }

    /** The verifier of those bytes under that salt, computed in that memory. Slow by intent: run it on {@link HashPool} only. */
    byte[] verifier(byte[] password, byte[] salt, HashMemory memory) {
        Argon2BytesGenerator generator = new Argon2BytesGenerator();
        generator.init(new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
                .withVersion(Argon2Parameters.ARGON2_VERSION_13)
                .withMemoryAsKB(memoryKib)
                .withIterations(passes)
                .withParallelism(lanes)
                .withSalt(salt)
                .withBlockPool(memory)
                .build());
        byte[] verifier = new byte[VERIFIER_BYTES];
        generator.generateBytes(password, verifier);
        return verifier;
    }
}
