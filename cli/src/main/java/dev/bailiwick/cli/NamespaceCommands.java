package dev.bailiwick.cli;

import dev.bailiwick.schema.gen.Blob;
import dev.bailiwick.schema.gen.Expectation;
import dev.bailiwick.schema.gen.Namespace;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code bailiwick home|config|cache|tmp ...}: files in one namespace of the session. */
@Command
final class NamespaceCommands {
    private static final int PAGE = 200;
    /** Content up to this size goes in one call; more is streamed. The interface takes at most 1 MiB a call. */
    private static final int CHUNK = 512 * 1024;

    private final Context context;
    private final SessionSlot slot;

    NamespaceCommands(Context context, SessionSlot slot) {
        this.context = context;
        this.slot = slot;
    }

    @Command(name = "ls", description = "List the entries of a directory; without PATH, of the top.")
    void ls(
            @Parameters(paramLabel = "PATH", arity = "0..1", defaultValue = "", description = "Names joined by '/'.")
                    String path) {
        try (LiveSession session = context.session();
                Namespace.Client namespace = session.namespace(slot)) {
            ls(context, namespace, path);
        }
    }

    static void ls(Context context, Namespace.Client namespace, String path) {
        List<Json> entries = new ArrayList<>();
        String after = "";
        do {
            var request = namespace.listRequest();
            request.params().setPath(path);
            request.params().setAfter(after);
            request.params().setLimit(PAGE);
            try (var response = request.send().join()) {
                after = Shapes.entries(response.get().getResult(), entries);
            }
        } while (!after.isEmpty());
        Json.Arr answer = new Json.Arr(entries);
        context.output().answer(answer, style -> Views.ENTRIES.render(answer.objects(), style));
    }

    @Command(
            name = "stat",
            description = "Show what is known of an entry; without PATH, how much space is used and left.")
    void stat(
            @Parameters(paramLabel = "PATH", arity = "0..1", defaultValue = "", description = "Names joined by '/'.")
                    String path) {
        try (LiveSession session = context.session();
                Namespace.Client namespace = session.namespace(slot)) {
            Json.Obj answer = path.isEmpty() ? usage(namespace) : stat(namespace, path);
            context.output().answer(answer, Views.fields(answer));
        }
    }

    private static Json.Obj usage(Namespace.Client namespace) {
        try (var response = namespace.usageRequest().send().join()) {
            return Shapes.usage(response.get());
        }
    }

    private static Json.Obj stat(Namespace.Client namespace, String path) {
        var request = namespace.statRequest();
        request.params().setPath(path);
        try (var response = request.send().join()) {
            return Shapes.entry(response.get().getResult());
        }
    }

    @Command(
            name = "get",
            description = {
                "Read a file, to FILE or to standard output. Its hash is checked on the way.",
                "FILE is replaced only when all of it arrived."
            })
    void get(
            @Parameters(paramLabel = "PATH", description = "Names joined by '/'.") String path,
            @Parameters(paramLabel = "FILE", arity = "0..1", description = "Where to; default or '-': standard output.")
                    @Nullable
                    Path file)
            throws IOException {
        try (LiveSession session = context.session();
                Namespace.Client namespace = session.namespace(slot)) {
            get(context, namespace, path, file);
        }
    }

    static void get(Context context, Namespace.Client namespace, String path, @Nullable Path file) throws IOException {
        var request = namespace.getRequest();
        request.params().setPath(path);
        try (var response = request.send().join()) {
            Json.Obj entry = Shapes.gotEntry(response.get().getResult());
            try (Blob.Client blob = response.get().getResult().getBlob()) {
                if (file == null || file.toString().equals("-")) {
                    copy(blob, entry, context.output().raw());
                } else {
                    receive(blob, entry, file);
                    context.output().answer(entry, style -> "read " + summary(entry) + "\n");
                }
            }
        }
    }

