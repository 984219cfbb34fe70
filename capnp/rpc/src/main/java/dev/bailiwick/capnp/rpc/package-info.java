@NullMarked
package dev.bailiwick.capnp.rpc;

import org.jspecify.annotations.NullMarked;
