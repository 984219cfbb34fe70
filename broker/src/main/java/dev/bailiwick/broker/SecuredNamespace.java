package dev.bailiwick.broker;

import dev.bailiwick.capnp.rpc.CallContext;
import dev.bailiwick.capnp.rpc.Calls;
import dev.bailiwick.capnp.rpc.CapabilityClient;
import dev.bailiwick.capnp.rpc.RpcException;
import dev.bailiwick.identity.AccessMask;
import dev.bailiwick.schema.gen.Blob;
import dev.bailiwick.schema.gen.BlobWriter;
import dev.bailiwick.schema.gen.Denial;
import dev.bailiwick.schema.gen.Namespace;
import dev.bailiwick.storage.Denied;
import dev.bailiwick.storage.SubResult;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.capnproto.Void;

/**
 * A namespace behind a security descriptor. Each operation is judged by the token of the flow that opened it as that is then, so a privilege
 * or a group that was switched off since no longer counts; and so is each read of a blob and each step of a writer that came from here.
 */
final class SecuredNamespace implements Namespace.Server {
    /** What an operation takes, in the bits of files. */
    static final int READ = AccessMask.READ_DATA;

    static final int LOOK = AccessMask.READ_ATTRIBUTES;
    static final int WRITE = AccessMask.WRITE_DATA;
    static final int REMOVE = AccessMask.DELETE_CHILD;

    /** Decides about one operation. */
    interface Judge {
        /** Why it may not be done; empty if it may. */
        Optional<Refusal> obstacle(int mask);
    }

    private final dev.bailiwick.storage.Namespace namespace;
    private final NamespaceServer inside;
    private final Judge judge;
    private final Runnable after;

    /** @param after to be done when nobody holds it any more */
    SecuredNamespace(dev.bailiwick.storage.Namespace namespace, Judge judge, Runnable after) {
        this.namespace = namespace;
        this.inside = new NamespaceServer(namespace);
        this.judge = judge;
        this.after = after;
    }

    private boolean refused(int mask, Supplier<Denial.Builder> denial) {
        Optional<Refusal> obstacle = judge.obstacle(mask);
        obstacle.ifPresent(refusal -> refusal.into(denial.get()));
        return obstacle.isPresent();
    }

    /** For methods that have no arm for a denial. */
    private void require(int mask) {
        Optional<Refusal> obstacle = judge.obstacle(mask);
        if (obstacle.isPresent()) {
            throw RpcException.failed(
                    obstacle.get().code() + ": " + obstacle.get().message());
        }
    }

    @Override
    public CompletionStage<?> list(CallContext<Namespace.ListParams.Reader, Namespace.ListResults.Builder> call) {
        return refused(READ, () -> call.results().initResult().initDenied()) ? Calls.DONE : inside.list(call);
    }

    @Override
    public CompletionStage<?> stat(CallContext<Namespace.StatParams.Reader, Namespace.StatResults.Builder> call) {
        return refused(LOOK, () -> call.results().initResult().initDenied()) ? Calls.DONE : inside.stat(call);
    }

    @Override
    public CompletionStage<?> get(CallContext<Namespace.GetParams.Reader, Namespace.GetResults.Builder> call) {
        var result = call.results().initResult();
        if (refused(READ, result::initDenied)) {
            return Calls.DONE;
        }
        switch (namespace.get(call.params().getPath().toString())) {
            case dev.bailiwick.storage.GetResult.Found(var entry, var blob) -> {
                result.setFound(Void.VOID);
                Wire.entry(result.initEntry(), entry);
                try (Blob.Client client = Blob.factory.client(
                        CapabilityClient.serve(new JudgedServer(new BlobServer(blob), () -> judge.obstacle(READ))))) {
                    result.setBlob(client);
                }
            }
            case Denied denied -> Refusal.of(denied).into(result.initDenied());
        }
        return Calls.DONE;
    }

    @Override
    public CompletionStage<?> put(CallContext<Namespace.PutParams.Reader, Namespace.PutResults.Builder> call) {
        return refused(WRITE, () -> call.results().initResult().initDenied()) ? Calls.DONE : inside.put(call);
    }

