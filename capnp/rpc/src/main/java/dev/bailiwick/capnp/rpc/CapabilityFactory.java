package dev.bailiwick.capnp.rpc;

import java.util.function.Function;
import org.capnproto.PointerFactory;
import org.capnproto.SegmentBuilder;
import org.capnproto.SegmentReader;
import org.capnproto.SetPointerBuilder;

/**
 * Makes typed clients, and reads and writes them as fields of messages; generated code has one for each interface.
 *
 * @param <T> the generated client type
 */
public final class CapabilityFactory<T extends CapabilityClient>
        implements PointerFactory<T, T>, SetPointerBuilder<T, T> {
    private final Function<ClientHook, T> constructor;

    /** A factory that makes clients with that constructor, which owns the reference it is given. */
    public CapabilityFactory(Function<ClientHook, T> constructor) {
        this.constructor = constructor;
    }

    /** A client that owns the reference. */
    public T client(ClientHook owned) {
        return constructor.apply(owned);
    }

    /** A client on which every call fails with that reason. */
    public T broken(RpcException reason) {
        return client(new BrokenClient(reason));
    }

    /** The absence of a capability: sets a field to null, and fails every call. */
    public T nullClient() {
        return client(BrokenClient.nullCapability());
    }

    /** The capability in a field, as a client of its own that the caller closes; the null client if the field is null. */
    @Override
    public T fromPointerReader(SegmentReader segment, int pointer, int nestingLimit) {
        return client(CapPointers.read(segment, pointer));
    }

    /** As {@link #fromPointerReader}. */
    @Override
    public T fromPointerBuilder(SegmentBuilder segment, int pointer) {
        return client(CapPointers.read(segment, pointer));
    }

    /** Clears the field. */
    @Override
    public T initFromPointerBuilder(SegmentBuilder segment, int pointer, int elementCount) {
        CapPointers.write(segment, pointer, null);
        return nullClient();
    }

    /**
     * Sets a field: the message takes a reference of its own, and the client remains the caller's to close.
     *
     * @throws IllegalStateException if the message is not the parameters or results of a call
     */
    @Override
    public void setPointerBuilder(SegmentBuilder segment, int pointer, T value) {
        CapPointers.write(segment, pointer, value.hook());
    }
}
