package dev.bailiwick.cli;

import dev.bailiwick.schema.Id128;
import dev.bailiwick.schema.gen.Namespace;
import dev.bailiwick.schema.gen.Sharing;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.HexFormat;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Sharing parts of a home: the owner's commands, which are verbs of {@code home}, and the recipient's, {@code bailiwick shared}. */
final class ShareCommands {
    private ShareCommands() {}

    private static Sharing.Client sharing(LiveSession session) {
        try (Namespace.Client home = session.namespace(SessionSlot.home);
                var response = home.sharingRequest().send().join()) {
            return Shapes.sharing(response.get().getResult());
        }
    }

    private static byte[] id(String text) {
        String digits = text.startsWith("share-") ? text.substring("share-".length()) : text;
        try {
            byte[] id = HexFormat.of().parseHex(digits);
            if (id.length == Id128.BYTES) {
                return id;
            }
        } catch (IllegalArgumentException notHexadecimal) {
            // told below
        }
        throw CommandFailure.usage(
                "\"" + Printable.text(text) + "\" is not the id of a share",
                "'bailiwick home shares' and 'bailiwick shared list' show them");
    }

    @Command(
            name = "share",
            description = {
                "Let another account use a directory of your home, and nothing above it.",
                "It lasts beyond this session. It is audited, and ends with 'home unshare'."
            })
    static final class Share implements Runnable {
        private final Context context;

        @Parameters(paramLabel = "PATH", description = "The directory: names joined by '/'.")
        private String path = "";

        @Option(names = "--with", paramLabel = "NAME", required = true, description = "The other account's name.")
        private String recipient = "";

        @Option(names = "--read-only", description = "The other account may read and not write.")
        private boolean readOnly;

        @Option(
                names = "--for",
                paramLabel = "DURATION",
                description = "How long, such as 30m, 12h or 7d; without it, until 'unshare'.")
        private @Nullable String duration;

        Share(Context context) {
            this.context = context;
        }

        @Override
        public void run() {
            Duration length = duration == null ? Duration.ZERO : parsed(duration);
            try (LiveSession session = context.session();
                    Sharing.Client sharing = sharing(session)) {
                var request = sharing.shareRequest();
                request.params().setPath(path);
                request.params().setRecipient(recipient);
                request.params().setReadOnly(readOnly);
                request.params().setDurationMs(length.toMillis());
                try (var response = request.send().join()) {
                    Json.Obj answer = Shapes.share(response.get().getResult());
                    context.output().answer(answer, Views.fields(answer));
                }
            }
        }

        private static Duration parsed(String text) {
            try {
                String upper = text.toUpperCase(Locale.ROOT);
                Duration parsed = Duration.parse(upper.endsWith("D") ? "P" + upper : "PT" + upper);
                if (!parsed.isNegative() && !parsed.isZero()) {
                    return parsed;
                }
            } catch (DateTimeParseException notADuration) {
                // told below
            }
            throw CommandFailure.usage(
                    "\"" + Printable.text(text) + "\" is not a duration", "write 30m, 12h or 7d, for instance");
        }
    }

    @Command(name = "shares", description = "List what of your home other accounts may use.")
    static final class Shares implements Runnable {
        private final Context context;

        Shares(Context context) {
            this.context = context;
        }

        @Override
        public void run() {
            try (LiveSession session = context.session();
                    Sharing.Client sharing = sharing(session);
                    var response = sharing.listRequest().send().join()) {
                Json.Arr answer = Shapes.shares(response.get().getGiven());
                context.output().answer(answer, style -> Views.SHARES.render(answer.objects(), style));
            }
        }
    }

    @Command(
            name = "unshare",
            description = "End a share: what the other account holds of it is dead when this returns.")
    static final class Unshare implements Runnable {
        private final Context context;

        @Parameters(paramLabel = "ID", description = "The share, as 'home shares' shows it.")
        private String id = "";

        Unshare(Context context) {
            this.context = context;
        }

