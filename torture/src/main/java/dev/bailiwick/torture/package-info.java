/**
 * Treats account stores as badly as machines and people do, and counts what survived: killed processes, flipped bits, exchanged
 * files, old copies put back, full disks, many clients at once. {@code torture/run} starts it; {@code docs/torture.md} says what
 * each part shows.
 */
@NullMarked
package dev.bailiwick.torture;

import org.jspecify.annotations.NullMarked;
