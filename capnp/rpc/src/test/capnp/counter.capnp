@0x8f971cf04cd3f2d7;
# What the RPC tests call, in Java and in C++.

using Java = import "/capnp/java.capnp";

$Java.package("dev.bailiwick.capnp.rpc.testing");
$Java.outerClassname("Testing");

annotation effect @0xdd2c980ae6e16915 (method) :Text;

struct Slot {
  # All parameters and results are one of these, with capabilities wherever a struct can have them.

  number @0 :Int32;
  counter @1 :Counter;
  all @2 :List(Counter);
  inner @3 :Slot;
  any @4 :AnyPointer;

  choice :union {
    none @5 :Void;
    chosen @6 :Counter;
  }

  text @7 :Text;
  data @8 :Data;
}

interface Counter {
  add @0 Slot -> Slot $effect("write");
  # Adds the number; returns the total.

  child @1 Slot -> Slot;
  # Returns a fresh counter.

  echo @2 Slot -> Slot;
  # Returns its parameters as `inner`, and the counter among them also directly.

  callBack @3 Slot -> Slot;
  # Adds the number to the counter given; returns what that returned.

  hang @4 Slot -> Slot;
  # Returns when it is cancelled.

  fail @5 Slot -> Slot;
  # Fails as overloaded, with the text as reason.
}

interface Totals extends(Counter) {
  total @0 () -> (total :Int32);
}
