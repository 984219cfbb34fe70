package dev.bailiwick.launch;

import dev.bailiwick.schema.Hash256;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * A private copy of a file, made while the file is hashed. It is what is executed, so that what runs is what was measured, whatever happens
 * to the file in between.
 */
final class MeasuredCopy {
    private MeasuredCopy() {}

    /**
     * The copy; the caller deletes it.
     *
     * @throws RefusedException if the file is not what was expected; no copy is left
     */
    static Path of(Path file, Hash256 expected, Path folder) throws IOException, RefusedException {
        Path copy = Files.createTempFile(folder, "measured-", "");
        boolean kept = false;
        try {
            Hash256 found = copy(file, copy);
            if (!found.equals(expected)) {
                throw new RefusedException(
                        "measurement-mismatch",
                        "\"" + file + "\" has the SHA-256 " + found + ", not " + expected,
                        "install the file that was measured, or have an administrator state the new measurement");
            }
            Files.setPosixFilePermissions(copy, PosixFilePermissions.fromString("r-xr-xr-x"));
            kept = true;
            return copy;
        } finally {
            if (!kept) {
                Files.deleteIfExists(copy);
            }
        }
    }

    private static Hash256 copy(Path file, Path to) throws IOException, RefusedException {
        MessageDigest sha256 = sha256();
        try (InputStream in = new DigestInputStream(Files.newInputStream(file), sha256);
                OutputStream out = Files.newOutputStream(to)) {
            byte[] part = new byte[1 << 16];
            long size = 0;
            for (int count = in.read(part); count >= 0; count = in.read(part)) {
                size += count;
                if (size > Limits.MEASURED_BYTES) {
                    throw new RefusedException(
                            "measurement-mismatch", "\"" + file + "\" is too large to be measured", "");
                }
                out.write(part, 0, count);
            }
        }
        return Hash256.of(sha256.digest());
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
