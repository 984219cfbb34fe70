package dev.bailiwick.capnp.rpc;

import dev.bailiwick.capnp.rpc.wire.Exception;

/** Failures as the protocol carries them. */
final class WireExceptions {
    /** Characters of a reason that are passed on: it is for people, and some of them find it in a log. */
    private static final int REASON_LIMIT = 2048;

    private WireExceptions() {}

    static void write(Exception.Builder wire, RpcException failure) {
        wire.setReason(shorten(failure.reason()));
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
        return new RpcException(type, shorten(wire.getReason().toString()));
    }

    private static String shorten(String reason) {
        return reason.length() <= REASON_LIMIT ? reason : reason.substring(0, REASON_LIMIT) + "...";
    }
}
