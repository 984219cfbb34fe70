package dev.bailiwick.broker;

import dev.bailiwick.accountstore.Account;
import dev.bailiwick.accountstore.AccountStoreReader;
import dev.bailiwick.accountstore.CorruptStoreException;
import dev.bailiwick.accountstore.ExternalBinding;
import dev.bailiwick.accountstore.HistoryEntry;
import dev.bailiwick.accountstore.Page;
import dev.bailiwick.accountstore.Prover;
import dev.bailiwick.accountstore.RecordKind;
import dev.bailiwick.accountstore.StoreSnapshot;
import dev.bailiwick.accountstore.Stored;
import dev.bailiwick.capnp.rpc.CallContext;
import dev.bailiwick.capnp.rpc.Calls;
import dev.bailiwick.capnp.rpc.IncomingCall;
import dev.bailiwick.capnp.rpc.RpcException;
import dev.bailiwick.schema.BindingId;
import dev.bailiwick.schema.NameKey;
import dev.bailiwick.schema.RecordId;
import dev.bailiwick.schema.gen.AccountRecord;
import dev.bailiwick.schema.gen.Denial;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;
import org.capnproto.Data;

/** Serves lookups of accounts. Nothing reachable from here changes anything or shows a verifier. */
final class AccountReaderServer implements dev.bailiwick.schema.gen.AccountStoreReader.Server {
    private final StoreRecords.Snapshots snapshots;
    private final Prover prover;

    AccountReaderServer(StoreRecords.Snapshots snapshots, Prover prover) {
        this.snapshots = snapshots;
        this.prover = prover;
    }

    @Override
    public CompletionStage<?> dispatch(IncomingCall call) throws Exception {
        return StoreTrouble.telling(() -> dev.bailiwick.schema.gen.AccountStoreReader.Server.super.dispatch(call));
    }

    @Override
    public CompletionStage<?> lookup(
            CallContext<
                            dev.bailiwick.schema.gen.AccountStoreReader.LookupParams.Reader,
                            dev.bailiwick.schema.gen.AccountStoreReader.LookupResults.Builder>
                    call) {
        long sequence = call.params().getAtSequence();
        var result = call.results().initResult();
        named(call.params().getName().toString(), sequence, result::initDenied, (accounts, name) -> {
            Optional<Stored<Account>> found = sequence == 0 ? accounts.byName(name) : accounts.byNameAt(name, sequence);
            return found.map(account -> () -> result.setFound(Wire.account(account)));
        });
        return Calls.DONE;
    }

    @Override
    public CompletionStage<?> list(
            CallContext<
                            dev.bailiwick.schema.gen.AccountStoreReader.ListParams.Reader,
                            dev.bailiwick.schema.gen.AccountStoreReader.ListResults.Builder>
                    call) {
        String after = call.params().getAfter().toString();
        int limit = Pages.limit(call.params().getLimit());
        long sequence = call.params().getAtSequence();
        Page<Stored<Account>, NameKey> page;
        try {
            Optional<NameKey> start = after.isEmpty() ? Optional.empty() : Optional.of(new NameKey(after));
            page = snapshots.read(snapshot -> {
                AskedSequence.requireThere(snapshot, sequence);
                return sequence == 0
                        ? snapshot.accounts().list(start, limit)
                        : snapshot.accounts().listAt(sequence, start, limit);
            });
        } catch (RefusedException notThere) {
            throw RpcException.failed(
                    notThere.refusal().code() + ": " + notThere.refusal().message());
        } catch (CorruptStoreException damage) {
            throw new RpcException(RpcException.Type.FAILED, "corrupt: " + damage.what() + " is damaged", damage);
        } catch (IllegalArgumentException notAKey) {
            throw new RpcException(
                    RpcException.Type.FAILED, "invalid-argument: \"after\" must be a name key of this list", notAKey);
        }
        var list = call.results().initAccounts(page.items().size());
        for (int i = 0; i < page.items().size(); i++) {
            list.setWithCaveats(
                    AccountRecord.factory, i, Wire.account(page.items().get(i)));
        }
        call.results().setNext(page.next().map(NameKey::text).orElse(""));
        return Calls.DONE;
    }

    @Override
    public CompletionStage<?> services(
            CallContext<
                            dev.bailiwick.schema.gen.AccountStoreReader.ServicesParams.Reader,
                            dev.bailiwick.schema.gen.AccountStoreReader.ServicesResults.Builder>
                    call) {
        String after = call.params().getAfter().toString();
        int limit = Pages.limit(call.params().getLimit());
        Page<Stored<Account>, String> page;
        try {
            page = snapshots.read(snapshot -> snapshot.accounts().services(after, limit));
        } catch (CorruptStoreException damage) {
            throw new RpcException(RpcException.Type.FAILED, "corrupt: " + damage.what() + " is damaged", damage);
        }
        var list = call.results().initAccounts(page.items().size());
        for (int i = 0; i < page.items().size(); i++) {
            list.setWithCaveats(
                    AccountRecord.factory, i, Wire.account(page.items().get(i)));
        }
        call.results().setNext(page.next().orElse(""));
        return Calls.DONE;
    }

