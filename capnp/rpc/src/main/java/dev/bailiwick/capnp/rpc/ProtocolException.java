package dev.bailiwick.capnp.rpc;

/** The peer broke the protocol's rules or our limits: the connection ends with this text as the reason. */
final class ProtocolException extends Exception {
    private static final long serialVersionUID = 1;

    private final String reason;

    ProtocolException(String reason) {
        super(reason, null, false, false);
        this.reason = reason;
    }

    String reason() {
        return reason;
    }
}
