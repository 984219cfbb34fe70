package dev.bailiwick.broker;

import dev.bailiwick.accountstore.AccountStore;
import dev.bailiwick.accountstore.CorruptStoreException;
import dev.bailiwick.accountstore.Finding;
import dev.bailiwick.accountstore.Prover;
import dev.bailiwick.accountstore.RollbackDetection;
import dev.bailiwick.accountstore.ScrubStatus;
import dev.bailiwick.accountstore.SignedCheckpoint;
import dev.bailiwick.accountstore.StoreHead;
import dev.bailiwick.accountstore.VerifyProgress;
import dev.bailiwick.accountstore.VerifyReport;
import dev.bailiwick.capnp.rpc.CallContext;
import dev.bailiwick.capnp.rpc.Calls;
import dev.bailiwick.capnp.rpc.IncomingCall;
import dev.bailiwick.schema.gen.ScrubState;
import dev.bailiwick.schema.gen.StoreInspector;
import dev.bailiwick.schema.gen.VerifyWatcher;
import dev.bailiwick.storage.StorageFinding;
import dev.bailiwick.storage.StorageReport;
import dev.bailiwick.storage.StorageVerifier;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.capnproto.StructList;

/** Serves integrity inspection: sizes, hashes and findings, no content and no keys. */
final class InspectorServer implements StoreInspector.Server {
    private final dev.bailiwick.accountstore.StoreInspector inspector;
    private final Prover prover;
    private final StorageVerifier storage;
    private final Supplier<RollbackDetection> rollback;
    private final Supplier<Optional<ScrubStatus>> scrub;
    private final Supplier<Optional<ScrubStatus>> scrubNow;
    private final BrokerConfig config;

    InspectorServer(AccountStore store, StorageVerifier storage, BrokerConfig config) {
        this.inspector = store.inspector();
        this.prover = store.prover();
        this.storage = storage;
        this.rollback = store::rollbackDetection;
        this.scrub = store::scrubStatus;
        this.scrubNow = store::scrubNow;
        this.config = config;
    }

    @Override
    public CompletionStage<?> dispatch(IncomingCall call) throws Exception {
        return StoreTrouble.telling(() -> StoreInspector.Server.super.dispatch(call));
    }

    @Override
    public CompletionStage<?> head(
            CallContext<StoreInspector.HeadParams.Reader, StoreInspector.HeadResults.Builder> call) {
        write(inspector.head(), rollback.get(), call.results().initHead());
        return Calls.DONE;
    }

    @Override
    public CompletionStage<?> verify(
            CallContext<StoreInspector.VerifyParams.Reader, StoreInspector.VerifyResults.Builder> call) {
        Instant started = config.clock().instant();
        VerifyReport records;
        try (VerifyWatcher.Client watcher = call.params().getWatcher()) {
            records = watcher.isNull() ? inspector.verify() : inspector.verify(new Watched(watcher));
        }
        StorageReport objects = storage.verify();
        var wire = call.results().initReport();
        wire.setJournalEntries(records.journalEntries());
        wire.setRecordVersions(records.recordVersions());
        wire.setIndexRows(records.indexRows());
        wire.setAuditEntries(records.auditEntries());
        wire.setBytes(records.bytes());
        wire.setStorageRows(
                objects.roots() + objects.entries() + objects.blobs() + objects.chunks() + objects.logLines());
        wire.setElapsedMs(Duration.between(started, config.clock().instant()).toMillis());
        records.head().ifPresent(head -> write(head, rollback.get(), wire.initHead()));
        List<Finding> findings = Stream.concat(
                        records.findings().stream(), objects.findings().stream().map(InspectorServer::finding))
                .toList();
        write(findings, wire.initFindings(findings.size()));
        return Calls.DONE;
    }

    /** Tells a watcher, however many threads are verifying, a few times a second. */
    private static final class Watched implements VerifyProgress {
        private static final long EVERY_NANOS = 200_000_000;

        private final VerifyWatcher.Client watcher;
        private final AtomicLong next = new AtomicLong(System.nanoTime());

