package dev.bailiwick.cli;

import dev.bailiwick.schema.gen.ApprovalReviewer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code account-admin approval ...}: deciding what others ask for. */
@Command(
        name = "approval",
        description = {
            "See what others ask for, and grant, deny or cut it.",
            "Nobody decides their own request. You may decide what you could get yourself or bind a role for; docs/approval.md has the rule."
        })
final class ApprovalCommands {
    private final Context context;

    ApprovalCommands(Context context) {
        this.context = context;
    }

    private ApprovalReviewer.Client reviewer(LiveSession session) {
        return session.held("approvalReviewer", session.bundle().getApprovalReviewer());
    }

    /** Requests live with the sessions of a daemon: a directory has none. */
    private LiveSession session() {
        if (context.isOffline()) {
            throw CommandFailure.usage(
                    "requests live with the sessions of a daemon, and a store directory has none",
                    "whoever has the directory can do directly what leases are asked for: 'policy', 'profile', 'store'");
        }
        return context.session();
    }

    private void print(Json.Obj request) {
        context.output().answer(request, Views.fields(request));
    }

    @Command(name = "list", description = "List the requests that wait for a decision, oldest first.")
    void list(
            @Option(names = "--all", description = "Also leases that run, and what is over and still remembered.")
                    boolean all) {
        try (LiveSession session = session();
                ApprovalReviewer.Client reviewer = reviewer(session)) {
            var request = reviewer.listRequest();
            request.params().setAll(all);
            try (var response = request.send().join()) {
                Json.Arr answer = Shapes.approvalRequests(response.get().getRequests());
                context.output().answer(answer, style -> Views.APPROVALS.render(answer.objects(), style));
            }
        }
    }

    @Command(
            name = "grant",
            description =
                    "Grant a request, or the renewal of a lease. The session that asked holds it from then on, for that long at most.")
    void grant(
            @Parameters(paramLabel = "ID", description = "Which request; 'approval list' names them.") String id,
            @Option(
                            names = "--for",
                            paramLabel = "DURATION",
                            description = "For less long than was asked for, such as 30m.")
                    @Nullable
                    String duration) {
        try (LiveSession session = session();
                ApprovalReviewer.Client reviewer = reviewer(session)) {
            var request = reviewer.grantRequest();
            request.params().setRequestId(RequestIds.bytes(id));
            request.params().setDurationMs(Durations.milliseconds(duration));
            try (var response = request.send().join()) {
                print(Shapes.approvalRequest(response.get().getResult()));
            }
        }
    }

    @Command(
            name = "deny",
            description = "Deny a request, or the renewal of a lease, which then goes on until it lapses.")
    void deny(
            @Parameters(paramLabel = "ID", description = "Which request; 'approval list' names them.") String id,
            @Option(
                            names = "--reason",
                            paramLabel = "TEXT",
                            defaultValue = "denied",
                            description = "Why, in a sentence; whoever asked is told, and the audit chain keeps it.")
                    String reason) {
        try (LiveSession session = session();
                ApprovalReviewer.Client reviewer = reviewer(session)) {
            var request = reviewer.denyRequest();
            request.params().setRequestId(RequestIds.bytes(id));
            request.params().setReason(reason);
            try (var response = request.send().join()) {
                print(Shapes.approvalRequest(response.get().getResult()));
            }
        }
    }

    @Command(
            name = "give",
            description = {
                "Give a session of a service a lease: it cannot ask for one itself, and a supervisor decides what it holds of secrets.",
                "The rules are those of 'approval grant'. The session holds it from then on, and 'approval cut' ends it."
            })
    void give(
            @Parameters(paramLabel = "SESSION", description = "Which session; 'session list NAME' names them.")
                    String session,
            @Parameters(paramLabel = "FRAGMENT", description = "What for, such as service-secrets.") String fragment,
            @Option(
                            names = "--reason",
                            paramLabel = "TEXT",
                            required = true,
                            description = "Why, in a sentence. It is kept in the audit chain, so no secrets.")
                    String reason,
            @Option(
                            names = "--for",
                            paramLabel = "DURATION",
                            description = "For how long, such as 30m or 2h. Default: as long as policy allows.")
                    @Nullable
                    String duration) {
        byte[] id = DirectoryCommands.parse(session);
        try (LiveSession own = session();
                ApprovalReviewer.Client reviewer = reviewer(own)) {
            var request = reviewer.giveRequest();
            request.params().setSessionId(id);
            request.params().setFragment(fragment);
            request.params().setReason(reason);
            request.params().setDurationMs(Durations.milliseconds(duration));
            try (var response = request.send().join()) {
                print(Shapes.approvalRequest(response.get().getResult()));
            }
        }
    }

    @Command(
            name = "cut",
            description =
                    "End a lease before its time. What it gave is revoked when this answers, however far it was passed on.")
    void cut(
            @Parameters(paramLabel = "ID", description = "Which lease; 'approval list --all' names them.") String id,
            @Option(
                            names = "--reason",
                            paramLabel = "TEXT",
                            defaultValue = "cut",
                            description = "Why, in a sentence; whoever held it is told, and the audit chain keeps it.")
                    String reason) {
        try (LiveSession session = session();
                ApprovalReviewer.Client reviewer = reviewer(session)) {
            var request = reviewer.cutRequest();
            request.params().setRequestId(RequestIds.bytes(id));
            request.params().setReason(reason);
            try (var response = request.send().join()) {
                print(Shapes.approvalRequest(response.get().getResult()));
            }
        }
    }
}
