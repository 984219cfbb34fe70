package dev.bailiwick.qemu;

import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Writes the archive that the kernel unpacks as its first root file system: the "newc" cpio form of the kernel's
 * {@code Documentation/driver-api/early-userspace/buffer-format.rst}. Everything in it belongs to root. It is left
 * uncompressed: under emulation, copying is faster than decompressing.
 *
 * <pre>
 *   "070701"  13 fields of 8 hex digits   name NUL   pad to 4   contents   pad to 4
 * </pre>
 */
final class Initramfs implements Closeable {
    private static final int DIRECTORY = 0040000;
    private static final int REGULAR = 0100000;
    private static final int ALIGNMENT = 4;
    private static final String END = "TRAILER!!!";

    private final OutputStream out;
    private final Set<String> directories = new HashSet<>();
    private long written;
    private int inode;

    Initramfs(OutputStream out) {
        this.out = new BufferedOutputStream(out, 1 << 20);
    }

    /** Adds every file and folder below {@code root}, in name order, with its permission to execute and its time. */
    void tree(Path root) throws IOException {
        List<Path> files;
        try (Stream<Path> walk = Files.walk(root)) {
            files = walk.filter(file -> !file.equals(root)).sorted().toList();
        }
        for (Path file : files) {
            String name = root.relativize(file).toString();
            if (Files.isDirectory(file)) {
                directory(name);
            } else {
                Instant modified = Files.getLastModifiedTime(file).toInstant();
                int mode = Files.isExecutable(file) ? 0755 : 0644;
                entry(name, REGULAR | mode, modified, Files.size(file));
                written += Files.copy(file, out);
                pad();
            }
        }
    }

    private void directory(String name) throws IOException {
        if (directories.add(name)) {
            entry(name, DIRECTORY | 0755, Instant.EPOCH, 0);
        }
    }

    private void entry(String name, int mode, Instant modified, long size) throws IOException {
        byte[] encodedName = (name + "\0").getBytes(StandardCharsets.UTF_8);
        StringBuilder header = new StringBuilder("070701");
        long[] fields = {
            ++inode, mode, 0, 0, 1, modified.getEpochSecond(), size, 0, 0, 0, 0, encodedName.length, 0,
        };
        for (long field : fields) {
            if (field < 0 || field > 0xFFFF_FFFFL) {
                throw new IllegalArgumentException("'" + name + "' does not fit a cpio header");
            }
            header.append("%08X".formatted(field));
        }
        write(header.toString().getBytes(StandardCharsets.US_ASCII));
        write(encodedName);
        pad();
    }

    private void write(byte[] bytes) throws IOException {
        out.write(bytes);
        written += bytes.length;
    }

    private void pad() throws IOException {
        write(new byte[(int) ((ALIGNMENT - written % ALIGNMENT) % ALIGNMENT)]);
    }

    /** Writes the end mark; without it the kernel reports a broken archive. */
    @Override
    public void close() throws IOException {
        try (out) {
            entry(END, 0, Instant.EPOCH, 0);
        }
    }
}
