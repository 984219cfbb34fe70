package dev.bailiwick.accountstore;

import dev.bailiwick.engine.View;
import dev.bailiwick.schema.BindingId;
import dev.bailiwick.schema.Hash256;
import dev.bailiwick.schema.NameKey;
import dev.bailiwick.schema.PrincipalId;
import dev.bailiwick.schema.RecordId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Account lookups over one state. */
final class ViewAccountReader implements AccountStoreReader {
    private final View view;
    private final Records records;

    ViewAccountReader(View view) {
        this.view = view;
        this.records = new Records(view);
    }

    @Override
    public Optional<Stored<Account>> byName(NameKey name) {
        return records.byIndex(Keys.name(name)).map(stored -> Contents.as(Account.class, stored));
    }

    @Override
    public Optional<Stored<Account>> byPrincipal(PrincipalId principal) {
        return records.byIndex(Keys.principal(principal)).map(stored -> Contents.as(Account.class, stored));
    }

    @Override
    public Optional<Stored<Account>> byId(RecordId record) {
        return records.newest(RecordKind.ACCOUNT, record).map(stored -> Contents.as(Account.class, stored));
    }

    @Override
    public Optional<Stored<Account>> atSequence(RecordId record, long sequence) {
        return History.at(records, RecordKind.ACCOUNT, record, sequence)
                .map(stored -> Contents.as(Account.class, stored));
    }

    @Override
    public Page<Stored<Account>, NameKey> list(Optional<NameKey> after, int limit) {
        Limit.page(limit, PAGE);
        byte[] start = after.map(Keys::name).orElse(new byte[] {Keys.Index.NAME.code()});
        List<Stored<Account>> accounts = new ArrayList<>();
        boolean[] more = new boolean[1];
        view.scan(StoreTables.INDEX, start, Keys.endOf(new byte[] {Keys.Index.NAME.code()}), (key, value) -> {
            if (after.isPresent() && Arrays.equals(key, start)) {
                return true;
            }
            if (accounts.size() == limit) {
                more[0] = true;
                return false;
            }
            accounts.add(Contents.as(Account.class, records.byIndexRow(key, value)));
            return true;
        });
        return new Page<>(
                accounts, more[0] ? Optional.of(accounts.getLast().content().nameKey()) : Optional.empty());
    }

    @Override
    public List<HistoryEntry<Account>> history(RecordId record) {
        return History.all(records, RecordKind.ACCOUNT, record, Account.class);
    }

    @Override
    public Optional<byte[]> rawRecord(RecordId record) {
        // Loaded first, so that damaged bytes are refused here too.
        return byId(record).map(stored -> records.bytes(RecordKind.ACCOUNT, record, stored.version()));
    }

    @Override
    public List<Stored<RoleBinding>> roleBindings(PrincipalId principal) {
        List<Stored<RoleBinding>> bindings = new ArrayList<>();
        records.forEachIndexed(Keys.roles(principal), stored -> bindings.add(Contents.as(RoleBinding.class, stored)));
        return bindings;
    }

    @Override
    public List<PrincipalId> members(String role) {
        List<PrincipalId> members = new ArrayList<>();
        records.forEachIndexed(
                Keys.members(role),
                stored -> members.add(
                        Contents.as(RoleBinding.class, stored).content().principalId()));
        return members;
    }

    @Override
    public Optional<Stored<ExternalBinding>> externalBinding(String provider, Hash256 subjectHash) {
        return records.byIndex(Keys.subject(provider, subjectHash))
                .map(stored -> Contents.as(ExternalBinding.class, stored));
    }

    @Override
    public Optional<Stored<ExternalBinding>> externalBinding(BindingId id) {
        return records.byIndex(Keys.binding(id)).map(stored -> Contents.as(ExternalBinding.class, stored));
    }
}
