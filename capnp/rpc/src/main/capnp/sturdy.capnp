@0x9f6d2c0b7a41e358;
# References that outlive connections and restarts: what `Persistent.save` takes and gives in our realm, and how a reference is
# turned into a live capability again.

using Java = import "/capnp/java.capnp";

$Java.package("dev.bailiwick.capnp.rpc.persistent");
$Java.outerClassname("SturdySchema");

struct SturdyRef @0x8b1f5e7c3d90a264 {
  # A saved capability. A secret, to be kept like a password: the server itself has only its hash.

  token @0 :Data;
  # 32 random bytes.

  expiresAtMs @1 :UInt64;
  # When it ceases to be of use, in milliseconds since 1970-01-01T00:00Z by the server's clock. For its keeper's information: the
  # server goes by what it noted itself.
}

struct Seal @0xa4c82e91f05b7d36 {
  # What a reference shall be bound to. Every field may be left out.

  owner @0 :Data;
  # Who shall be able to restore it, as the server names them; it accepts only the one to whom it gave the capability. Empty: that
  # one.

  lifetimeMs @1 :UInt64;
  # How long it shall be of use, in milliseconds. 0, or more than the server allows: as long as it allows.

  label @2 :Text;
  # What it is for, to be shown to people who look through an owner's references. At most 100 characters.
}

interface Restorer @0xd73a9b06c5e81f42 {
  # Turns one owner's references into live capabilities. Whoever holds this is that owner, so it is given out only after they
  # proved who they are.

  restore @0 (ref :SturdyRef) -> (cap :Capability);
  # The object that was saved. Fails in the same words whether the reference never was, expired, was dropped, belongs to another
  # owner, or refers to an object that no longer exists.

  drop @1 (ref :SturdyRef) -> ();
  # Makes the reference useless. Capabilities restored from it earlier stay as they are. Does nothing, and says nothing, if it
  # could not be restored anyway.

  dropAll @2 () -> (dropped :UInt32);
  # Makes all of the owner's references useless, and says how many there were.
}
