package dev.bailiwick.broker;

import dev.bailiwick.accountstore.AccountStore;
import dev.bailiwick.accountstore.StoreHead;
import dev.bailiwick.accountstore.StoreSnapshot;
import dev.bailiwick.capnp.rpc.CallContext;
import dev.bailiwick.capnp.rpc.Calls;
import dev.bailiwick.engine.Engine;
import dev.bailiwick.profiles.SlotAccess;
import dev.bailiwick.schema.gen.Status;
import dev.bailiwick.schema.gen.SystemStatus;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * Serves what the holder of a grant may know of the system: nothing that names principals, devices or keys, and with redacted access
 * nothing but whether all is well.
 */
final class StatusServer implements SystemStatus.Server {
    /** The system that is told of. */
    record Subject(Engine engine, AccountStore store, Sessions sessions, BrokerConfig config, Instant startedAt) {}

    private final Subject subject;
    private final Grant grant;

    StatusServer(Subject subject, Grant grant) {
        this.subject = subject;
        this.grant = grant;
    }

    @Override
    public CompletionStage<?> get(CallContext<SystemStatus.GetParams.Reader, SystemStatus.GetResults.Builder> call) {
        Engine.State state = subject.engine().state();
        List<String> warned = subject.store().warnings();
        boolean isFull = grant.decision().access() == SlotAccess.FULL;
        Status.Builder status = call.results().initStatus();
        status.setVersion(subject.config().version());
        status.setStartedAtMs(subject.startedAt().toEpochMilli());
        status.setNowMs(subject.config().clock().millis());
        status.setHealthy(state == Engine.State.OPEN && warned.isEmpty());
        status.setDetail(
                switch (state) {
                    case OPEN ->
                        warned.isEmpty()
                                ? "reading and writing"
                                : isFull
                                        ? String.join("; ", warned)
                                        : "reading and writing; a storage administrator should look at it";
                    case READ_ONLY -> "opened read-only";
                    case FAILED -> "reading only: a write could not be made durable; restart the daemon";
                    case CLOSED -> "stopping";
                });
        if (isFull) {
            full(status, warned);
        }
        return Calls.DONE;
    }

    private void full(Status.Builder status, List<String> warned) {
        status.setFull(true);
        status.setSessions(subject.sessions().size());
        status.setSessionsAtMost(subject.config().sessions());
        StoreHead head = subject.store().read(StoreSnapshot::head);
        status.setJournalSize(head.journalSize());
        status.setAuditSize(head.auditSize());
        status.setStoreEpoch(head.storeEpoch());
        status.setPolicyEpoch(head.policyEpoch());
        Wire.texts(status.initWarnings(warned.size()), warned);
        List<Usage.InForce> limits = grant.session().usage().inForce();
        var list = status.initLimits(limits.size());
        for (int i = 0; i < limits.size(); i++) {
            list.get(i).setName(limits.get(i).name());
            list.get(i).setUsed(limits.get(i).used());
            list.get(i).setLimit(limits.get(i).limit());
        }
    }
}
