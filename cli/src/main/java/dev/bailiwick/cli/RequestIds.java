package dev.bailiwick.cli;

import dev.bailiwick.schema.ApprovalId;

/** Ids of requests as people give them. */
final class RequestIds {
    private RequestIds() {}

    /** The bytes to send. */
    static byte[] bytes(String id) {
        try {
            return ApprovalId.parse(id).toBytes();
        } catch (IllegalArgumentException malformed) {
            throw CommandFailure.usage(
                    "\"" + id + "\" is no request id",
                    "give 'apr-' and 32 hexadecimal digits, as lists of requests do");
        }
    }
}
