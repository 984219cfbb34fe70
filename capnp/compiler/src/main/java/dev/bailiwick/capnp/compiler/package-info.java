/**
 * Turns what {@code capnp compile} parsed into Java: structs, enums and interfaces on the stock Cap'n Proto runtime. It
 * exists because the runtime's own generator refuses interfaces, and it is a build tool, so nothing at run time needs it.
 */
@NullMarked
package dev.bailiwick.capnp.compiler;

import org.jspecify.annotations.NullMarked;
