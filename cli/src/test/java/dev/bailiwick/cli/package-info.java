/** Tests of the programs: the pure parts on values, the commands in process on a fake host, and the whole through the launchers. */
@NullMarked
package dev.bailiwick.cli;

import org.jspecify.annotations.NullMarked;
