/** Tests of the identity module: the seeds sentence by sentence, properties over random sequences, and an independent model of the access check. */
@NullMarked
package dev.bailiwick.identity;

import org.jspecify.annotations.NullMarked;
