@0xe0e45740238f9d2e;
# Logging in and what a session holds (ARCHITECTURE 6). Expected outcomes are union arms; an RPC exception means a bug, a
# lost connection, or a capability that is gone, and then its reason starts with a stable code such as "revoked: ".

using Java = import "/capnp/java.capnp";
using Record = import "record.capnp";
using A = import "annotations.capnp";
using Denial = import "denial.capnp".Denial;
using Store = import "store.capnp";
using Namespace = import "namespace.capnp".Namespace;
$Java.package("dev.bailiwick.schema.gen");
$Java.outerClassname("Sessions");

enum SessionKind @0x9c5ee00fc6b908ff {
  local @0;
  operator @1;
  guest @2;
  anonymous @3;
  external @4;
  service @5;
  recovery @6;
}

enum SessionSource @0xe0c4a4f74f73cf47 {
  console @0;
  unixSocket @1;
  remote @2;
  browser @3;
}

enum AuthStrength @0xc300fee9628a7688 {
  # Ascending.
  none @0;
  possession @1;
  # A session reference or an enrolment code.
  password @2;
  publicKey @3;
  multiFactor @4;
}

interface SessionManager @0x841cc1d500dec28b {
  # The bootstrap capability: an anonymous caller's login paths, nothing else.

  anonymous @0 () -> (result :LoginResult) $A.methodClass(transfer);
  # The minimal bundle of a caller who has not said who they are.

  guest @1 () -> (result :LoginResult) $A.methodClass(transfer);
  # A temporary session; denied when no manifest seeded a guest.

  password @2 (name :Text, password :Data) -> (result :LoginResult) $A.methodClass(transfer);
  # An unknown account, a wrong password and an account without a password give the same answer after the same work.

  enroll @3 (name :Text, code :Data, password :Data) -> (result :LoginResult) $A.methodClass(transfer);
  # Spends a one-time code to set the first password, and logs in.

  resume @4 (reference :Data) -> (result :LoginResult) $A.methodClass(transfer);
  # Takes up a live session again on a new connection. The reference works only for the operating-system user that got it.
}

struct LoginResult @0x8a6e1bc59607d4fb {
  # `bundle`, `info` and `reference` stand outside the union because typed clients cannot pipeline through a union arm, and a
  # login with its first calls is worth one round trip. They are null unless granted. An empty result reads as denied.
  bundle @0 :SessionBundle;
  info @1 :SessionInfo;
  reference @2 :Data;
  # 32 random bytes: the way back into this session. Only its hash is kept. Empty for anonymous sessions.
  union {
    denied @3 :Denial;
    granted @4 :Void;
  }
}

struct SessionInfo @0x8fa8b77074e2570c {
  sessionId @0 :Data;
  principalId @1 :Data;
  # Empty for an anonymous session.
  name @2 :Text;
  displayName @3 :Text;
  kind @4 :SessionKind;
  source @5 :SessionSource;
  authStrength @6 :AuthStrength;
  authTimeMs @7 :UInt64;
  expiresAtMs @8 :UInt64;
  policyProfile @9 :Text;
  resourceProfile @10 :Text;
  roles @11 :List(Text);
  startedAtMs @12 :UInt64;
}

struct SourceRecord @0xcdfa366b8eab4af9 {
  # One stored record version a grant was derived from.
  kind @0 :Record.RecordKind;
  recordId @1 :Data;
  recordVersion @2 :UInt64;
  contentHash @3 :Data;
  name @4 :Text;
}

struct Receipt @0xc03ac0c34204c910 {
  # Why a slot was granted or not. `journalSize` shows the state it was decided on, not that nothing is newer.
  slot @0 :Record.Slot;
  granted @1 :Bool;
  code @2 :Text;
  # "granted", or the stable reason of the denial.
  rule @3 :Text;
  # For people: which fragment of which profile or role.
  interfaceName @4 :Text;
  access @5 :Record.SlotAccess;
  limit @6 :Text;
  # For people, for instance "64 MiB"; empty where the slot has no quota of its own.
  limitBytes @7 :UInt64;
  # 0 where the slot has no quota of its own.
  sources @8 :List(SourceRecord);
  journalSize @9 :UInt64;
}

