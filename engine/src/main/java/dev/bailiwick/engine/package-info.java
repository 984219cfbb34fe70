/**
 * Ordered byte-key tables behind one synced commit lane, kept in RocksDB or in RAM with the same behaviour.
 * Accounts and stored objects both build on it, so that they share one order of commits, one sync and one notion of "durable".
 */
@NullMarked
package dev.bailiwick.engine;

import org.jspecify.annotations.NullMarked;
