package dev.bailiwick.capnp.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class QueuedCallTest {
    private final PromiseClient promise = new PromiseClient();
    private final CallHandle queued = promise.call(1, 2, Parcel.empty(), null);
    private final AtomicBoolean cancelled = new AtomicBoolean();

    /** An object that takes a call just as it is cancelled on its way. */
    private final class Unlucky extends ClientHook {
        @Override
        CallHandle call(long interfaceId, int methodId, Parcel params, @Nullable VatConnection resultsFor) {
            params.close();
            queued.cancel();
            return new PromisedCall() {
                @Override
                void cancel(RpcException why) {
                    cancelled.set(true);
                    fail(why);
                }
            };
        }

        @Override
        @Nullable
        ClientHook released() {
            return null;
        }
    }

    @Test
    void aCallCancelledWhileItIsDeliveredIsCancelledWhereItArrives() {
        promise.resolve(new Unlucky());
        assertThat(cancelled).isTrue();
        assertThat(queued.results()).isCompletedExceptionally();
        queued.close();
        promise.release();
    }
}