struct SessionBundle @0xb1a5e447efdf6b8c {
  # Everything a session holds. A slot that was not granted is null, and its receipt says why.
  receipts @0 :List(Receipt);
  # One for every slot, in slot order.
  session @1 :UserSession;
  home @2 :Namespace;
  config @3 :Namespace;
  cache @4 :Namespace;
  tmp @5 :Namespace;
  logs @6 :LogReader;
  logSink @7 :LogSink;
  credentials @8 :Credentials;
  status @9 :SystemStatus;
  login @10 :SessionManager;
  help @11 :Help;
  accountReader @12 :Store.AccountStoreReader;
  accountManager @13 :Store.AccountStoreManager;
  profileReader @14 :Store.ResourceProfileReader;
  roleDirectory @15 :Store.RoleDirectory;
  planner @16 :AuthorityBroker;
  storeInspector @17 :Store.StoreInspector;
}

interface UserSession @0xa28fe90f6dadbaba {
  # Read-only facts about this session, and its end.
  info @0 () -> (info :SessionInfo) $A.methodClass(read);
  logout @1 () -> () $A.methodClass(control);
  # Ends the session: deletes tmp and revokes every capability derived from it before it answers.
}

interface Credentials @0x9ec3bd4effd0d26d {
  # Self-service. No method returns a verifier.
  list @0 () -> (credentials :List(CredentialInfo)) $A.methodClass(read);
  verify @1 (password :Data) -> (matches :Bool) $A.methodClass(read);
  rotate @2 (current :Data, replacement :Data) -> (result :RotateResult) $A.methodClass(control);
}

struct CredentialInfo @0xbe7836dc63a5785e {
  recordId @0 :Data;
  kind @1 :Record.CredentialKind;
  state @2 :Record.CredentialState;
  label @3 :Text;
  createdAtMs @4 :UInt64;
  updatedAtMs @5 :UInt64;
}

struct RotateResult @0x96118ea48965aa2b {
  union {
    done @0 :Void;
    denied @1 :Denial;
  }
}

struct LogLine @0xf4af380f458af9bc {
  sequence @0 :UInt64;
  timeMs @1 :UInt64;
  source @2 :Text;
  # "session" for what the daemon recorded, "app" for what came through a sink.
  text @3 :Text;
}

interface LogReader @0xbee9286ca2564c0a {
  # Read-only view of this principal's own session logs.
  read @0 (after :UInt64, limit :UInt32) -> (lines :List(LogLine)) $A.methodClass(read);
}

interface LogSink @0xebfda5237a18cd3f {
  # Write-only: lines appended here cannot be read back through it.
  write @0 (text :Text) -> (result :WriteResult) $A.methodClass(write);
}

struct WriteResult @0x9962619f55449ef5 {
  union {
    done @0 :Void;
    denied @1 :Denial;
  }
}

interface SystemStatus @0xf720edb08e6656d4 {
  get @0 () -> (status :Status) $A.methodClass(read);
}

struct Status @0x848ce3aeeba09d8e {
  # Redacted: nothing here names other principals, devices or keys.
  version @0 :Text;
  startedAtMs @1 :UInt64;
  nowMs @2 :UInt64;
  healthy @3 :Bool;
  detail @4 :Text;
}

interface Help @0xd7600683d335753d {
  # Read-only documentation for a caller who has nothing else.
  topics @0 () -> (topics :List(Text)) $A.methodClass(read);
  read @1 (topic :Text) -> (text :Text) $A.methodClass(read);
  # An unknown topic gives an empty text.
}

struct BundlePlan @0xc7359f911bbbf22b {
  # The bundle a login would get, and why. A plan is a description; nothing can be done with it.
  name @0 :Text;
  kind @1 :SessionKind;
  eligible @2 :Bool;
  # False when no session would start at all; `denial` says why.
  denial @3 :Denial;
  receipts @4 :List(Receipt);
  policyProfile @5 :Text;
  resourceProfile @6 :Text;
  roles @7 :List(Text);
  lifetimeMs @8 :UInt64;
  journalSize @9 :UInt64;
  leases @10 :List(Text);
  # Fragments such a session may ask a lease of.
}

struct PlanResult @0x8e51d9c5bc4dbfd9 {
  union {
    plan @0 :BundlePlan;
    denied @1 :Denial;
  }
}

interface AuthorityBroker @0xc5ec06ec3a68c551 {
  # Explains decisions. It mints nothing for its caller.
  plan @0 (name :Text, kind :Text, atSequence :UInt64) -> (result :PlanResult) $A.methodClass(read);
  # `kind` empty: the account's own. `atSequence` 0: now.
}
