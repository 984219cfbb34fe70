/**
 * Puts one daemon together: the store, the object storage and the broker, served on a Unix socket. It is wiring only, so that what is
 * wired can be tested and embedded without it.
 */
@NullMarked
package dev.bailiwick.daemon;

import org.jspecify.annotations.NullMarked;
