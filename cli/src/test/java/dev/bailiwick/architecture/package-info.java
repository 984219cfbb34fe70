/**
 * Mechanical rules of the whole code base, as tests. They live in the topmost module because only there every class is
 * on the class path.
 */
@NullMarked
package dev.bailiwick.architecture;

import org.jspecify.annotations.NullMarked;
