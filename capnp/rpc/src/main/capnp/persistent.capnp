@0xb8630836983feed7;
# How a capability is made to outlast its connection, after the published persistent.capnp. Ids and ordinals are the published
# ones and must not change, so that whoever was built with the stock file can save our objects, and we theirs. The words are
# ours.
#
# The published interface leaves two types to each realm, the set of vats that understand each other's references, and has them
# as type parameters. On the wire both are pointers to anything, and so they are here; sturdy.capnp says what this
# library puts there.

using Java = import "/capnp/java.capnp";

$Java.package("dev.bailiwick.capnp.rpc.persistent");
$Java.outerClassname("PersistentSchema");

interface Persistent @0xc8cb212fcd9f5691 {
  # An object that can be saved. Which objects are is said at run time: cast a client to this and call it. An object that
  # cannot be saved answers unimplemented.

  save @0 SaveParams -> SaveResults;
  # Makes a reference that survives this connection, and gives it back to be kept.

  struct SaveParams {
    sealFor @0 :AnyPointer;
    # Who alone may restore the reference; in our realm a Seal. Null: whoever was given this capability.
  }

  struct SaveResults {
    sturdyRef @0 :AnyPointer;
    # The reference; in our realm a SturdyRef. It is a secret: whoever is its owner and has it can restore it.
  }
}

annotation persistent @0xf622595091cafb67 (interface, field) :Void;
# Marks interfaces whose objects can always be saved, and fields that always hold such objects.
