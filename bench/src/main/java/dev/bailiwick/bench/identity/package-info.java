/** Measures access checks and the making of tokens. */
@NullMarked
package dev.bailiwick.bench.identity;

import org.jspecify.annotations.NullMarked;
