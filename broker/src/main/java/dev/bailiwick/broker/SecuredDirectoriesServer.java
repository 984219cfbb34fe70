package dev.bailiwick.broker;

import dev.bailiwick.capnp.rpc.CallContext;
import dev.bailiwick.capnp.rpc.Calls;
import dev.bailiwick.schema.gen.Namespace;
import dev.bailiwick.schema.gen.SecuredDirectories;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.capnproto.Void;

/** Serves the data directories of services to one flow of execution. */
final class SecuredDirectoriesServer implements SecuredDirectories.Server {
    private final Footing by;
    private final SecuredData data;

    SecuredDirectoriesServer(Footing by, SecuredData data) {
        this.by = by;
        this.data = data;
    }

    @Override
    public CompletionStage<?> open(
            CallContext<SecuredDirectories.OpenParams.Reader, SecuredDirectories.OpenResults.Builder> call) {
        var result = call.results().initResult();
        switch (data.open(by, call.params().getService().toString())) {
            case SecuredData.Outcome.Opened(Namespace.Client opened) -> {
                result.setOpened(Void.VOID);
                try (opened) {
                    result.setNamespace(opened);
                }
            }
            case SecuredData.Outcome.Refused(Refusal refusal) -> refusal.into(result.initDenied());
        }
        return Calls.DONE;
    }

    @Override
    public CompletionStage<?> explain(
            CallContext<SecuredDirectories.ExplainParams.Reader, SecuredDirectories.ExplainResults.Builder> call) {
        var result = call.results().initResult();
        switch (data.explain(
                by,
                call.params().getService().toString(),
                call.params().getAccess().toString())) {
            case SecuredData.Explained.Because(boolean granted, List<String> steps, String descriptor) -> {
                var explanation = result.initExplanation();
                explanation.setGranted(granted);
                explanation.setDescriptor(descriptor);
                Wire.texts(explanation.initSteps(steps.size()), steps);
            }
            case SecuredData.Explained.Refused(Refusal refusal) -> refusal.into(result.initDenied());
        }
        return Calls.DONE;
    }
}
