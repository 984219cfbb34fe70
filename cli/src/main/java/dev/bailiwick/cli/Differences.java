package dev.bailiwick.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** What one version of a record says otherwise than the one before it, field by field. */
final class Differences {
    /** Fields that differ in every version, or follow from others. */
    private static final Set<String> CHAIN = Set.of(
            "updatedAtMs",
            "schemaVersion",
            "versionId",
            "epoch",
            "storeEpoch",
            "recordVersion",
            "policyEpoch",
            "previousHash",
            "contentHash",
            "nameSkeleton");

    private Differences() {}

    /** History entries, oldest first, each with {@code changes}: field, before and after. A first version changes nothing. */
    static Json.Arr of(Json.Arr history) {
        return of(history, "account");
    }

    /** The same of entries whose record is in the field {@code record}. */
    static Json.Arr of(Json.Arr history, String record) {
        List<Json> entries = new ArrayList<>();
        Json.Obj before = null;
        for (Json.Obj entry : history.objects()) {
            Json.Obj now = entry.object(record);
            List<Json> changes = before == null ? List.of() : between(before, now);
            entries.add(entry.with("changes", new Json.Arr(changes)));
            before = now;
        }
        return new Json.Arr(entries);
    }

    private static List<Json> between(Json.Obj before, Json.Obj after) {
        List<Json> changes = new ArrayList<>();
        after.fields().forEach((field, value) -> {
            Json old = before.get(field);
            if (!CHAIN.contains(field) && !old.equals(value)) {
                changes.add(
                        Json.object().with("field", field).with("before", old).with("after", value));
            }
        });
        return changes;
    }
}
