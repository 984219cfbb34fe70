@0xa93fc509624c72d9;
# What `capnp compile` hands to a code generator on its standard input: a CodeGeneratorRequest, which holds every
# declaration it parsed. The layout is Cap'n Proto's own, so ids and ordinals are the published ones; the wording and
# the order of the declarations are ours.

using Java = import "/capnp/java.capnp";
$Java.package("dev.bailiwick.capnp.compiler.schema");
$Java.dataOnly;
$Java.outerClassname("SchemaFile");

using Id = UInt64;
# Names a file, a type or an annotation for ever; the high bit is always set.

struct CodeGeneratorRequest {
  # The root of the message: what was parsed, and for which files code is wanted.

  capnpVersion @2 :CapnpVersion;
  # The compiler that sent the request; absent before 0.6.0.

  nodes @0 :List(Node);
  # Every declaration of the requested files, and what they depend on in imported ones.

  sourceInfo @3 :List(Node.SourceInfo);
  # Doc comments, for the nodes that have any; absent before 0.8.

  requestedFiles @1 :List(RequestedFile);
  # The files named on the command line, in order.

  struct RequestedFile {
    id @0 :Id;
    # The file's node.

    filename @1 :Text;
    # As given on the command line, without the `--src-prefix`.

    imports @2 :List(Import);
    # What the file imports, used or not.

    struct Import {
      id @0 :Id;
      # The imported file's node.

      name @1 :Text;
      # The path as the importing file spells it.
    }
  }
}

struct CapnpVersion {
  # A release of Cap'n Proto.

  major @0 :UInt16;
  minor @1 :UInt8;
  micro @2 :UInt8;
}

struct Node {
  # One declaration: a file, or something declared in one.

  id @0 :Id;

  displayName @1 :Text;
  # For people: the file's path, a colon, and the dotted name within it.

  displayNamePrefixLength @2 :UInt32;
  # How many characters of `displayName` to drop to be left with the unscoped name.

  scopeId @3 :Id;
  # The enclosing declaration; zero for files, and for the structs that method parameter lists turn into.

  parameters @32 :List(Parameter);
  # Type parameters declared here; empty unless the type is generic.

  isGeneric @33 :Bool;
  # Whether this node or one around it has type parameters.

  nestedNodes @4 :List(NestedNode);
  # Declarations inside this one, except groups.

  annotations @5 :List(Annotation);
  # Annotations on the declaration itself.

  union {
    file @6 :Void;

    struct :group {
      dataWordCount @7 :UInt16;
      # Words in the data section.

      pointerCount @8 :UInt16;
      # Pointers in the pointer section.

      preferredListEncoding @9 :ElementSize;
      # How lists of the struct could be packed; only of historic interest.

      isGroup @10 :Bool;
      # Whether this is a group or named union: it shares sizes and offsets with the struct around it.

      discriminantCount @11 :UInt16;
      # How many fields are members of the unnamed union; zero, or at least two.

      discriminantOffset @12 :UInt32;
      # Where the union's tag is, in 16-bit units.

      fields @13 :List(Field);
      # Sorted by ordinal.
    }

    enum :group {
      enumerants @14 :List(Enumerant);
      # The position is the value.
    }

    interface :group {
      methods @15 :List(Method);
      # The position is the ordinal.

      superclasses @31 :List(Superclass);
    }

    const :group {
      type @16 :Type;
      value @17 :Value;
    }

    annotation :group {
      type @18 :Type;
      # The type of the annotation's value.

      targetsFile @19 :Bool;
      targetsConst @20 :Bool;
      targetsEnum @21 :Bool;
      targetsEnumerant @22 :Bool;
      targetsStruct @23 :Bool;
      targetsField @24 :Bool;
      targetsUnion @25 :Bool;
      targetsGroup @26 :Bool;
      targetsInterface @27 :Bool;
      targetsMethod @28 :Bool;
      targetsParam @29 :Bool;
      targetsAnnotation @30 :Bool;
    }
  }

  struct Parameter {
    # A type parameter.

    name @0 :Text;
  }

  struct NestedNode {
    # A declaration inside another one.

    name @0 :Text;
    # The name it was declared under, fit for use in code.

    id @1 :Id;
  }

  struct SourceInfo {
    # What a node's source says to its readers rather than to machines.

    id @0 :Id;
    # The node described.

    docComment @1 :Text;
    # The comment under the declaration, without its `#` marks.

    members @2 :List(Member);
    # In step with the node's fields, enumerants or methods.

    struct Member {
      # The comment on one field, enumerant or method.

      docComment @0 :Text;
    }
  }
}

struct Field {
  # A member of a struct: a value of its own, or a group.

  name @0 :Text;

  codeOrder @1 :UInt16;
  # The position in the source, among its siblings.

  annotations @2 :List(Annotation);

