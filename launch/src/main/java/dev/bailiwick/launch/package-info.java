/**
 * Runs programs as Linux processes in a sandbox, under limits, and ends them with everything they started. It knows nothing of sessions, policy
 * or RPC: whoever asks has decided that the program may run.
 */
@NullMarked
package dev.bailiwick.launch;

import org.jspecify.annotations.NullMarked;
