package dev.bailiwick.capnp.rpc;

/** A struct in results that may not be there yet; generated {@code Pipeline} types extend it with their capability fields. */
public abstract class StructPipeline {
    private final AnyPipeline pipeline;

    /** The struct at that place. */
    protected StructPipeline(AnyPipeline pipeline) {
        this.pipeline = pipeline;
    }

    /** The place of this struct, without its type. */
    public final AnyPipeline asAnyPipeline() {
        return pipeline;
    }

    /** The place of a pointer field. */
    protected final AnyPipeline _field(int pointerIndex) {
        return pipeline.field(pointerIndex);
    }

    /** The capability in a pointer field. */
    protected final <T extends CapabilityClient> T _capability(CapabilityFactory<T> factory, int pointerIndex) {
        return pipeline.field(pointerIndex).asCapability(factory);
    }
}
