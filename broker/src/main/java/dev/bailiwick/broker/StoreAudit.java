package dev.bailiwick.broker;

import dev.bailiwick.accountstore.Actor;
import dev.bailiwick.accountstore.AuditEvent;
import dev.bailiwick.accountstore.AuditLog;
import dev.bailiwick.schema.Id128;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Notes sessions in the store's audit chain. Thread-safe; waits for the disk, which concurrent events share. */
final class StoreAudit implements AuditTrail {
    private final AuditLog log;
    private final InstantSource clock;

    StoreAudit(AuditLog log, InstantSource clock) {
        this.log = log;
        this.clock = clock;
    }

    @Override
    public void began(Session session) {
        String slots = session.plan()
                .map(plan -> plan.granted().stream()
                        .map(grant -> grant.slot().text())
                        .collect(Collectors.joining(" ")))
                .orElse("");
        var _ = log.append(
                List.of(event(session, "login", session.identity().kind().text()), event(session, "grant", slots)));
    }

    @Override
    public void denied(Caller caller, String code) {
        var _ = log.append(List.of(new AuditEvent(
                clock.instant(),
                "login.denied",
                code,
                Optional.empty(),
                caller.source().text(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                0,
                Optional.empty(),
                "",
                "",
                Optional.empty())));
    }

    @Override
    public void ended(Session session, String why) {
        var _ = log.append(List.of(event(session, "session.end", why)));
    }

    @Override
    public void noted(Session session, String kind, String code, String value) {
        var _ = log.append(List.of(event(session, kind, code, value)));
    }

    private AuditEvent event(Session session, String kind, String value) {
        return event(session, kind, "ok", value);
    }

    private AuditEvent event(Session session, String kind, String code, String value) {
        Session.Identity identity = session.identity();
        Optional<BundlePlan.Basis> basis = session.plan().flatMap(BundlePlan::basis);
        return new AuditEvent(
                clock.instant(),
                kind,
                code,
                Optional.of(new Actor.Session(identity.principalId(), identity.id())),
                identity.source().text(),
                basis.map(versions -> versions.policyProfile().value()),
                basis.map(versions -> versions.resourceProfile().value()),
                basis.map(versions -> versions.policyVersion().value()),
                0,
                Optional.<Id128>of(identity.principalId().value()),
                "",
                value.length() <= AuditEvent.TEXT_CHARS ? value : value.substring(0, AuditEvent.TEXT_CHARS),
                Optional.empty());
    }
}
