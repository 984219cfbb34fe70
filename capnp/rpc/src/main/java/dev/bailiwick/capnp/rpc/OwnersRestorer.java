package dev.bailiwick.capnp.rpc;

import dev.bailiwick.capnp.rpc.persistent.Restorer;
import dev.bailiwick.capnp.rpc.persistent.SturdyRef;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** Restores and drops one owner's references. */
record OwnersRestorer(SturdyRefs refs, SturdyOwner owner, Realizer realizer) implements Restorer.Server {
    @Override
    public CompletionStage<?> restore(CallContext<Restorer.RestoreParams.Reader, Restorer.RestoreResults.Builder> call)
            throws Exception {
        Optional<SturdyRecord> record = record(call.params().getRef());
        Optional<? extends CapabilityClient> live =
                record.isPresent() ? realizer.realize(record.get()) : Optional.empty();
        if (live.isEmpty()) {
            return Calls.failed(RpcException.failed(SturdyRefs.UNKNOWN));
        }
        try (CapabilityClient object = live.get()) {
            call.results().setCap(object);
        }
        return Calls.DONE;
    }

    @Override
    public CompletionStage<?> drop(CallContext<Restorer.DropParams.Reader, Restorer.DropResults.Builder> call)
            throws IOException {
        Optional<SturdyToken> token = token(call.params().getRef());
        if (token.isPresent()) {
            refs.drop(owner, token.get());
        }
        return Calls.DONE;
    }

    @Override
    public CompletionStage<?> dropAll(CallContext<Restorer.DropAllParams.Reader, Restorer.DropAllResults.Builder> call)
            throws IOException {
        call.results().setDropped(refs.dropAll(owner));
        return Calls.DONE;
    }

    private Optional<SturdyRecord> record(SturdyRef.Reader ref) throws IOException {
        Optional<SturdyToken> token = token(ref);
        return token.isPresent() ? refs.find(owner, token.get()) : Optional.empty();
    }

    /** Looks at the length before copying: a token of 8 MB is not one. */
    private static Optional<SturdyToken> token(SturdyRef.Reader ref) {
        return ref.getToken().size() == SturdyToken.BYTES
                ? SturdyToken.of(ref.getToken().toArray())
                : Optional.empty();
    }
}
