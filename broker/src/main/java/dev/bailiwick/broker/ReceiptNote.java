package dev.bailiwick.broker;

import dev.bailiwick.profiles.Slot;
import java.util.Optional;

/**
 * The receipts of a session's bundle as lines to be signed (docs/format.md, "Signed receipts"). A pure function of the session and its
 * plan.
 *
 * <p>Every value is on one line and has no control characters, so no name can pass for a line of its own.
 */
final class ReceiptNote {
    /** What the store signs it under. */
    static final String TOPIC = "receipts";

    private ReceiptNote() {}

    static String text(Session session) {
        BundlePlan plan = session.plan().orElseThrow();
        Session.Identity identity = session.identity();
        StringBuilder text = new StringBuilder();
        text.append("session ")
                .append(identity.id())
                .append(' ')
                .append(identity.kind().text());
        if (identity.kind() != SessionKind.ANONYMOUS) {
            text.append(" of ").append(identity.principalId()).append(' ').append(plain(identity.name()));
        }
        text.append('\n');
        text.append("issued ").append(session.now()).append('\n');
        text.append("journal ").append(plan.journalSize()).append('\n');
        plan.basis()
                .ifPresent(basis ->
                        text.append("policy ").append(basis.policyVersion()).append('\n'));
        text.append("shows the state it was decided on, and not that nothing is newer\n");
        for (PolicyDecision decision : plan.decisions()) {
            slot(text, decision, holds(session, decision.slot()));
        }
        return text.toString();
    }

    /** Why a slot that was granted is not held any more; empty while it is. */
    private static Optional<String> holds(Session session, Slot slot) {
        return session.grant(slot).flatMap(Grant::closed);
    }

    private static void slot(StringBuilder text, PolicyDecision decision, Optional<String> closed) {
        text.append("slot ").append(decision.slot().text()).append(' ').append(decision.code());
        switch (decision) {
            case PolicyDecision.Granted granted -> {
                text.append(' ')
                        .append(Offer.interfaceName(granted.slot()))
                        .append(' ')
                        .append(granted.access().text());
                granted.quota()
                        .ifPresent(quota -> text.append(' ')
                                .append(quota.name())
                                .append(' ')
                                .append(quota.bytes()));
            }
            case PolicyDecision.NotGranted ignored -> {}
        }
        text.append("\n rule ").append(plain(decision.rule())).append('\n');
        closed.ifPresent(why -> text.append(" revoked ").append(plain(why)).append('\n'));
        for (Source source : decision.sources()) {
            text.append(" from ")
                    .append(source.kind().text())
                    .append(' ')
                    .append(source.recordId())
                    .append(" v")
                    .append(source.version())
                    .append(' ')
                    .append(source.contentHash())
                    .append(' ')
                    .append(plain(source.name()))
                    .append('\n');
        }
    }

    private static String plain(String value) {
        StringBuilder plain = new StringBuilder(value.length());
        value.codePoints().forEach(point -> {
            switch (Character.getType(point)) {
                case Character.CONTROL,
                        Character.FORMAT,
                        Character.LINE_SEPARATOR,
                        Character.PARAGRAPH_SEPARATOR,
                        Character.SURROGATE ->
                    plain.append("\\u{").append(Integer.toHexString(point)).append('}');
                default -> plain.appendCodePoint(point);
            }
        });
        return plain.isEmpty() ? "-" : plain.toString();
    }
}
