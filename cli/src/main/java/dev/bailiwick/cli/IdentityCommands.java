package dev.bailiwick.cli;

import dev.bailiwick.schema.SessionId;
import dev.bailiwick.schema.gen.PrivilegeAction;
import dev.bailiwick.schema.gen.SecuredDirectories;
import dev.bailiwick.schema.gen.SessionDirectory;
import dev.bailiwick.schema.gen.TokenHolder;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code bailiwick idn ...}: as whom this session acts, and as whom others do. */
@Command(
        name = "idn",
        description = {
            "Show as whom a session acts: its token, groups and privileges.",
            "A token is identity for secured objects, such as the data directories of services. It never adds to what a session holds."
        })
final class IdentityCommands {
    private final Context context;

    IdentityCommands(Context context) {
        this.context = context;
    }

    @Command(
            name = "show",
            description = {
                "Show as whom a flow of execution acts.",
                "Without WHICH it is this session's own. SESSION or SESSION/FLOW is another session's, for whoever may list sessions; /FLOW"
                        + " is one of this session's own."
            })
    void show(
            @Parameters(
                            paramLabel = "WHICH",
                            arity = "0..1",
                            defaultValue = "",
                            description = "SESSION, SESSION/FLOW or /FLOW; 'idn threads' lists flows.")
                    String which) {
        try (LiveSession session = context.session()) {
            Json.Obj flow = flow(session, which);
            context.output().answer(flow, style -> IdentityViews.flow(flow));
        }
    }

    private static Json.Obj flow(LiveSession session, String which) {
        int slash = which.indexOf('/');
        String id = slash < 0 ? which : which.substring(0, slash);
        long number = slash < 0 ? 0 : number(which.substring(slash + 1));
        if (id.isEmpty() || id.equals(session.info().text("sessionId"))) {
            try (TokenHolder.Client holder =
                    session.held("identity", session.bundle().getIdentity())) {
                var request = holder.showRequest();
                request.params().setFlow(number);
                try (var response = request.send().join()) {
                    return IdentityShapes.flow(response.get().getResult());
                }
            }
        }
        return of(session, id).objects().stream()
                .filter(flow -> flow.number("id") == number)
                .findFirst()
                .orElseThrow(() -> CommandFailure.denied(
                        "not-found",
                        "there is no such flow of execution",
                        "'idn threads SESSION' lists those there are"));
    }

    private static long number(String text) {
        try {
            return Long.parseUnsignedLong(text);
        } catch (NumberFormatException notOne) {
            throw CommandFailure.usage("\"" + text + "\" is no number of a flow", "'idn threads' lists them");
        }
    }

    /** The flows of another session, by the authority to list sessions. */
    private static Json.Arr of(LiveSession session, String id) {
        byte[] bytes;
        try {
            bytes = SessionId.parse(id).toBytes();
        } catch (IllegalArgumentException malformed) {
            throw CommandFailure.usage(
                    "\"" + id + "\" is no session id", "give 'ses-' and 32 hexadecimal digits, as 'session list' does");
        }
        try (SessionDirectory.Client directory =
                session.held("sessionDirectory", session.bundle().getSessionDirectory())) {
            var request = directory.flowsRequest();
            request.params().setSessionId(bytes);
            try (var response = request.send().join()) {
                return IdentityShapes.flows(response.get().getResult());
            }
        }
    }

    @Command(
            name = "threads",
            description = "List the flows of execution of a session: its own, and one for each client that it acts as.")
    void threads(
            @Parameters(
                            paramLabel = "SESSION",
                            arity = "0..1",
                            defaultValue = "",
                            description = "Another session, for whoever may list sessions. Default: this one.")
                    String id) {
        try (LiveSession session = context.session()) {
            Json.Arr flows;
            if (id.isEmpty() || id.equals(session.info().text("sessionId"))) {
                try (TokenHolder.Client holder =
                                session.held("identity", session.bundle().getIdentity());
                        var response = holder.flowsRequest().send().join()) {
                    flows = Shapes.list(response.get().getFlows(), IdentityShapes::flow);
                }
            } else {
                flows = of(session, id);
            }
            context.output().answer(flows, style -> IdentityViews.FLOWS.render(flows.objects(), style));
        }
    }

