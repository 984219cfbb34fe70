package dev.bailiwick.broker;

import dev.bailiwick.capnp.rpc.CallContext;
import dev.bailiwick.capnp.rpc.Calls;
import dev.bailiwick.capnp.rpc.RpcException;
import dev.bailiwick.schema.gen.Denial;
import dev.bailiwick.schema.gen.Namespace;
import dev.bailiwick.schema.gen.Sharing;
import dev.bailiwick.storage.Conflict;
import dev.bailiwick.storage.CorruptStorageException;
import dev.bailiwick.storage.Denied;
import dev.bailiwick.storage.EntryInfo;
import dev.bailiwick.storage.Expectation;
import dev.bailiwick.storage.GetResult;
import dev.bailiwick.storage.ListResult;
import dev.bailiwick.storage.RemoveResult;
import dev.bailiwick.storage.SnapshotInfo;
import dev.bailiwick.storage.SnapshotResult;
import dev.bailiwick.storage.SnapshotsResult;
import dev.bailiwick.storage.StatResult;
import dev.bailiwick.storage.SubResult;
import dev.bailiwick.storage.Usage;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.capnproto.StructList;
import org.capnproto.Void;

/** Serves a namespace. Quota and gate are the namespace's own; paths and sizes are checked by storage. */
final class NamespaceServer implements Namespace.Server {
    private final dev.bailiwick.storage.Namespace namespace;
    private final Optional<Supplier<Sharing.Server>> sharing;

    /** A view that cannot be shared. */
    NamespaceServer(dev.bailiwick.storage.Namespace namespace) {
        this(namespace, Optional.empty());
    }

    /** @param sharing makes what shares it; empty if nothing does */
    NamespaceServer(dev.bailiwick.storage.Namespace namespace, Optional<Supplier<Sharing.Server>> sharing) {
        this.namespace = namespace;
        this.sharing = sharing;
    }

    @Override
    public CompletionStage<?> list(CallContext<Namespace.ListParams.Reader, Namespace.ListResults.Builder> call) {
        Namespace.ListParams.Reader params = call.params();
        var result = call.results().initResult();
        orCorrupt(result::initDenied, () -> {
            int limit = Pages.limit(params.getLimit());
            switch (namespace.list(
                    params.getPath().toString(), params.getAfter().toString(), limit)) {
                case ListResult.Page(List<EntryInfo> entries, String next) -> {
                    var page = result.initPage();
                    page.setNext(next);
                    StructList.Builder<dev.bailiwick.schema.gen.EntryInfo.Builder> list =
                            page.initEntries(entries.size());
                    for (int i = 0; i < entries.size(); i++) {
                        Wire.entry(list.get(i), entries.get(i));
                    }
                }
                case Denied denied -> Refusal.of(denied).into(result.initDenied());
            }
        });
        return Calls.DONE;
    }

    @Override
    public CompletionStage<?> stat(CallContext<Namespace.StatParams.Reader, Namespace.StatResults.Builder> call) {
        var result = call.results().initResult();
        orCorrupt(result::initDenied, () -> {
            switch (namespace.stat(call.params().getPath().toString())) {
                case StatResult.Found(EntryInfo entry) -> Wire.entry(result.initFound(), entry);
                case Denied denied -> Refusal.of(denied).into(result.initDenied());
            }
        });
        return Calls.DONE;
    }

    @Override
    public CompletionStage<?> get(CallContext<Namespace.GetParams.Reader, Namespace.GetResults.Builder> call) {
        var result = call.results().initResult();
        orCorrupt(result::initDenied, () -> {
            switch (namespace.get(call.params().getPath().toString())) {
                case GetResult.Found(EntryInfo.OfBlob entry, dev.bailiwick.storage.Blob blob) -> {
                    result.setFound(Void.VOID);
                    Wire.entry(result.initEntry(), entry);
                    try (dev.bailiwick.schema.gen.Blob.Client client =
                            dev.bailiwick.schema.gen.Blob.client(new BlobServer(blob))) {
                        result.setBlob(client);
                    }
                }
                case Denied denied -> Refusal.of(denied).into(result.initDenied());
            }
        });
        return Calls.DONE;
    }

    @Override
    public CompletionStage<?> put(CallContext<Namespace.PutParams.Reader, Namespace.PutResults.Builder> call) {
        Namespace.PutParams.Reader params = call.params();
        var result = call.results().initResult();
        orCorrupt(
                result::initDenied,
                () -> Wire.put(
                        result,
                        namespace.put(
                                params.getPath().toString(),
                                params.getContent().asByteBuffer(),
                                expectation(params.getExpectation()))));
        return Calls.DONE;
    }

    @Override
    public CompletionStage<?> writer(CallContext<Namespace.WriterParams.Reader, Namespace.WriterResults.Builder> call) {
        Namespace.WriterParams.Reader params = call.params();
        var writer = namespace.writer(params.getPath().toString(), expectation(params.getExpectation()));
        try (var client = dev.bailiwick.schema.gen.BlobWriter.client(new BlobWriterServer(writer))) {
            call.results().setWriter(client);
        }
        return Calls.DONE;
    }

    @Override
    public CompletionStage<?> remove(CallContext<Namespace.RemoveParams.Reader, Namespace.RemoveResults.Builder> call) {
        Namespace.RemoveParams.Reader params = call.params();
        var result = call.results().initResult();
        orCorrupt(result::initDenied, () -> {
            switch (namespace.remove(params.getPath().toString(), expectation(params.getExpectation()))) {
                case RemoveResult.Removed() -> result.setRemoved(Void.VOID);
                case Conflict(long current) -> result.setConflict(current);
                case Denied denied -> Refusal.of(denied).into(result.initDenied());
            }
        });
        return Calls.DONE;
    }

