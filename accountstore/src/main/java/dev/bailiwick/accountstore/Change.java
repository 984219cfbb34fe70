package dev.bailiwick.accountstore;

import dev.bailiwick.schema.Hash256;
import dev.bailiwick.schema.RecordId;

/** One record version that a transaction wrote. */
public record Change(RecordKind kind, RecordId recordId, long version, Hash256 contentHash) {}
