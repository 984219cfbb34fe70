/**
 * A program small enough to be trusted by reading it, run in the guest to prove that the harness itself loses and keeps data
 * as a power cut does. The rest of this module is test code and never enters the guest.
 */
@NullMarked
package dev.bailiwick.qemu.probe;

import org.jspecify.annotations.NullMarked;
