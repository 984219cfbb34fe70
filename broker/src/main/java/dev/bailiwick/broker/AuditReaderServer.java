package dev.bailiwick.broker;

import dev.bailiwick.accountstore.Account;
import dev.bailiwick.accountstore.AccountStore;
import dev.bailiwick.accountstore.AccountStoreReader;
import dev.bailiwick.accountstore.Actor;
import dev.bailiwick.accountstore.AuditEntry;
import dev.bailiwick.accountstore.AuditEvent;
import dev.bailiwick.accountstore.AuditLog;
import dev.bailiwick.accountstore.AuditReport;
import dev.bailiwick.accountstore.CorruptStoreException;
import dev.bailiwick.accountstore.Stored;
import dev.bailiwick.capnp.rpc.CallContext;
import dev.bailiwick.capnp.rpc.Calls;
import dev.bailiwick.capnp.rpc.IncomingCall;
import dev.bailiwick.schema.Canonical;
import dev.bailiwick.schema.Id128;
import dev.bailiwick.schema.gen.AuditLine;
import dev.bailiwick.schema.gen.AuditReader;
import dev.bailiwick.schema.gen.AuditRecord;
import dev.bailiwick.schema.gen.AuditResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.capnproto.StructList;

/** Serves the audit chain for reading: who did or tried what, when, under which approval, and whether the chain is whole. */
final class AuditReaderServer implements AuditReader.Server {
    private final AccountStore store;

    AuditReaderServer(AccountStore store) {
        this.store = store;
    }

    @Override
    public CompletionStage<?> dispatch(IncomingCall call) throws Exception {
        return StoreTrouble.telling(() -> AuditReader.Server.super.dispatch(call));
    }

    /** What a query looks for. */
    private record Filter(Optional<Set<Id128>> about, String kind, long sinceMs, long untilMs) {
        boolean matches(AuditEvent event) {
            long time = event.time().toEpochMilli();
            return event.kind().startsWith(kind)
                    && time >= sinceMs
                    && (untilMs == 0 || time < untilMs)
                    && about.map(ids -> concerns(event, ids)).orElse(true);
        }

        private static boolean concerns(AuditEvent event, Set<Id128> ids) {
            boolean acted = event.actor()
                    .filter(actor -> switch (actor) {
                        case Actor.Session(var principal, var _) -> ids.contains(principal.value());
                        case Actor.Offline _, Actor.Daemon _, Actor.Manifest _ -> false;
                    })
                    .isPresent();
            return acted || event.subject().filter(ids::contains).isPresent();
        }
    }

    @Override
    public CompletionStage<?> query(
            CallContext<AuditReader.QueryParams.Reader, AuditReader.QueryResults.Builder> call) {
        AuditReader.QueryParams.Reader params = call.params();
        AuditReader.QueryResults.Builder results = call.results();
        AuditResult.Builder result = results.initResult();
        String principal = params.getPrincipal().toString();
        try {
            Optional<Refusal> refusal = principal.isEmpty()
                    ? query(params, Optional.empty(), results)
                    : Names.withKey(principal, key -> {
                        Optional<Stored<Account>> account = store.accounts().byName(key);
                        return account.isEmpty()
                                ? Optional.of(Names.unknown(principal))
                                : query(
                                        params,
                                        Optional.of(Set.of(
                                                account.get().recordId().value(),
                                                account.get()
                                                        .content()
                                                        .principalId()
                                                        .value())),
                                        results);
                    });
            refusal.ifPresent(why -> why.into(result.initDenied()));
        } catch (CorruptStoreException damage) {
            Refusal.of(damage).into(result.initDenied());
        }
        return Calls.DONE;
    }

    private Optional<Refusal> query(
            AuditReader.QueryParams.Reader params,
            Optional<Set<Id128>> about,
            AuditReader.QueryResults.Builder results) {
        Filter filter = new Filter(about, params.getKind().toString(), params.getSinceMs(), params.getUntilMs());
        int limit = Math.clamp(params.getLimit(), 1, AuditLog.PAGE);
        long next = Math.max(1, params.getFrom());
        int scanned = 0;
        List<AuditEntry> matching = new ArrayList<>();
        boolean end = false;
        while (!end && matching.size() < limit && scanned < Limits.AUDIT_SCAN) {
            List<AuditEntry> page = store.auditLog().read(next, Limits.PAGE);
            end = page.isEmpty();
            for (AuditEntry entry : page) {
                if (matching.size() == limit) {
                    break;
                }
                scanned++;
                next = entry.sequence() + 1;
                if (filter.matches(entry.event())) {
                    matching.add(entry);
                }
            }
        }
        results.setNext(end ? 0 : next);
        write(results.getResult().initLines(matching.size()), matching);
        return Optional.empty();
    }

    private void write(StructList.Builder<AuditLine.Builder> lines, List<AuditEntry> entries) {
        AccountStoreReader accounts = store.accounts();
        for (int i = 0; i < entries.size(); i++) {
            AuditEntry entry = entries.get(i);
            AuditLine.Builder line = lines.get(i);
            line.setRecord(Canonical.reader(entry.canonical()).getRoot(AuditRecord.factory));
            entry.event().actor().ifPresent(actor -> line.setActorName(Wire.nameOf(actor, accounts)));
        }
    }

    @Override
    public CompletionStage<?> verify(
            CallContext<AuditReader.VerifyParams.Reader, AuditReader.VerifyResults.Builder> call) {
        AuditReport report = store.verifyAudit();
        AuditReader.VerifyResults.Builder results = call.results();
        results.setEntries(report.entries());
        InspectorServer.write(
                report.findings(), results.initFindings(report.findings().size()));
        InspectorServer.write(store.inspector().head(), store.rollbackDetection(), results.initHead());
        return Calls.DONE;
    }
}