    @Override
    public CompletionStage<?> service(
            CallContext<
                            dev.bailiwick.schema.gen.AccountStoreReader.ServiceParams.Reader,
                            dev.bailiwick.schema.gen.AccountStoreReader.ServiceResults.Builder>
                    call) {
        String name = call.params().getName().toString();
        var result = call.results().initResult();
        try {
            snapshots
                    .read(snapshot -> snapshot.accounts().service(name))
                    .ifPresentOrElse(
                            account -> result.setFound(Wire.account(account)),
                            () -> SecuredData.unknown(name).into(result.initDenied()));
        } catch (CorruptStoreException damage) {
            Refusal.of(damage).into(result.initDenied());
        }
        return Calls.DONE;
    }

    @Override
    public CompletionStage<?> history(
            CallContext<
                            dev.bailiwick.schema.gen.AccountStoreReader.HistoryParams.Reader,
                            dev.bailiwick.schema.gen.AccountStoreReader.HistoryResults.Builder>
                    call) {
        long sequence = call.params().getAtSequence();
        var result = call.results().initResult();
        named(call.params().getName().toString(), sequence, result::initDenied, (accounts, name) -> {
            Optional<RecordId> record = sequence == 0
                    ? accounts.everNamed(name)
                    : accounts.byNameAt(name, sequence).map(Stored::recordId);
            return record.map(id -> {
                List<HistoryEntry<Account>> all = accounts.history(id).stream()
                        .filter(entry -> sequence == 0 || entry.entry().sequence() <= sequence)
                        .toList();
                List<HistoryEntry<Account>> newest = all.subList(Math.max(0, all.size() - Limits.HISTORY), all.size());
                List<String> actors = newest.stream()
                        .map(entry -> Wire.nameOf(entry.entry().actor(), accounts))
                        .toList();
                return () -> write(newest, actors, result);
            });
        });
        return Calls.DONE;
    }

    private static void write(
            List<HistoryEntry<Account>> entries,
            List<String> actors,
            dev.bailiwick.schema.gen.HistoryResult.Builder result) {
        var list = result.initEntries(entries.size());
        for (int i = 0; i < entries.size(); i++) {
            HistoryEntry<Account> entry = entries.get(i);
            var wire = list.get(i);
            wire.setAccount(Wire.account(entry.record()));
            wire.setSequence(entry.entry().sequence());
            wire.setTimeMs(entry.entry().time().toEpochMilli());
            wire.setOperation(entry.entry().operation());
            wire.setActorName(actors.get(i));
            entry.entry().approval().ifPresent(approval -> wire.setApproval(approval.toBytes()));
            Wire.actor(wire.initActor(), entry.entry().actor());
        }
    }

    @Override
    public CompletionStage<?> rawRecord(
            CallContext<
                            dev.bailiwick.schema.gen.AccountStoreReader.RawRecordParams.Reader,
                            dev.bailiwick.schema.gen.AccountStoreReader.RawRecordResults.Builder>
                    call) {
        var result = call.results().initResult();
        named(
                call.params().getName().toString(),
                0,
                result::initDenied,
                (accounts, name) -> accounts.byName(name)
                        .flatMap(account -> accounts.rawRecord(account.recordId()))
                        .map(bytes -> () -> result.setBytes(bytes)));
        return Calls.DONE;
    }

    @Override
    public CompletionStage<?> sequenceAt(
            CallContext<
                            dev.bailiwick.schema.gen.AccountStoreReader.SequenceAtParams.Reader,
                            dev.bailiwick.schema.gen.AccountStoreReader.SequenceAtResults.Builder>
                    call) {
        Instant time = Instant.ofEpochMilli(call.params().getTimeMs());
        try {
            long sequence = snapshots.read(snapshot -> snapshot.accounts().sequenceAt(time));
            call.results().setSequence(sequence);
        } catch (CorruptStoreException damage) {
            throw new RpcException(RpcException.Type.FAILED, "corrupt: " + damage.what() + " is damaged", damage);
        }
        return Calls.DONE;
    }

    @Override
    public CompletionStage<?> prove(
            CallContext<
                            dev.bailiwick.schema.gen.AccountStoreReader.ProveParams.Reader,
                            dev.bailiwick.schema.gen.AccountStoreReader.ProveResults.Builder>
                    call) {
        long version = call.params().getVersion();
        long size = call.params().getSize();
        var result = call.results().initResult();
        named(
                call.params().getName().toString(),
                0,
                result::initDenied,
                (accounts, name) -> accounts.everNamed(name)
                        .map(record -> () -> prover.inclusion(RecordKind.ACCOUNT, record, version, size)
                                .ifPresentOrElse(
                                        result::setProof,
                                        () -> new Refusal(
                                                        "not-found",
                                                        "\"" + name
                                                                + "\" has no such version in a journal of that size",
                                                        "'account history' lists versions and the sequences that committed them")
                                                .into(result.initDenied()))));
        return Calls.DONE;
    }

