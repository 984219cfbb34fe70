package dev.bailiwick.accountstore;

import dev.bailiwick.accountstore.ExportRefusedException.Code;
import dev.bailiwick.schema.Canonical;
import dev.bailiwick.schema.CanonicalException;
import dev.bailiwick.schema.Hash256;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.capnproto.DecodeException;

/**
 * Reads an export and checks everything in it on the way: order and form of the frames, both chains and their roots, the checkpoint and
 * the signature. What it hands out before the end is not yet proved; it is once {@link #readTo} returns. Used by one thread.
 */
final class ExportReader {
    /** Of all records of one entry: a command of the largest size, and for each record what the store adds to it. */
    private static final long ENTRY_RECORDS_BYTES = StoreLimits.COMMAND_BYTES + 1024L * StoreLimits.MUTATIONS;

    private final DataInputStream in;
    private final MessageDigest digest = ExportWriter.sha256();
    private final ExportHead head;
    private byte[] hashBefore = {};
    private ExportFrame.Type type = ExportFrame.Type.HEAD;

    private ExportReader(DataInputStream in) throws IOException {
        this.in = in;
        byte[] magic = new byte[ExportFrame.MAGIC.length];
        in.readFully(magic);
        if (!Arrays.equals(magic, ExportFrame.MAGIC)) {
            throw new ExportRefusedException(Code.FORMAT, "this is not an export of an account store");
        }
        int version = in.readInt();
        if (version != ExportFrame.VERSION) {
            throw new ExportRefusedException(
                    Code.FORMAT, "this export has format " + version + ", which is not known to this build");
        }
        digest.update(magic);
        digest.update(new byte[] {0, 0, 0, (byte) version});
        this.head = readHead();
    }

