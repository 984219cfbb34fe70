/**
 * Turns a login into live capabilities: plans the bundle as a pure function, mints every granted slot behind the session's
 * gates, and closes those gates before a change that takes something away is acknowledged. Nothing else in Bailiwick can
 * make authority out of a record, and no decision leaves this package as anything but a capability or a typed denial.
 */
@NullMarked
package dev.bailiwick.broker;

import org.jspecify.annotations.NullMarked;
