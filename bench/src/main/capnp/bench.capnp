@0x814b3e631b1ef70c;
# What the RPC benchmarks call, in Java and in C++.

using Java = import "/capnp/java.capnp";

$Java.package("dev.bailiwick.bench.rpc.schema");
$Java.outerClassname("Schema");

interface Bench {
  small @0 (number :UInt64, text :Text) -> (number :UInt64);
  # Returns the number: a call as small as calls are.

  blob @1 (bytes :UInt32) -> (data :Data);
  # Returns so many bytes.
}
