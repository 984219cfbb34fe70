@NullMarked
package dev.bailiwick.capnp.compiler;

import org.jspecify.annotations.NullMarked;
