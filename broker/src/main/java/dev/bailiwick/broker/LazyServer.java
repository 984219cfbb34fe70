package dev.bailiwick.broker;

import dev.bailiwick.capnp.rpc.CapabilityServer;
import dev.bailiwick.capnp.rpc.IncomingCall;
import dev.bailiwick.capnp.rpc.InterfaceSchema;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * An object that is made when it is first called. Most sessions call few of the objects they hold, and making one may need the
 * disk, such as a storage root; a login waits for none of that. What cannot be made fails the call, and the next call tries again.
 *
 * <p>Nothing is made for a grant that has closed. Whatever making it writes must ask the grant's gate again, in the commit lane: it may
 * close meanwhile.
 */
final class LazyServer implements CapabilityServer {
    private final Grant grant;
    private final InterfaceSchema schema;
    private final Supplier<CapabilityServer> maker;
    // Methods of one object run one at a time, each seeing what the one before it did; so does the release at the end.
    private @Nullable CapabilityServer made;

    /** @param schema what the object will implement */
    LazyServer(Grant grant, InterfaceSchema schema, Supplier<CapabilityServer> maker) {
        this.grant = grant;
        this.schema = schema;
        this.maker = maker;
    }

    @Override
    public InterfaceSchema schema() {
        return schema;
    }

    @Override
    public CompletionStage<?> dispatch(IncomingCall call) throws Exception {
        CapabilityServer object = made;
        if (object == null) {
            grant.requireOpen();
            object = maker.get();
            made = object;
        }
        return object.dispatch(call);
    }

    @Override
    public void released() {
        if (made != null) {
            made.released();
        }
    }
}
