package dev.bailiwick.broker;

import dev.bailiwick.capnp.rpc.CallContext;
import dev.bailiwick.capnp.rpc.Calls;
import dev.bailiwick.schema.gen.Help;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.capnproto.Text;

/** Serves documentation to callers who have nothing else. */
final class HelpServer implements Help.Server {
    private static final Map<String, String> TEXTS = Map.of(
            "accounts",
            "Accounts are made by an account administrator, who hands out a one-time enrolment code. Nobody can make one for"
                    + " themselves. Ask an administrator of this machine.",
            "enroll",
            "An enrolment code sets a first password, once and for a short time: SessionManager.enroll(name, code, password),"
                    + " or \"bailiwick enroll NAME\". A password has 8 characters or more.",
            "guest",
            "A guest session needs no account: SessionManager.guest(), or \"bailiwick login --method guest\". It is refused"
                    + " unless the machine was set up for guests. Everything stored in it is gone when it ends.",
            "login",
            "Log in with SessionManager.password(name, password), or \"bailiwick login NAME\". The answer holds every"
                    + " capability of the session, a receipt for each slot, and a reference to take the session up again.");

    private static final List<String> TOPICS = TEXTS.keySet().stream().sorted().toList();

    @Override
    public CompletionStage<?> topics(CallContext<Help.TopicsParams.Reader, Help.TopicsResults.Builder> call) {
        var topics = call.results().initTopics(TOPICS.size());
        for (int i = 0; i < TOPICS.size(); i++) {
            topics.set(i, new Text.Reader(TOPICS.get(i)));
        }
        return Calls.DONE;
    }

    @Override
    public CompletionStage<?> read(CallContext<Help.ReadParams.Reader, Help.ReadResults.Builder> call) {
        call.results().setText(TEXTS.getOrDefault(call.params().getTopic().toString(), ""));
        return Calls.DONE;
    }
}
