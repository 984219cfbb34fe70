package dev.bailiwick.capnp.rpc;

/** Whom a message of the peer's is addressed to, as found under the connection's lock. */
sealed interface Addressee {
    /** The object itself, as a reference that passes to the caller. To be asked for once, when the lock is free. */
    ClientHook hook();

    /** Whether the peer was told that it leads back to itself. Under the lock. */
    boolean leadsBack();

    /**
     * An object of ours that the peer refers to.
     *
     * @param hook a fresh reference to it
     */
    record Exported(Export export, ClientHook hook) implements Addressee {
        @Override
        public boolean leadsBack() {
            return export.leadsBack;
        }
    }

    /** A place in the results of a call of the peer's, there already or not. */
    record Promised(Answer answer, CallHandle handle, PipelinePath path) implements Addressee {
        @Override
        public ClientHook hook() {
            return handle.pipeline().capability(path);
        }

        @Override
        public boolean leadsBack() {
            return answer.leadsBack;
        }
    }

    /** Something that does not exist. */
    record Nobody(RpcException reason) implements Addressee {
        @Override
        public ClientHook hook() {
            return new BrokenClient(reason);
        }

        @Override
        public boolean leadsBack() {
            return false;
        }
    }
}
