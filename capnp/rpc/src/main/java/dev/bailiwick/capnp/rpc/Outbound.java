package dev.bailiwick.capnp.rpc;

/** Where a connection's messages go. Called under its lock: implementations queue, and never block or call back. */
interface Outbound {
    /** Takes the next message, finished and not to be changed any more. */
    void send(Draft message);

    /** Bytes taken but not yet passed on to the peer. */
    long backlog();

    /** Nothing more will be sent; what was taken still goes out if it can. */
    void end();
}
