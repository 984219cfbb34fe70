package dev.bailiwick.accountstore;

import dev.bailiwick.schema.RecordId;

/** A record that a transaction depends on without changing it. */
public record Precondition(RecordKind kind, RecordId recordId, Expected expected) {}