    @Override
    public CompletionStage<?> writer(CallContext<Namespace.WriterParams.Reader, Namespace.WriterResults.Builder> call) {
        require(WRITE);
        var writer = namespace.writer(
                call.params().getPath().toString(),
                NamespaceServer.expectation(call.params().getExpectation()));
        try (BlobWriter.Client client = BlobWriter.factory.client(
                CapabilityClient.serve(new JudgedServer(new BlobWriterServer(writer), () -> judge.obstacle(WRITE))))) {
            call.results().setWriter(client);
        }
        return Calls.DONE;
    }

    @Override
    public CompletionStage<?> remove(CallContext<Namespace.RemoveParams.Reader, Namespace.RemoveResults.Builder> call) {
        return refused(REMOVE, () -> call.results().initResult().initDenied()) ? Calls.DONE : inside.remove(call);
    }

    @Override
    public CompletionStage<?> usage(CallContext<Namespace.UsageParams.Reader, Namespace.UsageResults.Builder> call) {
        require(LOOK);
        return inside.usage(call);
    }

    @Override
    public CompletionStage<?> readOnly(
            CallContext<Namespace.ReadOnlyParams.Reader, Namespace.ReadOnlyResults.Builder> call) {
        try (Namespace.Client client =
                Namespace.client(new SecuredNamespace(namespace.readOnly(), judge, SecuredNamespace::nothing))) {
            call.results().setNamespace(client);
        }
        return Calls.DONE;
    }

    @Override
    public CompletionStage<?> sub(CallContext<Namespace.SubParams.Reader, Namespace.SubResults.Builder> call) {
        require(LOOK);
        switch (namespace.sub(call.params().getPath().toString())) {
            case SubResult.Opened(dev.bailiwick.storage.Namespace opened) -> {
                try (Namespace.Client client =
                        Namespace.client(new SecuredNamespace(opened, judge, SecuredNamespace::nothing))) {
                    call.results().setNamespace(client);
                }
            }
            case Denied denied -> {
                Refusal refusal = Refusal.of(denied);
                throw RpcException.failed(refusal.code() + ": " + refusal.message());
            }
        }
        return Calls.DONE;
    }

    private static void nothing() {}

    // A data directory is a part of its service's state, and snapshots and shares are of the whole: these deny by
    // themselves.

    @Override
    public CompletionStage<?> snapshot(
            CallContext<Namespace.SnapshotParams.Reader, Namespace.SnapshotResults.Builder> call) {
        return refused(WRITE, () -> call.results().initResult().initDenied()) ? Calls.DONE : inside.snapshot(call);
    }

    @Override
    public CompletionStage<?> snapshots(
            CallContext<Namespace.SnapshotsParams.Reader, Namespace.SnapshotsResults.Builder> call) {
        return refused(READ, () -> call.results().initResult().initDenied()) ? Calls.DONE : inside.snapshots(call);
    }

    @Override
    public CompletionStage<?> openSnapshot(
            CallContext<Namespace.OpenSnapshotParams.Reader, Namespace.OpenSnapshotResults.Builder> call) {
        NOT_HERE.into(call.results().initResult().initDenied());
        return Calls.DONE;
    }

    @Override
    public CompletionStage<?> dropSnapshot(
            CallContext<Namespace.DropSnapshotParams.Reader, Namespace.DropSnapshotResults.Builder> call) {
        NOT_HERE.into(call.results().initResult().initDenied());
        return Calls.DONE;
    }

    @Override
    public CompletionStage<?> sharing(
            CallContext<Namespace.SharingParams.Reader, Namespace.SharingResults.Builder> call) {
        return inside.sharing(call);
    }

    private static final Refusal NOT_HERE = new Refusal(
            "not-the-top",
            "snapshots are of a whole root, and a data directory is a part of one",
            "use the namespace that the service holds");

    @Override
    public void released() {
        after.run();
    }
}
