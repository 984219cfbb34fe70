/**
 * Measures the broker: bundles planned and minted, logins over the socket and by password, live sessions in memory, lookups during a
 * storm of logins, and revocation. {@code bench/run broker} starts it; {@code docs/performance-broker.md} explains the tables.
 */
@NullMarked
package dev.bailiwick.bench.broker;

import org.jspecify.annotations.NullMarked;
