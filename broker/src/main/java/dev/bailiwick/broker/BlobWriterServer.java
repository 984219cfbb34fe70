package dev.bailiwick.broker;

import dev.bailiwick.capnp.rpc.CallContext;
import dev.bailiwick.capnp.rpc.Calls;
import dev.bailiwick.schema.gen.BlobWriter;
import dev.bailiwick.storage.CorruptStorageException;
import java.util.concurrent.CompletionStage;

/**
 * Serves a writer. A write that is refused says so when the writer is committed, as the schema has it: so writes can be sent
 * without waiting for each. The writer is given up when the last reference goes.
 */
final class BlobWriterServer implements BlobWriter.Server {
    private final dev.bailiwick.storage.BlobWriter writer;

    BlobWriterServer(dev.bailiwick.storage.BlobWriter writer) {
        this.writer = writer;
    }

    @Override
    public CompletionStage<?> write(CallContext<BlobWriter.WriteParams.Reader, BlobWriter.WriteResults.Builder> call) {
        var _ = writer.write(call.params().getData().asByteBuffer());
        return Calls.DONE;
    }

    @Override
    public CompletionStage<?> commit(
            CallContext<BlobWriter.CommitParams.Reader, BlobWriter.CommitResults.Builder> call) {
        var result = call.results().initResult();
        try {
            Wire.put(result, writer.commit());
        } catch (CorruptStorageException damage) {
            Refusal.of(damage).into(result.initDenied());
        }
        return Calls.DONE;
    }

    @Override
    public void released() {
        writer.close();
    }
}
