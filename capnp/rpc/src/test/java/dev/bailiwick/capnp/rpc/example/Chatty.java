package dev.bailiwick.capnp.rpc.example;

import dev.bailiwick.capnp.rpc.CallContext;
import dev.bailiwick.capnp.rpc.Response;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

final class Chatty implements Greeter.Server {
    // region tell
    @Override
    public CompletionStage<?> tell(CallContext<Greeter.TellParams.Reader, Greeter.TellResults.Builder> call) {
        try (Listener.Client listener = call.params().getListener()) {
            var request = listener.hearRequest();
            request.params().setNews("it rains");
            return request.send().stage().thenAccept(Response::close);
        }
    }
    // endregion

    // region linger
    @Override
    public CompletionStage<?> linger(CallContext<Greeter.LingerParams.Reader, Greeter.LingerResults.Builder> call) {
        CompletableFuture<Void> enough = new CompletableFuture<>();
        call.onCancel(() -> enough.complete(null));
        return enough;
    }
    // endregion
}
