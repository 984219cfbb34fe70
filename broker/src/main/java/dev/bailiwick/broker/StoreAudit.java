package dev.bailiwick.broker;

import dev.bailiwick.accountstore.Actor;
import dev.bailiwick.accountstore.AuditEvent;
import dev.bailiwick.accountstore.AuditLog;
import dev.bailiwick.profiles.Slot;
import dev.bailiwick.schema.ApprovalId;
import dev.bailiwick.schema.Id128;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Notes sessions in the store's audit chain. Thread-safe; waits for the disk, which concurrent events share. */
final class StoreAudit implements AuditTrail {
    /** Refusals that took a proof, or a hash of the daemon's time: each is noted. All others are cheap to repeat. */
    private static final Set<String> COSTLY =
            Set.of("auth-failed", "code-invalid", "account-disabled", "account-locked", "account-recovery-only");

    /** Events in one append: the store takes no more at once. */
    private static final int BATCH = 1_024;

    /** Things in one event that says what changed: their texts fit, and so does the count of how often. */
    private static final int CHANGES = 2;

    private final AuditLog log;
    private final InstantSource clock;
    private final DenialTally tally = new DenialTally();

    StoreAudit(AuditLog log, InstantSource clock) {
        this.log = log;
        this.clock = clock;
    }

    @Override
    public void began(Session session) {
        List<AuditEvent> events = new ArrayList<>();
        events.add(event(session, "login", "", session.identity().kind().text()));
        events.addAll(grants(session, slots(session)));
        append(events);
    }

    private static List<Slot> slots(Session session) {
        return session.plan()
                .map(plan -> plan.granted().stream()
                        .map(PolicyDecision.Granted::slot)
                        .toList())
                .orElse(List.of());
    }

    /** What was granted, and by which roles, over as many events as it takes; what rests on a lease in events of its own. */
    private List<AuditEvent> grants(Session session, List<Slot> slots) {
        Optional<BundlePlan> plan = session.plan();
        String roles = plan.map(found -> String.join(" ", found.roles()))
                .filter(text -> !text.isEmpty())
                .map(text -> "roles " + text + ": ")
                .orElse("");
        Map<Optional<ApprovalId>, List<Slot>> byApproval = new LinkedHashMap<>();
        for (Slot slot : slots) {
            Optional<ApprovalId> approval = plan.map(found -> found.decision(slot))
                    .filter(PolicyDecision.Granted.class::isInstance)
                    .map(PolicyDecision.Granted.class::cast)
                    .flatMap(PolicyDecision.Granted::lease)
                    .map(Lease::id);
            byApproval.computeIfAbsent(approval, id -> new ArrayList<>()).add(slot);
        }
        List<AuditEvent> events = new ArrayList<>();
        byApproval.forEach((approval, granted) -> {
            String head = approval.isPresent() ? "leased: " : roles;
            for (String text : lines(head, granted)) {
                events.add(event(session, "grant", "", text, approval));
            }
        });
        if (events.isEmpty()) {
            events.add(event(session, "grant", "", ""));
        }
        return events;
    }

    /** The slots behind the head, in texts that an event holds. */
    private static List<String> lines(String head, List<Slot> slots) {
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder(head);
        for (Slot slot : slots) {
            if (line.length() + slot.text().length() + 1 > AuditEvent.TEXT_CHARS && line.length() > head.length()) {
                lines.add(line.toString().stripTrailing());
                line = new StringBuilder(head);
            }
            line.append(slot.text()).append(' ');
        }
        lines.add(line.toString().stripTrailing());
        return lines;
    }

    @Override
    public void denied(Caller caller, String code) {
        Instant now = clock.instant();
        DenialTally.Key key = new DenialTally.Key(caller.uid(), caller.source(), "login.denied", code);
        if (COSTLY.contains(code) || tally.isFirst(key, now)) {
            append(List.of(denial(key, now, auth(code))));
        }
    }

    @Override
    public void refused(Session session, String step, String code) {
        Session.Identity identity = session.identity();
        DenialTally.Key key = new DenialTally.Key(identity.uid(), identity.source(), step + ".denied", code);
        if (tally.isFirst(key, clock.instant())) {
            append(List.of(withCode(event(session, key.kind(), "", ""), code)));
        }
    }

    @Override
    public void often(Session session, String kind, String code, String subject, String value) {
        Session.Identity identity = session.identity();
        DenialTally.Key key = new DenialTally.Key(identity.uid(), identity.source(), kind, code, subject);
        if (tally.isFirst(key, clock.instant())) {
            append(List.of(withCode(event(session, kind, "", value), code)));
        }
    }

    @Override
    public void changed(Session session, String kind, String where, List<String> before, List<String> after) {
        Session.Identity identity = session.identity();
        String head = where.isEmpty() ? "" : where + ": ";
        List<AuditEvent> events = new ArrayList<>();
        List<DenialTally.Key> first = new ArrayList<>();
        for (int at = 0; at < before.size(); at += CHANGES) {
            int end = Math.min(before.size(), at + CHANGES);
            String was = String.join(" ", before.subList(at, end));
            String is = head + String.join(" ", after.subList(at, end));
            DenialTally.Key key =
                    new DenialTally.Key(identity.uid(), identity.source(), kind, "ok", identity.id() + " " + is);
            if (tally.isFirst(key, clock.instant())) {
                first.add(key);
                events.add(event(session, kind, was, is));
            }
        }
        try {
            append(events);
        } catch (RuntimeException failed) {
            // Or the next attempt would be counted as another one of something that is nowhere noted.
            first.forEach(tally::unnoted);
            throw failed;
        }
    }

