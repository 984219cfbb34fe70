package dev.bailiwick.capnp.rpc.example;

import dev.bailiwick.capnp.rpc.CallContext;
import dev.bailiwick.capnp.rpc.Calls;
import dev.bailiwick.capnp.rpc.RpcException;
import java.util.concurrent.CompletionStage;

// region server
final class Polite implements Greeter.Server {
    @Override
    public CompletionStage<?> greet(CallContext<Greeter.GreetParams.Reader, Greeter.GreetResults.Builder> call) {
        String name = call.params().getName().toString();
        if (name.isEmpty()) {
            throw RpcException.failed("a greeting needs a name");
        }
        call.results().setGreeting("good day, " + name);
        return Calls.DONE;
    }

    @Override
    public CompletionStage<?> friend(CallContext<Greeter.FriendParams.Reader, Greeter.FriendResults.Builder> call) {
        try (Greeter.Client friend = Greeter.client(new Polite())) {
            call.results().setGreeter(friend); // the message takes a reference of its own
        }
        return Calls.DONE;
    }
}
// endregion
