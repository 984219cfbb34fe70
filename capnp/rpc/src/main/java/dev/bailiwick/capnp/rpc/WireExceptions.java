package dev.bailiwick.capnp.rpc;

import dev.bailiwick.capnp.rpc.wire.Exception;

/** Failures as the protocol carries them. */
final class WireExceptions {
    /** Characters of a reason that are passed on: it is for people, and some of them find it in a log. */
    private static final int REASON_LIMIT = 2048;

    /** Characters of a trace that are kept: some dozens of frames. */
    private static final int TRACE_LIMIT = 8192;

    private WireExceptions() {}

    /** Traces are not passed on: they were not written for strangers. */
    static void write(Exception.Builder wire, RpcException failure) {
        wire.setReason(shorten(failure.reason(), REASON_LIMIT));
        wire.setType(
                switch (failure.type()) {
                    case FAILED -> Exception.Type.FAILED;
                    case OVERLOADED -> Exception.Type.OVERLOADED;
                    case DISCONNECTED -> Exception.Type.DISCONNECTED;
                    case UNIMPLEMENTED -> Exception.Type.UNIMPLEMENTED;
                });
    }

    static RpcException read(Exception.Reader wire) {
        RpcException.Type type = switch (wire.getType()) {
            case FAILED, _NOT_IN_SCHEMA -> RpcException.Type.FAILED;
            case OVERLOADED -> RpcException.Type.OVERLOADED;
            case DISCONNECTED -> RpcException.Type.DISCONNECTED;
            case UNIMPLEMENTED -> RpcException.Type.UNIMPLEMENTED;
        };
        String reason = shorten(wire.getReason().toString(), REASON_LIMIT);
        return wire.hasTrace()
                ? RpcException.remote(type, reason, shorten(wire.getTrace().toString(), TRACE_LIMIT))
                : new RpcException(type, reason);
    }

    private static String shorten(String text, int limit) {
        if (text.length() <= limit) {
            return text;
        }
        int end = Character.isHighSurrogate(text.charAt(limit - 1)) ? limit - 1 : limit;
        return text.substring(0, end) + "...";
    }
}
