package dev.bailiwick.broker;

import dev.bailiwick.capnp.rpc.CallContext;
import dev.bailiwick.capnp.rpc.Calls;
import dev.bailiwick.capnp.rpc.RpcException;
import dev.bailiwick.schema.gen.Blob;
import dev.bailiwick.storage.CorruptStorageException;
import dev.bailiwick.storage.Denied;
import dev.bailiwick.storage.ReadResult;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletionStage;

/** Serves one version of some bytes, and lets go of them when the last reference goes. */
final class BlobServer implements Blob.Server {
    private final dev.bailiwick.storage.Blob blob;

    BlobServer(dev.bailiwick.storage.Blob blob) {
        this.blob = blob;
    }

    @Override
    public CompletionStage<?> info(CallContext<Blob.InfoParams.Reader, Blob.InfoResults.Builder> call) {
        call.results().setSize(blob.size());
        call.results().setSha256(blob.sha256().toBytes());
        return Calls.DONE;
    }

    @Override
    public CompletionStage<?> read(CallContext<Blob.ReadParams.Reader, Blob.ReadResults.Builder> call) {
        Blob.ReadParams.Reader params = call.params();
        long length = Math.min(Integer.toUnsignedLong(params.getLength()), Limits.TRANSFER_BYTES);
        ReadResult read;
        try {
            read = blob.read(params.getOffset(), length);
        } catch (CorruptStorageException damage) {
            Refusal refusal = Refusal.of(damage);
            throw new RpcException(RpcException.Type.FAILED, refusal.code() + ": " + refusal.message(), damage);
        }
        switch (read) {
            case ReadResult.Bytes(ByteBuffer data) ->
                call.results(data.remaining() / Long.BYTES + 8)
                        .initData(data.remaining())
                        .asByteBuffer()
                        .put(data);
            case Denied denied -> {
                Refusal refusal = Refusal.of(denied);
                throw RpcException.failed(refusal.code() + ": " + refusal.message());
            }
        }
        return Calls.DONE;
    }

    @Override
    public void released() {
        blob.close();
    }
}
