@0xe0e45740238f9d2e;
# Logging in and what a session holds (ARCHITECTURE 6). Expected outcomes are union arms; an RPC exception means a bug, a
# lost connection, or a capability that is gone, and then its reason starts with a stable code such as "revoked: ".

using Java = import "/capnp/java.capnp";
using Record = import "record.capnp";
using A = import "annotations.capnp";
using Denial = import "denial.capnp".Denial;
using Store = import "store.capnp";
using Namespace = import "namespace.capnp".Namespace;
using Terminal = import "terminal.capnp";
using Launcher = import "launcher.capnp";
using Approval = import "approval.capnp";
using Keyring = import "keyring.capnp";
using Log = import "log.capnp";
using Identity = import "identity.capnp";
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

  guest @1 (terminal :Terminal.TerminalSession) -> (result :LoginResult) $A.methodClass(transfer);
  # A temporary session; denied when no manifest seeded a guest. `terminal`, here and below, is the caller's own and may be null; the
  # bundle has it back, wrapped.

  password @2 (name :Text, password :Data, terminal :Terminal.TerminalSession) -> (result :LoginResult)
      $A.methodClass(transfer);
  # An unknown account, a wrong password and an account without a password give the same answer after the same work.

  enroll @3 (name :Text, code :Data, password :Data, terminal :Terminal.TerminalSession, sshKey :Text)
      -> (result :LoginResult) $A.methodClass(transfer);
  # Spends a one-time code to set a password in place of any before, and logs in; or, where `sshKey` is not empty, to let that SSH public key
  # log in (a line as in a .pub file). Both may be given.

  resume @4 (reference :Data, terminal :Terminal.TerminalSession) -> (result :LoginResult) $A.methodClass(transfer);
  # Takes up a live session again on a new connection. The reference works only for the operating-system user that got it.

  sshChallenge @5 (name :Text) -> (challenge :SshChallenge) $A.methodClass(read);
  # Fresh bytes to sign; any name gets some. They serve the operating-system user that asked, for that name.
  sshKey @6 (name :Text, challenge :Data, signature :Text, terminal :Terminal.TerminalSession) -> (result :LoginResult)
      $A.methodClass(transfer);
  # `signature` is what `ssh-keygen -Y sign` makes of the challenge. Until it has proved a key of the account, a denial says nothing of the
  # account; then its code tells the account's state, such as "ssh-account-disabled".

  claim @7 (ticket :Data) -> (result :Launcher.ClaimResult) $A.methodClass(transfer);
  # A launched program takes what was left for it, once, and only the process that was launched.
}

struct SshChallenge @0xc8f1e6370ad2b594 {
  bytes @0 :Data;
  # 32 random bytes; spent by the first attempt, and good for a minute.
  namespace @1 :Text;
  # What `ssh-keygen -Y sign -n` takes: it names this store, so that a signature is of no use elsewhere.
}

struct ReauthenticationResult @0x97c04be85d1fa326 {
  union {
    denied @0 :Denial;
    authTimeMs @1 :UInt64;
  }
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
  logSink @7 :Log.LogSink;
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
  terminal @18 :Terminal.TerminalSession;
  launcher @19 :Launcher.Launcher;
  approval @20 :Approval.ApprovalClient;
  keyring @21 :Keyring.Keyring;
  approvalReviewer @22 :Approval.ApprovalReviewer;
  auditReader @23 :Store.AuditReader;
  sessionDirectory @24 :SessionDirectory;
  resourceProfileManager @25 :Store.ResourceProfileManager;
  policyManager @26 :Store.PolicyManager;
  storeMaintainer @27 :Store.StoreMaintainer;
  keyBackup @28 :Keyring.KeyBackup;
  identity @29 :Identity.TokenHolder;
  services @30 :Identity.ServiceDirectory;
  secured @31 :Identity.SecuredDirectories;
  supervisor @32 :Identity.ServiceSupervisor;
}

interface UserSession @0xa28fe90f6dadbaba {
  # Read-only facts about this session, and its end.
  info @0 () -> (info :SessionInfo) $A.methodClass(read);
  logout @1 () -> () $A.methodClass(control);
  # Ends the session: deletes tmp and revokes every capability derived from it before it answers.
  reauthenticate @2 (password :Data) -> (result :ReauthenticationResult) $A.methodClass(control);
  # Shows again who is there: authentication counts as fresh from now on, and as strong as the strongest way shown so far.
  sshChallenge @3 () -> (challenge :SshChallenge) $A.methodClass(read);
  reauthenticateSshKey @4 (challenge :Data, signature :Text) -> (result :ReauthenticationResult) $A.methodClass(control);
  receipts @5 () -> (statement :Text, publicKey :Text) $A.methodClass(read);
  # The receipts of the bundle as it is now, as a C2SP note that the store's key has signed, and the verifier key line that checks it. They show
  # the state they were decided on, and not that nothing is newer; docs/format.md has the text.
  bundle @6 () -> (bundle :SessionBundle) $A.methodClass(transfer);
  # What the session holds now: with leases that were granted since it began.
}

struct SessionLine @0xa8d53b0fe917c246 {
  info @0 :SessionInfo;
  uid @1 :UInt32;
  # The operating-system user that may take it up again.
  lastUsedMs @2 :UInt64;
  grants @3 :UInt32;
  # Slots it holds now.
}

struct EndResult @0xfd53c0a1b82e7694 {
  union {
    ended @0 :Void;
    denied @1 :Denial;
  }
}

