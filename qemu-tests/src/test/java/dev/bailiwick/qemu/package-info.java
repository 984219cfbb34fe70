/**
 * Boots a real Linux guest under software emulation and cuts its power, to see what a user finds on the disk afterwards.
 * Tests tagged {@code qemu} use {@link dev.bailiwick.qemu.Lab}; the rest of the package builds the guest from Debian's cloud
 * kernel, busybox, a linked Java runtime and the built jars.
 */
@NullMarked
package dev.bailiwick.qemu;

import org.jspecify.annotations.NullMarked;
