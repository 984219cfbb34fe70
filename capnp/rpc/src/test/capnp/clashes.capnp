@0xc1a05d3be7f24902;
# Names that Java, or the generator, has other plans for.

using Java = import "/capnp/java.capnp";
$Java.package("dev.bailiwick.capnp.rpc.clashes");
$Java.outerClassname("Clashes");

struct Builder {
  # A type with the name of a generated class; it yields.
  reader @0 :Reader;
  factory @1 :Factory;
  which @2 :Which;
  pipeline @3 :Pipeline;

  struct Reader { value @0 :Int8; }
  struct Factory { value @0 :Int8; }
  struct Pipeline { cap @0 :Client; }
  enum Which { values @0; typeId @1; valueOf @2; ordinal @3; notInSchema @4; class @5; }
  interface Client { server @0 (client :Client) -> (server :Server); }
  interface Server {}
}

struct Words {
  # Fields named like keywords, and like methods of every object.
  class @0 :Text;
  abstract @1 :Int8;
  int @2 :Int32;
  hashCode @3 :UInt64;
  asReader @4 :Bool;
  toString @5 :Text;
  segment @6 :Text;
  data @7 :Data;
  pointers @8 :List(Text);
  value @9 :Int16;
  size @10 :UInt32;
  union {
    values @11 :Int32;
    valueOf @12 :Text;
    default @13 :Text;
    goto :group { null @14 :Int8; true @15 :Text; }
  }
  const typeId :Int32 = 1;
  const structSize :Int32 = 2;
  const remarkAnnotation :Text = "taken";
  annotation remark (field) :Text;
  const defaultClass :Text = "other";
}

struct Same {
  # A group with the name of a type, which has the name of the struct around it.
  other :group {
    same @0 :Int8;
  }
  struct Other {
    struct Same { other @0 :Int16; }
  }
  inner @1 :Other;
  deeper @2 :Other.Same;
}

struct String { string @0 :Text; }
struct Object { object @0 :Integer; equals @1 :Bool; }
struct Integer { override @0 :Exception; }
struct Exception { list @0 :List(Map); map @1 :Map; text @2 :Text; }
struct Map { optional @0 :Request; }
struct Request { request @0 :Int32; }
struct StructReader { structBuilder @0 :Text; }
struct Text2 { void @0 :Void; }

interface A {
  run @0 () -> (a :Int32);
  stop @1 () -> ();
}

interface B {
  run @0 (b :Text) -> (b :Text);
  wait @1 () -> ();
}

interface Base {
  run @0 () -> (base :Int32);
}

interface Left extends(Base) { left @0 () -> (left :Int32); }
interface Right extends(Base) { right @0 () -> (right :Int32); }

interface Diamond extends(Left, Right) {
  # One base by two ways.
  left @0 (own :Int32) -> (own :Int32);
  # And a method named like an inherited one.
}

interface Torn extends(A, B) {
  # Two superclasses that each have a `run`.
  run @0 (torn :Bool) -> (torn :Bool);
  new @1 () -> ();
  notify @2 () -> ();
  dispatch @3 () -> ();
  schema @4 () -> ();
  released @5 () -> ();
  share @6 () -> ();
  close @7 () -> ();
  hook @8 () -> ();

  struct List { listFactory @0 :Int32; }
  struct RunParams { # named like the struct of a parameter list
    own @0 :Int8;
  }
}

interface Leaf extends(Torn, Diamond) {
  # Inherits renamed methods, and more of the same.
  run @0 () -> (leaf :Int32);
}
