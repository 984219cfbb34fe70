package dev.bailiwick.capnp.rpc;

/**
 * Where a connection's messages go, and who brings those of the peer. What is called under the connection's lock queues, and
 * never blocks or calls back.
 */
interface Outbound {
    /** Takes the next message, finished and not to be changed any more. Under the lock. */
    void send(Frame message);

    /** As {@link #send}, for a message that nobody waits for: it may stay here for some milliseconds. Under the lock. */
    default void sendLater(Frame message) {
        send(message);
    }

    /** Passes on what was taken. Called after the lock was freed, by the thread that had it. */
    default void flush() {}

    /** Forgets the messages of which nothing has been passed on yet. */
    default void dropUnsent() {}

    /** Bytes taken but not yet passed on to the peer. */
    long backlog();

    /** Nothing more will be sent; what was taken still goes out if it can. */
    void end();

    /** This thread is going to wait for a call's outcome; may read what the peer sends until it is there. */
    default void awaitInput(QuestionCall call) {}

    /** Somebody waits for a call's outcome, without a thread that could read. */
    default void attend(QuestionCall call) {}

    /** A call's outcome is known. */
    default void outcomeKnown(QuestionCall call) {}

    /** Somebody waits for something that the peer will do. */
    default void expectInput() {}
}
