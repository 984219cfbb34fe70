package dev.bailiwick.broker;

import dev.bailiwick.accountstore.Actor;
import dev.bailiwick.accountstore.AuditEvent;
import dev.bailiwick.accountstore.AuditLog;
import dev.bailiwick.schema.Id128;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
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
                auth(code),
                Optional.empty())));
    }

    /** How a denied login is said in one word, for whoever searches logs for it. */
    static String auth(String code) {
        return "auth=" + code;
    }

    @Override
    public void reauthenticated(Session session, AuthStrength strength) {
        var _ = log.append(
                List.of(event(session, "reauth", Wire.strength(strength).name().toLowerCase(Locale.ROOT))));
    }

    @Override
    public void reauthenticationDenied(Session session, String code) {
        var _ = log.append(List.of(event(session, "reauth.denied", code, subject(session), auth(code))));
    }

    @Override
    public void endedBy(Session administrator, Session target, String reason) {
        var _ = log.append(List.of(event(
                administrator,
                "admin.session-end",
                "ok",
                subject(target),
                "session " + target.identity().id() + (reason.isEmpty() ? "" : ": " + reason))));
    }

    @Override
    public void ended(Session session, String why) {
        var _ = log.append(List.of(event(session, "session.end", why)));
    }

    @Override
    public void noted(Session session, String kind, String code, String value) {
        var _ = log.append(List.of(event(session, kind, code, subject(session), value)));
    }

    private static Id128 subject(Session session) {
        return session.identity().principalId().value();
    }

    private AuditEvent event(Session session, String kind, String value) {
        return event(session, kind, "ok", subject(session), value);
    }

    private AuditEvent event(Session session, String kind, String code, Id128 subject, String value) {
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
                Optional.of(subject),
                "",
                AuditEvent.shortened(value),
                Optional.empty());
    }
}
