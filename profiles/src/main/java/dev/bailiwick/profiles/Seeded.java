package dev.bailiwick.profiles;

import dev.bailiwick.schema.RecordId;
import dev.bailiwick.schema.VersionId;

/** Content that a manifest seeds, with the ids its first version is stored under. */
public record Seeded<T>(RecordId recordId, VersionId versionId, T content) {}
