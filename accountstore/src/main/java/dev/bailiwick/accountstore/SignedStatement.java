package dev.bailiwick.accountstore;

import dev.bailiwick.engine.View;
import java.util.regex.Pattern;

/**
 * Something that the store's key says besides checkpoints, as a C2SP signed note. The first line of its text is the name it is signed
 * under: the store's origin and a topic. No checkpoint has such an origin, so neither passes for the other.
 *
 * @param note the C2SP signed note
 * @param verifierKey the C2SP verifier key line that checks it
 */
public record SignedStatement(String note, String verifierKey) {
    private static final Pattern TOPIC = Pattern.compile("[a-z]{1,32}");

    /** Says it with the key that signs for that state. */
    static SignedStatement of(View view, String topic, String text, StoreKeys keys) {
        if (!TOPIC.matcher(topic).matches()) {
            throw new IllegalArgumentException("a topic is 1 to 32 small letters: \"" + topic + "\"");
        }
        if (!text.endsWith("\n") || text.startsWith("\n") || text.contains("\n\n")) {
            throw new IllegalArgumentException("a statement is lines, none of them empty");
        }
        Meta meta = Meta.load(view);
        StoreKey key = keys.signing(Meta.publicKey(view));
        String name = Checkpoint.originOf(meta.storeId(), meta.storeEpoch()) + "/" + topic;
        return new SignedStatement(
                SignedNote.of(name + "\n" + text).signed(name, key).toString(),
                new CheckpointKey.Named(name, key.publicKey()).line());
    }
}
