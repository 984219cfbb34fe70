@0xc1a05d3be7f24903;
# Streaming methods, and capabilities of every spelling.

using Java = import "/capnp/java.capnp";
$Java.package("dev.bailiwick.capnp.rpc.streams");
$Java.outerClassname("Streams");

interface Sink(T) {
  # Takes things one after another.
  write @0 (item :T) -> stream;
  # Takes one.
  done @1 () -> (count :UInt32);
  # Says how many there were.
}

interface Bytes {
  write @0 (bytes :Data) -> stream;
  done @1 () -> (total :UInt64, most :UInt32);
}

struct Reel(T) {
  # Capabilities where lists nest and where their interface is not said.
  sink @0 :Sink(T);
  any @1 :Capability;
  anys @2 :List(Capability);
  grid @3 :List(List(Bytes));
  cube @4 :List(List(List(Bytes)));
  lists @5 :List(AnyList);
  list @6 :AnyList;
  struct @7 :AnyStruct;
  pointer @8 :AnyPointer;
  frames @9 :List(Frame);
  frameGrid @10 :List(List(Frame));
  boxed @11 :Reel(Bytes);

  struct Frame {
    number @0 :Int32;
    bytes @1 :Bytes;
  }
}

interface Archive {
  keep @0 (reel :Reel(Data)) -> (reel :Reel(Data));
}
