package dev.bailiwick.accountstore;

import dev.bailiwick.engine.View;
import dev.bailiwick.profiles.ServiceIdentity;
import dev.bailiwick.schema.BindingId;
import dev.bailiwick.schema.Hash256;
import dev.bailiwick.schema.Id128;
import dev.bailiwick.schema.NameKey;
import dev.bailiwick.schema.PrincipalId;
import dev.bailiwick.schema.RecordId;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

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
        Optional<Stored<Account>> found =
                records.byIndex(Keys.name(name)).map(stored -> Contents.as(Account.class, stored));
        if (found.isEmpty()) {
            requireAbsent(name);
        }
        return found;
    }

    /** INVARIANT (corrupt is not absent): a name is nobody's only if no account that was given it has it still. */
    private void requireAbsent(NameKey name) {
        for (Named row : named(name)) {
            Stored<Account> account = newest(row.record());
            if (account.content().nameKey().equals(name)) {
                throw new CorruptStoreException(
                        "index row of " + new RecordRef(RecordKind.ACCOUNT, row.record()),
                        "the account's name does not lead to it");
            }
        }
    }

    /** A version that gave an account a name. */
    private record Named(RecordId record, long version) {}

    /** The versions that gave some account this name, by record id and version. */
    private List<Named> named(NameKey name) {
        byte[] prefix = Keys.named(name);
        List<Named> rows = new ArrayList<>();
        view.scan(StoreTables.INDEX, prefix, Keys.endOf(prefix), (key, value) -> {
            rows.add(readNamed(key, value));
            return true;
        });
        return rows;
    }

    private static Named readNamed(byte[] key, byte[] value) {
        RecordRef target = IndexRow.target(key, value);
        long version = IndexRow.targetVersion(key, value).orElse(0);
        byte[] end = ByteBuffer.allocate(Id128.BYTES + Long.BYTES)
                .put(target.recordId().toBytes())
                .putLong(version)
                .array();
        if (key.length < end.length + 2
                || !Arrays.equals(key, key.length - end.length, key.length, end, 0, end.length)) {
            throw new CorruptStoreException("index row of " + target, "its key and its value name different records");
        }
        return new Named(target.recordId(), version);
    }

    private Stored<Account> newest(RecordId record) {
        return Contents.as(Account.class, records.required(RecordKind.ACCOUNT, record, "an index row"));
    }

    @Override
    public Optional<Stored<Account>> byNameAt(NameKey name, long sequence) {
        return named(name).stream()
                .map(Named::record)
                .distinct()
                .flatMap(record -> atSequence(record, sequence).stream())
                .filter(account -> account.content().nameKey().equals(name))
                .findFirst()
                .or(() -> everNamed(name).flatMap(record -> atSequence(record, sequence)));
    }

    @Override
    public Optional<RecordId> everNamed(NameKey name) {
        return byName(name)
                .map(Stored::recordId)
                .or(() -> named(name).stream()
                        .max(Comparator.comparingLong(this::namedAt))
                        .map(Named::record));
    }

    private long namedAt(Named row) {
        return records.sequenceOf(RecordKind.ACCOUNT, row.record(), row.version());
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
        return page(Keys.Index.NAME, after.map(Keys::name), limit, account -> Optional.of(account.nameKey()));
    }

    /** Accounts in the order of the rows of an index, after that row; whoever goes on gives the cursor of the last one. */
    private <C> Page<Stored<Account>, C> page(
            Keys.Index index, Optional<byte[]> after, int limit, Function<Account, Optional<C>> cursor) {
        Limit.page(limit, PAGE);
        byte[] all = {index.code()};
        byte[] start = after.orElse(all);
        List<Stored<Account>> accounts = new ArrayList<>();
        boolean[] more = new boolean[1];
        view.scan(StoreTables.INDEX, start, Keys.endOf(all), (key, value) -> {
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
        return new Page<>(accounts, more[0] ? cursor.apply(accounts.getLast().content()) : Optional.empty());
    }

    @Override
    public Page<Stored<Account>, NameKey> listAt(long sequence, Optional<NameKey> after, int limit) {
        Limit.page(limit, PAGE);
        byte[] all = {Keys.Index.NAMED.code()};
        byte[] start = after.map(name -> Keys.endOf(Keys.named(name))).orElse(all);
        List<Stored<Account>> accounts = new ArrayList<>();
        boolean[] more = new boolean[1];
        // Rows of one name are neighbours, and those of one account among them; only one account had the name at a
        // time.
        view.scan(StoreTables.INDEX, start, Keys.endOf(all), (key, value) -> {
            Optional<Stored<Account>> then = namedThen(key, readNamed(key, value), sequence)
                    .filter(account ->
                            accounts.isEmpty() || !accounts.getLast().recordId().equals(account.recordId()));
            if (then.isPresent() && accounts.size() == limit) {
                more[0] = true;
                return false;
            }
            then.ifPresent(accounts::add);
            return true;
        });
        return new Page<>(
                accounts, more[0] ? Optional.of(accounts.getLast().content().nameKey()) : Optional.empty());
    }

    /** The account as it was, if it then had the name of this row. */
    private Optional<Stored<Account>> namedThen(byte[] key, Named row, long sequence) {
        return atSequence(row.record(), sequence)
                .filter(account ->
                        Arrays.equals(key, Keys.named(account.content().nameKey(), row.record(), row.version())));
    }

    @Override
    public Optional<Stored<Account>> service(String name) {
        return records.byIndex(Keys.service(name)).map(stored -> Contents.as(Account.class, stored));
    }

    @Override
    public Page<Stored<Account>, String> services(String after, int limit) {
        return page(
                Keys.Index.SERVICE,
                Optional.of(Keys.service(after)),
                limit,
                account -> account.service().map(ServiceIdentity::serviceName));
    }

    @Override
    public long sequenceAt(Instant time) {
        long low = 0;
        long high = HashChain.JOURNAL.head(view).size();
        while (low < high) {
            long middle = low + (high - low + 1) / 2;
            if (records.entry(middle).time().isAfter(time)) {
                high = middle - 1;
            } else {
                low = middle;
            }
        }
        return low;
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

    @Override
    public Optional<Stored<ExternalBinding>> externalBinding(RecordId record) {
        return records.newest(RecordKind.EXTERNAL_BINDING, record)
                .map(stored -> Contents.as(ExternalBinding.class, stored));
    }

    @Override
    public Page<Stored<ExternalBinding>, BindingId> externalBindings(Optional<BindingId> after, int limit) {
        Limit.page(limit, PAGE);
        byte[] all = {Keys.Index.BINDING.code()};
        byte[] start = after.map(Keys::binding).orElse(all);
        List<Stored<ExternalBinding>> bindings = new ArrayList<>();
        boolean[] more = new boolean[1];
        view.scan(StoreTables.INDEX, start, Keys.endOf(all), (key, value) -> {
            if (after.isPresent() && Arrays.equals(key, start)) {
                return true;
            }
            if (bindings.size() == limit) {
                more[0] = true;
                return false;
            }
            bindings.add(Contents.as(ExternalBinding.class, records.byIndexRow(key, value)));
            return true;
        });
        return new Page<>(
                bindings, more[0] ? Optional.of(bindings.getLast().content().bindingId()) : Optional.empty());
    }
}
