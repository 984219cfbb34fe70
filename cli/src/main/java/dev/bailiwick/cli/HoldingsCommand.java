package dev.bailiwick.cli;

import dev.bailiwick.schema.gen.Blob;
import dev.bailiwick.schema.gen.Namespace;
import dev.bailiwick.schema.gen.ProgramCaps;
import dev.bailiwick.schema.gen.TokenHolder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code bailiwick holdings}: what a program holds that a launcher started; run by that program itself. */
@Command(
        name = "holdings",
        description = {
            "In a program that 'bailiwick run' started: claim what was left for it, and show that.",
            "A program holds less than the session that started it: namespaces of its own, views, and a token if it acts as its caller. It claims them once, with the"
                    + " BAILIWICK_TICKET in its environment, which is of use to no other process."
        })
final class HoldingsCommand implements Runnable {
    private static final String NOTE = "note";
    private static final int PAGE = 100;
    private static final int NOTE_BYTES = 4096;

    @Parameters(
            arity = "0..1",
            paramLabel = "NOTE",
            description = "Keep this text in the program's own home, where it was left for the next time.")
    private @Nullable String note;

    private final Context context;

    HoldingsCommand(Context context) {
        this.context = context;
    }

    @Override
    public void run() {
        Claim.whileHeld(context, "let a launcher start it: bailiwick run holdings", (connection, caps) -> {
            Json.Obj answer = show(caps);
            context.output().answer(answer, style -> Views.holdings(answer, style));
        });
    }

    private Json.Obj show(ProgramCaps.Reader caps) {
        Json.Obj answer = Json.object().with("program", caps.getProgram().toString());
        try (Namespace.Client home = caps.getHome();
                Namespace.Client config = caps.getConfig();
                Namespace.Client cache = caps.getCache();
                Namespace.Client tmp = caps.getTmp();
                TokenHolder.Client identity = caps.getIdentity()) {
            String before = home.isNull() ? "" : read(home);
            if (note != null && !home.isNull()) {
                write(home, note);
            }
            return answer.with("note", before)
                    .with("home", namespace(home))
                    .with("config", namespace(config))
                    .with("cache", namespace(cache))
                    .with("tmp", namespace(tmp))
                    .with("identity", flow(identity));
        }
    }

    /** As whom the program acts; null if it has no token. */
    private static Json flow(TokenHolder.Client identity) {
        if (identity.isNull()) {
            return new Json.Null();
        }
        try (var response = identity.showRequest().send().join()) {
            return IdentityShapes.flow(response.get().getResult());
        }
    }

    /** Its entries' names; null if it is not held. */
    private static Json namespace(Namespace.Client namespace) {
        if (namespace.isNull()) {
            return new Json.Null();
        }
        var request = namespace.listRequest();
        request.params().setLimit(PAGE);
        List<Json> entries = new ArrayList<>();
        try (var response = request.send().join()) {
            var _ = Shapes.entries(response.get().getResult(), entries);
        }
        return new Json.Arr(entries);
    }

    private static String read(Namespace.Client home) {
        var request = home.getRequest();
        request.params().setPath(NOTE);
        try (var response = request.send().join()) {
            if (response.get().getResult().isDenied()) {
                return "";
            }
            try (Blob.Client blob = response.get().getResult().getBlob()) {
                var read = blob.readRequest();
                read.params().setLength(NOTE_BYTES);
                try (var data = read.send().join()) {
                    return new String(data.get().getData().toArray(), StandardCharsets.UTF_8);
                }
            }
        }
    }

    private static void write(Namespace.Client home, String text) {
        var request = home.putRequest();
        request.params().setPath(NOTE);
        request.params().setContent(text.getBytes(StandardCharsets.UTF_8));
        request.params().initExpectation().setAny(org.capnproto.Void.VOID);
        try (var response = request.send().join()) {
            var _ = Shapes.put(response.get().getResult());
        }
    }
}
