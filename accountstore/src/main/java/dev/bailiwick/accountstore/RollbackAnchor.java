package dev.bailiwick.accountstore;

import dev.bailiwick.engine.Ownership;
import dev.bailiwick.schema.Hash256;
import dev.bailiwick.schema.StoreId;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The newest head of a store, kept in a file outside it, so that an older copy of the store is noticed (ARCHITECTURE 4).
 * Two slots are written alternately and each is synced, so that a torn write leaves the other one.
 *
 * <pre>
 * slot 0 at byte 0, slot 1 at byte 4096; all numbers little-endian
 *   0  magic "BWANCHR1"      8
 *   8  generation            8   the intact slot with the greater one counts
 *  16  storeId              16
 *  32  storeEpoch            8
 *  40  size                  8
 *  48  root                 32
 *  80  auditSize             8
 *  88  auditRoot            32
 * 120  CRC-32C of 0..119     4
 * </pre>
 *
 * Used by one thread at a time: the commit lane.
 */
final class RollbackAnchor implements Closeable {
    private static final byte[] MAGIC = {'B', 'W', 'A', 'N', 'C', 'H', 'R', '1'};
    private static final int SLOT_BYTES = 124;
    private static final int CRC_AT = 120;
    private static final String SYNCED = "rwd";
    private static final String READ_ONLY = "r";

    /** One file-system block each, so that one torn block cannot take both slots. */
    private static final int SLOT_SPACING = 4096;

    private final Path file;

    /**
     * Open with {@code O_DSYNC}: a write returns when it is synced. Not a channel, because an interrupt of whoever is the lane would
     * close that.
     */
    private final RandomAccessFile slots;

    private long generation;
    private AnchoredHead head;

    private RollbackAnchor(Path file, RandomAccessFile slots, long generation, AnchoredHead head) {
        this.file = file;
        this.slots = slots;
        this.generation = generation;
        this.head = head;
    }

    /**
     * Makes the anchor of a new store; the file and its directory entry are synced on return.
     *
     * @throws AnchorException {@code EXISTS} if the file is there already, {@code IO} if it cannot be written
     */
    static RollbackAnchor create(Path file, AnchoredHead head) {
        try {
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            RollbackAnchor anchor = new RollbackAnchor(file, new RandomAccessFile(file.toFile(), SYNCED), 0, head);
            anchor.advance(head);
            syncDirectoryOf(file);
            return anchor;
        } catch (FileAlreadyExistsException e) {
            throw new AnchorException(
                    AnchorException.Code.EXISTS, file, "there is an anchor at \"" + file + "\" already", e);
        } catch (IOException e) {
            throw io(file, "cannot make the anchor", e);
        }
    }

    /**
     * Opens the anchor of a store to be written to.
     *
     * @throws AnchorException {@code MISSING}, {@code CORRUPT} or {@code IO}
     */
    static RollbackAnchor open(Path file) {
        return open(file, SYNCED);
    }

    /** Reads the anchored head and writes nothing; otherwise as {@link #open(Path)}. */
    static AnchoredHead read(Path file) {
        try (RollbackAnchor anchor = open(file, READ_ONLY)) {
            return anchor.head();
        }
    }

    /** What the anchor of a store holds; empty if there is no file, or none is wanted. Otherwise as {@link #read}. */
    static Optional<AnchoredHead> readIfThere(StoreFiles files) {
        boolean none = files.mode() instanceof AnchorMode.None || Files.notExists(files.anchor());
        return none ? Optional.empty() : Optional.of(read(files.anchor()));
    }

    /**
     * Puts an anchor that holds {@code head} in place of whatever is there, at once: a crash leaves the old file or the new one. It is
     * synced on return.
     *
     * @throws AnchorException {@code IO}
     */
    static void replace(Path file, AnchoredHead head) {
        Path draft = file.resolveSibling(file.getFileName() + ".new");
        try {
            Files.deleteIfExists(draft);
            create(draft, head).close();
            if (Files.exists(file)) {
                Ownership.copy(file, draft);
            }
            Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            syncDirectoryOf(file);
        } catch (IOException e) {
            throw io(file, "cannot replace the anchor", e);
        }
    }

