package dev.bailiwick.qemu;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InitramfsTest {
    @Test
    void writesTheFormTheKernelDocuments(@TempDir Path root) throws IOException {
        Path bin = Files.createDirectory(root.resolve("bin"));
        Path init = Files.writeString(bin.resolve("go"), "hello");
        Files.setPosixFilePermissions(init, PosixFilePermissions.fromString("rwx------"));
        Files.setLastModifiedTime(init, FileTime.from(Instant.ofEpochSecond(0x4A90)));

        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (Initramfs archive = new Initramfs(bytes)) {
            archive.tree(root);
        }

        assertThat(bytes.toString(US_ASCII).replace('\0', '.'))
                .isEqualTo(
                        // magic inode   mode    uid     gid     links   time    size    4 device numbers, name length,
                        // check
                        "070701" + "00000001" + "000041ED" + "00000000" + "00000000" + "00000001" + "00000000"
                                + "00000000"
                                + "00000000".repeat(4) + "00000004" + "00000000" + "bin." + ".."
                                + "070701" + "00000002" + "000081ED" + "00000000" + "00000000" + "00000001" + "00004A90"
                                + "00000005" + "00000000".repeat(4) + "00000007" + "00000000" + "bin/go." + "..."
                                + "hello..."
                                + "070701" + "00000003" + "00000000" + "00000000" + "00000000" + "00000001" + "00000000"
                                + "00000000" + "00000000".repeat(4) + "0000000B" + "00000000" + "TRAILER!!!." + "...");
    }
}
