package dev.bailiwick.capnp.rpc;

/** An object of ours that the peer refers to: an entry in the export table. Guarded by its connection. */
final class Export {
    final int id;

    /** The object; the entry owns one reference. */
    final ClientHook hook;

    /** Set when the peer has given the last reference back. */
    volatile boolean isGone;

    /** References the peer was sent and has not given back. */
    long references;

    /** Whether the peer was told that this promise settled for something of its own. */
    boolean leadsBack;

    Export(int id, ClientHook ownedHook) {
        this.id = id;
        this.hook = ownedHook;
    }
}
