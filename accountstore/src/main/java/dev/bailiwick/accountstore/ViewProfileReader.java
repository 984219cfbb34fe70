package dev.bailiwick.accountstore;

import dev.bailiwick.engine.View;
import dev.bailiwick.profiles.ProfileRef;
import dev.bailiwick.schema.RecordId;
import dev.bailiwick.schema.VersionId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Lookups of one sort of profile over one state. */
final class ViewProfileReader<C extends RecordContent> {
    private final View view;
    private final Records records;
    private final RecordKind kind;
    private final Class<C> type;

    ViewProfileReader(View view, RecordKind kind, Class<C> type) {
        this.view = view;
        this.records = new Records(view);
        this.kind = kind;
        this.type = type;
    }

    List<Stored<C>> list() {
        List<Stored<C>> profiles = new ArrayList<>();
        records.forEachIndexed(
                new byte[] {Keys.profileNames(kind).code()}, stored -> profiles.add(Contents.as(type, stored)));
        return profiles;
    }

    Optional<Stored<C>> byName(String name) {
        return records.byIndex(Keys.profileName(kind, name)).map(stored -> Contents.as(type, stored));
    }

    Optional<Stored<C>> byId(RecordId record) {
        return records.newest(kind, record).map(stored -> Contents.as(type, stored));
    }

    Optional<Stored<C>> resolve(ProfileRef reference) {
        byte @Nullable [] row = view.get(StoreTables.INDEX, Keys.profile(reference.profileId()));
        if (row == null
                || IndexRow.target(Keys.profile(reference.profileId()), row).kind() != kind) {
            return Optional.empty();
        }
        Stored<?> newest = records.byIndexRow(Keys.profile(reference.profileId()), row);
        return (reference.versionId().isEmpty()
                        ? Optional.of(newest)
                        : pinned(newest.recordId(), reference.versionId().get()))
                .filter(stored -> stored.policyEpoch() >= reference.epoch())
                .map(stored -> Contents.as(type, stored));
    }

    private Optional<Stored<?>> pinned(RecordId record, VersionId version) {
        byte[] key = Keys.version(version);
        byte @Nullable [] row = view.get(StoreTables.INDEX, key);
        if (row == null || !IndexRow.target(key, row).equals(new RecordRef(kind, record))) {
            return Optional.empty();
        }
        Stored<?> stored =
                records.version(kind, record, IndexRow.targetVersion(key, row).orElseThrow());
        boolean derived = records.derivedBy(kind, record, stored.version()).stream()
                .anyMatch(derivedRow -> derivedRow.matches(key, row));
        if (!derived) {
            throw new CorruptStoreException(
                    "index row of " + new RecordRef(kind, record).version(stored.version()),
                    "the record does not derive it");
        }
        return Optional.of(stored);
    }

    List<HistoryEntry<C>> history(String name) {
        return records.indexed(Keys.profileName(kind, name))
                .map(record -> History.all(records, kind, record, type))
                .orElse(List.of());
    }
}
