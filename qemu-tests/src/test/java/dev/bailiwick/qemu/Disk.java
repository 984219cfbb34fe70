package dev.bailiwick.qemu;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A raw disk image with an ext4 file system, which the guest mounts at {@code /NAME}. QEMU keeps a log of each boot's writes,
 * so that after a power cut the disk can be shown with or without what was never flushed.
 *
 * @param name the mount point without its slash, and the serial number by which the guest tells disks apart: at most 20 of
 *     the letters a to z
 * @param image the file on the host; copy or restore it only while no guest has it mounted
 * @param fault what goes wrong with it in each boot
 */
record Disk(String name, Path image, Optional<Fault> fault) {
    private static final long MEBIBYTE = 1024L * 1024L;
    private static final int E2FSCK_MENDED = 1;

    Disk {
        if (!name.matches("[a-z]{1,20}")) {
            throw new IllegalArgumentException("'" + name + "' is not 1 to 20 letters a to z");
        }
    }

    /** A disk without faults. */
    Disk(String name, Path image) {
        this(name, image, Optional.empty());
    }

    /** The same disk with a fault. */
    Disk failing(Fault wanted) {
        return new Disk(name, image, Optional.of(wanted));
    }

    static Disk formatted(Path folder, String name, int mebibytes) throws IOException {
        Disk disk = new Disk(name, folder.resolve(name + ".img"));
        try (RandomAccessFile file = new RandomAccessFile(disk.image.toFile(), "rw")) {
            file.setLength(mebibytes * MEBIBYTE);
        }
        HostTool.MKFS_EXT4.run("-q", "-F", "-L", name, disk.image);
        return disk;
    }

    /**
     * A disk that has files on it already, and room behind its file system that no file ever gets.
     *
     * @param contents a folder on the host, copied with its owners and permissions
     * @param behind bytes beyond the end of the file system
     */
    static Disk filled(Path folder, String name, int mebibytes, Path contents, int behind) throws IOException {
        Disk disk = new Disk(name, folder.resolve(name + ".img"));
        long fileSystem = mebibytes * MEBIBYTE;
        try (RandomAccessFile file = new RandomAccessFile(disk.image.toFile(), "rw")) {
            file.setLength(fileSystem + behind);
        }
        // What is laid out now need not be laid out by the guest in the background, between the writes that matter.
        HostTool.MKFS_EXT4.run(
                "-q",
                "-F",
                "-L",
                name,
                "-N",
                1024,
                "-E",
                "lazy_itable_init=0,lazy_journal_init=0",
                "-d",
                contents,
                disk.image,
                fileSystem / 1024 + "k");
        return disk;
    }

    /**
     * What is on the disk, as the next boot would find it: the file system's own journal is replayed, as mounting does, and nothing
     * else is mended. The image is changed by that. Needs neither root nor a loop device.
     *
     * @return a fresh folder with all files and folders of the disk
     */
    static Path extract(Path image, Path folder) throws IOException {
        HostTool.Outcome replayed =
                HostTool.E2FSCK.attempt(Path.of("."), "-y", "-E", "journal_only", image.toAbsolutePath());
        if (replayed.exit() > E2FSCK_MENDED) {
            throw new IllegalStateException(replayed.describe());
        }
        Folders.fresh(folder);
        HostTool.DEBUGFS.run("-R", "rdump / " + folder.toAbsolutePath(), image.toAbsolutePath());
        return folder;
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
    List<String> attach() throws IOException {
        copySparse(image, asBooted());
        Files.deleteIfExists(writes().file());
        Files.createFile(writes().file());
        List<String> arguments = new ArrayList<>(List.of(
                "-blockdev", "driver=file,node-name=" + name + "-image,filename=" + image,
                "-blockdev", "driver=file,node-name=" + name + "-writes,filename=" + writes().file()));
        String logged = "driver=blklogwrites,file=%1$s-image,log=%1$s-writes,log-sector-size=%2$d,node-name="
                .formatted(name, WriteLog.SECTOR_BYTES);
        if (fault.isPresent()) {
            // Above the log, which has only what succeeded. Events are what a driver tells of the one below it, hence
            // the raw one on top.
            Path rules = image.resolveSibling(name + ".faults");
            Files.writeString(rules, fault.get().rules());
            arguments.addAll(List.of(
                    "-blockdev", logged + name + "-logged",
                    "-blockdev",
                            "driver=blkdebug,node-name=%1$s-failing,image=%1$s-logged,config=%2$s"
                                    .formatted(name, rules),
                    "-blockdev", "driver=raw,node-name=%1$s,file=%1$s-failing".formatted(name)));
        } else {
            arguments.addAll(List.of("-blockdev", logged + name));
        }
        // The guest sees a volatile write cache, so its fsync ends in a flush, as it does on real hardware; and it
        // hears of errors.
        arguments.addAll(List.of(
                "-device",
                "virtio-blk-pci,drive=%1$s,serial=%1$s,write-cache=on,werror=report,rerror=report".formatted(name)));
        return arguments;
    }

    /** The disk as it was before the newest boot. */
    Path asBooted() {
        return image.resolveSibling(name + ".booted.img");
    }

    /** What the newest boot did to it. */
    WriteLog writes() {
        return new WriteLog(image.resolveSibling(name + ".writes"));
    }

    static void copySparse(Path from, Path to) {
        HostTool.CP.run("--sparse=always", from, to);
    }

    /** A disk's bytes at one moment. */
    record Snapshot(Path copy) {}
}
