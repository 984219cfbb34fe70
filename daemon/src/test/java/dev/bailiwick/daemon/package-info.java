/** Tests of the daemon's wiring: sockets that are there already, and starting and stopping over a real store. */
@NullMarked
package dev.bailiwick.daemon;

import org.jspecify.annotations.NullMarked;
