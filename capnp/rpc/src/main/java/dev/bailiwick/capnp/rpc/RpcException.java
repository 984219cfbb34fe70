package dev.bailiwick.capnp.rpc;

import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.capnproto.DecodeException;
import org.jspecify.annotations.Nullable;

/**
 * A call failed, on either side of a connection. The {@linkplain #type() type} says what a caller can do about it; the reason
 * is for people. Both travel over the wire.
 */
public final class RpcException extends RuntimeException {
    private static final long serialVersionUID = 1;
    private static final System.Logger LOG = System.getLogger(RpcException.class.getName());

    /** What a caller can do; {@code Exception.Type} of the protocol, in its order. */
    public enum Type {
        /** Something went wrong; trying again will not help. */
        FAILED,
        /** A resource ran out; trying again after a while may help. */
        OVERLOADED,
        /** The object is gone with its connection; reconnecting may help. */
        DISCONNECTED,
        /** The object has no such method; an older way may work. */
        UNIMPLEMENTED
    }

    private final Type type;
    private final String reason;
    private final @Nullable String remoteTrace;

    /** An exception of that type with a reason in plain words, lowercase. */
    public RpcException(Type type, String reason) {
        this(type, reason, null, null);
    }

    /** As {@link #RpcException(Type, String)}; the cause stays on this side of the wire. */
    public RpcException(Type type, String reason, @Nullable Throwable cause) {
        this(type, reason, cause, null);
    }

    /** What a peer says went wrong on its side, with the stack it sent along. */
    static RpcException remote(Type type, String reason, String trace) {
        return new RpcException(type, reason, null, trace);
    }

    private RpcException(Type type, String reason, @Nullable Throwable cause, @Nullable String remoteTrace) {
        super(reason, cause);
        this.remoteTrace = remoteTrace;
        this.type = Objects.requireNonNull(type, "type");
        this.reason = Objects.requireNonNull(reason, "reason");
    }

    /** An exception of type {@link Type#FAILED}. */
    public static RpcException failed(String reason) {
        return new RpcException(Type.FAILED, reason);
    }

    /** An exception of type {@link Type#DISCONNECTED}. */
    public static RpcException disconnected(String reason) {
        return new RpcException(Type.DISCONNECTED, reason);
    }

    /** An exception of type {@link Type#UNIMPLEMENTED}. */
    public static RpcException unimplemented(String reason) {
        return new RpcException(Type.UNIMPLEMENTED, reason);
    }

    /** An exception of type {@link Type#OVERLOADED}. */
    public static RpcException overloaded(String reason) {
        return new RpcException(Type.OVERLOADED, reason);
    }

    /**
     * What a caller is told about anything thrown while serving a call. An {@code RpcException} passes as it is, a malformed
     * message says so; of everything else the caller learns only that it happened, since its text was not written for
     * strangers, and it is logged here in full.
     */
    public static RpcException of(Throwable thrown) {
        Throwable cause = thrown;
        while ((cause instanceof CompletionException || cause instanceof ExecutionException)
                && cause.getCause() != null) {
            cause = cause.getCause();
        }
        if (cause instanceof RpcException rpc) {
            return rpc;
        }
        if (cause instanceof CancellationException) {
            return new RpcException(Type.FAILED, "call was cancelled", cause);
        }
        if (cause instanceof DecodeException) {
            return new RpcException(Type.FAILED, "malformed message: " + cause.getMessage(), cause);
        }
        if (isFromTheRuntime(cause)) {
            // It stumbled over what a peer sent; its text is about indices, and not worth a line in the log for each.
            LOG.log(System.Logger.Level.DEBUG, "a message could not be read", cause);
            return new RpcException(Type.FAILED, "malformed message: it does not fit its schema", cause);
        }
        LOG.log(System.Logger.Level.ERROR, "unexpected failure while serving a call", cause);
        return new RpcException(Type.FAILED, "internal error; the server's log has the details", cause);
    }

    /** Whether the Cap'n Proto runtime threw this itself, or had it thrown by the buffers it reads. */
    private static boolean isFromTheRuntime(Throwable thrown) {
        if (!(thrown instanceof RuntimeException)) {
            return false;
        }
        for (StackTraceElement frame : thrown.getStackTrace()) {
            String name = frame.getClassName();
            if (!name.startsWith("java.") && !name.startsWith("jdk.")) {
                return name.startsWith("org.capnproto.");
            }
        }
        return false;
    }

    /** What a caller can do about it. */
    public Type type() {
        return type;
    }

    /**
     * The stack on the peer's side, in whatever form it has there, at most some 8,000 characters; empty unless the peer chose to
     * send one. It stays on this side: a failure that is passed on goes without.
     */
    public Optional<String> remoteTrace() {
        return Optional.ofNullable(remoteTrace);
    }

    /** Why, in words for people: at most some 2,000 characters if a peer wrote them, and any characters it likes. */
    public String reason() {
        return reason;
    }

    /**
     * The reason as logs and stack traces show it: on one line, with control characters and whatever else could pass for
     * something it is not written as {@code \}{@code u{hex}}. A peer's reason cannot forge a line of a log.
     */
    @Override
    public String getMessage() {
        return OneLine.of(reason);
    }
}
