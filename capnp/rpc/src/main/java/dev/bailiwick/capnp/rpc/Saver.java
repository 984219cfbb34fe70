package dev.bailiwick.capnp.rpc;

import dev.bailiwick.capnp.rpc.persistent.Persistent;
import java.io.IOException;
import java.util.concurrent.CompletionStage;

/** Answers {@code save} for one object that was given to one owner. */
record Saver(SturdyRefs refs, SturdyOwner owner, SturdyObject object) implements Persistent.Server {
    @Override
    public CompletionStage<?> save(CallContext<Persistent.SaveParams.Reader, Persistent.SaveResults.Builder> call)
            throws IOException {
        return refs.save(call, owner, object);
    }
}
