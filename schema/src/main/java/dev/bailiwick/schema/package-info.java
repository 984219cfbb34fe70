/**
 * The words in which everything else speaks: the generated types of the {@code .capnp} files, typed ids, names, the canonical
 * form of records and their hashes. Two parties that agree on this package agree on every stored and every sent byte.
 */
@NullMarked
package dev.bailiwick.schema;

import org.jspecify.annotations.NullMarked;
