package dev.bailiwick.capnp.rpc;

import java.nio.ByteBuffer;
import org.capnproto.DecodeException;

/** Fuzz target: a peer sends these bytes, and hangs up. */
public final class ConnectionFuzz {
    private ConnectionFuzz() {}

    /** Called by the fuzzer, with one input after the other. */
    public static void fuzzerTestOneInput(byte[] input) {
        try (BesiegedVat besieged = new BesiegedVat()) {
            FrameReader frames = new FrameReader(BesiegedVat.LIMITS);
            try {
                frames.feed(ByteBuffer.wrap(input), view -> {
                    besieged.handle(view);
                    besieged.work(input.length % 3);
                });
            } catch (DecodeException malformed) {
                besieged.abort("malformed message: " + malformed.getMessage());
            }
        }
    }
}
