package dev.bailiwick.storage;

import dev.bailiwick.schema.PrincipalId;
import dev.bailiwick.schema.RootId;

/**
 * One line of the quota ledger: sizes, no names and no content.
 *
 * @param createdAtMs milliseconds since 1970
 * @param generation how many changes the root has seen
 * @param usedBytes the sum of the sizes of all its entries
 * @param entries its blobs and namespaces
 */
public record RootInfo(
        RootId id,
        PrincipalId owner,
        Durability durability,
        long createdAtMs,
        long generation,
        long usedBytes,
        long entries) {}
