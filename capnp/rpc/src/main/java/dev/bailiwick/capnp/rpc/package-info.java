/**
 * Cap'n Proto RPC for Java: objects are called through capabilities, alike whether they live in this process or at the other
 * end of a connection. Knows nothing of accounts; the schema compiler generates the typed clients and servers on top of it.
 */
@NullMarked
package dev.bailiwick.capnp.rpc;

import org.jspecify.annotations.NullMarked;
