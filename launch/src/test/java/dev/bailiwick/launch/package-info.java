/** Tests of the processes themselves: they start real ones. */
@NullMarked
package dev.bailiwick.launch;

import org.jspecify.annotations.NullMarked;
