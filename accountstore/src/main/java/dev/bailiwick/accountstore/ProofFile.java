package dev.bailiwick.accountstore;

import dev.bailiwick.schema.Hash256;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;

/**
 * The text of a proof; {@code docs/format.md} tells others how to check one with stock tools.
 *
 * <pre>
 * bailiwick/record-proof@v1                   bailiwick/consistency-proof@v1
 * kind account                                key &lt;verifier key line&gt;
 * id rec-...                                  rotation &lt;signed note, base64&gt;     any number
 * version 3                                   hash &lt;node, base64&gt;                any number
 * record &lt;canonical record, base64&gt;
 * entry &lt;canonical journal entry, base64&gt;     &lt;checkpoint of the smaller size, a signed note&gt;
 * key &lt;verifier key line&gt;
 * rotation &lt;signed note, base64&gt;   *          &lt;checkpoint of the greater size, a signed note&gt;
 *
 * c2sp.org/tlog-proof@v1
 * index 41
 * &lt;node, base64&gt;   *
 *
 * &lt;checkpoint, a signed note&gt;
 * </pre>
 *
 * <p>From {@code c2sp.org/tlog-proof@v1} on, a record proof is a proof as C2SP tlog-proof defines it, for the entry. {@code key} is the
 * first key of the epoch and the rotations lead to those after it, see {@link KeyStatement}.
 *
 * <p>A record proof shows that a version was committed by that size of the journal. It does not show that it is the newest.
 */
final class ProofFile {
    static final String RECORD = "bailiwick/record-proof@v1";
    static final String CONSISTENCY = "bailiwick/consistency-proof@v1";
    static final String TLOG = "c2sp.org/tlog-proof@v1";

    private ProofFile() {}

    static String inclusion(
            Stored<?> stored,
            byte[] record,
            byte[] entry,
            KeyChain keys,
            long index,
            List<Hash256> path,
            SignedCheckpoint checkpoint) {
        StringBuilder text = new StringBuilder(RECORD).append('\n');
        line(text, "kind", stored.kind().text());
        line(text, "id", stored.recordId().toString());
        line(text, "version", Long.toString(stored.version()));
        line(text, "record", base64(record));
        line(text, "entry", base64(entry));
        keys(text, keys);
        text.append('\n').append(TLOG).append('\n');
        line(text, "index", Long.toString(index));
        path.forEach(node -> text.append(base64(node.toBytes())).append('\n'));
        return text.append('\n').append(checkpoint.note()).toString();
    }

    static String consistency(KeyChain keys, List<Hash256> path, SignedCheckpoint from, SignedCheckpoint to) {
        StringBuilder text = new StringBuilder(CONSISTENCY).append('\n');
        keys(text, keys);
        path.forEach(node -> line(text, "hash", base64(node.toBytes())));
        return text.append('\n')
                .append(from.note())
                .append('\n')
                .append(to.note())
                .toString();
    }

    private static void keys(StringBuilder text, KeyChain keys) {
        line(text, "key", new CheckpointKey.Named(keys.origin(), keys.first()).line());
        keys.statements().forEach(note -> line(text, "rotation", base64(note.getBytes(StandardCharsets.UTF_8))));
    }

    private static void line(StringBuilder text, String name, String value) {
        text.append(name).append(' ').append(value).append('\n');
    }

    private static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }
}
