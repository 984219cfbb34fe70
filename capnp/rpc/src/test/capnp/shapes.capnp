@0xd1b7f0a2c3e4f501;
# Interfaces in every shape the generator knows, for tests of generated clients and servers.

using Java = import "/capnp/java.capnp";
$Java.package("dev.bailiwick.capnp.rpc.shapes");
$Java.outerClassname("Shapes");

enum Weight @0xd1b7f0a2c3e4f502 {
  light @0;
  heavy @1;
}

annotation weight @0xd1b7f0a2c3e4f503 (interface, method) :Weight;
annotation price @0xd1b7f0a2c3e4f504 (method) :UInt16;
annotation remark @0xd1b7f0a2c3e4f505 (method) :Text;
annotation ratio @0xd1b7f0a2c3e4f506 (method) :Float32;
annotation plain @0xd1b7f0a2c3e4f507 (method) :Void;
annotation free @0xd1b7f0a2c3e4f508 (method) :Bool;

interface Named @0xd1b7f0a2c3e4f510 {
  # Something with a name.

  name @0 () -> (name :Text) $weight(light) $price(65535) $remark("cheap") $ratio(0.5) $plain $free(true);
  # What it is called.
}

interface Counted @0xd1b7f0a2c3e4f511 {
  count @0 () -> (count :Int64);
  increment @1 (by :Int64 = 1) -> (count :Int64);
}

interface Thing @0xd1b7f0a2c3e4f512 extends(Named, Counted) $weight(heavy) {
  # Two superclasses, of which a Java client can extend only one.

  self @0 () -> (thing :Thing, holder :Holder);
  swap @1 Holder -> Holder;
  # Parameters and results that are structs of their own.
  import @2 () -> ();
  # A keyword of Java.
  echo @3 [T] (value :T) -> (value :T);
  # A type parameter of the method's own.

  struct Nested {
    # Declared inside an interface.
    depth @0 :Int8;
  }

  const limit :Int32 = 3;
}

interface Special @0xd1b7f0a2c3e4f513 extends(Named, Thing) {
  # Named twice: once by itself, once through Thing.
  nested @0 (nested :Thing.Nested) -> (nested :Thing.Nested);
}

interface Cell @0xd1b7f0a2c3e4f514 (T) {
  # Generic.
  get @0 () -> (value :T);
  put @1 (value :T) -> ();
}

struct Holder @0xd1b7f0a2c3e4f515 {
  # Capabilities wherever a struct can have them.

  label @0 :Text;
  thing @1 :Thing;
  things @2 :List(Thing);
  inner @3 :Holder;
  any @4 :AnyPointer;
  union {
    none @5 :Void;
    one @6 :Thing;
    many :group {
      first @7 :Thing;
      rest @8 :List(Thing);
    }
  }
  holders @9 :List(Holder);
}
