/**
 * Who a running service is: SIDs, tokens, impersonation, and the check of a token against a security descriptor. Everything here is a value or a
 * small object in memory, without IO; a token decides about secured objects only and never adds a capability to a bundle.
 */
@NullMarked
package dev.bailiwick.identity;

import org.jspecify.annotations.NullMarked;
