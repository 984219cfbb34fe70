package dev.bailiwick.broker;

import dev.bailiwick.accountstore.Account;
import dev.bailiwick.accountstore.AccountStoreReader;
import dev.bailiwick.accountstore.Actor;
import dev.bailiwick.accountstore.CorruptStoreException;
import dev.bailiwick.accountstore.HistoryEntry;
import dev.bailiwick.accountstore.Page;
import dev.bailiwick.accountstore.Prover;
import dev.bailiwick.accountstore.RecordKind;
import dev.bailiwick.accountstore.Stored;
import dev.bailiwick.capnp.rpc.CallContext;
import dev.bailiwick.capnp.rpc.Calls;
import dev.bailiwick.capnp.rpc.RpcException;
import dev.bailiwick.schema.NameKey;
import dev.bailiwick.schema.RecordId;
import dev.bailiwick.schema.gen.AccountRecord;
import dev.bailiwick.schema.gen.ActorKind;
import dev.bailiwick.schema.gen.Denial;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;

/** Serves lookups of accounts. Nothing reachable from here changes anything or shows a verifier. */
final class AccountReaderServer implements dev.bailiwick.schema.gen.AccountStoreReader.Server {
    private final StoreRecords.Snapshots snapshots;
    private final Prover prover;

    AccountReaderServer(StoreRecords.Snapshots snapshots, Prover prover) {
        this.snapshots = snapshots;
        this.prover = prover;
    }

    @Override
    public CompletionStage<?> lookup(
            CallContext<
                            dev.bailiwick.schema.gen.AccountStoreReader.LookupParams.Reader,
                            dev.bailiwick.schema.gen.AccountStoreReader.LookupResults.Builder>
                    call) {
        long sequence = call.params().getAtSequence();
        var result = call.results().initResult();
        named(call.params().getName().toString(), result::initDenied, (accounts, name) -> {
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
            page = snapshots.read(snapshot -> sequence == 0
                    ? snapshot.accounts().list(start, limit)
                    : snapshot.accounts().listAt(sequence, start, limit));
        } catch (CorruptStoreException damage) {
            throw new RpcException(RpcException.Type.FAILED, "corrupt: " + damage.what(), damage);
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
    public CompletionStage<?> history(
            CallContext<
                            dev.bailiwick.schema.gen.AccountStoreReader.HistoryParams.Reader,
                            dev.bailiwick.schema.gen.AccountStoreReader.HistoryResults.Builder>
                    call) {
        long sequence = call.params().getAtSequence();
        var result = call.results().initResult();
        named(call.params().getName().toString(), result::initDenied, (accounts, name) -> {
            Optional<RecordId> record = sequence == 0
                    ? accounts.everNamed(name)
                    : accounts.byNameAt(name, sequence).map(Stored::recordId);
            return record.map(id -> {
                List<HistoryEntry<Account>> all = accounts.history(id).stream()
                        .filter(entry -> sequence == 0 || entry.entry().sequence() <= sequence)
                        .toList();
                List<HistoryEntry<Account>> newest = all.subList(Math.max(0, all.size() - Limits.HISTORY), all.size());
                List<String> actors = newest.stream()
                        .map(entry -> nameOf(entry.entry().actor(), accounts))
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
            actor(wire.initActor(), entry.entry().actor());
        }
    }

    private static void actor(dev.bailiwick.schema.gen.Actor.Builder wire, Actor actor) {
        switch (actor) {
            case Actor.Session(var principal, var session) -> {
                wire.setKind(ActorKind.SESSION);
                wire.setPrincipalId(principal.toBytes());
                wire.setSessionId(session.toBytes());
            }
            case Actor.Offline(int uid) -> {
                wire.setKind(ActorKind.OFFLINE);
                wire.setUid(uid);
            }
            case Actor.Daemon() -> wire.setKind(ActorKind.SYSTEM);
            case Actor.Manifest() -> wire.setKind(ActorKind.MANIFEST);
        }
    }

    private static String nameOf(Actor actor, AccountStoreReader accounts) {
        return switch (actor) {
            case Actor.Session(var principal, var _) ->
                accounts.byPrincipal(principal)
                        .map(account -> account.content().name())
                        .orElse("");
            case Actor.Offline _, Actor.Daemon _, Actor.Manifest _ -> "";
        };
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
            throw new RpcException(RpcException.Type.FAILED, "corrupt: " + damage.what(), damage);
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

    /** Finds something by an account's name: what to write of it, or empty if there is none. */
    private interface Lookup {
        Optional<Runnable> find(AccountStoreReader accounts, NameKey name);
    }

    private void named(String name, Supplier<Denial.Builder> denial, Lookup lookup) {
        Optional<Refusal> refusal = Names.withKey(name, key -> {
            try {
                Function<dev.bailiwick.accountstore.StoreSnapshot, Optional<Runnable>> read =
                        snapshot -> lookup.find(snapshot.accounts(), key);
                Optional<Runnable> found = snapshots.read(read);
                found.ifPresent(Runnable::run);
                return found.isPresent() ? Optional.empty() : Optional.of(Names.unknown(name));
            } catch (CorruptStoreException damage) {
                return Optional.of(Refusal.of(damage));
            }
        });
        refusal.ifPresent(why -> why.into(denial.get()));
    }
}
