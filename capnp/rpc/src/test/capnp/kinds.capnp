@0xc7a1f2e3d4b59601;
# A field of every kind that has an accessor, for reading what an enemy sent through all of them.

using Java = import "/capnp/java.capnp";
using Testing = import "counter.capnp";
$Java.package("dev.bailiwick.capnp.rpc.kinds");
$Java.outerClassname("KindsFile");

enum Shade @0xc7a1f2e3d4b59602 {
  light @0;
  dark @1;
}

struct Small @0xc7a1f2e3d4b59603 {
  a @0 :UInt8;
  b @1 :Bool;
}

struct Kinds @0xc7a1f2e3d4b59604 {
  flag @0 :Bool;
  int8 @1 :Int8;
  int16 @2 :Int16;
  int32 @3 :Int32;
  int64 @4 :Int64;
  float32 @5 :Float32;
  float64 @6 :Float64;
  shade @7 :Shade;
  text @8 :Text;
  data @9 :Data;
  small @10 :Small;
  self @11 :Kinds;
  any @12 :AnyPointer;
  counter @13 :Testing.Counter;

  nothings @14 :List(Void);
  flags @15 :List(Bool);
  int8s @16 :List(Int8);
  int16s @17 :List(UInt16);
  int32s @18 :List(Int32);
  int64s @19 :List(UInt64);
  float32s @20 :List(Float32);
  float64s @21 :List(Float64);
  shades @22 :List(Shade);
  texts @23 :List(Text);
  datas @24 :List(Data);
  smalls @25 :List(Small);
  selves @26 :List(Kinds);
  counters @27 :List(Testing.Counter);
  grid @28 :List(List(Int32));
  textGrid @29 :List(List(Text));
  smallGrid @30 :List(List(Small));

  union {
    nothing @31 :Void;
    number @32 :Float64;
    word @33 :Text;
    both :group {
      left @34 :Small;
      right @35 :List(UInt8);
    }
    anything @36 :AnyPointer;
  }
  named :union {
    first @37 :Int16;
    second @38 :Testing.Counter;
  }

  defaultText @39 :Text = "as it was";
  defaultData @40 :Data = 0x"01 02";
  defaultSmall @41 :Small = (a = 7, b = true);
  defaultList @42 :List(Int16) = [1, -2];
  defaultTexts @43 :List(Text) = ["one", "two"];
  defaultNumber @44 :UInt32 = 9;
  box @45 :Box(Text, Small);
}

struct Box @0xc7a1f2e3d4b59605 (Key, Value) {
  key @0 :Key;
  value @1 :Value;
  pairs @2 :List(Pair);

  struct Pair {
    key @0 :Key;
    value @1 :Value;
  }
}
