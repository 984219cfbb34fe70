package dev.bailiwick.capnp.rpc;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/** What moves a connection's bytes: it owns the channel, and the vat that the bytes are for. */
abstract class Transport implements Outbound {
    /** How long the last messages, an abort's reason among them, may take to go out once a connection was ended. */
    private static final long LINGER_SECONDS = 2;

    /** How long the reading side may take to find out why writing failed. */
    private static final long FAREWELL_MILLIS = 500;

    private final VatConnection vat;
    private final CompletableFuture<Void> written = new CompletableFuture<>();
    private final CompletableFuture<RpcException> ended = new CompletableFuture<>();

    /** A transport of a vat that offers that object, whose reference passes to the vat, and keeps that account. */
    Transport(ClientHook ownedBootstrap, Limits limits, ListenerBudget.Account account) {
        this.vat = new VatConnection(ownedBootstrap, this, limits, account);
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

    /**
     * Nothing more can be written. As a rule the peer is gone and the reading side is about to learn it, and the reason of an
     * abort before; but a peer may have stopped reading and nothing else, and would be waited for without end.
     */
    final void writingFailed(Throwable failure) {
        CompletableFuture.delayedExecutor(FAREWELL_MILLIS, TimeUnit.MILLISECONDS)
                .execute(() -> vat.close(RpcException.disconnected(
                        "connection broke, for it cannot be written to: " + failure.getMessage())));
    }

    /** Closes the channels without waiting for anything, because the vat could not be ended in order. */
    final void breakOff() {
        try {
            vat.close(RpcException.disconnected("connection broke"));
        } finally {
            closeChannels();
            writingEnded();
            finish();
        }
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