    /** Begins to read. */
    static ExportReader open(InputStream in) {
        try {
            return new ExportReader(new DataInputStream(in));
        } catch (EOFException e) {
            throw new ExportRefusedException(Code.FORMAT, "this is not an export of an account store", e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What the export says it holds. */
    ExportHead head() {
        return head;
    }

    /**
     * Reads all of it and hands out journal entries, then audit entries.
     *
     * @param anchored what it must contain
     */
    void readTo(Optional<AnchoredHead> anchored, Consumer<NewEpoch.TakenOver> entries, Consumer<AuditEntry> audit) {
        AnchoredHead stated = head.head();
        try {
            chain(
                    HashChain.JOURNAL,
                    new Size(stated.size(), stated.root()),
                    anchored.map(known -> new Size(known.size(), known.root())),
                    bytes -> entries.accept(entry(bytes)));
            chain(
                    HashChain.AUDIT,
                    new Size(stated.auditSize(), stated.auditRoot()),
                    anchored.map(known -> new Size(known.auditSize(), known.auditRoot())),
                    bytes -> audit.accept(decoded(bytes, JournalCodec::decodeAudit)));
            finish();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private ExportHead readHead() throws IOException {
        try {
            return ExportHead.decode(expect(ExportFrame.Type.HEAD));
        } catch (IllegalArgumentException malformed) {
            throw damaged(String.valueOf(malformed.getMessage()));
        }
    }

    private interface Entry {
        void accept(byte[] bytes) throws IOException;
    }

    /** How long a chain is, and its root then. */
    private record Size(long entries, Hash256 root) {}

    private void chain(HashChain chain, Size whole, Optional<Size> anchored, Entry each) throws IOException {
        MerkleTree tree = MerkleTree.empty();
        Optional<Hash256> last = Optional.empty();
        Instant time = Instant.EPOCH;
        long epoch = 0;
        ExportFrame.Type expected = chain.equals(HashChain.JOURNAL) ? ExportFrame.Type.ENTRY : ExportFrame.Type.AUDIT;
        for (long sequence = 1; sequence <= whole.entries(); sequence++) {
            byte[] bytes = expect(expected);
            Place place = place(chain, bytes);
            boolean inPlace = place.sequence() == sequence
                    && place.previous().equals(last)
                    && place.epoch() >= 1
                    && place.epoch() <= head.head().storeEpoch()
                    && (place.epoch() < epoch || !place.time().isBefore(time));
            if (!inPlace || !isCanonical(bytes)) {
                throw damaged(chain.name(sequence) + " does not continue the one before");
            }
            last = Optional.of(chain.entryHash(bytes));
            // An epoch's first entry is younger than what the epoch took over, which is of an earlier epoch.
            time = place.time();
            epoch = place.epoch();
            tree = tree.append(MerkleTree.leafHash(bytes), (level, index, hash) -> {});
            if (anchored.isPresent()
                    && anchored.get().entries() == sequence
                    && !anchored.get().root().equals(tree.root())) {
                throw new ExportRefusedException(
                        Code.FORKED,
                        "the export's first " + sequence + " " + chain.plural()
                                + " are not those that the anchor knows");
            }
            each.accept(bytes);
        }
        if (!tree.root().equals(whole.root())) {
            throw damaged("the " + chain.plural() + " do not have the root that the head names");
        }
    }

    private record Place(long sequence, long epoch, Optional<Hash256> previous, Instant time) {}

    private static Place place(HashChain chain, byte[] bytes) {
        if (chain.equals(HashChain.JOURNAL)) {
            JournalEntry entry = decoded(bytes, JournalCodec::decodeEntry);
            return new Place(entry.sequence(), entry.storeEpoch(), entry.previousEntryHash(), entry.time());
        }
        AuditEntry entry = decoded(bytes, JournalCodec::decodeAudit);
        return new Place(
                entry.sequence(),
                entry.storeEpoch(),
                entry.previousEntryHash(),
                entry.event().time());
    }

    private static boolean isCanonical(byte[] bytes) {
        try {
            return Canonical.isCanonical(bytes);
        } catch (CanonicalException malformed) {
            return false;
        }
    }

    private interface Decoder<T> {
        T decode(byte[] bytes);
    }

    private static <T> T decoded(byte[] bytes, Decoder<T> decoder) {
        try {
            return decoder.decode(bytes);
        } catch (DecodeException | IllegalArgumentException | IndexOutOfBoundsException malformed) {
            throw damaged("an entry cannot be read: " + malformed.getMessage());
        }
    }

    private NewEpoch.TakenOver entry(byte[] bytes) throws IOException {
        JournalEntry entry = decoded(bytes, JournalCodec::decodeEntry);
        if (entry.changes().size() > StoreLimits.MUTATIONS) {
            throw damaged("journal entry " + entry.sequence() + " has more changes than a transaction may make");
        }
        List<Optional<byte[]>> records = new ArrayList<>();
        long bytesLeft = ENTRY_RECORDS_BYTES;
        for (Change change : entry.changes()) {
            byte[] content = next();
            boolean withheld = type == ExportFrame.Type.WITHHELD
                    && change.kind() == RecordKind.CREDENTIAL
                    && !head.hasCredentials()
                    && content.length == 0;
            if (!withheld && type != ExportFrame.Type.RECORD) {
                throw damaged("a record of journal entry " + entry.sequence() + " is missing");
            }
            bytesLeft -= content.length;
            if (bytesLeft < 0) {
                throw damaged("the records of journal entry " + entry.sequence()
                        + " are larger than a transaction may make them");
            }
            records.add(withheld ? Optional.empty() : Optional.of(content));
        }
        return new NewEpoch.TakenOver(entry, records);
    }

    private void finish() throws IOException {
        String note = new String(expect(ExportFrame.Type.CHECKPOINT), StandardCharsets.UTF_8);
        AnchoredHead stated = head.head();
        String origin = Checkpoint.originOf(stated.storeId(), stated.storeEpoch());
        CheckpointKey publicKey = head.publicKey();
        boolean checkpointed = Checkpoint.open(note, new CheckpointKey.Named(origin, publicKey).line())
                .filter(found -> found.equals(new Checkpoint(origin, stated.size(), stated.root())))
                .isPresent();
        if (!checkpointed) {
            throw damaged("its checkpoint is not a signed one of its journal");
        }
        byte[] signature = expect(ExportFrame.Type.SIGNATURE);
        if (!publicKey.signed(ExportWriter.signed(hashBefore), signature)) {
            throw damaged("its signature is not that of its key over its content");
        }
        if (in.read() >= 0) {
            throw damaged("something follows its end");
        }
    }

    private byte[] expect(ExportFrame.Type expected) throws IOException {
        byte[] content = next();
        if (type != expected) {
            throw damaged("its parts are out of order");
        }
        return content;
    }

    /** The content of the next frame, whose type is then in {@code type}. */
    private byte[] next() throws IOException {
        try {
            byte[] lead = new byte[1 + Integer.BYTES];
            in.readFully(lead);
            type = ExportFrame.Type.ofCode(lead[0]).orElseThrow(() -> damaged("a part of it is of no known type"));
            int length = ByteBuffer.wrap(lead, 1, Integer.BYTES).getInt();
            if (length < 0 || length > ExportFrame.CONTENT_BYTES) {
                throw damaged("a part of it has an impossible length");
            }
            byte[] content = in.readNBytes(length);
            if (content.length != length) {
                throw new EOFException();
            }
            if (type == ExportFrame.Type.SIGNATURE) {
                hashBefore = digest.digest();
            }
            digest.update(lead);
            digest.update(content);
            return content;
        } catch (EOFException e) {
            throw new ExportRefusedException(Code.DAMAGED, "the export is damaged: it is cut off", e);
        }
    }

    private static ExportRefusedException damaged(String why) {
        return new ExportRefusedException(Code.DAMAGED, "the export is damaged: " + why);
    }
}
