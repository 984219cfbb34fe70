package dev.bailiwick.qemu;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A raw disk image with an ext4 file system, which the guest mounts at {@code /NAME}. QEMU keeps a log of each boot's writes,
 * so that after a power cut the disk can be shown with or without what was never flushed.
 *
 * @param name the mount point without its slash, and the serial number by which the guest tells disks apart: at most 20 of
 *     the letters a to z
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
    Snapshot snapshot(String label) {
        Path copy = image.resolveSibling(name + "." + label + ".img");
        copySparse(image, copy);
        return new Snapshot(copy);
    }

    /** Puts an older state back, as someone with the disk in hand could. */
    void rollBackTo(Snapshot older) {
        copySparse(older.copy, image);
    }

    /**
     * After a power cut: takes away what the guest wrote during that boot but never flushed, as a disk with a volatile cache
     * does in the worst case.
     *
     * @return how many writes were lost
     */
    int loseUnflushedWrites() throws IOException {
        copySparse(asBooted(), image);
        return writes().replayFlushed(image);
    }

    /** Keeps what {@link #loseUnflushedWrites} needs and returns QEMU's arguments for this disk. */
    String[] attach() throws IOException {
        copySparse(image, asBooted());
        Files.deleteIfExists(writes().file());
        Files.createFile(writes().file());
        return new String[] {
            "-blockdev", "driver=file,node-name=" + name + "-image,filename=" + image,
            "-blockdev", "driver=file,node-name=" + name + "-writes,filename=" + writes().file(),
            "-blockdev",
                    "driver=blklogwrites,node-name=" + name + ",file=" + name + "-image,log=" + name
                            + "-writes,log-sector-size=" + WriteLog.SECTOR_BYTES,
            // The guest sees a volatile write cache, so its fsync ends in a flush, as it does on real hardware.
            "-device", "virtio-blk-pci,drive=" + name + ",serial=" + name + ",write-cache=on",
        };
    }

    private Path asBooted() {
        return image.resolveSibling(name + ".booted.img");
    }

    private WriteLog writes() {
        return new WriteLog(image.resolveSibling(name + ".writes"));
    }

    private static void copySparse(Path from, Path to) {
        HostTool.CP.run("--sparse=always", from, to);
    }

    /** A disk's bytes at one moment. */
    record Snapshot(Path copy) {}
}