        Watched(VerifyWatcher.Client watcher) {
            this.watcher = watcher;
        }

        @Override
        public void at(long rows, int parts, int of) {
            long due = next.get();
            long now = System.nanoTime();
            if (now - due < 0 || !next.compareAndSet(due, now + EVERY_NANOS)) {
                return;
            }
            var request = watcher.progressRequest();
            request.params().setRows(rows);
            request.params().setParts(parts);
            request.params().setOf(of);
            // Whether anybody heard it does not matter to what is verified.
            var _ = request.send();
        }
    }

    @Override
    public CompletionStage<?> scrubStatus(
            CallContext<StoreInspector.ScrubStatusParams.Reader, StoreInspector.ScrubStatusResults.Builder> call) {
        write(scrub.get(), call.results().initScrub());
        return Calls.DONE;
    }

    @Override
    public CompletionStage<?> scrubRun(
            CallContext<StoreInspector.ScrubRunParams.Reader, StoreInspector.ScrubRunResults.Builder> call) {
        write(scrubNow.get(), call.results().initScrub());
        return Calls.DONE;
    }

    private static void write(Optional<ScrubStatus> status, ScrubState.Builder wire) {
        if (status.isEmpty()) {
            return;
        }
        ScrubStatus now = status.get();
        wire.setRunning(true);
        wire.setRows(now.rows());
        wire.setPasses(now.passes());
        now.lastFinished().ifPresent(time -> wire.setLastFinishedAtMs(time.toEpochMilli()));
        wire.setPosition(now.position().strip());
        write(now.findings(), wire.initFindings(now.findings().size()));
        now.stopped().ifPresent(wire::setStopped);
    }

    static void write(List<Finding> findings, StructList.Builder<dev.bailiwick.schema.gen.Finding.Builder> to) {
        for (int i = 0; i < findings.size(); i++) {
            to.get(i).setCode(findings.get(i).code());
            to.get(i).setWhat(findings.get(i).what());
            to.get(i).setMessage(findings.get(i).message());
        }
    }

    @Override
    public CompletionStage<?> checkpoint(
            CallContext<StoreInspector.CheckpointParams.Reader, StoreInspector.CheckpointResults.Builder> call) {
        SignedCheckpoint checkpoint = inspector.checkpoint();
        call.results().setNote(checkpoint.note());
        call.results().setPublicKey(checkpoint.verifierKey());
        return Calls.DONE;
    }

    @Override
    public CompletionStage<?> consistency(
            CallContext<StoreInspector.ConsistencyParams.Reader, StoreInspector.ConsistencyResults.Builder> call) {
        long from = call.params().getFrom();
        long to = call.params().getTo();
        var result = call.results().initResult();
        try {
            prover.consistency(from, to)
                    .ifPresentOrElse(
                            result::setProof,
                            () -> new Refusal(
                                            "not-found",
                                            "the journal has no sizes " + from + " and " + to + " in this order",
                                            "'store head' shows its size")
                                    .into(result.initDenied()));
        } catch (CorruptStoreException damage) {
            Refusal.of(damage).into(result.initDenied());
        }
        return Calls.DONE;
    }

    private static Finding finding(StorageFinding found) {
        return new Finding(found.code(), found.what(), found.message());
    }

    static void write(StoreHead head, RollbackDetection detection, dev.bailiwick.schema.gen.StoreHead.Builder wire) {
        wire.setStoreId(head.storeId().toBytes());
        wire.setStoreEpoch(head.storeEpoch());
        wire.setPolicyEpoch(head.policyEpoch());
        wire.setJournalSize(head.journalSize());
        wire.setJournalRoot(head.journalRoot().toBytes());
        wire.setAuditSize(head.auditSize());
        wire.setAuditRoot(head.auditRoot().toBytes());
        detection.anchored().ifPresent(anchor -> wire.setAnchorSize(anchor.size()));
        detection.anchor().ifPresent(file -> wire.setAnchorPath(file.toString()));
        wire.setAnchorMode(detection.mode().word());
        wire.setRollbackDetection(detection.words());
    }
}
