package dev.bailiwick.storage;

import dev.bailiwick.engine.Engine;
import dev.bailiwick.engine.Table;
import dev.bailiwick.engine.View;
import dev.bailiwick.schema.Id128;
import dev.bailiwick.schema.PrincipalId;
import dev.bailiwick.schema.RootId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads every row of namespaces, logs and wrapped keys and checks all that is promised of them: that each is as it was written, that entries,
 * contents and chunks fit together and hash to what they should, and that the ledgers equal the sums. It changes nothing, looks
 * at one state however long it takes, and needs only memory for the entries of one root.
 */
public final class StorageVerifier {
    private final Engine engine;

    /** A verifier of what is in {@code engine}, which may be read-only. */
    public StorageVerifier(Engine engine) {
        this.engine = engine;
    }

    /**
     * Verifies everything.
     *
     * @throws dev.bailiwick.engine.EngineException if the engine cannot be read for another reason than damage
     */
    public StorageReport verify() {
        return engine.read(view -> {
            Findings findings = new Findings();
            forEachOwner(
                    view,
                    findings,
                    List.of(
                            StorageTables.ROOTS,
                            StorageTables.NODES,
                            StorageTables.ENTRIES,
                            StorageTables.BLOBS,
                            StorageTables.CHUNKS,
                            StorageTables.PENDING,
                            StorageTables.SNAPSHOTS),
                    owner -> new RootAudit(view, new RootId(owner), findings).run());
            forEachOwner(
                    view,
                    findings,
                    List.of(StorageTables.LOG_HEADS, StorageTables.LOG_LINES),
                    owner -> new LogAudit(view, new LogId(owner), findings).run());
            forEachOwner(
                    view,
                    findings,
                    List.of(StorageTables.KEYS),
                    owner -> new KeyAudit(view, new PrincipalId(owner), findings).run());
            forEachOwner(
                    view,
                    findings,
                    List.of(StorageTables.SHARES, StorageTables.SHARES_RECEIVED),
                    owner -> ShareTable.audit(view, new PrincipalId(owner), findings));
            return findings.report();
        });
    }

    /** Visits every id that any key of these tables starts with. */
    private static void forEachOwner(View view, Findings findings, List<Table> tables, Consumer<Id128> visit) {
        List<Table> readable = new ArrayList<>(tables);
        byte @Nullable [] from = new byte[0];
        while (from != null) {
            byte[] start = from;
            Optional<Id128> next = Optional.empty();
            for (Table table : List.copyOf(readable)) {
                Id128[] first = new Id128[1];
                boolean read = findings.reading(
                        table.name(),
                        () -> view.scan(table, start, null, (key, value) -> {
                            first[0] = Id128.of(Arrays.copyOf(key, Id128.BYTES));
                            return false;
                        }));
                if (!read) {
                    readable.remove(table);
                } else if (first[0] != null
                        && next.filter(n -> n.compareTo(first[0]) <= 0).isEmpty()) {
                    next = Optional.of(first[0]);
                }
            }
            next.ifPresent(visit);
            from = next.isPresent() ? Keys.after(next.get().toBytes()) : null;
        }
    }
}
