package dev.bailiwick.qemu;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * A raw disk image with an ext4 file system, which the guest mounts at {@code /NAME}.
 *
 * @param name the mount point without its slash, and the serial number by which the guest tells disks apart: at most 20 of
 *     the characters a to z
 * @param image the file on the host; copy or restore it only while no guest has it mounted
 */
record Disk(String name, Path image) {
    Disk {
        if (!name.matches("[a-z]{1,20}")) {
            throw new IllegalArgumentException("'" + name + "' is not 1 to 20 letters a to z");
        }
    }

    static Disk formatted(Path folder, String name, int mebibytes) throws IOException {
        Disk disk = new Disk(name, folder.resolve(name + ".img"));
        try (RandomAccessFile file = new RandomAccessFile(disk.image.toFile(), "rw")) {
            file.setLength(mebibytes * 1024L * 1024L);
        }
        HostTool.MKFS_EXT4.run("-q", "-F", "-L", name, disk.image);
        return disk;
    }

    /** Keeps the disk as it is now, under a label. */
    Snapshot snapshot(String label) throws IOException {
        Path copy = image.resolveSibling(name + "." + label + ".img");
        Files.copy(image, copy, StandardCopyOption.REPLACE_EXISTING);
        return new Snapshot(copy);
    }

    /** Puts an older state back, as someone with the disk in hand could. */
    void rollBackTo(Snapshot older) throws IOException {
        Files.copy(older.copy, image, StandardCopyOption.REPLACE_EXISTING);
    }

    /** A disk's bytes at one moment. */
    record Snapshot(Path copy) {}
}
