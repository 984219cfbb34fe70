package dev.bailiwick.broker;

import dev.bailiwick.accountstore.AccountStore;
import dev.bailiwick.accountstore.AnchoredHead;
import dev.bailiwick.accountstore.Finding;
import dev.bailiwick.accountstore.StoreHead;
import dev.bailiwick.accountstore.VerifyReport;
import dev.bailiwick.capnp.rpc.CallContext;
import dev.bailiwick.capnp.rpc.Calls;
import dev.bailiwick.schema.gen.StoreInspector;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** Serves integrity inspection: sizes, hashes and findings, no content and no keys. */
final class InspectorServer implements StoreInspector.Server {
    private final dev.bailiwick.accountstore.StoreInspector inspector;
    private final Supplier<Optional<AnchoredHead>> anchored;
    private final BrokerConfig config;

    InspectorServer(AccountStore store, BrokerConfig config) {
        this.inspector = store.inspector();
        this.anchored = store::anchored;
        this.config = config;
    }

    @Override
    public CompletionStage<?> head(
            CallContext<StoreInspector.HeadParams.Reader, StoreInspector.HeadResults.Builder> call) {
        write(inspector.head(), call.results().initHead());
        return Calls.DONE;
    }

    @Override
    public CompletionStage<?> verify(
            CallContext<StoreInspector.VerifyParams.Reader, StoreInspector.VerifyResults.Builder> call) {
        VerifyReport report = inspector.verify();
        var wire = call.results().initReport();
        wire.setJournalEntries(report.journalEntries());
        wire.setRecordVersions(report.recordVersions());
        wire.setIndexRows(report.indexRows());
        wire.setAuditEntries(report.auditEntries());
        wire.setElapsedMs(report.elapsed().toMillis());
        report.head().ifPresent(head -> write(head, wire.initHead()));
        var findings = wire.initFindings(report.findings().size());
        for (int i = 0; i < report.findings().size(); i++) {
            Finding finding = report.findings().get(i);
            findings.get(i).setCode(finding.code());
            findings.get(i).setWhat(finding.what());
            findings.get(i).setMessage(finding.message());
        }
        return Calls.DONE;
    }

    @Override
    public CompletionStage<?> checkpoint(
            CallContext<StoreInspector.CheckpointParams.Reader, StoreInspector.CheckpointResults.Builder> call) {
        call.results().setNote(inspector.checkpoint());
        call.results().setPublicKey(inspector.verifierKey());
        return Calls.DONE;
    }

    private void write(StoreHead head, dev.bailiwick.schema.gen.StoreHead.Builder wire) {
        wire.setStoreId(head.storeId().toBytes());
        wire.setStoreEpoch(head.storeEpoch());
        wire.setPolicyEpoch(head.policyEpoch());
        wire.setJournalSize(head.journalSize());
        wire.setJournalRoot(head.journalRoot().toBytes());
        wire.setAuditSize(head.auditSize());
        wire.setAuditRoot(head.auditRoot().toBytes());
        anchored.get().ifPresent(anchor -> {
            wire.setAnchorSize(anchor.size());
            wire.setAnchorPath(config.anchorPath());
            wire.setAnchorMode(config.anchorMode());
        });
    }
}
