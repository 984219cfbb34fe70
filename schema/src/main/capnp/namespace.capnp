@0xa9241da0f4afd216;
# Durable and temporary byte storage by name (seed 002: Namespace is the source of truth, not a path or a Directory).

using Java = import "/capnp/java.capnp";
using A = import "annotations.capnp";
using Denial = import "denial.capnp".Denial;
$Java.package("dev.bailiwick.schema.gen");
$Java.outerClassname("Namespaces");

enum EntryKind @0xf04462806584b8e9 {
  blob @0;
  namespace @1;
}

struct EntryInfo @0xa2489046d1826592 {
  name @0 :Text;
  kind @1 :EntryKind;
  size @2 :UInt64;
  # Bytes; 0 for a namespace.
  version @3 :UInt64;
  # Grows with every change of this entry; what compare-and-set expects.
  modifiedAtMs @4 :UInt64;
  sha256 @5 :Data;
  # Of a blob's content; empty for a namespace.
}

interface Blob @0xa6ef61a651371c0a {
  # One immutable version of some bytes.
  info @0 () -> (size :UInt64, sha256 :Data) $A.methodClass(read);
  read @1 (offset :UInt64, length :UInt32) -> (data :Data) $A.methodClass(read);
  # Fewer bytes than asked only at the end; at most 1 MiB a call.
}

interface BlobWriter @0x9d6fb525f33af7ad {
  # Streams one new version of an entry; nothing is visible until `commit`.
  write @0 (data :Data) -> () $A.methodClass(write);
  commit @1 () -> (result :PutResult) $A.methodClass(write);
}

struct PutResult @0xe1bcb77cd9613853 {
  union {
    stored @0 :EntryInfo;
    conflict @1 :UInt64;
    # The entry's current version; 0: it does not exist.
    denied @2 :Denial;
    # "quota-exceeded", "invalid-path", "not-a-namespace", "read-only", ...
  }
}

struct GetResult @0x90b8d00690462782 {
  # `entry` and `blob` stand outside the union so that `blob` can be pipelined; they are null unless found.
  entry @0 :EntryInfo;
  blob @1 :Blob;
  union {
    denied @2 :Denial;
    # "not-found", "invalid-path", "is-a-namespace".
    found @3 :Void;
  }
}

struct StatResult @0x9aef07a0bb034a57 {
  union {
    found @0 :EntryInfo;
    denied @1 :Denial;
  }
}

struct ListResult @0xf8ec9b585edc30b1 {
  union {
    page :group {
      entries @0 :List(EntryInfo);
      # In name order, bytewise.
      next @1 :Text;
      # The name to go on after; empty at the end.
    }
    denied @2 :Denial;
  }
}

struct RemoveResult @0xaae5817de79aa7e7 {
  union {
    removed @0 :Void;
    conflict @1 :UInt64;
    denied @2 :Denial;
  }
}

struct NamespaceResult @0xd3b1f46c0a97e528 {
  # `namespace` stands outside the union so that it can be pipelined; it is null unless opened.
  namespace @0 :Namespace;
  union {
    denied @1 :Denial;
    opened @2 :Void;
  }
}

struct SnapshotInfo @0xb70c9e52d1f8a364 {
  id @0 :UInt64;
  # Never used again in this storage root.
  path @1 :Text;
  # Of what it was taken.
  takenAtMs @2 :UInt64;
  entries @3 :UInt64;
  bytes @4 :UInt64;
  # Sum of the sizes of its blobs: what it is charged with.
}

struct SnapshotResult @0xe5a8103bc7d94f26 {
  union {
    denied @0 :Denial;
    # "quota-exceeded" for bytes, entries or the number of snapshots; "not-the-top" through a view of a part.
    taken @1 :SnapshotInfo;
  }
}

struct SnapshotList @0xc2f47d9016eb83a5 {
  union {
    denied @0 :Denial;
    snapshots @1 :List(SnapshotInfo);
  }
}

