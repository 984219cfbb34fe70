/**
 * Namespaces of named, versioned blobs under exact byte quotas, and per-session logs, kept in the engine's tables.
 * The broker serves these types as capabilities; here there is only the data, its invariants and who may still write.
 */
@NullMarked
package dev.bailiwick.storage;

import org.jspecify.annotations.NullMarked;
