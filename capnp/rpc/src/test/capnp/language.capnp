@0xc1a05d3be7f24904;
# Every construct that has a place in a message, for values that travel through the stock tool and back.

using Java = import "/capnp/java.capnp";
using Absolute = import "/capnp/java.capnp";
using Generic = import "generics.capnp";
using import "generics.capnp".Person;
$Java.package("dev.bailiwick.capnp.rpc.language");
$Absolute.outerClassname("LanguageFile");

annotation note @0xc1a05d3be7f24910 (*) :Note;
# Can be put on anything.

struct Note $note(text = "on a struct") {
  text @0 :Text;
  weight @1 :Int32;
}

enum Colour $note(.common) {
  red @0 $note(text = "on an enumerant");
  green @1;
  darkBlue @2;
}

using Shade = Colour;
using Grid = List(List(Int16));

const common :Note = (text = "common", weight = 3);
const three :Int32 = 3;
const note3 :Note = (text = .greeting, weight = .three);
const greeting :Text = "hello";
const colours :List(Colour) = [green, darkBlue];
const notes :List(Note) = [.common, (weight = 4)];
const whole :Language = (text = "constant", named = (second = (weight = 1)), point = (x = 1));
const anything :AnyPointer = .common;
const grid :Grid = [[1], [], [2, 3]];

struct Language {
  # A field of every type, in every place a field can have.

  nothing @0 :Void $note(weight = 1);
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
  data @13 :Data;
  colour @14 :Shade;
  self @15 :Language;
  outOfOrder @17 :Int32;
  anyWithDefault @16 :AnyPointer = .common;
  listWithDefault @18 :AnyList = .colours;
  structWithDefault @19 :AnyStruct = .common;

  flags @20 :List(Bool);
  nothings @21 :List(Void);
  int8s @22 :List(Int8);
  uInt16s @23 :List(UInt16);
  int32s @24 :List(Int32);
  uInt64s @25 :List(UInt64);
  float32s @26 :List(Float32);
  float64s @27 :List(Float64);
  texts @28 :List(Text);
  datas @29 :List(Data);
  colours @30 :List(Colour);
  notes @31 :List(Note);
  grid @32 :Grid;
  textCube @33 :List(List(List(Text)));
  noteGrid @34 :List(List(Note));
  colourGrid @35 :List(List(Colour));
  selves @36 :List(Language);

  point :group {
    x @37 :Int16 = 5;
    deeper :group $note(text = "on a group") {
      y @38 :Int16 = -6;
      name @39 :Text = "inside";
    }
  }

  union {
    none @40 :Void;
    number @41 :Float64 = 2.5;
    word @42 :Text = "default of a member";
    bytes @43 :Data = 0x"00 ff";
    member @44 :Note = (text = "member", weight = -1);
    list @45 :List(Int8) = [1, -1];
    shade @46 :Colour = green;
    both :group {
      left @47 :Note;
      right @48 :List(Text) = ["r"];
      inner :union {
        one @49 :UInt32;
        two @50 :Text;
      }
    }
  }

  named :union $note(text = "on a union") {
    first @51 :Int64 = -1;
    second @52 :Note = (text = "second");
    third :group {
      a @53 :Bool = true;
      b @54 :List(Note);
    }
  }

  boxed @55 :Generic.Box(Text);
  boxedNotes @56 :Generic.Box(List(Note));
  pair @57 :Generic.Pair(Note, Data);
  inner @58 :Generic.Pair(Note, Data).Inner(Grid);
  person @59 :Person;

  defaultFlag @60 :Bool = true;
  defaultInt @61 :Int32 = .three;
  defaultUnsigned @62 :UInt64 = 18446744073709551615;
  defaultFloat @63 :Float32 = -1.5;
  infinite @64 :Float64 = -inf;
  notANumber @65 :Float64 = nan;
  defaultText @66 :Text = .greeting;
  defaultData @67 :Data = 0x"de ad";
  defaultColour @68 :Colour = darkBlue;
  defaultNote @69 :Note = .note3;
  defaultList @70 :List(Note) = .notes;
  defaultGrid @71 :Grid = .grid;
  defaultTexts @72 :List(Text) = ["a", "", "c"];
  obsoleteField @73 :Void;

  struct Inside {
    interface Deep { call @0 () -> (inside :Inside); }
    enum Mood { fair @0; }
    const answer :Int8 = 42;
    deep @0 :Deep;
  }
}

struct Older {
  # What `Newer` was once.
  name @0 :Text = "older";
  colour @1 :Few;
  numbers @2 :List(Int32);
  texts @3 :List(Text);
  union {
    a @4 :Int32;
    b @5 :Text;
  }
  enum Few { one @0; two @1; }
}

struct Newer {
  # `Older` after changes that the language allows.
  name @0 :Text = "older";
  colour @1 :Many;
  numbers @2 :List(Numbered);
  texts @3 :List(Texted);
  union {
    a @4 :Int32;
    b @5 :Text;
    c @6 :Float64;
    d @7 :List(Newer);
  }
  added @8 :Data = 0x"01";
  more @9 :UInt16 = 9;
  inside :group {
    size @10 :Int64;
    colours @11 :List(Many);
  }

  enum Many { one @0; two @1; three @2; four @3; }

  struct Numbered {
    number @0 :Int32;
    unit @1 :Text = "m";
  }
  struct Texted {
    text @0 :Text;
    language @1 :Text = "en";
  }
}
