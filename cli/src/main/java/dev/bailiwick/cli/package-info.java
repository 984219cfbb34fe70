/**
 * The programs {@code bailiwick}, {@code account-admin} and {@code bailiwickd}: they parse a command line, act through capabilities, and
 * print what came of it. A command holds no rule of its own; what it may do is decided by the capabilities it was given.
 */
@NullMarked
package dev.bailiwick.cli;

import org.jspecify.annotations.NullMarked;
