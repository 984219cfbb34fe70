package dev.bailiwick.cli;

import dev.bailiwick.schema.gen.AuditReader;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code account-admin audit ...}: who did or tried what, and whether that record is whole. */
@Command(
        name = "audit",
        description = {
            "Read and check the audit chain: logins, denials, grants, leases, revocations and changes.",
            "Needs the role security-auditor, or the store's directory: --store DIR."
        })
final class AuditCommands {
    private static final int PAGE = 1000;

    private final Context context;

    AuditCommands(Context context) {
        this.context = context;
    }

    @Command(
            name = "query",
            description =
                    "List the newest entries that match everything given, oldest first: who, when, what it was before and after.")
    void query(
            @Option(
                            names = "--principal",
                            paramLabel = "NAME",
                            defaultValue = "",
                            description = "What that account did, and what was done to it.")
                    String principal,
            @Option(
                            names = "--since",
                            paramLabel = "TIME",
                            description = "From this time on, such as 2026-11-21T14:00:00Z or a date.")
                    @Nullable
                    String since,
            @Option(names = "--until", paramLabel = "TIME", description = "Before this time.") @Nullable String until,
            @Option(
                            names = "--kind",
                            paramLabel = "KIND",
                            defaultValue = "",
                            description =
                                    "Of this kind, or of kinds that begin so: login, login.denied, grant, revoke, session.end, lease, admin.")
                    String kind,
            @Option(
                            names = "--limit",
                            paramLabel = "N",
                            defaultValue = "100",
                            description = "The newest so many. Default: 100.")
                    int limit) {
        if (limit < 1) {
            throw CommandFailure.usage("--limit is at least 1", "leave it out for the newest 100");
        }
        Deque<Json> newest = new ArrayDeque<>();
        try (Powers powers = context.powers(Powers.Use.READ);
                AuditReader.Client reader = powers.auditReader()) {
            long next = 1;
            while (next != 0) {
                var request = reader.queryRequest();
                request.params().setPrincipal(principal);
                request.params().setKind(kind);
                request.params()
                        .setSinceMs(since == null ? 0 : PointInTime.time(since).toEpochMilli());
                request.params()
                        .setUntilMs(until == null ? 0 : PointInTime.time(until).toEpochMilli());
                request.params().setFrom(next);
                request.params().setLimit(PAGE);
                try (var response = request.send().join()) {
                    for (Json.Obj line :
                            Shapes.audit(response.get().getResult()).objects()) {
                        newest.addLast(line);
                        if (newest.size() > limit) {
                            newest.removeFirst();
                        }
                    }
                    next = response.get().getNext();
                }
            }
        }
        Json.Arr answer = new Json.Arr(new ArrayList<>(newest));
        context.output().answer(answer, style -> Views.AUDIT.render(answer.objects(), style));
    }

    @Command(
            name = "verify",
            description = {
                "Check links, hashes, tree and head of the whole audit chain, and that it reaches what the anchor holds.",
                "Exit status 6 when anything is wrong."
            })
    void verify() {
        try (Powers powers = context.powers(Powers.Use.READ);
                AuditReader.Client reader = powers.auditReader();
                var response = reader.verifyRequest().send().join()) {
            Json.Obj report = Shapes.auditVerification(response.get());
            context.output()
                    .answer(
                            report,
                            style -> "audit chain of " + report.get("entries") + " entries: "
                                    + (report.list("findings").items().isEmpty() ? "sound" : "damaged") + "\n");
            StoreCommands.requireNone(report.list("findings"));
        }
    }
}
