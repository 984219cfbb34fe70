package dev.bailiwick.accountstore;

import dev.bailiwick.engine.View;
import dev.bailiwick.schema.PrincipalId;
import dev.bailiwick.schema.RecordId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Records of every kind over one state. */
final class ViewRecordReader implements RecordReader {
    private final View view;
    private final Records records;

    ViewRecordReader(View view) {
        this.view = view;
        this.records = new Records(view);
    }

    @Override
    public Page<RecordId, RecordId> ids(RecordKind kind, Optional<RecordId> after, int limit) {
        Limit.page(limit, PAGE);
        byte[] all = {(byte) kind.code()};
        byte[] start = after.map(id -> Keys.endOf(Keys.head(kind, id))).orElse(all);
        List<RecordId> ids = new ArrayList<>();
        boolean[] more = new boolean[1];
        view.scan(StoreTables.HEADS, start, Keys.endOf(all), (key, value) -> {
            if (ids.size() == limit) {
                more[0] = true;
                return false;
            }
            return ids.add(RecordRef.ofKey(key, "heads").recordId());
        });
        return new Page<>(ids, more[0] ? Optional.of(ids.getLast()) : Optional.empty());
    }

    @Override
    public List<RecordId> idsOf(RecordKind kind, PrincipalId principal) {
        AccountStoreReader accounts = new ViewAccountReader(view);
        return switch (kind) {
            case ACCOUNT ->
                accounts.byPrincipal(principal).map(Stored::recordId).stream().toList();
            case ROLE_BINDING ->
                accounts.roleBindings(principal).stream().map(Stored::recordId).toList();
            case CREDENTIAL ->
                accounts.byPrincipal(principal).stream()
                        .flatMap(account -> accounts.history(account.recordId()).stream())
                        .flatMap(entry -> entry.record().content().credentialRefs().stream())
                        .distinct()
                        .toList();
            case EXTERNAL_BINDING, POLICY_PROFILE, POLICY_VERSION, RESOURCE_PROFILE, SEED_MANIFEST, STORE_KEY ->
                List.of();
        };
    }

    @Override
    public Optional<HistoryEntry<RecordContent>> at(RecordKind kind, RecordId record, long sequence) {
        return History.at(records, kind, record, sequence).map(stored -> {
            Stored<RecordContent> version = Contents.as(RecordContent.class, stored);
            return new HistoryEntry<>(version, records.entry(records.sequenceOf(kind, record, version.version())));
        });
    }

    @Override
    public Optional<Instant> timeOf(long sequence) {
        return sequence >= 1 && sequence <= HashChain.JOURNAL.head(view).size()
                ? Optional.of(records.entry(sequence).time())
                : Optional.empty();
    }

    @Override
    public List<HistoryEntry<RecordContent>> history(RecordKind kind, RecordId record) {
        return History.all(records, kind, record, RecordContent.class);
    }
}
