package dev.bailiwick.capnp.rpc;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/** What moves a connection's bytes: it owns the channel, and the vat that the bytes are for. */
abstract class Transport implements Outbound {
    /** How long the last messages, an abort's reason among them, may take to go out once a connection was ended. */
    private static final long LINGER_SECONDS = 2;

    private final VatConnection vat;
    private final CompletableFuture<Void> written = new CompletableFuture<>();
    private final CompletableFuture<RpcException> ended = new CompletableFuture<>();

    /** A transport of a vat that offers that object, whose reference passes to the vat. */
    Transport(ClientHook ownedBootstrap, Limits limits) {
        this.vat = new VatConnection(ownedBootstrap, this, limits);
    }

    final VatConnection vat() {
        return vat;
    }

    /** Completes with the reason when the connection has ended and its channels are closed. */
    final CompletionStage<RpcException> ended() {
        return ended;
    }

    /** Nothing more will be written. */
    final void writingEnded() {
        written.complete(null);
    }

    /** Closes the channels once the last messages are out, or have had their time; called when the vat has ended. */
    final void finish() {
        var _ = written.orTimeout(LINGER_SECONDS, TimeUnit.SECONDS).whenComplete((ignored, late) -> {
            closeChannels();
            RpcException reason = vat.closedBecause();
            ended.complete(reason != null ? reason : RpcException.disconnected("connection ended"));
        });
    }

    /** Closes what the transport owns; called once. */
    abstract void closeChannels();

    /** The peer's stream ended. */
    final void peerClosed(FrameReader frames) {
        vat.close(RpcException.disconnected(
                frames.isBetweenMessages()
                        ? "peer closed the connection"
                        : "peer closed the connection in the middle of a message"));
    }
}
