@0xf4c6a9027be35d18;
# Asking for grants beyond the bundle, and granting them for a while (seed 002, "Roles" and "RBAC And ABAC Split").

using Java = import "/capnp/java.capnp";
using A = import "annotations.capnp";
using Record = import "record.capnp";
using Denial = import "denial.capnp".Denial;
$Java.package("dev.bailiwick.schema.gen");
$Java.outerClassname("Approvals");

enum RequestState @0x9d8b3e60c1f7a452 {
  pending @0;
  granted @1;
  denied @2;
  expired @3;
  # Nobody decided in time, or the lease has lapsed.
  cut @4;
  # Ended before its time: by a reviewer, by its holder, or because what it rested on is gone.
}

struct ApprovalRequest @0xe2a50d94f6b7c381 {
  requestId @0 :Data;
  principalId @1 :Data;
  name @2 :Text;
  # The account's name.
  sessionId @3 :Data;
  fragment @4 :Text;
  reason @5 :Text;
  durationMs @6 :UInt64;
  # Asked for; granted once it is.
  state @7 :RequestState;
  requestedAtMs @8 :UInt64;
  decidedAtMs @9 :UInt64;
  decidedBy @10 :Text;
  expiresAtMs @11 :UInt64;
  # When the lease lapses, or the request if nobody has decided.
  authStrength @12 :Text;
  # How its session was identified, and how long before it asked.
  authAgeMs @13 :UInt64;
  renewalMs @14 :UInt64;
  # What the lease's holder has asked to have it renewed for; 0 unless that waits for a decision.
  note @15 :Text;
  # Why it was denied, or has ended; empty otherwise.
  slots @16 :List(Record.Slot);
  # What the fragment holds: as it is while the request waits, and as it was granted from then on.
}

struct RequestResult @0xb7d14c83a05ef962 {
  union {
    request @0 :ApprovalRequest;
    denied @1 :Denial;
  }
}

interface ApprovalClient @0xd3f892b6e70c4a15 {
  # Asks for leases of fragments that this session is eligible for (docs/approval.md). Requests live as long as the session.
  eligible @0 () -> (fragments :List(Text)) $A.methodClass(read);
  request @1 (fragment :Text, reason :Text, durationMs :UInt64) -> (result :RequestResult) $A.methodClass(control);
  # `durationMs` 0: as long as policy lets a lease last.
  list @2 () -> (requests :List(ApprovalRequest)) $A.methodClass(read);
  # Of this session.
  wait @3 (requestId :Data) -> (result :RequestResult) $A.methodClass(read) $A.waits;
  # Answers when it is decided.
  renew @4 (requestId :Data, durationMs :UInt64) -> (result :RequestResult) $A.methodClass(control);
  # Asks again for a lease that runs; it goes on until it lapses, or for that long from the moment that the renewal is granted.
  giveBack @5 (requestId :Data) -> (result :RequestResult) $A.methodClass(control);
  # Ends a lease, or withdraws a request that waits. What the lease gave is revoked when this answers.
}

interface ApprovalReviewer @0x85b7e01d3c9fa264 {
  # Decides requests of others. Nobody decides their own.
  list @0 (all :Bool) -> (requests :List(ApprovalRequest)) $A.methodClass(read);
  # Pending ones, or also those decided or lapsed that are still remembered.
  grant @1 (requestId :Data, durationMs :UInt64) -> (result :RequestResult) $A.methodClass(control);
  # A request, or the renewal of a lease. 0: as long as was asked for; never longer.
  deny @2 (requestId :Data, reason :Text) -> (result :RequestResult) $A.methodClass(control);
  cut @3 (requestId :Data, reason :Text) -> (result :RequestResult) $A.methodClass(control);
  # Ends a lease: what it gave is revoked when this answers.
  give @4 (sessionId :Data, fragment :Text, reason :Text, durationMs :UInt64) -> (result :RequestResult)
      $A.methodClass(control);
  # A lease for a session of a service, which cannot ask for one. `durationMs` 0: as long as policy lets a lease last.
}