interface SessionDirectory @0x9be4f27d01c8a635 {
  # Who is logged in, and the end of it. Leads to nothing that a session holds. Sessions with an administrative role that the holder of this
  # does not have are listed, and not ended.
  list @0 (name :Text, after :Data, limit :UInt32) -> (sessions :List(SessionLine), next :Data) $A.methodClass(read);
  # In the order of their ids, of that account or of all if `name` is empty; `next` is empty at the end.
  end @1 (sessionId :Data, reason :Text) -> (result :EndResult) $A.methodClass(control);
  # What the session held is revoked when this answers.
  flows @2 (sessionId :Data) -> (result :Identity.FlowsResult) $A.methodClass(read);
  # As whom that session's flows of execution act. It shows tokens and changes none.
}

interface Credentials @0x9ec3bd4effd0d26d {
  # Self-service. No method returns a verifier. What only its owner may do asks for fresh authentication (the policy profile's freshAuthMs)
  # and is denied as "fresh-auth-required" otherwise; UserSession.reauthenticate makes it fresh.
  list @0 () -> (credentials :List(CredentialInfo)) $A.methodClass(read);
  verify @1 (password :Data) -> (matches :Bool) $A.methodClass(read);
  rotate @2 (current :Data, replacement :Data) -> (result :RotateResult) $A.methodClass(control);
  # Sets another password. The one in force proves who asks, so that nothing else has to be fresh.
  enrollPassword @3 (password :Data) -> (result :EnrollResult) $A.methodClass(control);
  # The first password of an account that has none. Asks for fresh authentication.
  enrollSshKey @4 (publicKey :Text, label :Text) -> (result :EnrollResult) $A.methodClass(control);
  # Lets one more key log in: a line as `ssh-keygen` writes it to a .pub file. An empty label takes the line's comment. Asks for fresh
  # authentication.
  rotateSshKey @5 (recordId :Data, publicKey :Text, label :Text) -> (result :EnrollResult) $A.methodClass(control);
  # Puts a key in the place of another one in one step. Asks for fresh authentication.
  disable @6 (recordId :Data) -> (result :RotateResult) $A.methodClass(control);
  # Takes a credential out of use for good. The last one that can log in is refused. Asks for fresh authentication.
  issueRecoveryCode @7 () -> (result :RecoveryCodeResult) $A.methodClass(control);
  # A one-time code for SessionManager.enroll, which sets a new password without the old one, or a new key. Earlier unspent codes of the
  # account stop working. Asks for fresh authentication.
}

struct CredentialInfo @0xbe7836dc63a5785e {
  recordId @0 :Data;
  kind @1 :Record.CredentialKind;
  state @2 :Record.CredentialState;
  label @3 :Text;
  createdAtMs @4 :UInt64;
  updatedAtMs @5 :UInt64;
  expiresAtMs @6 :UInt64;
  # 0: does not expire.
  algorithm @7 :Text;
  # Of an SSH key its type, such as "ssh-ed25519"; empty for other kinds.
  fingerprint @8 :Text;
  # Of an SSH key as `ssh-keygen -l` prints it, such as "SHA256:..."; empty for other kinds.
}

struct RotateResult @0x96118ea48965aa2b {
  union {
    done @0 :Void;
    denied @1 :Denial;
  }
}

struct EnrollResult @0xc2d1f6a87e03b954 {
  union {
    enrolled @0 :CredentialInfo;
    denied @1 :Denial;
  }
}

struct RecoveryCodeResult @0xe6903d2f4ba8c17d {
  union {
    issued :group {
      code @0 :Data;
      # Shown once; only its hash is kept.
      expiresAtMs @1 :UInt64;
    }
    denied @2 :Denial;
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

interface SystemStatus @0xf720edb08e6656d4 {
  # Redacted unless a role grants more.
  get @0 () -> (status :Status) $A.methodClass(read);
}

struct Status @0x848ce3aeeba09d8e {
  # Nothing here names other principals, devices or keys. A holder of redacted access gets the first five fields, and in `detail` nothing but
  # whether all is well; one of full access gets all of them.
  version @0 :Text;
  startedAtMs @1 :UInt64;
  nowMs @2 :UInt64;
  healthy @3 :Bool;
  detail @4 :Text;
  full @5 :Bool;
  # Whether the fields below say something.
  sessions @6 :UInt32;
  # Live now, of all accounts.
  sessionsAtMost @7 :UInt32;
  journalSize @8 :UInt64;
  auditSize @9 :UInt64;
  storeEpoch @10 :UInt64;
  policyEpoch @11 :UInt64;
  warnings @12 :List(Text);
  # What an operator should look at.
  limits @13 :List(LimitInForce);
  # Of the session that asks, from its resource profile.
}

struct LimitInForce @0xfdb594c90708d72a {
  name @0 :Text;
  # The resource profile's field.
  used @1 :UInt64;
  limit @2 :UInt64;
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
  whatIf @1 (name :Text, kind :Text, atSequence :UInt64, withRoles :List(Text), withoutRoles :List(Text),
      withResourceProfile :Text, withPolicyProfile :Text) -> (before :PlanResult, after :PlanResult) $A.methodClass(read);
  # Plans as if the account had these roles and profiles; nothing is written. An empty profile is the account's own. What does not exist, a
  # role to take away that the account has not included, is a denial in `after`.
  explain @2 (name :Text, kind :Text, atSequence :UInt64, slot :Text) -> (result :ExplainResult) $A.methodClass(read);
}

struct Explanation @0xdb14f0a86c23e795 {
  receipt @0 :Receipt;
  steps @1 :List(Text);
  # What was looked at, in order, for people.
  change @2 :Text;
  # The least change that would turn the decision, verified by planning with it: one step a line, each a command where there is one. Where
  # nothing would, "nothing: " and why.
}

struct ExplainResult @0x8ea37f1c52d0b946 {
  union {
    explanation @0 :Explanation;
    denied @1 :Denial;
  }
}
