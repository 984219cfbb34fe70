@0xbf3bb0682832fbaa;
# The journal and audit chains and the commands that feed them (ARCHITECTURE 4 and 5).

using Java = import "/capnp/java.capnp";
using Record = import "record.capnp";
$Java.package("dev.bailiwick.schema.gen");
$Java.outerClassname("Journals");

struct Actor @0x86a1e4e9bc43bd01 {
  # Who did something, and through what.
  principalId @0 :Data;
  # Empty for `offline` and `system`.
  sessionId @1 :Data;
  kind @2 :ActorKind;
  uid @3 :UInt32;
  # Operating-system user id for offline acts.
}

enum ActorKind @0xa695934bb7d169ed {
  session @0;
  offline @1;
  # Whoever opened the store directory directly: physical authority.
  system @2;
  # The daemon itself.
  manifest @3;
}

struct Mutation @0xf2176a68ac109546 {
  # One record to write, if it is still at the expected version.
  kind @0 :Record.RecordKind;
  recordId @1 :Data;
  expectedVersion @2 :UInt64;
  # 0: the record must not exist.
  expectedHash @3 :Data;
  # Empty: not compared.
  record @4 :Data;
  # Canonical bytes of the new content; chain fields are filled in by `apply`.
}

struct Precondition @0xb1a01091d9887120 {
  kind @0 :Record.RecordKind;
  recordId @1 :Data;
  expectedVersion @2 :UInt64;
  expectedHash @3 :Data;
}

struct Command @0xdfec58774f19fa17 {
  # One transaction as it is ordered: carries everything that `apply` needs, so `apply` reads no clock and draws nothing.
  transactionId @0 :Data;
  # 16 bytes chosen by the proposer.
  timeMs @1 :UInt64;
  actor @2 :Actor;
  operation @3 :Text;
  # A stable word such as "account.create".
  approval @4 :Data;
  mutations @5 :List(Mutation);
  preconditions @6 :List(Precondition);
  requestHash @7 :Data;
  # 32 bytes: what a client asked for under transactionId. Asked again, it is answered as the first time. Empty when no
  # client chose the id.
}

struct Change @0xcbf70b7db68b4ff9 {
  kind @0 :Record.RecordKind;
  recordId @1 :Data;
  recordVersion @2 :UInt64;
  contentHash @3 :Data;
}

struct JournalEntry @0xabce7752144dd83e {
  # One committed transaction. entryHash = SHA-256(type id, canonical entry); Merkle leaf = SHA-256(0x00, canonical entry).
  sequence @0 :UInt64;
  # 1 for the first entry of the store, no gaps.
  storeEpoch @1 :UInt64;
  policyEpoch @2 :UInt64;
  previousEntryHash @3 :Data;
  # Empty for the first entry.
  transactionId @4 :Data;
  commandHash @5 :Data;
  operation @6 :Text;
  changes @7 :List(Change);
  actor @8 :Actor;
  approval @9 :Data;
  timeMs @10 :UInt64;
  stateRoot @11 :Data;
  # Reserved; empty.
  predecessor @12 :Predecessor;
  # Set in the first entry of every epoch after a store's first, and in no other entry.
  requestHash @13 :Data;
  # The command's.
}

struct Predecessor @0xd3a1f60b8c2e9475 {
  # What an epoch follows: the last head that was anchored, exported or found of the epoch before.
  storeId @0 :Data;
  storeEpoch @1 :UInt64;
  journalSize @2 :UInt64;
  journalRoot @3 :Data;
  auditSize @4 :UInt64;
  auditRoot @5 :Data;
}

struct AuditRecord @0xebd1e8c35bfc8202 {
  # One audited event. No secrets; a failed login leaves principal and profiles blank.
  sequence @0 :UInt64;
  previousEntryHash @1 :Data;
  timeMs @2 :UInt64;
  kind @3 :Text;
  # A stable word such as "login", "login.denied", "session.end", "admin".
  code @4 :Text;
  # "ok" or a stable denial code.
  actor @5 :Actor;
  source @6 :Text;
  policyProfile @7 :Data;
  resourceProfile @8 :Data;
  policyVersion @9 :Data;
  journalSequence @10 :UInt64;
  # The journal entry this event belongs to; 0 when there is none.
  subject @11 :Data;
  # Who or what it was done to.
  previousValue @12 :Text;
  newValue @13 :Text;
  approval @14 :Data;
  storeEpoch @15 :UInt64;
}
