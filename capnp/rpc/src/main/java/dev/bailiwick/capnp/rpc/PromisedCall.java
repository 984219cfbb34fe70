package dev.bailiwick.capnp.rpc;

/** A call whose pipeline hands out promises until its results, or another pipeline to take its place, are there. */
abstract class PromisedCall extends PendingCall {
    private final PromisedPipeline pipeline = new PromisedPipeline();

    @Override
    final Pipeline pipeline() {
        return pipeline;
    }

    @Override
    final void settle(Pipeline actual) {
        Cascade cascade = new Cascade();
        settle(actual, cascade);
        cascade.run();
    }

    /** As {@link #settle(Pipeline)}; what follows from it may still have to be done when this returns. */
    final void settle(Pipeline actual, Cascade cascade) {
        pipeline.resolve(actual, cascade);
    }
}
