package dev.bailiwick.accountstore;

import dev.bailiwick.engine.Engine;
import dev.bailiwick.engine.View;
import dev.bailiwick.schema.Hash256;
import dev.bailiwick.schema.RecordId;
import java.util.List;
import java.util.Optional;

/** Proofs of whatever state is published. */
final class LiveProver implements Prover {
    private final Engine engine;
    private final StoreKeys keys;

    LiveProver(Engine engine, StoreKeys keys) {
        this.engine = engine;
        this.keys = keys;
    }

    @Override
    public Optional<String> inclusion(RecordKind kind, RecordId record, long version, long size) {
        return engine.read(view -> {
            long inSize = sizeOr(view, size);
            Optional<Stored<?>> proven = version == 0
                    ? History.at(new Records(view), kind, record, inSize)
                    : version(view, kind, record, version);
            return proven.flatMap(stored -> inclusion(view, stored, inSize));
        });
    }

    private static Optional<Stored<?>> version(View view, RecordKind kind, RecordId record, long version) {
        Records records = new Records(view);
        return records.head(kind, record)
                .filter(head -> version >= 1 && version <= head.version())
                .map(head -> records.version(kind, record, version));
    }

    private Optional<String> inclusion(View view, Stored<?> stored, long size) {
        Records records = new Records(view);
        long sequence = records.sequenceOf(stored.kind(), stored.recordId(), stored.version());
        if (sequence > size || size > HashChain.JOURNAL.head(view).size()) {
            return Optional.empty();
        }
        List<Hash256> path = MerkleTree.inclusionProof(HashChain.JOURNAL.nodes(view), sequence - 1, size);
        return Optional.of(ProofFile.inclusion(
                stored,
                records.bytes(stored.kind(), stored.recordId(), stored.version()),
                HashChain.JOURNAL.checkedEntry(view, sequence),
                KeyChain.of(view),
                sequence - 1,
                path,
                SignedCheckpoint.of(view, size, keys)));
    }

    @Override
    public Optional<String> consistency(long from, long to) {
        return engine.read(view -> {
            long inSize = sizeOr(view, to);
            if (from < 1
                    || from > inSize
                    || inSize > HashChain.JOURNAL.head(view).size()) {
                return Optional.empty();
            }
            return Optional.of(ProofFile.consistency(
                    KeyChain.of(view),
                    MerkleTree.consistencyProof(HashChain.JOURNAL.nodes(view), from, inSize),
                    SignedCheckpoint.of(view, from, keys),
                    SignedCheckpoint.of(view, inSize, keys)));
        });
    }

    private static long sizeOr(View view, long size) {
        return size == 0 ? HashChain.JOURNAL.load(view).size() : size;
    }
}
