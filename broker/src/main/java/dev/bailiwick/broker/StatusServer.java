package dev.bailiwick.broker;

import dev.bailiwick.capnp.rpc.CallContext;
import dev.bailiwick.capnp.rpc.Calls;
import dev.bailiwick.engine.Engine;
import dev.bailiwick.schema.gen.Status;
import dev.bailiwick.schema.gen.SystemStatus;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** Serves what everybody with a session may know of the system: nothing that names principals, devices or keys. */
final class StatusServer implements SystemStatus.Server {
    private final Engine engine;
    private final Supplier<List<String>> warnings;
    private final InstantSource clock;
    private final String version;
    private final Instant startedAt;

    /** @param warnings what an operator should look at; empty when all is well */
    StatusServer(
            Engine engine, Supplier<List<String>> warnings, InstantSource clock, String version, Instant startedAt) {
        this.warnings = warnings;
        this.engine = engine;
        this.clock = clock;
        this.version = version;
        this.startedAt = startedAt;
    }

    @Override
    public CompletionStage<?> get(CallContext<SystemStatus.GetParams.Reader, SystemStatus.GetResults.Builder> call) {
        Engine.State state = engine.state();
        Status.Builder status = call.results().initStatus();
        status.setVersion(version);
        status.setStartedAtMs(startedAt.toEpochMilli());
        status.setNowMs(clock.millis());
        List<String> warned = warnings.get();
        status.setHealthy(state == Engine.State.OPEN && warned.isEmpty());
        status.setDetail(
                switch (state) {
                    case OPEN -> warned.isEmpty() ? "reading and writing" : String.join("; ", warned);
                    case READ_ONLY -> "opened read-only";
                    case FAILED -> "reading only: a write could not be made durable; restart the daemon";
                    case CLOSED -> "stopping";
                });
        return Calls.DONE;
    }
}
