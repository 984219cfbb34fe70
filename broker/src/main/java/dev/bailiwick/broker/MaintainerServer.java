package dev.bailiwick.broker;

import dev.bailiwick.accountstore.AccountStore;
import dev.bailiwick.accountstore.AccountStoreReader;
import dev.bailiwick.accountstore.AuditEntry;
import dev.bailiwick.accountstore.AuditLog;
import dev.bailiwick.accountstore.CommitResult;
import dev.bailiwick.accountstore.CorruptStoreException;
import dev.bailiwick.accountstore.IndexReport;
import dev.bailiwick.accountstore.Receipt;
import dev.bailiwick.accountstore.Rejection;
import dev.bailiwick.capnp.rpc.CallContext;
import dev.bailiwick.capnp.rpc.Calls;
import dev.bailiwick.capnp.rpc.IncomingCall;
import dev.bailiwick.schema.Canonical;
import dev.bailiwick.schema.gen.AuditLine;
import dev.bailiwick.schema.gen.AuditRecord;
import dev.bailiwick.schema.gen.StoreMaintainer;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.capnproto.StructList;

/** Serves maintenance of the store's own workings, to whoever opened its directory or leased its repair. */
final class MaintainerServer implements StoreMaintainer.Server {
    /** How much of it. */
    enum Scope {
        /** All of it: whoever opened the directory could do it without us. */
        DIRECTORY,
        /** What is derived, and can be derived again. Not the key that signs for the store, and not what others did. */
        REPAIR
    }

    private static final Refusal DIRECTORY_ONLY = new Refusal(
            "needs-store-directory",
            "a lease of repair rebuilds indexes and does nothing else",
            "open the store's directory itself, with --store DIR");

    private final AccountStore store;
    private final Administrator administrator;
    private final Scope scope;

    MaintainerServer(AccountStore store, Administrator administrator, Scope scope) {
        this.store = store;
        this.administrator = administrator;
        this.scope = scope;
    }

    @Override
    public CompletionStage<?> dispatch(IncomingCall call) throws Exception {
        return StoreTrouble.telling(() -> StoreMaintainer.Server.super.dispatch(call));
    }

    @Override
    public CompletionStage<?> rotateKey(
            CallContext<StoreMaintainer.RotateKeyParams.Reader, StoreMaintainer.RotateKeyResults.Builder> call) {
        var result = call.results().initResult();
        if (scope == Scope.REPAIR) {
            DIRECTORY_ONLY.into(result.initDenied());
            return Calls.DONE;
        }
        try {
            switch (store.rotateKey(administrator.attribution())) {
                case CommitResult.Committed(Receipt receipt) -> {
                    var rotated = result.initRotated();
                    rotated.setSequence(receipt.sequence());
                    rotated.setPublicKey(store.inspector().checkpoint().verifierKey());
                }
                case CommitResult.Conflict _ ->
                    new Refusal(
                                    "store-busy",
                                    "the key was rotated by somebody else meanwhile",
                                    "look at the checkpoint")
                            .into(result.initDenied());
                case CommitResult.Rejected(Rejection code, String message) ->
                    Refusal.because(code.text(), message).into(result.initDenied());
            }
        } catch (CorruptStoreException damage) {
            Refusal.of(damage).into(result.initDenied());
        }
        return Calls.DONE;
    }

    @Override
    public CompletionStage<?> audit(
            CallContext<StoreMaintainer.AuditParams.Reader, StoreMaintainer.AuditResults.Builder> call) {
        var result = call.results().initResult();
        if (scope == Scope.REPAIR) {
            DIRECTORY_ONLY.into(result.initDenied());
            return Calls.DONE;
        }
        try {
            int limit = Math.clamp(call.params().getLimit(), 1, AuditLog.PAGE);
            List<AuditEntry> entries = store.auditLog().read(call.params().getFrom(), limit);
            AccountStoreReader accounts = store.accounts();
            StructList.Builder<AuditLine.Builder> lines = result.initLines(entries.size());
            for (int i = 0; i < entries.size(); i++) {
                AuditEntry entry = entries.get(i);
                AuditLine.Builder line = lines.get(i);
                line.setRecord(Canonical.reader(entry.canonical()).getRoot(AuditRecord.factory));
                entry.event().actor().ifPresent(actor -> line.setActorName(Wire.nameOf(actor, accounts)));
            }
        } catch (CorruptStoreException damage) {
            Refusal.of(damage).into(result.initDenied());
        }
        return Calls.DONE;
    }

    @Override
    public CompletionStage<?> rebuildIndexes(
            CallContext<StoreMaintainer.RebuildIndexesParams.Reader, StoreMaintainer.RebuildIndexesResults.Builder>
                    call) {
        var result = call.results().initResult();
        try {
            IndexReport report = store.rebuildIndexes(administrator.attribution());
            var rebuilt = result.initRebuilt();
            rebuilt.setRows(report.rows());
            rebuilt.setWritten(report.written());
            rebuilt.setRemoved(report.removed());
        } catch (CorruptStoreException damage) {
            Refusal.of(damage).into(result.initDenied());
        }
        return Calls.DONE;
    }
}
