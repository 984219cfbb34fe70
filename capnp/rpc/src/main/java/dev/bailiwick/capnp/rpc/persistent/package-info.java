/**
 * What is said on the wire to save a capability and to restore it: the published {@code Persistent} interface, and the
 * {@code Restorer}, {@code SturdyRef} and {@code Seal} of this library, generated from their schemas. Programs serve it with
 * {@link dev.bailiwick.capnp.rpc.SturdyRefs}.
 */
@NullMarked
package dev.bailiwick.capnp.rpc.persistent;

import org.jspecify.annotations.NullMarked;
