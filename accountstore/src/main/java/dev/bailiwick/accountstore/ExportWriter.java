package dev.bailiwick.accountstore;

import dev.bailiwick.engine.View;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * Writes one state of a store as a stream of frames. It holds one frame at a time, and the same state gives the same bytes. Used
 * by one thread.
 */
final class ExportWriter {
    private final View view;
    private final StoreKey key;
    private final boolean withCredentials;
    private final MessageDigest digest = sha256();
    private final DataOutputStream out;
    private long records;
    private long withheld;

    private ExportWriter(View view, StoreKey key, boolean withCredentials, OutputStream out) {
        this.view = view;
        this.key = key;
        this.withCredentials = withCredentials;
        this.out = new DataOutputStream(new DigestOutputStream(out, digest));
    }

    static ExportSummary write(View view, StoreKey key, boolean withCredentials, OutputStream out) {
        try {
            return new ExportWriter(view, key, withCredentials, out).run();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    private ExportSummary run() throws IOException {
        AnchoredHead head = Anchoring.headOf(view);
        out.write(ExportFrame.MAGIC);
        out.writeInt(ExportFrame.VERSION);
        frame(
                ExportFrame.Type.HEAD,
                new ExportHead(head, Meta.load(view).policyEpoch(), key.publicKey(), withCredentials).encode());
        Records stored = new Records(view);
        for (long sequence = 1; sequence <= head.size(); sequence++) {
            byte[] bytes = HashChain.JOURNAL.checkedEntry(view, sequence);
            frame(ExportFrame.Type.ENTRY, bytes);
            for (Change change : JournalCodec.decodeEntry(bytes).changes()) {
                record(stored, change);
            }
        }
        for (long sequence = 1; sequence <= head.auditSize(); sequence++) {
            frame(ExportFrame.Type.AUDIT, HashChain.AUDIT.checkedEntry(view, sequence));
        }
        frame(
                ExportFrame.Type.CHECKPOINT,
                new Checkpoint(Checkpoint.originOf(head.storeId(), head.storeEpoch()), head.size(), head.root())
                        .signed(key)
                        .getBytes(StandardCharsets.UTF_8));
        frame(ExportFrame.Type.SIGNATURE, key.sign(signed(digest.digest())));
        out.flush();
        return new ExportSummary(head, records, withheld);
    }

    static byte[] signed(byte[] hash) {
        byte[] message = new byte[ExportFrame.SIGNED.length + hash.length];
        System.arraycopy(ExportFrame.SIGNED, 0, message, 0, ExportFrame.SIGNED.length);
        System.arraycopy(hash, 0, message, ExportFrame.SIGNED.length, hash.length);
        return message;
    }

    private void record(Records stored, Change change) throws IOException {
        if (change.kind() == RecordKind.CREDENTIAL && !withCredentials) {
            frame(ExportFrame.Type.WITHHELD, new byte[0]);
            withheld++;
            return;
        }
        byte[] bytes = stored.bytes(change.kind(), change.recordId(), change.version());
        // Read back, so that damage is met here and not by whoever imports this one day.
        Records.decode(change.kind(), change.recordId(), change.version(), bytes);
        frame(ExportFrame.Type.RECORD, bytes);
        records++;
    }

    private void frame(ExportFrame.Type type, byte[] content) throws IOException {
        out.writeByte(type.code());
        out.writeInt(content.length);
        out.write(content);
    }
}
