package dev.bailiwick.accountstore;

import dev.bailiwick.engine.View;
import dev.bailiwick.schema.RecordId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The keys that have signed for a store in one epoch, first to last. Each but the first was named by the one before it in a
 * {@link KeyStatement}, which the new key signed too: so whoever trusts any of them can follow the chain to all others.
 *
 * @param origin that all of them sign under
 * @param first the key of the epoch's first entry
 * @param statements the signed notes of the rotations, each checked
 */
record KeyChain(String origin, CheckpointKey first, List<String> statements) {
    KeyChain {
        statements = List.copyOf(statements);
    }

    /** The chain of a store. */
    static KeyChain of(View view) {
        Meta meta = Meta.load(view);
        Records records = new Records(view);
        RecordId record = records.indexed(Keys.storeKey())
                .orElseThrow(() -> new CorruptStoreException("store key", "its record is missing"));
        List<StoreKeyContent> keys = new ArrayList<>();
        for (HistoryEntry<StoreKeyContent> version :
                History.all(records, RecordKind.STORE_KEY, record, StoreKeyContent.class)) {
            // A version without a statement begins an epoch: what earlier epochs signed is under another origin.
            if (version.record().content().statement().isEmpty()) {
                keys.clear();
            }
            keys.add(version.record().content());
        }
        return new KeyChain(
                Checkpoint.originOf(meta.storeId(), meta.storeEpoch()),
                keys.getFirst().publicKey(),
                keys.stream().flatMap(key -> key.statement().stream()).toList());
    }

    /** A key and the size from which on it signs nothing, which is none for the newest. */
    record Link(CheckpointKey key, Optional<Long> replacedAt) {
        private boolean mayHaveSigned(Checkpoint checkpoint) {
            return replacedAt.map(size -> checkpoint.size() < size).orElse(true);
        }
    }

    /** The keys in order; empty if the statements do not link them. */
    Optional<List<Link>> links() {
        List<Link> links = new ArrayList<>();
        CheckpointKey key = first;
        long sequence = 1;
        for (String note : statements) {
            Optional<KeyStatement> statement = KeyStatement.open(note);
            if (statement.isEmpty()
                    || !statement.get().origin().equals(origin)
                    || !statement.get().before().equals(key)
                    || statement.get().sequence() <= sequence) {
                return Optional.empty();
            }
            sequence = statement.get().sequence();
            links.add(new Link(key, Optional.of(sequence)));
            key = statement.get().after();
        }
        links.add(new Link(key, Optional.empty()));
        return Optional.of(links);
    }

    /** Which of the keys has signed the checkpoint in this note, while it signed for the store. */
    static Optional<CheckpointKey> signer(List<Link> links, SignedNote note, Checkpoint checkpoint) {
        return links.stream()
                .filter(link -> link.mayHaveSigned(checkpoint) && note.signedBy(checkpoint.origin(), link.key()))
                .map(Link::key)
                .findFirst();
    }
}