    @Command(name = "groups", description = "List the groups of the session's token, and what each counts for.")
    void groups() {
        try (LiveSession session = context.session()) {
            Json.Arr groups = flow(session, "").object("token").list("groups");
            context.output().answer(groups, style -> IdentityViews.GROUPS.render(groups.objects(), style));
        }
    }

    @Command(
            name = "privileges",
            description = "List the privileges of the session's token: which are present, enabled, and were used.")
    void privileges() {
        try (LiveSession session = context.session()) {
            Json.Arr privileges = flow(session, "").object("token").list("privileges");
            context.output().answer(privileges, style -> IdentityViews.PRIVILEGES.render(privileges.objects(), style));
        }
    }

    @Command(
            name = "access",
            description = {
                "Show whether a service's data directory lets this session's token in, and why.",
                "It walks the security descriptor entry by entry."
            })
    void access(
            @Parameters(paramLabel = "SERVICE", description = "Whose data directory.") String service,
            @Parameters(
                            paramLabel = "ACCESS",
                            arity = "0..1",
                            defaultValue = "read",
                            description = "read (the default), write, delete or full.")
                    String access) {
        try (LiveSession session = context.session();
                SecuredDirectories.Client secured =
                        session.held("secured", session.bundle().getSecured())) {
            var request = secured.explainRequest();
            request.params().setService(service);
            request.params().setAccess(access);
            try (var response = request.send().join()) {
                Json.Obj answer = IdentityShapes.access(response.get().getResult());
                context.output().answer(answer, style -> IdentityViews.access(answer));
            }
        }
    }

    /** {@code bailiwick idn privilege ...}. */
    @Command(
            name = "privilege",
            description = {
                "Switch privileges of the session's token on or off, or remove them for good.",
                "All that are named are changed, or none is. Nothing adds a privilege."
            })
    static final class PrivilegeCommands {
        private final Context context;

        PrivilegeCommands(Context context) {
            this.context = context;
        }

        @Command(name = "enable", description = "Switch privileges on that the token has.")
        void enable(
                @Parameters(paramLabel = "NAME", arity = "1..*", description = "Such as SeChangeNotifyPrivilege.")
                        List<String> names) {
            adjust(PrivilegeAction.ENABLE, names);
        }

        @Command(name = "disable", description = "Switch privileges off; they can be switched on again.")
        void disable(
                @Parameters(paramLabel = "NAME", arity = "1..*", description = "Such as SeChangeNotifyPrivilege.")
                        List<String> names) {
            adjust(PrivilegeAction.DISABLE, names);
        }

        @Command(name = "remove", description = "Remove privileges from the token, for as long as the session lasts.")
        void remove(
                @Parameters(paramLabel = "NAME", arity = "1..*", description = "Such as SeChangeNotifyPrivilege.")
                        List<String> names) {
            adjust(PrivilegeAction.REMOVE, names);
        }

        private void adjust(PrivilegeAction action, List<String> names) {
            try (LiveSession session = context.session();
                    TokenHolder.Client holder =
                            session.held("identity", session.bundle().getIdentity())) {
                var request = holder.adjustPrivilegesRequest();
                var changes = request.params().initChanges(names.size());
                for (int i = 0; i < names.size(); i++) {
                    changes.get(i).setName(names.get(i));
                    changes.get(i).setAction(action);
                }
                try (var response = request.send().join()) {
                    var _ = IdentityShapes.adjusted(response.get().getResult());
                }
                Json.Arr privileges = flow(session, "").object("token").list("privileges");
                context.output()
                        .answer(privileges, style -> IdentityViews.PRIVILEGES.render(privileges.objects(), style));
            }
        }
    }
}
