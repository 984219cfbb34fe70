package dev.bailiwick.capnp.rpc;

import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A place in results that may not be there yet, of a type not said. Generated {@code Pipeline} types are built on it, and it is
 * what stands for fields of type {@code AnyPointer}.
 */
public final class AnyPipeline {
    private final Pipeline pipeline;
    private final PipelinePath path;
    private final AtomicBoolean used;

    private AnyPipeline(Pipeline pipeline, PipelinePath path, AtomicBoolean used) {
        this.pipeline = pipeline;
        this.path = path;
        this.used = used;
    }

    static AnyPipeline of(Pipeline pipeline) {
        return new AnyPipeline(pipeline, PipelinePath.ROOT, new AtomicBoolean());
    }

    /** The pointer field with that index of the struct that will be here. */
    public AnyPipeline field(int pointerIndex) {
        return new AnyPipeline(pipeline, path.then(pointerIndex), used);
    }

    /** The capability that will be here, as a client that the caller closes. Calls on it may be made at once. */
    public <T extends CapabilityClient> T asCapability(CapabilityFactory<T> factory) {
        used.set(true);
        return factory.client(pipeline.capability(path));
    }

    boolean wasUsed() {
        return used.get();
    }
}
