/**
 * What every benchmark shares: measuring several subjects in turns, and printing the medians as one table of ratios.
 * Start one with {@code bench/run}; the build only compiles them.
 */
@NullMarked
package dev.bailiwick.bench;

import org.jspecify.annotations.NullMarked;
