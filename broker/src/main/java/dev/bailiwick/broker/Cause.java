package dev.bailiwick.broker;

import dev.bailiwick.capnp.rpc.RpcException;
import java.util.HashMap;
import java.util.Map;

/**
 * Why something is closed, and what every caller is told of it. What closes at once shares one: an exception takes longer to make than
 * everything else about closing a grant.
 *
 * @param why in words
 * @param answer what calls fail with
 */
record Cause(String why, RpcException answer) {
    static Cause of(String why) {
        return new Cause(why, Grant.revoked(why));
    }

    /** The causes of one commit, one for each wording. Not thread-safe. */
    static final class Shared {
        private final Map<String, Cause> byWords = new HashMap<>();

        Cause of(String why) {
            return byWords.computeIfAbsent(why, Cause::of);
        }
    }
}
