package dev.bailiwick.accountstore;

import dev.bailiwick.engine.Engine;
import dev.bailiwick.schema.BindingId;
import dev.bailiwick.schema.Hash256;
import dev.bailiwick.schema.NameKey;
import dev.bailiwick.schema.PrincipalId;
import dev.bailiwick.schema.RecordId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Account lookups over whatever state is published when each is made. */
final class LiveAccountReader implements AccountStoreReader {
    private final Engine engine;
    private final AccountCache cache;

    LiveAccountReader(Engine engine, AccountCache cache) {
        this.engine = engine;
        this.cache = cache;
    }

    @Override
    public Optional<Stored<Account>> byName(NameKey name) {
        return cache.byName(name);
    }

    @Override
    public Optional<Stored<Account>> byNameAt(NameKey name, long sequence) {
        return engine.read(view -> new ViewAccountReader(view).byNameAt(name, sequence));
    }

    @Override
    public Optional<RecordId> everNamed(NameKey name) {
        return engine.read(view -> new ViewAccountReader(view).everNamed(name));
    }

    @Override
    public Optional<Stored<Account>> byPrincipal(PrincipalId principal) {
        return cache.byPrincipal(principal);
    }

    @Override
    public Optional<Stored<Account>> byId(RecordId record) {
        return cache.byId(record);
    }

    @Override
    public Optional<Stored<Account>> atSequence(RecordId record, long sequence) {
        return engine.read(view -> new ViewAccountReader(view).atSequence(record, sequence));
    }

    @Override
    public Page<Stored<Account>, NameKey> list(Optional<NameKey> after, int limit) {
        return engine.read(view -> new ViewAccountReader(view).list(after, limit));
    }

    @Override
    public Page<Stored<Account>, NameKey> listAt(long sequence, Optional<NameKey> after, int limit) {
        return engine.read(view -> new ViewAccountReader(view).listAt(sequence, after, limit));
    }

    @Override
    public Optional<Stored<Account>> service(String name) {
        return engine.read(view -> new ViewAccountReader(view).service(name));
    }

    @Override
    public Page<Stored<Account>, String> services(String after, int limit) {
        return engine.read(view -> new ViewAccountReader(view).services(after, limit));
    }

    @Override
    public long sequenceAt(Instant time) {
        return engine.read(view -> new ViewAccountReader(view).sequenceAt(time));
    }

    @Override
    public List<HistoryEntry<Account>> history(RecordId record) {
        return engine.read(view -> new ViewAccountReader(view).history(record));
    }

    @Override
    public Optional<byte[]> rawRecord(RecordId record) {
        return engine.read(view -> new ViewAccountReader(view).rawRecord(record));
    }

    @Override
    public List<Stored<RoleBinding>> roleBindings(PrincipalId principal) {
        return engine.read(view -> new ViewAccountReader(view).roleBindings(principal));
    }

    @Override
    public List<PrincipalId> members(String role) {
        return engine.read(view -> new ViewAccountReader(view).members(role));
    }

    @Override
    public Optional<Stored<ExternalBinding>> externalBinding(String provider, Hash256 subjectHash) {
        return engine.read(view -> new ViewAccountReader(view).externalBinding(provider, subjectHash));
    }

    @Override
    public Optional<Stored<ExternalBinding>> externalBinding(BindingId id) {
        return engine.read(view -> new ViewAccountReader(view).externalBinding(id));
    }

    @Override
    public Optional<Stored<ExternalBinding>> externalBinding(RecordId record) {
        return engine.read(view -> new ViewAccountReader(view).externalBinding(record));
    }

    @Override
    public Page<Stored<ExternalBinding>, BindingId> externalBindings(Optional<BindingId> after, int limit) {
        return engine.read(view -> new ViewAccountReader(view).externalBindings(after, limit));
    }
}
