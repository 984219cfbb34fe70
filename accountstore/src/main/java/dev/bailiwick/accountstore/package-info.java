/**
 * Who there is and what they may be given: versioned, hash-chained records changed only by compare-and-set, with a journal that
 * proves what was committed and an anchor that notices when it is taken back. Plain Java types in and out; the broker turns them
 * into capabilities.
 */
@NullMarked
package dev.bailiwick.accountstore;

import org.jspecify.annotations.NullMarked;
