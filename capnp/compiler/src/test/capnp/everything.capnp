@0xe9f5a3f0b1c2d310;
# One of everything the language has, except interfaces, whose tests are with the RPC runtime.

using Java = import "/capnp/java.capnp";
using Neighbour = import "neighbour.capnp";
$Java.package("dev.bailiwick.capnp.compiler.sample");
$Java.dataOnly;
$Java.outerClassname("Samples");

struct Everything @0xe9f5a3f0b1c2d311 {
  # Every kind of field. A comment may hold `code`, {braces}, <tags>, an @at, a \ud800 escape & the end of a comment: */.
  #
  # And a second paragraph.

  nothing @0 :Void;
  flag @1 :Bool;
  int8 @2 :Int8;
  int16 @3 :Int16;
  int32 @4 :Int32;
  int64 @5 :Int64;
  uInt8 @6 :UInt8;
  uInt16 @7 :UInt16;
  uInt32 @8 :UInt32;
  uInt64 @9 :UInt64;
  float32 @10 :Float32;
  float64 @11 :Float64;
  text @12 :Text;
  # UTF-8.
  data @13 :Data;
  colour @14 :Colour;
  point @15 :Neighbour.Point;
  compass @16 :Neighbour.Compass;
  deep @17 :Neighbour.Void;
  anything @18 :AnyPointer;
  class @19 :Text;
  # `getClass` belongs to Object.
  self @20 :Everything;
  lists @21 :Lists;
  choices @22 :List(Choice);
  defaults @23 :Defaults;
  nested @24 :Nested;
  box @25 :Box(Text, Nested);

  address :group {
    # A group.
    street @26 :Text;
    number @27 :UInt16;
    inner :group {
      floor @28 :Int8;
    }
  }

  struct Nested {
    # Found as Everything.Nested.
    name @0 :Text;
    mood @1 :Mood;
    annotation @2 :String;

    enum Mood {
      fair @0;
      foulWeather @1;
    }

    struct String {
      # Named like a class of java.lang.
      length @0 :UInt32;
      words @1 :Text = "of its own";
    }

    const answer :Int32 = 42;
  }
}

struct Lists @0xe9f5a3f0b1c2d312 {
  nothings @0 :List(Void);
  flags @1 :List(Bool);
  int8s @2 :List(Int8);
  int16s @3 :List(Int16);
  int32s @4 :List(Int32);
  int64s @5 :List(Int64);
  uInt8s @6 :List(UInt8);
  uInt16s @7 :List(UInt16);
  uInt32s @8 :List(UInt32);
  uInt64s @9 :List(UInt64);
  float32s @10 :List(Float32);
  float64s @11 :List(Float64);
  texts @12 :List(Text);
  datas @13 :List(Data);
  colours @14 :List(Colour);
  points @15 :List(Neighbour.Point);
  matrix @16 :List(List(Int32));
  tensor @17 :List(List(List(Text)));
  pointGrid @18 :List(List(Neighbour.Point));
  colourGrid @19 :List(List(Colour));
}

struct Choice @0xe9f5a3f0b1c2d313 {
  # An unnamed union beside a common field, a named one, and a union of groups.

  common @0 :UInt32;
  union {
    none @1 :Void;
    flag @2 :Bool;
    number @3 :Float64;
    text @4 :Text;
    point @5 :Neighbour.Point;
    list @6 :List(UInt8);
    colour @7 :Colour;
    both :group {
      left @8 :Int32;
      right @9 :Text;
    }
    any @10 :AnyPointer;
  }
  named :union {
    first @11 :Int64;
    second @12 :Data;
    third :group {
      a @13 :Bool;
      more :union {
        b @14 :UInt16;
        c @15 :Text;
      }
    }
  }
}

enum Colour @0xe9f5a3f0b1c2d314 {
  red @0;
  # The first.
  green @1;
  darkBlue @2;
}

struct Defaults @0xe9f5a3f0b1c2d315 {
  flag @0 :Bool = true;
  int8 @1 :Int8 = -8;
  int16 @2 :Int16 = -1600;
  int32 @3 :Int32 = -320000;
  int64 @4 :Int64 = -6400000000;
  uInt8 @5 :UInt8 = 200;
  uInt16 @6 :UInt16 = 65535;
  uInt32 @7 :UInt32 = 4294967295;
  uInt64 @8 :UInt64 = 18446744073709551615;
  float32 @9 :Float32 = 1.5;
  float64 @10 :Float64 = -2.5e300;
  infinite @11 :Float64 = inf;
  notANumber @12 :Float32 = nan;
  text @13 :Text = "gr\xc3\xbc\xc3\x9f \"dich\"\n";
  data @14 :Data = 0x"00 ff 7f 80";
  colour @15 :Colour = darkBlue;
  point @16 :Neighbour.Point = (x = 3, y = -4);
  numbers @17 :List(Int32) = [1, -2, 3];
  words @18 :List(Text) = ["one", "two"];
  points @19 :List(Neighbour.Point) = [(x = 1, y = 2), (x = 3, y = 4)];
  matrix @20 :List(List(Int32)) = [[1], [], [2, 3]];
  choice @21 :Choice = (common = 7, both = (left = 1, right = "r"), named = (second = "s"));
  colours @22 :List(Colour) = [green, red];
  flags @23 :List(Bool) = [true, false, true];
}

struct Box @0xe9f5a3f0b1c2d316 (Key, Value) {
  # Type parameters are AnyPointer.
  key @0 :Key;
  entries @1 :List(Entry);

  struct Entry {
    key @0 :Key;
    value @1 :Value;
  }
}

struct Empty @0xe9f5a3f0b1c2d317 {}

struct Grown @0xe9f5a3f0b1c2d318 {
  # What Neighbour.Point could be one day: a reader of the one reads the other.
  x @0 :Int16;
  y @1 :Int16;
  z @2 :Int64 = 99;
  label @3 :Text = "new";
}

annotation remark @0xe9f5a3f0b1c2d319 (*) :Text;
# Nothing in particular.

const greeting :Text = "hello";
# Said first.
const payload :Data = 0x"de ad be ef";
const origin :Neighbour.Point = (x = 0, y = 1);
const primes :List(UInt16) = [2, 3, 5, 7];
const favourite :Colour = green;
const yes :Bool = true;
const tiny :UInt8 = 255;
const big :UInt64 = 0xfedcba9876543210;
const half :Float32 = 0.5;
const never :Float64 = nan;
const unit :Void = void;
