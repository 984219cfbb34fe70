package dev.bailiwick.cli;

import dev.bailiwick.schema.gen.Namespace;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code bailiwick home|config snapshot ...}: what a namespace was. */
@Command(
        name = "snapshot",
        description = {
            "Keep a directory as it is now, and read what was kept.",
            "A snapshot is charged to the quota like a copy; its content is stored once."
        })
final class SnapshotCommands {
    private final Context context;
    private final SessionSlot slot;

    SnapshotCommands(Context context, SessionSlot slot) {
        this.context = context;
        this.slot = slot;
    }

    @Command(name = "take", description = "Keep the directory PATH as it is now; without PATH, all of it.")
    void take(
            @Parameters(paramLabel = "PATH", arity = "0..1", defaultValue = "", description = "Names joined by '/'.")
                    String path) {
        try (LiveSession session = context.session();
                Namespace.Client namespace = session.namespace(slot)) {
            var request = namespace.snapshotRequest();
            request.params().setPath(path);
            try (var response = request.send().join()) {
                Json.Obj answer = Shapes.snapshot(response.get().getResult());
                context.output().answer(answer, Views.fields(answer));
            }
        }
    }

    @Command(name = "list", description = "List the snapshots there are, oldest first.")
    void list() {
        try (LiveSession session = context.session();
                Namespace.Client namespace = session.namespace(slot);
                var response = namespace.snapshotsRequest().send().join()) {
            Json.Arr answer = Shapes.snapshots(response.get().getResult());
            context.output().answer(answer, style -> Views.SNAPSHOTS.render(answer.objects(), style));
        }
    }

    @Command(name = "ls", description = "List the entries of a directory in a snapshot.")
    void ls(
            @Parameters(paramLabel = "ID", description = "The snapshot, as 'list' shows it.") long id,
            @Parameters(paramLabel = "PATH", arity = "0..1", defaultValue = "", description = "Names joined by '/'.")
                    String path) {
        try (LiveSession session = context.session();
                Namespace.Client snapshot = opened(session, id)) {
            NamespaceCommands.ls(context, snapshot, path);
        }
    }

    @Command(name = "get", description = "Read a file of a snapshot, to FILE or to standard output.")
    void get(
            @Parameters(paramLabel = "ID", description = "The snapshot, as 'list' shows it.") long id,
            @Parameters(paramLabel = "PATH", description = "Names joined by '/'.") String path,
            @Parameters(paramLabel = "FILE", arity = "0..1", description = "Where to; default or '-': standard output.")
                    @Nullable
                    Path file)
            throws IOException {
        try (LiveSession session = context.session();
                Namespace.Client snapshot = opened(session, id)) {
            NamespaceCommands.get(context, snapshot, path, file);
        }
    }

    @Command(name = "drop", description = "Drop a snapshot; what it was charged with is free again.")
    void drop(@Parameters(paramLabel = "ID", description = "The snapshot, as 'list' shows it.") long id) {
        try (LiveSession session = context.session();
                Namespace.Client namespace = session.namespace(slot)) {
            var request = namespace.dropSnapshotRequest();
            request.params().setId(id);
            try (var response = request.send().join()) {
                Shapes.requireRemoved(response.get().getResult());
                Json.Obj answer = Json.object().with("id", id).with("removed", true);
                context.output().answer(answer, style -> "dropped " + id + "\n");
            }
        }
    }

    private Namespace.Client opened(LiveSession session, long id) {
        try (Namespace.Client namespace = session.namespace(slot)) {
            var request = namespace.openSnapshotRequest();
            request.params().setId(id);
            try (var response = request.send().join()) {
                return Shapes.opened(response.get().getResult());
            }
        }
    }
}
