package dev.bailiwick.broker;

import dev.bailiwick.capnp.rpc.CallContext;
import dev.bailiwick.capnp.rpc.Calls;
import dev.bailiwick.capnp.rpc.RpcException;
import dev.bailiwick.identity.IdentifyResult;
import dev.bailiwick.identity.Refused;
import dev.bailiwick.identity.Token;
import dev.bailiwick.schema.gen.ExchangeResult;
import dev.bailiwick.schema.gen.ServiceConnection;
import dev.bailiwick.schema.gen.ServiceFront;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** Serves a client's end of a connection. */
final class ServiceConnectionServer implements ServiceConnection.Server {
    private final ServiceLink link;
    private final Identities identities;

    ServiceConnectionServer(ServiceLink link, Identities identities) {
        this.link = link;
        this.identities = identities;
    }

    @Override
    public CompletionStage<?> info(
            CallContext<ServiceConnection.InfoParams.Reader, ServiceConnection.InfoResults.Builder> call) {
        link.describe(call.results().initInfo());
        switch (link.connection().identify()) {
            case IdentifyResult.Identified(Token client) ->
                TokenWire.client(call.results().initClient(), client, identities::nameOf);
            case Refused _ -> {} // The service sees nobody, and so does whoever asks what it sees.
        }
        return Calls.DONE;
    }

    @Override
    public CompletionStage<?> request(
            CallContext<ServiceConnection.RequestParams.Reader, ServiceConnection.RequestResults.Builder> call) {
        ExchangeResult.Builder result = call.results().initResult();
        int bytes = call.params().getBody().size();
        if (bytes > Limits.SERVICE_REQUEST_BYTES) {
            tooLarge("a request", bytes).into(result.initDenied());
            return Calls.DONE;
        }
        if (!link.requests().tryAcquire()) {
            new Refusal(
                            "too-many-requests",
                            "a connection has at most " + Limits.REQUESTS_PER_CONNECTION + " requests under way",
                            "wait for some answers")
                    .into(result.initDenied());
            return Calls.DONE;
        }
        Optional<ServiceFront.Client> front = link.front();
        if (front.isEmpty()) {
            link.requests().release();
            throw Grant.revoked(link.life().closed().orElse("the connection has ended"));
        }
        try (ServiceFront.Client service = front.get()) {
            var request = service.requestRequest();
            request.params().setBody(call.params().getBody().toArray());
            return request.send().stage().handle((response, failure) -> {
                link.requests().release();
                link.life().closed().ifPresent(why -> {
                    throw Grant.revoked(why);
                });
                if (failure != null) {
                    failed(failure).into(result.initDenied());
                } else {
                    try (response) {
                        byte[] body = response.get().getBody().toArray();
                        if (body.length > Limits.SERVICE_REQUEST_BYTES) {
                            tooLarge("an answer", body.length).into(result.initDenied());
                        } else {
                            result.setBody(body);
                        }
                    }
                }
                return true;
            });
        }
    }

    private static Refusal tooLarge(String what, int bytes) {
        return Refusal.because(
                "too-large", what + " has at most " + Limits.SERVICE_REQUEST_BYTES + " bytes, not " + bytes);
    }

    private Refusal failed(Throwable failure) {
        return new Refusal(
                "service-failed",
                "service \"" + link.server().name() + "\" gave no answer: "
                        + RpcException.of(failure).reason(),
                "ask whoever runs it");
    }

    @Override
    public CompletionStage<?> close(
            CallContext<ServiceConnection.CloseParams.Reader, ServiceConnection.CloseResults.Builder> call) {
        call.results();
        link.close("its client closed it");
        return Calls.DONE;
    }

    @Override
    public void released() {
        link.close("its client has let go of it");
    }
}
