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
  # Keys of this principal, one for each class of data it names. No method gives one out.
  list @0 () -> (keys :List(KeyInfo)) $A.methodClass(read);
  seal @1 (dataClass :Text, plain :Data, context :Data) -> (result :KeyResult) $A.methodClass(write);
  # Makes the key if there is none. Only the same class, context and principal unseal. At most 1 MiB.
  unseal @2 (dataClass :Text, sealed :Data, context :Data) -> (result :KeyResult) $A.methodClass(read);
  sign @3 (dataClass :Text, message :Data) -> (result :KeyResult) $A.methodClass(write);
  # Ed25519 by a key of its own for that class.
  rotate @4 (dataClass :Text) -> (result :KeyResult) $A.methodClass(control);
  # A fresh key seals from now on; answers its version as 4 big-endian bytes.
}

interface KeyBackup @0xc95e3d7ab0f41826 {
  # The separate grant that exports keys, wrapped for somebody who holds the passphrase.
  export @0 (dataClass :Text, passphrase :Data) -> (result :KeyResult) $A.methodClass(transfer);
  restore @1 (backup :Data, passphrase :Data) -> (result :KeyResult) $A.methodClass(control);
}
