package dev.bailiwick.accountstore;

/** Narrows records to the content their kind has. */
final class Contents {
    private Contents() {}

    static <C extends RecordContent> Stored<C> as(Class<C> type, Stored<?> stored) {
        return new Stored<>(
                stored.recordId(),
                stored.version(),
                stored.schemaVersion(),
                stored.storeEpoch(),
                stored.policyEpoch(),
                stored.previousHash(),
                stored.contentHash(),
                stored.createdAt(),
                stored.updatedAt(),
                type.cast(stored.content()));
    }
}
