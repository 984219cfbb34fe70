package dev.bailiwick.accountstore;

import dev.bailiwick.engine.Engine;
import dev.bailiwick.engine.RepeatableWork;
import java.util.ArrayList;
import java.util.List;
import org.capnproto.DecodeException;

/** The audit chain in the engine's tables. */
final class LiveAuditLog implements AuditLog {
    private final Engine engine;
    private final ChainMemory chains;

    LiveAuditLog(Engine engine, ChainMemory chains) {
        this.engine = engine;
        this.chains = chains;
    }

    @Override
    public long append(List<AuditEvent> events) {
        Limit.page(events.size(), StoreLimits.AUDIT_EVENTS);
        List<AuditEvent> copy = List.copyOf(events);
        return engine.commit(RepeatableWork.of(txn -> {
            Rows rows = new Rows(txn);
            HashChain.State state =
                    StateMachine.appendAudit(txn, chains, Meta.load(txn).storeEpoch(), copy, rows);
            rows.writeTo(txn);
            return state.size();
        }));
    }

    @Override
    public List<AuditEntry> read(long fromSequence, int limit) {
        Limit.page(limit, PAGE);
        return engine.read(view -> {
            long size = HashChain.AUDIT.head(view).size();
            List<AuditEntry> entries = new ArrayList<>();
            for (long sequence = Math.max(1, fromSequence); sequence <= size && entries.size() < limit; sequence++) {
                entries.add(decode(sequence, HashChain.AUDIT.checkedEntry(view, sequence)));
            }
            return entries;
        });
    }

    static AuditEntry decode(long sequence, byte[] bytes) {
        try {
            AuditEntry entry = JournalCodec.decodeAudit(bytes);
            if (entry.sequence() != sequence) {
                throw new CorruptStoreException(
                        HashChain.AUDIT.name(sequence), "it says it is entry " + entry.sequence());
            }
            return entry;
        } catch (DecodeException | IllegalArgumentException | IndexOutOfBoundsException malformed) {
            throw new CorruptStoreException(
                    HashChain.AUDIT.name(sequence), "it cannot be read: " + malformed.getMessage(), malformed);
        }
    }
}