  const noDiscriminant :UInt16 = 0xffff;
  # The `discriminantValue` of a field outside any union.

  discriminantValue @3 :UInt16 = Field.noDiscriminant;
  # The union tag that makes this field the current one.

  union {
    slot :group {
      # A field with a place of its own.

      offset @4 :UInt32;
      # In units of the field's size from the start of its section.

      type @5 :Type;

      defaultValue @6 :Value;
      # Stored data is exclusive-or-ed with it, or for a pointer, it stands for null.

      hadExplicitDefault @10 :Bool;
      # Whether the source spelled the default out.
    }

    group :group {
      # A group or named union.

      typeId @7 :Id;
      # The group's own node.
    }
  }

  ordinal :union {
    # The number the source gives the field. Use the position instead.

    implicit @8 :Void;
    explicit @9 :UInt16;
  }
}

struct Enumerant {
  # One value of an enum.

  name @0 :Text;

  codeOrder @1 :UInt16;
  # The position in the source.

  annotations @2 :List(Annotation);
}

struct Superclass {
  # An interface another one extends.

  id @0 :Id;
  brand @1 :Brand;
}

struct Method {
  # A method of an interface.

  name @0 :Text;

  codeOrder @1 :UInt16;
  # The position in the source.

  implicitParameters @7 :List(Node.Parameter);
  # Type parameters of the method itself.

  paramStructType @2 :Id;
  # The struct that carries the arguments. An inline parameter list gets a struct node without a scope.

  paramBrand @5 :Brand;

  resultStructType @3 :Id;
  # The struct that carries the results, likewise.

  resultBrand @6 :Brand;

  annotations @4 :List(Annotation);
}

struct Type {
  # The type of a field, constant, annotation or list element. Ordinals of the union run in step with Value's.

  union {
    void @0 :Void;
    bool @1 :Void;
    int8 @2 :Void;
    int16 @3 :Void;
    int32 @4 :Void;
    int64 @5 :Void;
    uint8 @6 :Void;
    uint16 @7 :Void;
    uint32 @8 :Void;
    uint64 @9 :Void;
    float32 @10 :Void;
    float64 @11 :Void;
    text @12 :Void;
    data @13 :Void;

    list :group {
      elementType @14 :Type;
    }

    enum :group {
      typeId @15 :Id;
      brand @21 :Brand;
    }

    struct :group {
      typeId @16 :Id;
      brand @22 :Brand;
    }

    interface :group {
      typeId @17 :Id;
      brand @23 :Brand;
    }

    anyPointer :union {
      unconstrained :union {
        # Not a type parameter, though perhaps limited to one kind of pointer.

        anyKind @18 :Void;
        struct @25 :Void;
        list @26 :Void;
        capability @27 :Void;
      }

      parameter :group {
        # A type parameter of an enclosing generic type.

        scopeId @19 :Id;
        parameterIndex @20 :UInt16;
      }

      implicitMethodParameter :group {
        # A type parameter of the method; only inside `paramBrand` and `resultBrand`.

        parameterIndex @24 :UInt16;
      }
    }
  }
}

struct Brand {
  # What the type parameters of a generic type, and of the scopes around it, are bound to.

  scopes @0 :List(Scope);
  # A scope that is missing has no parameters, or all of them are AnyPointer.

  struct Scope {
    scopeId @0 :Id;
    # The scope whose parameters are bound.

    union {
      bind @1 :List(Binding);
      # One binding for each parameter.

      inherit @2 :Void;
      # Each parameter is bound to itself: the reference is inside the scope.
    }
  }

  struct Binding {
    union {
      unbound @0 :Void;
      type @1 :Type;
    }
  }
}

struct Value {
  # A default, a constant, or the value of an annotation.

  union {
    void @0 :Void;
    bool @1 :Bool;
    int8 @2 :Int8;
    int16 @3 :Int16;
    int32 @4 :Int32;
    int64 @5 :Int64;
    uint8 @6 :UInt8;
    uint16 @7 :UInt16;
    uint32 @8 :UInt32;
    uint64 @9 :UInt64;
    float32 @10 :Float32;
    float64 @11 :Float64;
    text @12 :Text;
    data @13 :Data;

    list @14 :AnyPointer;

    enum @15 :UInt16;
    struct @16 :AnyPointer;

    interface @17 :Void;
    # Always null: a schema cannot hold a live reference.

    anyPointer @18 :AnyPointer;
  }
}

struct Annotation {
  # An annotation as applied to a declaration.

  id @0 :Id;
  # The annotation's declaration.

  brand @2 :Brand;

  value @1 :Value;
}

enum ElementSize {
  # The element sizes of encoded lists, as they stand in a list pointer.

  empty @0;
  bit @1;
  byte @2;
  twoBytes @3;
  fourBytes @4;
  eightBytes @5;
  pointer @6;
  inlineComposite @7;
}
