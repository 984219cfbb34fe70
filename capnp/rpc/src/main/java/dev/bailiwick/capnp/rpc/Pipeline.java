package dev.bailiwick.capnp.rpc;

/** Capabilities in results that may not be there yet. */
abstract class Pipeline {
    /** The capability at that place in the results, or a promise of it, as a fresh reference. */
    abstract ClientHook capability(PipelinePath path);

    /** Gives back what the pipeline holds. Capabilities taken from it live on. */
    abstract void giveUp();

    static Pipeline broken(RpcException reason) {
        return new Pipeline() {
            @Override
            ClientHook capability(PipelinePath path) {
                return new BrokenClient(reason);
            }

            @Override
            void giveUp() {}
        };
    }
}
