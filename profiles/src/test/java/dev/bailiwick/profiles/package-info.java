/** Tests of the profiles module: its values, the built-in catalogue, and every way a seed manifest can be wrong. */
@NullMarked
package dev.bailiwick.profiles;

import org.jspecify.annotations.NullMarked;