    @Override
    public CompletionStage<?> usage(CallContext<Namespace.UsageParams.Reader, Namespace.UsageResults.Builder> call) {
        Usage usage = namespace.usage();
        call.results().setUsedBytes(usage.usedBytes());
        call.results().setQuotaBytes(usage.quotaBytes());
        call.results().setEntries(usage.entries());
        return Calls.DONE;
    }

    @Override
    public CompletionStage<?> readOnly(
            CallContext<Namespace.ReadOnlyParams.Reader, Namespace.ReadOnlyResults.Builder> call) {
        try (Namespace.Client client = Namespace.client(new NamespaceServer(namespace.readOnly()))) {
            call.results().setNamespace(client);
        }
        return Calls.DONE;
    }

    @Override
    public CompletionStage<?> sub(CallContext<Namespace.SubParams.Reader, Namespace.SubResults.Builder> call) {
        switch (namespace.sub(call.params().getPath().toString())) {
            case SubResult.Opened(dev.bailiwick.storage.Namespace opened) -> {
                try (Namespace.Client client = Namespace.client(new NamespaceServer(opened))) {
                    call.results().setNamespace(client);
                }
            }
            // The schema has no arm for it: a caller that pipelines on the namespace gets the reason at its first call.
            case Denied denied -> {
                Refusal refusal = Refusal.of(denied);
                throw RpcException.failed(refusal.code() + ": " + refusal.message());
            }
        }
        return Calls.DONE;
    }

    @Override
    public CompletionStage<?> snapshot(
            CallContext<Namespace.SnapshotParams.Reader, Namespace.SnapshotResults.Builder> call) {
        var result = call.results().initResult();
        orCorrupt(result::initDenied, () -> {
            switch (namespace.snapshot(call.params().getPath().toString())) {
                case SnapshotResult.Taken(SnapshotInfo snapshot) -> Wire.snapshot(result.initTaken(), snapshot);
                case Denied denied -> Refusal.of(denied).into(result.initDenied());
            }
        });
        return Calls.DONE;
    }

    @Override
    public CompletionStage<?> snapshots(
            CallContext<Namespace.SnapshotsParams.Reader, Namespace.SnapshotsResults.Builder> call) {
        var result = call.results().initResult();
        orCorrupt(result::initDenied, () -> {
            switch (namespace.snapshots()) {
                case SnapshotsResult.Listed(List<SnapshotInfo> snapshots) -> {
                    var list = result.initSnapshots(snapshots.size());
                    for (int i = 0; i < snapshots.size(); i++) {
                        Wire.snapshot(list.get(i), snapshots.get(i));
                    }
                }
                case Denied denied -> Refusal.of(denied).into(result.initDenied());
            }
        });
        return Calls.DONE;
    }

    @Override
    public CompletionStage<?> openSnapshot(
            CallContext<Namespace.OpenSnapshotParams.Reader, Namespace.OpenSnapshotResults.Builder> call) {
        var result = call.results().initResult();
        orCorrupt(result::initDenied, () -> {
            switch (namespace.openSnapshot(call.params().getId())) {
                case SubResult.Opened(dev.bailiwick.storage.Namespace opened) -> {
                    result.setOpened(Void.VOID);
                    try (Namespace.Client client = Namespace.client(new NamespaceServer(opened))) {
                        result.setNamespace(client);
                    }
                }
                case Denied denied -> Refusal.of(denied).into(result.initDenied());
            }
        });
        return Calls.DONE;
    }

    @Override
    public CompletionStage<?> dropSnapshot(
            CallContext<Namespace.DropSnapshotParams.Reader, Namespace.DropSnapshotResults.Builder> call) {
        var result = call.results().initResult();
        orCorrupt(result::initDenied, () -> {
            switch (namespace.dropSnapshot(call.params().getId())) {
                case RemoveResult.Removed() -> result.setRemoved(Void.VOID);
                case Conflict(long current) -> result.setConflict(current);
                case Denied denied -> Refusal.of(denied).into(result.initDenied());
            }
        });
        return Calls.DONE;
    }

    @Override
    public CompletionStage<?> sharing(
            CallContext<Namespace.SharingParams.Reader, Namespace.SharingResults.Builder> call) {
        var result = call.results().initResult();
        if (sharing.isEmpty()) {
            new Refusal(
                            "not-shareable",
                            "only a durable home is shared, and not through a view of it",
                            "use the home that the session holds")
                    .into(result.initDenied());
            return Calls.DONE;
        }
        result.setOpened(Void.VOID);
        try (Sharing.Client client = Sharing.client(sharing.get().get())) {
            result.setSharing(client);
        }
        return Calls.DONE;
    }

    static Expectation expectation(dev.bailiwick.schema.gen.Expectation.Reader wire) {
        return switch (wire.which()) {
            case ANY -> Expectation.any();
            case VERSION -> Expectation.version(wire.getVersion());
            case _NOT_IN_SCHEMA -> throw RpcException.failed("invalid-argument: an expectation of a newer schema");
        };
    }

    private static void orCorrupt(Supplier<Denial.Builder> denial, Runnable body) {
        try {
            body.run();
        } catch (CorruptStorageException damage) {
            Refusal.of(damage).into(denial.get());
        }
    }
}
