package dev.bailiwick.cli;

import dev.bailiwick.schema.gen.ApprovalClient;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The verbs of {@code bailiwick} by which a session asks for leases, sees them and gives them back. */
final class LeaseCommands {
    private LeaseCommands() {}

    private static ApprovalClient.Client approval(LiveSession session) {
        return session.held("approval", session.bundle().getApproval());
    }

    private static void print(Context context, Json.Obj request) {
        context.output().answer(request, Views.fields(request));
    }

    /** {@code bailiwick request}. */
    @Command(
            name = "request",
            description = {
                "Ask for a leased grant: a fragment that a role of yours makes this session eligible for.",
                "Somebody else decides; 'bailiwick requests' shows whether they have, and 'bailiwick bundle' what you hold then."
                        + " What you were granted ends by itself at its time, and with the session."
            })
    static final class Ask implements Runnable {
        @Parameters(
                paramLabel = "FRAGMENT",
                description = "What for, such as policy-management; 'bailiwick requests --eligible' names them.")
        private String fragment = "";

        @Option(
                names = "--reason",
                paramLabel = "TEXT",
                required = true,
                description = "Why, in a sentence. It is kept in the audit chain, so no secrets.")
        private String reason = "";

        @Option(
                names = "--for",
                paramLabel = "DURATION",
                description = "For how long, such as 30m or 2h. Default: as long as policy allows.")
        private @Nullable String duration;

        @Option(
                names = "--wait",
                description =
                        "Wait until it is decided; exit status 3 unless it is granted. Interrupt to stop waiting.")
        private boolean waiting;

        private final Context context;

        Ask(Context context) {
            this.context = context;
        }

        @Override
        public void run() {
            try (LiveSession session = context.session();
                    ApprovalClient.Client approval = approval(session)) {
                var request = approval.requestRequest();
                request.params().setFragment(fragment);
                request.params().setReason(reason);
                request.params().setDurationMs(Durations.milliseconds(duration));
                Json.Obj asked;
                try (var response = request.send().join()) {
                    asked = Shapes.approvalRequest(response.get().getResult());
                }
                if (!waiting) {
                    print(context, asked);
                    return;
                }
                context.output().remark("waiting for a decision about " + asked.text("requestId"));
                Json.Obj decided = decision(approval, asked.text("requestId"));
                print(context, decided);
                if (!decided.text("state").equals("granted")) {
                    throw CommandFailure.denied(
                            "request-" + decided.text("state"),
                            "the request was not granted: " + decided.text("note"),
                            "");
                }
            }
        }

        private static Json.Obj decision(ApprovalClient.Client approval, String id) {
            var request = approval.waitRequest();
            request.params().setRequestId(RequestIds.bytes(id));
            try (var response = request.send().join()) {
                return Shapes.approvalRequest(response.get().getResult());
            }
        }
    }

    /** {@code bailiwick requests}. */
    @Command(
            name = "requests",
            description = "List what this session asked for and what became of it, or what it may ask for.")
    static final class List implements Runnable {
        @Option(names = "--eligible", description = "List the fragments that this session may ask a lease of, instead.")
        private boolean eligible;

        private final Context context;

        List(Context context) {
            this.context = context;
        }

        @Override
        public void run() {
            try (LiveSession session = context.session();
                    ApprovalClient.Client approval = approval(session)) {
                if (eligible) {
                    try (var response = approval.eligibleRequest().send().join()) {
                        Json.Arr fragments = Texts.list(response.get().getFragments());
                        Json.Obj answer = Json.object().with("fragments", fragments);
                        context.output().answer(answer, Views.fields(answer));
                    }
                    return;
                }
                try (var response = approval.listRequest().send().join()) {
                    Json.Arr answer = Shapes.approvalRequests(response.get().getRequests());
                    context.output().answer(answer, style -> Views.APPROVALS.render(answer.objects(), style));
                }
            }
        }
    }

    /** {@code bailiwick renew}. */
    @Command(
            name = "renew",
            description =
                    "Ask to have a lease that runs renewed. It goes on until it lapses, or as long as a reviewer renews it.")
    static final class Renew implements Runnable {
        @Parameters(paramLabel = "ID", description = "Which; 'bailiwick requests' lists them.")
        private String id = "";

        @Option(
                names = "--for",
                paramLabel = "DURATION",
                description = "For how long from when it is granted. Default: as long as policy allows.")
        private @Nullable String duration;

        private final Context context;

        Renew(Context context) {
            this.context = context;
        }

        @Override
        public void run() {
            try (LiveSession session = context.session();
                    ApprovalClient.Client approval = approval(session)) {
                var request = approval.renewRequest();
                request.params().setRequestId(RequestIds.bytes(id));
                request.params().setDurationMs(Durations.milliseconds(duration));
                try (var response = request.send().join()) {
                    print(context, Shapes.approvalRequest(response.get().getResult()));
                }
            }
        }
    }

    /** {@code bailiwick give-back}. */
    @Command(
            name = "give-back",
            description =
                    "End a lease before its time, or withdraw a request. What it gave is revoked when this answers.")
    static final class GiveBack implements Runnable {
        @Parameters(paramLabel = "ID", description = "Which; 'bailiwick requests' lists them.")
        private String id = "";

        private final Context context;

        GiveBack(Context context) {
            this.context = context;
        }

        @Override
        public void run() {
            try (LiveSession session = context.session();
                    ApprovalClient.Client approval = approval(session)) {
                var request = approval.giveBackRequest();
                request.params().setRequestId(RequestIds.bytes(id));
                try (var response = request.send().join()) {
                    print(context, Shapes.approvalRequest(response.get().getResult()));
                }
            }
        }
    }
}