    private static RollbackAnchor open(Path file, String mode) {
        if (Files.notExists(file)) {
            throw new AnchorException(
                    AnchorException.Code.MISSING,
                    file,
                    "there is no anchor at \"" + file + "\", so nobody can tell whether the store was rolled back");
        }
        try {
            RandomAccessFile slots = new RandomAccessFile(file.toFile(), mode);
            Optional<Slot> first = readSlot(slots, 0);
            Optional<Slot> second = readSlot(slots, 1);
            Slot newest = newest(first.orElse(null), second.orElse(null));
            if (newest == null) {
                slots.close();
                throw new AnchorException(
                        AnchorException.Code.CORRUPT,
                        file,
                        "neither slot of the anchor \"" + file
                                + "\" is intact, so nobody can tell whether the store was rolled back");
            }
            return new RollbackAnchor(file, slots, newest.generation(), newest.head());
        } catch (IOException e) {
            throw io(file, "cannot read the anchor", e);
        }
    }

    /** The newest head that is anchored. */
    AnchoredHead head() {
        return head;
    }

    /** Where the anchor is. */
    Path file() {
        return file;
    }

    /**
     * Anchors a newer head; it is synced on return.
     *
     * @throws AnchorException {@code IO}; what is anchored is then unknown until the file is opened again
     */
    void advance(AnchoredHead newer) {
        long next = generation + 1;
        byte[] slot = encode(next, newer);
        try {
            slots.seek((next & 1) * SLOT_SPACING);
            slots.write(slot);
        } catch (IOException e) {
            throw io(file, "cannot write the anchor", e);
        }
        generation = next;
        head = newer;
    }

    @Override
    public void close() {
        try {
            slots.close();
        } catch (IOException e) {
            throw io(file, "cannot close the anchor", e);
        }
    }

    private static byte[] encode(long generation, AnchoredHead head) {
        ByteBuffer slot = ByteBuffer.allocate(SLOT_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        slot.put(MAGIC).putLong(generation).put(head.storeId().toBytes()).putLong(head.storeEpoch());
        slot.putLong(head.size()).put(head.root().toBytes());
        slot.putLong(head.auditSize()).put(head.auditRoot().toBytes());
        slot.putInt(crc(slot.array()));
        return slot.array();
    }

    private static Optional<Slot> readSlot(RandomAccessFile slots, int index) throws IOException {
        ByteBuffer slot = ByteBuffer.allocate(SLOT_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        slots.seek((long) index * SLOT_SPACING);
        try {
            slots.readFully(slot.array());
        } catch (EOFException e) {
            return Optional.empty();
        }
        if (slot.getInt(CRC_AT) != crc(slot.array())) {
            return Optional.empty();
        }
        byte[] magic = bytes(slot, MAGIC.length);
        long generation = slot.getLong();
        StoreId storeId = StoreId.of(bytes(slot, 16));
        long storeEpoch = slot.getLong();
        long size = slot.getLong();
        Hash256 root = Hash256.of(bytes(slot, Hash256.BYTES));
        long auditSize = slot.getLong();
        Hash256 auditRoot = Hash256.of(bytes(slot, Hash256.BYTES));
        if (!Arrays.equals(magic, MAGIC) || size < 0 || auditSize < 0) {
            return Optional.empty();
        }
        return Optional.of(
                new Slot(generation, new AnchoredHead(storeId, storeEpoch, size, root, auditSize, auditRoot)));
    }

    private static @Nullable Slot newest(@Nullable Slot first, @Nullable Slot second) {
        if (first == null || second == null) {
            return first == null ? second : first;
        }
        return first.generation() > second.generation() ? first : second;
    }

    private static byte[] bytes(ByteBuffer from, int count) {
        byte[] bytes = new byte[count];
        from.get(bytes);
        return bytes;
    }

    private static int crc(byte[] slot) {
        CRC32C crc = new CRC32C();
        crc.update(slot, 0, CRC_AT);
        return (int) crc.getValue();
    }

    private static void syncDirectoryOf(Path file) throws IOException {
        Path directory = file.toAbsolutePath().getParent();
        if (directory != null && Files.isDirectory(directory)) {
            try (FileChannel opened = FileChannel.open(directory, StandardOpenOption.READ)) {
                opened.force(true);
            }
        }
    }

    private static AnchorException io(Path file, String what, IOException cause) {
        return new AnchorException(
                AnchorException.Code.IO, file, what + " \"" + file + "\": " + cause.getMessage(), cause);
    }

    private record Slot(long generation, AnchoredHead head) {}
}
