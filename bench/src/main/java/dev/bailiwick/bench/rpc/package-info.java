/**
 * RPC speed beside the C++ implementation, each as client and as server, in processes of their own over a Unix socket.
 * {@code bench/run rpc} builds both sides and prints the table that {@code docs/performance.md} explains.
 */
@NullMarked
package dev.bailiwick.bench.rpc;

import org.jspecify.annotations.NullMarked;
