package dev.bailiwick.accountstore;

import dev.bailiwick.engine.View;

/**
 * A checkpoint with its signature.
 *
 * @param checkpoint what is signed
 * @param note the C2SP signed note
 * @param verifierKey the C2SP verifier key line that checks it
 */
public record SignedCheckpoint(Checkpoint checkpoint, String note, String verifierKey) {
    /** Signs the root of the first {@code size} journal entries, which must be there, with the key that signs for that state. */
    static SignedCheckpoint of(View view, long size, StoreKeys keys) {
        Meta meta = Meta.load(view);
        StoreKey key = keys.signing(Meta.publicKey(view));
        String origin = Checkpoint.originOf(meta.storeId(), meta.storeEpoch());
        Checkpoint checkpoint = new Checkpoint(
                origin,
                size,
                MerkleTree.load(HashChain.JOURNAL.nodes(view), size).root());
        return new SignedCheckpoint(
                checkpoint, checkpoint.signed(key), new CheckpointKey.Named(origin, key.publicKey()).line());
    }
}
