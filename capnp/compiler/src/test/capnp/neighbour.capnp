@0xe9f5a3f0b1c2d301;
# A file in another package, to be imported.

using Java = import "/capnp/java.capnp";
$Java.package("dev.bailiwick.capnp.compiler.sample.neighbour");
$Java.dataOnly;

struct Point @0xe9f5a3f0b1c2d302 {
  x @0 :Int16;
  y @1 :Int16;
}

enum Compass @0xe9f5a3f0b1c2d303 {
  north @0;
  east @1;
  south @2;
  west @3;
}

struct Void @0xe9f5a3f0b1c2d304 {
  # Named like a class of the runtime.

  depth @0 :UInt8;
}
