package dev.bailiwick.capnp.rpc;

import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import java.util.function.Function;
import org.capnproto.FromPointerBuilder;
import org.capnproto.FromPointerReader;
import org.jspecify.annotations.Nullable;

/**
 * A capability: one reference to an object here, at the other end of a connection, or still promised. Generated client types
 * extend this with the methods of their interface.
 *
 * <p>Whoever holds a client closes it; the object goes when its last reference does. What is asked of a closed client fails with
 * an {@link IllegalStateException}; calls made before go on. Safe for use by any thread; calls made by one thread arrive in the
 * order it made them.
 */
public abstract class CapabilityClient implements AutoCloseable {
    private static final AtomicReferenceFieldUpdater<CapabilityClient, @Nullable ClientHook> HOOK =
            AtomicReferenceFieldUpdater.newUpdater(CapabilityClient.class, ClientHook.class, "hook");

    private volatile @Nullable ClientHook hook;
    private @Nullable StreamWindow window; // made when first asked for; guarded by this

    /** A client that owns the reference. */
    protected CapabilityClient(ClientHook owned) {
        this.hook = owned;
    }

    /** Another reference to the same object, to be closed on its own. Generated types narrow the return type. */
    public abstract CapabilityClient share();

    /**
     * Another reference to the same object, as a client of another interface. Nothing is checked: calls on an object that does
     * not implement it fail as {@linkplain RpcException.Type#UNIMPLEMENTED unimplemented}.
     */
    public final <T extends CapabilityClient> T castAs(CapabilityFactory<T> factory) {
        return factory.client(hook().addRef());
    }

    /** Whether this stands for the absence of a capability, as read from a null field. */
    public final boolean isNull() {
        return hook().isNull();
    }

    /**
     * Whether it is known that every call through this fails from here on: it is a broken capability, was revoked, or lived across a
     * connection that is over. False says nothing of a moment later.
     */
    public final boolean isBroken() {
        return hook().innermost().isDead();
    }

    /** Gives this reference back. Does nothing the second time. */
    @Override
    public final void close() {
        ClientHook owned = HOOK.getAndSet(this, null);
        if (owned != null) {
            owned.release();
        }
    }

    /**
     * What stands behind this client, borrowed: generated code passes it on.
     *
     * @throws IllegalStateException if this reference was given back
     */
    public final ClientHook hook() {
        ClientHook current = hook;
        if (current == null) {
            throw new IllegalStateException(
                    "this reference to the capability was closed; share() it to keep it longer");
        }
        return current;
    }

    /** A fresh reference to what stands behind this client, for generated {@link #share()} methods. */
    protected final ClientHook sharedHook() {
        return hook().addRef();
    }

    /**
     * A new capability for an object of this process, with one reference; for generated {@code client(Server)} methods. Its
     * methods run one at a time, as {@link CapabilityServer} says. That holds for each capability: an object served twice is two, and
     * its methods run at the same time. To have one, {@link #share} it.
     */
    public static ClientHook serve(CapabilityServer server) {
        return new LocalClient(server);
    }

    /**
     * As {@link #serve(CapabilityServer)}, with the object's methods run by that executor, one at a time and in order. Once the
     * executor refuses them they run on virtual threads, for their callers wait for an outcome.
     */
    public static ClientHook serve(CapabilityServer server, Executor executor) {
        return new LocalClient(server, executor);
    }

    /** A request to a method; for generated code. */
    protected final <P, R, L> Request<P, R, L> newRequest(
            long interfaceId,
            int methodId,
            FromPointerBuilder<P> params,
            FromPointerReader<R> results,
            Function<AnyPipeline, L> pipeline) {
        return new Request<>(hook().addRef(), interfaceId, methodId, params, results, pipeline);
    }

    /** A request to a streaming method; for generated code. */
    protected final <P> StreamRequest<P> newStreamRequest(
            long interfaceId, int methodId, FromPointerBuilder<P> params) {
        return new StreamRequest<>(
                newRequest(interfaceId, methodId, params, StreamResult.factory, pipeline -> pipeline), window());
    }

    /**
     * Waits until every streaming call made through this client was answered; meant for virtual threads.
     *
     * @throws RpcException if one of them failed, or if this thread was interrupted
     */
    public final void streamed() {
        window().awaitAll();
    }

    private synchronized StreamWindow window() {
        StreamWindow current = window;
        if (current == null) {
            current = new StreamWindow();
            window = current;
        }
        return current;
    }

    @Override
    public String toString() {
        ClientHook current = hook;
        InterfaceSchema schema = current == null ? null : current.schema();
        return "capability" + (current == null ? " (closed)" : schema == null ? "" : " of " + schema.displayName());
    }
}
