/**
 * Measures the account store: against RocksDB itself, driven with the same rows in the same batches, and against SQLite.
 * Every number is a median of rounds in which the subjects take turns, so that ratios hold on a busy machine too.
 */
@NullMarked
package dev.bailiwick.bench.store;

import org.jspecify.annotations.NullMarked;
