package dev.bailiwick.cli;

import dev.bailiwick.schema.SessionId;
import dev.bailiwick.schema.gen.SessionDirectory;
import dev.bailiwick.schema.gen.SessionLine;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code account-admin session ...}: who is logged in, and the end of it. */
@Command(
        name = "session",
        description = {
            "See who is logged in, and end sessions.",
            "Ends none whose account has an administrative role that you do not have."
        })
final class DirectoryCommands {
    private static final int PAGE = 256;

    private final Context context;

    DirectoryCommands(Context context) {
        this.context = context;
    }

    @Command(name = "list", description = "List the live sessions: whose, since when, last used when, and until when.")
    void list(
            @Parameters(
                            paramLabel = "NAME",
                            arity = "0..1",
                            defaultValue = "",
                            description = "Only those of this account.")
                    String name) {
        try (Powers powers = context.powers(Powers.Use.READ);
                SessionDirectory.Client directory = powers.sessionDirectory()) {
            List<Json> sessions = new ArrayList<>();
            byte[] after = {};
            do {
                var request = directory.listRequest();
                request.params().setName(name);
                request.params().setAfter(after);
                request.params().setLimit(PAGE);
                try (var response = request.send().join()) {
                    for (SessionLine.Reader line : response.get().getSessions()) {
                        sessions.add(Shapes.sessionLine(line));
                    }
                    after = response.get().getNext().toArray();
                }
            } while (after.length > 0);
            Json.Arr answer = new Json.Arr(sessions);
            context.output().answer(answer, style -> Views.SESSIONS.render(answer.objects(), style));
        }
    }

    @Command(
            name = "end",
            description = "End a session. Everything it held is revoked when this returns; its owner can log in again.")
    void end(
            @Parameters(paramLabel = "ID", description = "Its id, as 'session list' prints it.") String id,
            @Option(
                            names = "--reason",
                            paramLabel = "T",
                            defaultValue = "",
                            description = "Why, for the audit and for its owner; at most 160 characters.")
                    String reason) {
        byte[] sessionId = parse(id);
        try (Powers powers = context.powers(Powers.Use.CHANGE);
                SessionDirectory.Client directory = powers.sessionDirectory()) {
            var request = directory.endRequest();
            request.params().setSessionId(sessionId);
            request.params().setReason(reason);
            try (var response = request.send().join()) {
                Shapes.requireEnded(response.get().getResult());
            }
            Json.Obj answer = Json.object().with("sessionId", id).with("ended", true);
            context.output().answer(answer, style -> "ended " + id + "\n");
        }
    }

    /** The bytes to send of a session's id, as people give it. */
    static byte[] parse(String id) {
        try {
            return SessionId.parse(id).toBytes();
        } catch (IllegalArgumentException e) {
            throw CommandFailure.usage(
                    "\"" + id + "\" is not the id of a session", "'account-admin session list' prints the ids");
        }
    }
}
