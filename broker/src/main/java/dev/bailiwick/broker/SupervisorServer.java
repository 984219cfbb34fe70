package dev.bailiwick.broker;

import dev.bailiwick.accountstore.Account;
import dev.bailiwick.accountstore.CorruptStoreException;
import dev.bailiwick.accountstore.Page;
import dev.bailiwick.accountstore.Stored;
import dev.bailiwick.capnp.rpc.CallContext;
import dev.bailiwick.capnp.rpc.Calls;
import dev.bailiwick.capnp.rpc.IncomingCall;
import dev.bailiwick.capnp.rpc.RpcException;
import dev.bailiwick.identity.Sid;
import dev.bailiwick.launch.RunningProgram;
import dev.bailiwick.profiles.ServiceIdentity;
import dev.bailiwick.schema.gen.ServiceCommandResult;
import dev.bailiwick.schema.gen.ServiceResult;
import dev.bailiwick.schema.gen.ServiceState;
import dev.bailiwick.schema.gen.ServiceSupervisor;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** Serves starting, stopping and inspecting services to whoever leased it. It leads to nothing that they hold. */
final class SupervisorServer implements ServiceSupervisor.Server {
    private final Grant grant;
    private final StoreRecords.Snapshots snapshots;
    private final ServiceStarts starts;
    private final Identities identities;

    SupervisorServer(Grant grant, StoreRecords.Snapshots snapshots, ServiceStarts starts, Identities identities) {
        this.grant = grant;
        this.snapshots = snapshots;
        this.starts = starts;
        this.identities = identities;
    }

    @Override
    public CompletionStage<?> dispatch(IncomingCall call) throws Exception {
        return StoreTrouble.telling(() -> ServiceSupervisor.Server.super.dispatch(call));
    }

    @Override
    public CompletionStage<?> list(
            CallContext<ServiceSupervisor.ListParams.Reader, ServiceSupervisor.ListResults.Builder> call) {
        String after = call.params().getAfter().toString();
        int limit = Pages.limit(call.params().getLimit());
        Page<Stored<Account>, String> page;
        try {
            page = snapshots.read(snapshot -> snapshot.accounts().services(after, limit));
        } catch (CorruptStoreException damage) {
            throw new RpcException(RpcException.Type.FAILED, "corrupt: " + damage.what() + " is damaged", damage);
        }
        var list = call.results().initServices(page.items().size());
        for (int i = 0; i < page.items().size(); i++) {
            write(list.get(i), page.items().get(i));
        }
        call.results().setNext(page.next().orElse(""));
        return Calls.DONE;
    }

    @Override
    public CompletionStage<?> show(
            CallContext<ServiceSupervisor.ShowParams.Reader, ServiceSupervisor.ShowResults.Builder> call) {
        show(call.params().getName().toString(), call.results().initResult());
        return Calls.DONE;
    }

    private void show(String name, ServiceResult.Builder result) {
        try {
            snapshots
                    .read(snapshot -> snapshot.accounts().service(name))
                    .ifPresentOrElse(
                            account -> write(result.initService(), account),
                            () -> SecuredData.unknown(name).into(result.initDenied()));
        } catch (CorruptStoreException damage) {
            Refusal.of(damage).into(result.initDenied());
        }
    }

    private void write(ServiceState.Builder state, Stored<Account> account) {
        ServiceIdentity definition = account.content().service().orElseThrow();
        String name = definition.serviceName();
        state.setAccount(Wire.account(account));
        state.setSid(Sid.service(name).toString());
        state.setLastEnd(starts.lastEnd(name));
        Optional<RunningService> found = starts.named(name);
        state.setRunning(found.isPresent());
        found.ifPresent(service -> {
            state.setSessionId(service.session().identity().id().toBytes());
            state.setPid(service.program().map(RunningProgram::pid).orElse(0));
            state.setStartedAtMs(service.startedAt().toEpochMilli());
            state.setRecordVersion(service.version());
            state.setListening(service.isListening());
            state.setConnections(service.connections());
            TokenWire.token(
                    state.initToken(), service.flows().main().flow().primary().token(), identities::nameOf);
        });
    }

    @Override
    public CompletionStage<?> start(
            CallContext<ServiceSupervisor.StartParams.Reader, ServiceSupervisor.StartResults.Builder> call) {
        String name = call.params().getName().toString();
        ServiceResult.Builder result = call.results().initResult();
        return apart(() -> answer(name, starts.start(grant, name), result));
    }

    @Override
    public CompletionStage<?> stop(
            CallContext<ServiceSupervisor.StopParams.Reader, ServiceSupervisor.StopResults.Builder> call) {
        String name = call.params().getName().toString();
        String reason = call.params().getReason().toString().strip();
        ServiceResult.Builder result = call.results().initResult();
        if (reason.length() > Limits.REASON_CHARS || reason.chars().anyMatch(Character::isISOControl)) {
            Refusal.because(
                            "invalid-argument",
                            "a reason has at most " + Limits.REASON_CHARS + " characters, and no control characters")
                    .into(result.initDenied());
            return Calls.DONE;
        }
        return apart(() -> answer(name, starts.stop(grant, name, reason), result));
    }

    private boolean answer(String name, ServiceStarts.Outcome outcome, ServiceResult.Builder result) {
        switch (outcome) {
            case ServiceStarts.Outcome.Done _ -> show(name, result);
            case ServiceStarts.Outcome.Refused(Refusal refusal) -> refusal.into(result.initDenied());
        }
        return true;
    }

    @Override
    public CompletionStage<?> health(
            CallContext<ServiceSupervisor.HealthParams.Reader, ServiceSupervisor.HealthResults.Builder> call) {
        String name = call.params().getName().toString();
        ServiceCommandResult.Builder result = call.results().initResult();
        return apart(() -> answer(starts.health(name), result));
    }

    @Override
    public CompletionStage<?> reload(
            CallContext<ServiceSupervisor.ReloadParams.Reader, ServiceSupervisor.ReloadResults.Builder> call) {
        String name = call.params().getName().toString();
        ServiceCommandResult.Builder result = call.results().initResult();
        return apart(() -> answer(starts.reload(grant, name), result));
    }

    private static boolean answer(ServiceStarts.Command command, ServiceCommandResult.Builder result) {
        switch (command) {
            case ServiceStarts.Command.Refused(Refusal refusal) -> refusal.into(result.initDenied());
            case ServiceStarts.Command.Exited(int code, String output) -> {
                var exited = result.initExited();
                exited.setCode(code);
                exited.setOutput(output);
            }
        }
        return true;
    }

    /** These wait for programs, and other calls of the same holder need not wait for them. */
    private static CompletionStage<?> apart(Supplier<Boolean> body) {
        return CompletableFuture.supplyAsync(
                body, command -> Thread.ofVirtual().name("service-command").start(command));
    }
}
