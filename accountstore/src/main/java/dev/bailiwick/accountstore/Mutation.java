package dev.bailiwick.accountstore;

import dev.bailiwick.schema.RecordId;

/**
 * One record to write, if it is still at the expected version.
 *
 * @param recordId the record
 * @param expected its newest version
 * @param content what it is to say
 */
public record Mutation(RecordId recordId, Expected expected, RecordContent content) {
    /** Makes a new record. */
    public static Mutation create(RecordId recordId, RecordContent content) {
        return new Mutation(recordId, Expected.absent(), content);
    }

    /** Replaces exactly this version. */
    public static Mutation replace(Stored<?> current, RecordContent content) {
        return new Mutation(current.recordId(), current.expected(), content);
    }
}
