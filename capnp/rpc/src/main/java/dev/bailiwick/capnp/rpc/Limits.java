package dev.bailiwick.capnp.rpc;

/**
 * How much one peer may take. A peer that goes beyond is told why and its connection is aborted; nobody else notices. All
 * values are positive.
 *
 * @param messageBytes the longest message, framing not counted. Everything larger is a stream of smaller ones. Default 8 MiB
 * @param segments the most segments in a message: each costs an object. Default 512, as in the C++ implementation
 * @param nesting the deepest nesting of pointers in a message: it bounds recursion. Default 64, as in the C++ implementation, and
 *     at most that: what is read, copied or answered here is never followed deeper
 * @param amplification how many times over a message may refer to its own words. Honest messages are trees and need 1; default 4
 * @param capabilities the most capabilities in one message: each costs a table entry of some 100 bytes for 16 bytes sent.
 *     Default 4,096
 * @param exports the most objects of ours a peer may refer to. Default 65,536
 * @param imports the most objects of a peer's we refer to. Default 65,536
 * @param questions the most calls to a peer waiting for an answer; beyond, a call fails here as overloaded. Default 16,384
 * @param answers the most calls of a peer's that are not finished. Default 16,384
 * @param embargoes the most embargoes at a time, those that wait for the peer and those that the peer waits for together. A
 *     promise takes part in one when it turns out to lead back, for one round trip. Default 4,096
 * @param window the bytes of unanswered calls from which on a peer is read from slowly, and a peer is not sent more: the
 *     sender waits. It bounds what a connection can keep in memory. Default 16 MiB
 * @param backlog the bytes of unanswered calls, and those of messages a peer does not read, from which on the connection is
 *     aborted. It lies above the window because reading must go on while we wait for answers ourselves. Default 64 MiB
 */
public record Limits(
        int messageBytes,
        int segments,
        int nesting,
        int amplification,
        int capabilities,
        int exports,
        int imports,
        int questions,
        int answers,
        int embargoes,
        int window,
        int backlog) {
    /** The defaults named above. */
    public static final Limits DEFAULT =
            new Limits(8 << 20, 512, 64, 4, 4096, 65_536, 65_536, 16_384, 16_384, 4096, 16 << 20, 64 << 20);

    /** Requires positive values, and limits that agree with each other. */
    public Limits {
        int least = Math.min(
                Math.min(Math.min(messageBytes, segments), Math.min(nesting, amplification)),
                Math.min(
                        Math.min(Math.min(capabilities, exports), Math.min(imports, questions)),
                        Math.min(Math.min(answers, embargoes), Math.min(window, backlog))));
        if (least <= 0) {
            throw new IllegalArgumentException("every limit must be positive");
        }
        if (nesting > Wire.NESTING_LIMIT) {
            throw new IllegalArgumentException(
                    "nesting of " + nesting + " is more than can be read, which is " + Wire.NESTING_LIMIT);
        }
        if (backlog < window || window < messageBytes) {
            throw new IllegalArgumentException("limits must satisfy message bytes <= window <= backlog, or the largest "
                    + "message could never pass");
        }
    }

    /** Bytes of our unanswered calls beyond which others fail: the backlog, less room for what else waits to be read. */
    int unanswered() {
        return Math.max(window, backlog - window);
    }

    /** These limits with another message size; window and backlog grow if they must. */
    public Limits withMessageBytes(int bytes) {
        int wider = Math.max(window, bytes);
        return new Limits(
                bytes,
                segments,
                nesting,
                amplification,
                capabilities,
                exports,
                imports,
                questions,
                answers,
                embargoes,
                wider,
                Math.max(backlog, wider));
    }

    /** These limits with other numbers of outstanding calls: ours, and the peer's. */
    public Limits withCalls(int ours, int theirs) {
        return new Limits(
                messageBytes,
                segments,
                nesting,
                amplification,
                capabilities,
                exports,
                imports,
                ours,
                theirs,
                embargoes,
                window,
                backlog);
    }

    /** These limits with other table sizes. */
    public Limits withTables(int mostExports, int mostImports) {
        return new Limits(
                messageBytes,
                segments,
                nesting,
                amplification,
                capabilities,
                mostExports,
                mostImports,
                questions,
                answers,
                embargoes,
                window,
                backlog);
    }

    /** These limits with another window and backlog, in bytes. */
    public Limits withWindow(int mostUnanswered, int mostBuffered) {
        return new Limits(
                messageBytes,
                segments,
                nesting,
                amplification,
                capabilities,
                exports,
                imports,
                questions,
                answers,
                embargoes,
                mostUnanswered,
                mostBuffered);
    }

    /** These limits for what one message may be made of: segments, nesting, amplification and capabilities. */
    public Limits withMessages(int mostSegments, int deepest, int mostReadings, int mostCapabilities) {
        return new Limits(
                messageBytes,
                mostSegments,
                deepest,
                mostReadings,
                mostCapabilities,
                exports,
                imports,
                questions,
                answers,
                embargoes,
                window,
                backlog);
    }

    /** These limits with another number of embargoes. */
    public Limits withEmbargoes(int most) {
        return new Limits(
                messageBytes,
                segments,
                nesting,
                amplification,
                capabilities,
                exports,
                imports,
                questions,
                answers,
                most,
                window,
                backlog);
    }
}