        @Override
        public void run() {
            byte[] share = id(id);
            try (LiveSession session = context.session();
                    Sharing.Client sharing = sharing(session)) {
                var request = sharing.revokeRequest();
                request.params().setId(share);
                try (var response = request.send().join()) {
                    Shapes.requireRemoved(response.get().getResult());
                    Json.Obj answer = Json.object()
                            .with("id", "share-" + HexFormat.of().formatHex(share))
                            .with("removed", true);
                    context.output().answer(answer, style -> "unshared " + answer.text("id") + "\n");
                }
            }
        }
    }

    /** What others share with this account. */
    @Command(name = "shared", description = "Use what other accounts share with you.")
    static final class Shared {
        private final Context context;

        Shared(Context context) {
            this.context = context;
        }

        @Command(name = "list", description = "List what other accounts share with you.")
        void list() {
            try (LiveSession session = context.session();
                    Sharing.Client sharing = sharing(session);
                    var response = sharing.listRequest().send().join()) {
                Json.Arr answer = Shapes.shares(response.get().getReceived());
                context.output().answer(answer, style -> Views.SHARES.render(answer.objects(), style));
            }
        }

        @Command(name = "ls", description = "List the entries of a directory in a share.")
        void ls(
                @Parameters(paramLabel = "ID", description = "The share, as 'list' shows it.") String id,
                @Parameters(
                                paramLabel = "PATH",
                                arity = "0..1",
                                defaultValue = "",
                                description = "Names joined by '/'.")
                        String path) {
            try (LiveSession session = context.session();
                    Namespace.Client share = opened(session, id)) {
                NamespaceCommands.ls(context, share, path);
            }
        }

        @Command(name = "get", description = "Read a file of a share, to FILE or to standard output.")
        void get(
                @Parameters(paramLabel = "ID", description = "The share, as 'list' shows it.") String id,
                @Parameters(paramLabel = "PATH", description = "Names joined by '/'.") String path,
                @Parameters(
                                paramLabel = "FILE",
                                arity = "0..1",
                                description = "Where to; default or '-': standard output.")
                        @Nullable
                        Path file)
                throws IOException {
            try (LiveSession session = context.session();
                    Namespace.Client share = opened(session, id)) {
                NamespaceCommands.get(context, share, path, file);
            }
        }

        @Command(
                name = "put",
                description =
                        "Write a file of a share, from FILE or from standard input; its owner's quota is charged.")
        void put(
                @Parameters(paramLabel = "ID", description = "The share, as 'list' shows it.") String id,
                @Parameters(paramLabel = "PATH", description = "Names joined by '/'.") String path,
                @Parameters(
                                paramLabel = "FILE",
                                arity = "0..1",
                                description = "Where from; default or '-': standard input.")
                        @Nullable
                        Path file,
                @Option(
                                names = "--expect",
                                paramLabel = "VERSION",
                                description = "Only if the entry is at this version; 0: only if there is none.")
                        @Nullable
                        Long expect)
                throws IOException {
            try (LiveSession session = context.session();
                    Namespace.Client share = opened(session, id)) {
                NamespaceCommands.put(context, share, path, file, expect);
            }
        }

        @Command(name = "rm", description = "Remove a file of a share, or a directory in it that is empty.")
        void rm(
                @Parameters(paramLabel = "ID", description = "The share, as 'list' shows it.") String id,
                @Parameters(paramLabel = "PATH", description = "Names joined by '/'.") String path) {
            try (LiveSession session = context.session();
                    Namespace.Client share = opened(session, id)) {
                NamespaceCommands.rm(context, share, path, null);
            }
        }

        private static Namespace.Client opened(LiveSession session, String id) {
            byte[] bytes = id(id);
            try (Sharing.Client sharing = sharing(session)) {
                var request = sharing.openRequest();
                request.params().setId(bytes);
                try (var response = request.send().join()) {
                    return Shapes.opened(response.get().getResult());
                }
            }
        }
    }
}