    private static AuditEvent withCode(AuditEvent event, String code) {
        return new AuditEvent(
                event.time(),
                event.kind(),
                code,
                event.actor(),
                event.source(),
                event.policyProfile(),
                event.resourceProfile(),
                event.policyVersion(),
                event.journalSequence(),
                event.subject(),
                event.previousValue(),
                event.newValue(),
                event.approval());
    }

    @Override
    public void settle(Instant now) {
        append(tally.take(now).stream()
                .map(count -> denial(
                        count.key(),
                        now,
                        (count.key().subject().isEmpty() ? "" : count.key().subject() + ": ")
                                + count.more() + " more"
                                + (count.key().uid() == -1
                                        ? ""
                                        : " from uid "
                                                + Integer.toUnsignedString(
                                                        count.key().uid()))
                                + " within " + Limits.DENIAL_WINDOW.toSeconds() + " s"))
                .toList());
    }

    private static AuditEvent denial(DenialTally.Key key, Instant at, String text) {
        return new AuditEvent(
                at,
                key.kind(),
                key.code(),
                Optional.empty(),
                key.source().text(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                0,
                Optional.empty(),
                "",
                AuditEvent.shortened(text),
                Optional.empty());
    }

    /** How a denied login is said in one word, for whoever searches logs for it. */
    static String auth(String code) {
        return "auth=" + code;
    }

    @Override
    public void reauthenticated(Session session, AuthStrength strength) {
        append(List.of(
                event(session, "reauth", "", Wire.strength(strength).name().toLowerCase(Locale.ROOT))));
    }

    @Override
    public void reauthenticationDenied(Session session, String code) {
        append(List.of(withCode(event(session, "reauth.denied", "", auth(code)), code)));
    }

    @Override
    public void endedBy(Session administrator, Session target, String reason) {
        AuditEvent ofTarget = event(
                target,
                "admin.session-end",
                "",
                "session " + target.identity().id() + (reason.isEmpty() ? "" : ": " + reason));
        append(List.of(actingOn(
                ofTarget,
                actor(administrator),
                administrator.identity().source().text())));
    }

    @Override
    public void ended(Session session, String why) {
        append(List.of(event(session, "session.end", join(slots(session)), why)));
    }

    @Override
    public void noted(Session session, String kind, String code, String value) {
        append(List.of(withCode(event(session, kind, "", value), code)));
    }

    @Override
    public void revoked(List<Grant> closed) {
        record Reason(Session session, String why, Optional<ApprovalId> approval) {}
        Map<Reason, List<Slot>> bySession = new LinkedHashMap<>();
        for (Grant grant : closed) {
            if (grant.noteEnd()) {
                bySession
                        .computeIfAbsent(
                                new Reason(grant.session(), grant.closed().orElse(""), grant.approval()),
                                reason -> new ArrayList<>())
                        .add(grant.decision().slot());
            }
        }
        List<AuditEvent> events = new ArrayList<>();
        bySession.forEach((reason, slots) ->
                events.add(event(reason.session(), "revoke", join(slots), reason.why(), reason.approval())));
        append(events);
    }

    private static String join(List<Slot> slots) {
        return String.join(" ", slots.stream().sorted().map(Slot::text).toList());
    }

    @Override
    public void granted(Session session, List<Slot> added) {
        append(grants(session, added));
    }

    @Override
    public void lease(LeaseRequest request, String step, Optional<Session> by, String before, String after) {
        AuditEvent ofAsker = event(request.session(), step, before, after, Optional.of(request.id()));
        append(List.of(by.map(session -> actingOn(
                        ofAsker, actor(session), session.identity().source().text()))
                .orElseGet(() -> actingOn(ofAsker, new Actor.Daemon(), ""))));
    }

    private static AuditEvent actingOn(AuditEvent event, Actor actor, String source) {
        return new AuditEvent(
                event.time(),
                event.kind(),
                event.code(),
                Optional.of(actor),
                source,
                event.policyProfile(),
                event.resourceProfile(),
                event.policyVersion(),
                event.journalSequence(),
                event.subject(),
                event.previousValue(),
                event.newValue(),
                event.approval());
    }

    private void append(List<AuditEvent> events) {
        for (int from = 0; from < events.size(); from += BATCH) {
            var _ = log.append(events.subList(from, Math.min(events.size(), from + BATCH)));
        }
    }

    private AuditEvent event(Session session, String kind, String before, String after) {
        return event(session, kind, before, after, Optional.empty());
    }

    private AuditEvent event(Session session, String kind, String before, String after, Optional<ApprovalId> approval) {
        Optional<BundlePlan.Basis> basis = session.plan().flatMap(BundlePlan::basis);
        return new AuditEvent(
                clock.instant(),
                kind,
                "ok",
                Optional.of(actor(session)),
                session.identity().source().text(),
                basis.map(versions -> versions.policyProfile().value()),
                basis.map(versions -> versions.resourceProfile().value()),
                basis.map(versions -> versions.policyVersion().value()),
                0,
                Optional.<Id128>of(session.identity().principalId().value()),
                AuditEvent.shortened(before),
                AuditEvent.shortened(after),
                approval);
    }

    private static Actor actor(Session session) {
        return new Actor.Session(
                session.identity().principalId(), session.identity().id());
    }
}
