/** Tests of the broker: what is planned, what is minted, and that nothing outlives its revocation. */
@NullMarked
package dev.bailiwick.broker;

import org.jspecify.annotations.NullMarked;
