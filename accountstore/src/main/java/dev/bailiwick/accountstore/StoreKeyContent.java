package dev.bailiwick.accountstore;

import java.util.Optional;

/**
 * Which key signs the store's checkpoints. There is one such record in a store; each version after its first is one rotation.
 *
 * @param publicKey signs from this version on
 * @param statement signed note of the key before, see {@link KeyStatement}; empty in the first version
 */
public record StoreKeyContent(CheckpointKey publicKey, Optional<String> statement) implements RecordContent {
    @Override
    public RecordKind recordKind() {
        return RecordKind.STORE_KEY;
    }
}
