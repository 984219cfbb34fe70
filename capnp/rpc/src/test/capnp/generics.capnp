@0xc1a05d3be7f24901;
# Generic structs and interfaces in every shape the language has.

using Java = import "/capnp/java.capnp";
$Java.package("dev.bailiwick.capnp.rpc.generics");
$Java.outerClassname("Generics");

using Words = List(Text);

struct Box(T) {
  # Holds one thing.
  value @0 :T;
  # The thing.
  label @1 :Text = "box";
}

struct Pair(First, Second) {
  first @0 :First;
  second @1 :Second;
  swapped @2 :Pair(Second, First);
  boxed @3 :Box(First);
  boxes @4 :List(Box(Second));
  inner @5 :Inner(Text);
  deeper @6 :Inner(Second).Deep;
  plain @7 :Plain;
  nested @8 :Box(Box(First));
  both :group {
    left @9 :First;
    count @10 :UInt32 = 7;
    right @11 :Box(Second);
  }
  union {
    none @12 :Void;
    some @13 :Second;
    many :group {
      one @14 :First;
      more @15 :List(Pair(First, Second));
    }
  }

  struct Inner(Third) {
    # Knows the parameters of the struct around it.
    first @0 :First;
    third @1 :Third;

    struct Deep {
      third @0 :Third;
      second @1 :Second;
      mood @2 :Mood;
    }
  }

  struct Plain {
    # Ignores them.
    number @0 :Int32;
  }

  enum Mood { calm @0; stormy @1; }

  struct Shadow(First) {
    # Has a parameter of the name of one around it.
    mine @0 :First;
    theirs @1 :Pair(First, Second);
  }
}

struct Person {
  name @0 :Text;
  age @1 :UInt8;
}

struct Uses {
  # Brands of every kind.
  text @0 :Box(Text);
  data @1 :Box(Data);
  person @2 :Box(Person);
  numbers @3 :Box(List(Int32));
  people @4 :Box(List(Person));
  words @5 :Box(Words);
  nested @6 :Box(Box(Box(Text)));
  cell @7 :Box(Cell(Text));
  cells @8 :List(Box(Cell(Person)));
  pair @9 :Pair(Person, List(Text));
  inner @10 :Pair(Text, Data).Inner(Person);
  deep @11 :Pair(Text, Data).Inner(Person).Deep;
  mood @12 :Pair(Text, Data).Mood;
  unbound @13 :Box;
  anything @14 :Box(AnyPointer);
  grid @15 :List(List(Box(Text)));
  withDefault @16 :Box(Person) = (value = (name = "Ada", age = 36), label = "default");
  self @17 :Box(Uses);
  union {
    nothing @18 :Void;
    boxed @19 :Box(Text);
  }
}

const boxed :Box(Text) = (value = "constant");
const pair :Pair(Person, Text) = (first = (name = "Grace"), second = "hopper", both = (left = (age = 8)));

interface Cell(T) {
  # Holds a value that can be replaced.
  get @0 () -> (value :T);
  # What was put last.
  put @1 (value :T) -> ();
  watch @2 (watcher :Watcher) -> ();
  boxed @3 Box(T) -> Box(T);
  swap @4 [U] (value :T, with :Cell(U)) -> (value :T, other :U);
  # Has a type parameter of its own.
  convert @5 [U] Pair(T, U) -> Pair(U, T);

  interface Watcher {
    # Of the cell's type, though it has no parameter of its own.
    changed @0 (value :T) -> ();
  }

  struct Snapshot {
    value @0 :T;
    at @1 :UInt64;
  }
}

interface TextCell extends(Cell(Text)) {
  append @0 (text :Text) -> (length :UInt32);
}

interface Versioned(V) extends(Cell(Box(V))) {
  version @0 () -> (number :UInt32, snapshot :Cell(Box(V)).Snapshot);
}

interface Registry {
  # Not generic, with generic methods.
  cell @0 [T] (name :Text) -> (cell :Cell(T));
  people @1 () -> (cell :Cell(Person), all :List(Cell(Person)));
}

interface Both extends(Cell(Person), Named) {}

interface Named {
  name @0 () -> (name :Text);
}