    private static void receive(Blob.Client blob, Json.Obj entry, Path file) throws IOException {
        Path draft = Files.createTempFile(file.toAbsolutePath().getParent(), ".bailiwick", "");
        try {
            try (OutputStream to = Files.newOutputStream(draft)) {
                copy(blob, entry, to);
            }
            Files.move(draft, file, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(draft);
        }
    }

    private static void copy(Blob.Client blob, Json.Obj entry, OutputStream to) throws IOException {
        MessageDigest hash = sha256();
        long size = entry.number("size");
        long offset = 0;
        while (offset < size) {
            var request = blob.readRequest();
            request.params().setOffset(offset);
            request.params().setLength(CHUNK);
            try (var response = request.send().join()) {
                byte[] part = response.get().getData().toArray();
                if (part.length == 0) {
                    break;
                }
                hash.update(part);
                to.write(part);
                offset += part.length;
            }
        }
        to.flush();
        if (offset != size || !HexFormat.of().formatHex(hash.digest()).equals(entry.text("sha256"))) {
            throw CommandFailure.of(
                    ExitStatus.CORRUPT,
                    "corrupt",
                    "what arrived of \"" + entry.text("name") + "\" does not have the hash of its entry",
                    "ask a storage-admin to run 'account-admin store verify'");
        }
    }

    @Command(
            name = "put",
            description = {
                "Write a file, from FILE or from standard input. Directories on the way are made.",
                "Nothing changes until all of it arrived, and then all of it does."
            })
    void put(
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
                Namespace.Client namespace = session.namespace(slot)) {
            put(context, namespace, path, file, expect);
        }
    }

    static void put(
            Context context, Namespace.Client namespace, String path, @Nullable Path file, @Nullable Long expect)
            throws IOException {
        try (InputStream from =
                file == null || file.toString().equals("-") ? context.host().in() : Files.newInputStream(file)) {
            byte[] first = from.readNBytes(CHUNK);
            Json.Obj entry = first.length < CHUNK
                    ? putWhole(namespace, path, first, expect)
                    : putStream(namespace, path, first, from, expect);
            context.output().answer(entry, style -> "wrote " + summary(entry) + "\n");
        }
    }

    private static Json.Obj putWhole(Namespace.Client namespace, String path, byte[] content, @Nullable Long expect) {
        var request = namespace.putRequest();
        request.params().setPath(path);
        request.params().setContent(content);
        expect(request.params()::initExpectation, expect);
        try (var response = request.send().join()) {
            return Shapes.put(response.get().getResult());
        }
    }

    private static Json.Obj putStream(
            Namespace.Client namespace, String path, byte[] first, InputStream rest, @Nullable Long expect)
            throws IOException {
        var request = namespace.writerRequest();
        request.params().setPath(path);
        expect(request.params()::initExpectation, expect);
        try (var response = request.send().join();
                var writer = response.get().getWriter()) {
            for (byte[] part = first; part.length > 0; part = rest.readNBytes(CHUNK)) {
                var write = writer.writeRequest();
                write.params().setData(part);
                write.send().await();
            }
            try (var commit = writer.commitRequest().send().join()) {
                return Shapes.put(commit.get().getResult());
            }
        }
    }

    @Command(name = "rm", description = "Remove a file, or a directory that is empty.")
    void rm(
            @Parameters(paramLabel = "PATH", description = "Names joined by '/'.") String path,
            @Option(names = "--expect", paramLabel = "VERSION", description = "Only if the entry is at this version.")
                    @Nullable
                    Long expect) {
        try (LiveSession session = context.session();
                Namespace.Client namespace = session.namespace(slot)) {
            rm(context, namespace, path, expect);
        }
    }

    static void rm(Context context, Namespace.Client namespace, String path, @Nullable Long expect) {
        var request = namespace.removeRequest();
        request.params().setPath(path);
        expect(request.params()::initExpectation, expect);
        try (var response = request.send().join()) {
            Shapes.requireRemoved(response.get().getResult());
            Json.Obj answer = Json.object().with("path", path).with("removed", true);
            context.output().answer(answer, style -> "removed " + Printable.text(path) + "\n");
        }
    }

    private static void expect(Supplier<Expectation.Builder> expectation, @Nullable Long version) {
        if (version == null) {
            expectation.get().setAny(org.capnproto.Void.VOID);
        } else {
            expectation.get().setVersion(version);
        }
    }

    private static String summary(Json.Obj entry) {
        return Printable.text(entry.text("name")) + ", " + Printable.bytes(entry.number("size")) + ", version "
                + entry.get("version");
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
