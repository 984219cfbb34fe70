/** The documentation's example, as a program outside the library would write it: with the public types alone. */
@NullMarked
package dev.bailiwick.capnp.rpc.example;

import org.jspecify.annotations.NullMarked;