struct ShareInfo @0x9ad06e3f58c1b742 {
  id @0 :Data;
  # 16 bytes.
  path @1 :Text;
  # Of the namespace in its owner's home.
  owner @2 :Text;
  recipient @3 :Text;
  # Account names now.
  readOnly @4 :Bool;
  createdAtMs @5 :UInt64;
  expiresAtMs @6 :UInt64;
  # 0: lasts until it is revoked.
}

struct ShareResult @0xf18b25c7e04d9a63 {
  union {
    denied @0 :Denial;
    # "no-recipient" for whoever cannot receive a share, an unknown name included; "not-shareable"; "quota-exceeded".
    shared @1 :ShareInfo;
  }
}

interface Sharing @0x8fc2d70b6e5319a4 {
  # What the holder of a home hands out to other accounts through the broker, and what was handed to it.

  share @0 (path :Text, recipient :Text, readOnly :Bool, durationMs :UInt64) -> (result :ShareResult)
      $A.methodClass(control);
  # Gives the account `recipient` the namespace at `path`, and nothing above it. It lasts beyond this session, until it is revoked, its
  # duration is over (0: none), or either account is disabled or locked. It cannot be shared further.

  list @1 () -> (given :List(ShareInfo), received :List(ShareInfo)) $A.methodClass(read);

  revoke @2 (id :Data) -> (result :RemoveResult) $A.methodClass(control);
  # What the recipient holds of it is dead when this answers.

  open @3 (id :Data) -> (result :NamespaceResult) $A.methodClass(transfer);
  # A share that was received.
}

struct SharingResult @0xa40e6b93f7d2851c {
  sharing @0 :Sharing;
  # Null unless opened.
  union {
    denied @1 :Denial;
    # "not-shareable".
    opened @2 :Void;
  }
}

interface Namespace @0xf4521d94228fc6d6 {
  # A tree of named blobs. A path is names joined by "/"; a name is 1 to 255 bytes of UTF-8, not "." or "..", no NUL.
  # The empty path is the namespace itself. There is no way up.

  list @0 (path :Text, after :Text, limit :UInt32) -> (result :ListResult) $A.methodClass(read);
  stat @1 (path :Text) -> (result :StatResult) $A.methodClass(read);
  get @2 (path :Text) -> (result :GetResult) $A.methodClass(read);

  put @3 (path :Text, content :Data, expectation :Expectation) -> (result :PutResult) $A.methodClass(write);
  # At most 1 MiB; more goes through `writer`. Missing namespaces on the way are made.

  writer @4 (path :Text, expectation :Expectation) -> (writer :BlobWriter) $A.methodClass(write);
  remove @5 (path :Text, expectation :Expectation) -> (result :RemoveResult) $A.methodClass(write);
  # A namespace must be empty.

  usage @6 () -> (usedBytes :UInt64, quotaBytes :UInt64, entries :UInt64) $A.methodClass(read);
  readOnly @7 () -> (namespace :Namespace) $A.methodClass(transfer);
  sub @8 (path :Text) -> (namespace :Namespace) $A.methodClass(transfer);

  snapshot @9 (path :Text) -> (result :SnapshotResult) $A.methodClass(write);
  # Keeps what the namespace at `path` is now, to be read later. It is charged to the quota as a copy would be, and its content is stored
  # once. Only through the root's own namespace, as with the next three.
  snapshots @10 () -> (result :SnapshotList) $A.methodClass(read);
  openSnapshot @11 (id :UInt64) -> (result :NamespaceResult) $A.methodClass(transfer);
  # Read-only.
  dropSnapshot @12 (id :UInt64) -> (result :RemoveResult) $A.methodClass(write);

  sharing @13 () -> (result :SharingResult) $A.methodClass(transfer);
  # Of a durable home only, and not through a view of it.
}

struct Expectation @0xbeb4593dfb3ee4a8 {
  # What must hold for a write to happen.
  union {
    any @0 :Void;
    version @1 :UInt64;
    # Exactly this version; 0: the entry must not exist.
  }
}
