@0xe09d7c3158fba264;
# Using keys without having them (seed 002, "Permission Rules").

using Java = import "/capnp/java.capnp";
using A = import "annotations.capnp";
using Denial = import "denial.capnp".Denial;
$Java.package("dev.bailiwick.schema.gen");
$Java.outerClassname("Keyrings");

struct KeyResult @0x8b61e4d0f7a23c95 {
  union {
    bytes @0 :Data;
    denied @1 :Denial;
    # "unseal-failed" for whatever does not unseal, and nothing says why; "invalid-data-class", "too-large", "quota-exceeded",
    # "keyring-unavailable" when the key that wraps the keys is not the one in place, and "restore-failed" as "unseal-failed".
  }
}

struct KeyInfo @0xf8027ad9b3c61e54 {
  dataClass @0 :Text;
  createdAtMs @1 :UInt64;
  version @2 :UInt32;
  # Grows with each rotation; what older ones sealed can still be unsealed.
  publicKey @3 :Data;
  # Raw Ed25519 key that checks what `sign` makes.
}

interface Keyring @0xa7c3509e14bd862f {
  # Keys of this principal, one for each class of data it names. No method gives one out. The name of a class is 1 to 64 of a-z, 0-9,
  # "." and "-". Contexts have at most 4096 bytes, and must be the same when unsealing.
  list @0 () -> (keys :List(KeyInfo)) $A.methodClass(read);
  # All versions, by class and version: signatures of older ones are still to be checked.
  seal @1 (dataClass :Text, plain :Data, context :Data) -> (result :KeyResult) $A.methodClass(write);
  # Makes the key if there is none. Only the same class, context and principal unseal. At most 1 MiB.
  unseal @2 (dataClass :Text, sealed :Data, context :Data) -> (result :KeyResult) $A.methodClass(read);
  sign @3 (dataClass :Text, message :Data) -> (result :KeyResult) $A.methodClass(write);
  # Ed25519 by a key of its own for that class, which is made if there is none: 64 bytes. At most 1 MiB.
  rotate @4 (dataClass :Text) -> (result :KeyResult) $A.methodClass(control);
  # A fresh key seals and signs from now on; answers its version as 4 big-endian bytes.
}

interface KeyBackup @0xc95e3d7ab0f41826 {
  # The separate grant that exports keys, wrapped for somebody who holds the passphrase.
  export @0 (dataClass :Text, passphrase :Data) -> (result :KeyResult) $A.methodClass(transfer);
  # All versions of the class. The passphrase has 8 to 1024 bytes.
  restore @1 (backup :Data, passphrase :Data) -> (result :KeyResult) $A.methodClass(control);
  # Puts back what is missing or cannot be unwrapped any more, and changes nothing that is in use; answers the newest version in the
  # backup as 4 big-endian bytes. Only the principal that made the backup can.
}
