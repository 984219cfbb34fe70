@0xd302e80c7780b9df;
# Annotations that the rest of the schema uses and that reach the runtime through method metadata.

using Java = import "/capnp/java.capnp";
$Java.package("dev.bailiwick.schema.gen");
$Java.outerClassname("Annotations");

enum MethodClass @0x8726dcd352628b6d {
  # What a method does to its object, for wrappers that decide by class of method (seed 002, Gate 8).
  read @0;
  # Observes state.
  write @1;
  # Changes state.
  control @2;
  # Changes who may do what, or ends something.
  transfer @3;
  # Hands out a capability.
}

annotation methodClass @0xbffb5075f8cbf1d3 (method) :MethodClass;
# The class of this method. A method without it is treated as `control`, the strictest.

annotation waits @0x9dcd218a7f98ba9d (method) :Void;
# This method may answer only when something happens, for as long as that takes: `timerWaiterLimit` counts such calls.