    @Override
    public CompletionStage<?> bindings(
            CallContext<
                            dev.bailiwick.schema.gen.AccountStoreReader.BindingsParams.Reader,
                            dev.bailiwick.schema.gen.AccountStoreReader.BindingsResults.Builder>
                    call) {
        Data.Reader after = call.params().getAfter();
        int limit = Pages.limit(call.params().getLimit());
        try {
            Optional<BindingId> start = after.size() == 0 ? Optional.empty() : Optional.of(BindingChanges.id(after));
            Page<Shown, BindingId> page = snapshots.read(snapshot -> shown(snapshot, start, limit));
            var list = call.results().initBindings(page.items().size());
            for (int i = 0; i < page.items().size(); i++) {
                Shown shown = page.items().get(i);
                Wire.binding(list.get(i), shown.binding(), shown.accountName());
            }
            page.next().ifPresent(next -> call.results().setNext(next.toBytes()));
        } catch (CorruptStoreException damage) {
            throw new RpcException(RpcException.Type.FAILED, "corrupt: " + damage.what() + " is damaged", damage);
        } catch (RefusedException notAnId) {
            throw new RpcException(
                    RpcException.Type.FAILED, "invalid-argument: \"after\" must be a binding id of this list", notAnId);
        }
        return Calls.DONE;
    }

    private record Shown(Stored<ExternalBinding> binding, String accountName) {}

    private static Page<Shown, BindingId> shown(StoreSnapshot snapshot, Optional<BindingId> after, int limit) {
        Page<Stored<ExternalBinding>, BindingId> page = snapshot.accounts().externalBindings(after, limit);
        return new Page<>(
                page.items().stream()
                        .map(binding -> new Shown(binding, BindingChanges.nameOf(snapshot, binding)))
                        .toList(),
                page.next());
    }

    @Override
    public CompletionStage<?> binding(
            CallContext<
                            dev.bailiwick.schema.gen.AccountStoreReader.BindingParams.Reader,
                            dev.bailiwick.schema.gen.AccountStoreReader.BindingResults.Builder>
                    call) {
        var result = call.results().initResult();
        try {
            BindingId id = BindingChanges.id(call.params().getBindingId());
            Shown found = snapshots
                    .read(snapshot -> snapshot.accounts()
                            .externalBinding(id)
                            .map(binding -> new Shown(binding, BindingChanges.nameOf(snapshot, binding))))
                    .orElseThrow(() -> new RefusedException(BindingChanges.unknown(id)));
            Wire.binding(result.initFound(), found.binding(), found.accountName());
        } catch (RefusedException refused) {
            refused.refusal().into(result.initDenied());
        } catch (CorruptStoreException damage) {
            Refusal.of(damage).into(result.initDenied());
        }
        return Calls.DONE;
    }

    @Override
    public CompletionStage<?> records(
            CallContext<
                            dev.bailiwick.schema.gen.AccountStoreReader.RecordsParams.Reader,
                            dev.bailiwick.schema.gen.AccountStoreReader.RecordsResults.Builder>
                    call) {
        RecordServing.records(snapshots, call.params(), call.results());
        return Calls.DONE;
    }

    @Override
    public CompletionStage<?> versions(
            CallContext<
                            dev.bailiwick.schema.gen.AccountStoreReader.VersionsParams.Reader,
                            dev.bailiwick.schema.gen.AccountStoreReader.VersionsResults.Builder>
                    call) {
        RecordServing.versions(snapshots, call.params(), call.results().initResult());
        return Calls.DONE;
    }

    @Override
    public CompletionStage<?> proveRecord(
            CallContext<
                            dev.bailiwick.schema.gen.AccountStoreReader.ProveRecordParams.Reader,
                            dev.bailiwick.schema.gen.AccountStoreReader.ProveRecordResults.Builder>
                    call) {
        RecordServing.prove(prover, call.params(), call.results().initResult());
        return Calls.DONE;
    }

    /** Finds something by an account's name: what to write of it, or empty if there is none. */
    private interface Lookup {
        Optional<Runnable> find(AccountStoreReader accounts, NameKey name);
    }

    private void named(String name, long sequence, Supplier<Denial.Builder> denial, Lookup lookup) {
        Optional<Refusal> refusal = Names.withKey(name, key -> {
            try {
                Function<StoreSnapshot, Optional<Runnable>> read = snapshot -> {
                    AskedSequence.requireThere(snapshot, sequence);
                    return lookup.find(snapshot.accounts(), key);
                };
                Optional<Runnable> found = snapshots.read(read);
                found.ifPresent(Runnable::run);
                return found.isPresent() ? Optional.empty() : Optional.of(Names.unknown(name));
            } catch (RefusedException notThere) {
                return Optional.of(notThere.refusal());
            } catch (CorruptStoreException damage) {
                return Optional.of(Refusal.of(damage));
            }
        });
        refusal.ifPresent(why -> why.into(denial.get()));
    }
}
