@0x906e399160559b18;
# The durable records of the account store (seed 002, "Account Model"; ARCHITECTURE 4).
#
# Rules for every struct here that is hashed: an explicit id, no field defaults, set-like lists sorted, ordinals never
# renumbered, new fields appended. The fields recordId, schemaVersion, storeEpoch, recordVersion, policyEpoch,
# previousHash and contentHash have the same meaning everywhere:
#   recordId       16 opaque bytes, never reused
#   schemaVersion  layout version of this record; an unknown one is refused
#   storeEpoch     the store incarnation in which this version was written
#   recordVersion  1 for the first version, then grows by exactly 1
#   policyEpoch    the policy epoch in force when this version was written
#   previousHash   contentHash of the version before; empty for version 1
#   contentHash    SHA-256(type id as 8 little-endian bytes, canonical bytes of the record without contentHash)

using Java = import "/capnp/java.capnp";
$Java.package("dev.bailiwick.schema.gen");
$Java.outerClassname("Records");

enum RecordKind @0xdd692e65034f8d2d {
  # Which struct a stored record is.
  account @0;
  resourceProfile @1;
  policyProfile @2;
  roleBinding @3;
  externalBinding @4;
  policyVersion @5;
  credential @6;
  seedManifest @7;
  storeKey @8;
}

enum PrincipalKind @0x950949e4fde12015 {
  # What a principal stands for. It selects bundle fragments; it is never authority.
  human @0;
  # A person with a local account.
  operator @1;
  # A person who administers the machine.
  guest @2;
  # A temporary visitor without durable state.
  anonymous @3;
  # A caller who has not said who they are.
  external @4;
  # A subject vouched for by an outside identity provider.
  service @5;
  # A non-interactive program bound to a measured binary.
  recovery @6;
  # The break-glass identity that the manifest seeds.
}

enum AccountStatus @0xca7e92d176bc3e99 {
  active @0;
  disabled @1;
  locked @2;
  recoveryOnly @3;
}

struct Attribute @0xe523b832cb960f1f {
  # A named input to policy. Sorted by name in a record.
  name @0 :Text;
  value @1 :Text;
}

struct ProfileRef @0xb3a897679d93fb56 {
  # Names a profile. An empty versionId follows the newest version, otherwise exactly that version is meant.
  profileId @0 :Data;
  versionId @1 :Data;
  epoch @2 :UInt64;
  # The lowest policy epoch accepted.
}

enum StorageRootKind @0xeab833ffb053ebdf {
  namespace @0;
}

struct StorageRootRef @0xc739718bac070686 {
  # A persistent reference that the broker resolves into a live Namespace. It is not itself a capability.
  storageServiceId @0 :Data;
  rootObjectId @1 :Data;
  rootKind @2 :StorageRootKind;
  schemaVersion @3 :UInt32;
  rootVersion @4 :Data;
}

struct AccountRecord @0x85e54c8155b49333 {
  # A durable local record for a principal.
  recordId @0 :Data;
  principalId @1 :Data;
  kind @2 :PrincipalKind;
  displayName @3 :Text;
  status @4 :AccountStatus;
  credentialRefs @5 :List(Data);
  # recordIds of CredentialRecords, sorted.
  roles @6 :List(Text);
  # Projection of the active RoleBindings, sorted; written in the same transaction as they are.
  attributes @7 :List(Attribute);
  resourceProfile @8 :ProfileRef;
  policyProfile @9 :ProfileRef;
  homeRoot @10 :StorageRootRef;
  createdAtMs @11 :UInt64;
  updatedAtMs @12 :UInt64;
  schemaVersion @13 :UInt32;
  storeEpoch @14 :UInt64;
  recordVersion @15 :UInt64;
  policyEpoch @16 :UInt64;
  previousHash @17 :Data;
  contentHash @18 :Data;
  # Appended to the seed's struct:
  name @19 :Text;
  # The login name as it is shown, RFC 8265 UsernameCaseMapped, 1 to 64 characters: as `nameKey`, or, in records of older stores, as given.
  nameKey @20 :Text;
  # The normalised name; unique in the store.
  configRoot @21 :StorageRootRef;
  cacheRoot @22 :StorageRootRef;
  service @23 :ServiceIdentity;
  # Only for kind service.
  nameSkeleton @24 :Text;
  # What nameKey looks like (UTS 39 skeleton, by the proposer's pinned tables); unique in the store, compared as bytes.
}

struct ServiceIdentity @0xd8cda8114779936a {
  # What a service account is bound to.
  serviceName @0 :Text;
  binaryPath @1 :Text;
  binarySha256 @2 :Data;
  # 32 bytes: the measured binary.
  supervisor @3 :Text;
  # Appended; all of it empty in records of before:
  identity @4 :Text;
  # As whom it runs, verbatim as identity sources are asked; empty: LocalService.
  hasRequiredPrivileges @5 :Bool;
  requiredPrivileges @6 :List(Text);
  # The privileges that its token keeps, sorted; without hasRequiredPrivileges all that it would have.
  hookIdentity @7 :Text;
  # As whom startPre and startPost run; empty: as `identity` says.
  startPre @8 :List(ServiceProgram);
  # In this order, before the binary.
  startPost @9 :List(ServiceProgram);
  # In this order, after the binary was started.
  healthCheck @10 :ServiceProgram;
  reload @11 :ServiceProgram;
  descriptor @12 :Text;
  # Of its data directory, SDDL; empty: its own SID is the owner, and it, SYSTEM and Administrators have full control.
  reads @13 :List(Text);
  # Further paths of the machine that its programs can see, read-only, sorted.
}

struct ServiceProgram @0xe4fdea2ffb8a014a {
  # A measured file that is started without arguments.
  path @0 :Text;
  # Plain and absolute.
  sha256 @1 :Data;
  # 32 bytes.
}

struct ResourceProfile @0xa02a0aa2f5cfa8ec {
  # The quota and default-resource template. Zero means none of it, never unlimited.
  profileId @0 :Data;
  versionId @1 :Data;
  epoch @2 :UInt64;
  homeQuotaBytes @3 :UInt64;
  tempQuotaBytes @4 :UInt64;
  processLimit @5 :UInt32;
  threadLimit @6 :UInt32;
  capLimit @7 :UInt32;
  memoryCommitLimitBytes @8 :UInt64;
  frameGrantLimitPages @9 :UInt64;
  endpointQueueLimit @10 :UInt32;
  inFlightCallLimit @11 :UInt32;
  pendingIpcSubmissionLimit @12 :UInt32;
  ringScratchLimitBytes @13 :UInt64;
  logQuotaBytesPerWindow @14 :UInt64;
  networkProfile @15 :Text;
  cpuBudgetUsPerWindow @16 :UInt64;
  cpuWindowUs @17 :UInt64;
  timerWaiterLimit @18 :UInt32;
  launcherProfile @19 :Text;
  # Appended to the seed's struct:
  recordId @20 :Data;
  name @21 :Text;
  schemaVersion @22 :UInt32;
  storeEpoch @23 :UInt64;
  recordVersion @24 :UInt64;
  policyEpoch @25 :UInt64;
  previousHash @26 :Data;
  contentHash @27 :Data;
  createdAtMs @28 :UInt64;
  updatedAtMs @29 :UInt64;
  configQuotaBytes @30 :UInt64;
  cacheQuotaBytes @31 :UInt64;
  sessionLimit @32 :UInt32;
  # Live sessions one account may have at once.
  logWindowMs @33 :UInt64;
  # Length of the window that logQuotaBytesPerWindow counts in, in milliseconds.
}

struct PolicyProfile @0x82ce8872b7675311 {
  # The authorization template: which fragments and roles a session of this profile may have, and for how long.
  profileId @0 :Data;
  versionId @1 :Data;
  epoch @2 :UInt64;
  name @3 :Text;
  kinds @4 :List(PrincipalKind);
  # Principal kinds this profile may serve, ascending.
  allowedRoles @5 :List(Text);
  # Roles whose fragments a session may receive, sorted. A role outside is ignored by the planner, with a reason.
  fragments @6 :List(Text);
  # Names of the bundle fragments every session of this profile gets, sorted.
  sessionLifetimeMs @7 :UInt64;
  idleTimeoutMs @8 :UInt64;
  freshAuthMs @9 :UInt64;
  # How long an authentication counts as fresh.
  labels @10 :List(Attribute);
  recordId @11 :Data;
  schemaVersion @12 :UInt32;
  storeEpoch @13 :UInt64;
  recordVersion @14 :UInt64;
  policyEpoch @15 :UInt64;
  previousHash @16 :Data;
  contentHash @17 :Data;
  createdAtMs @18 :UInt64;
  updatedAtMs @19 :UInt64;
}

struct RoleBinding @0xa1c37e3f37822898 {
  # The authoritative statement that a principal has a role.
  recordId @0 :Data;
  principalId @1 :Data;
  role @2 :Text;
  state @3 :BindingState;
  expiresAtMs @4 :UInt64;
  # 0: does not expire.
  grantedBy @5 :Data;
  # principalId of whoever bound it; empty when the manifest did.
  schemaVersion @6 :UInt32;
  storeEpoch @7 :UInt64;
  recordVersion @8 :UInt64;
  policyEpoch @9 :UInt64;
  previousHash @10 :Data;
  contentHash @11 :Data;
  createdAtMs @12 :UInt64;
  updatedAtMs @13 :UInt64;
}

enum BindingState @0xf8fb2d0de966ef3a {
  active @0;
  revoked @1;
}

struct ExternalIdentityBinding @0xe3d7989bc3ce83e2 {
  # Binds a subject of an outside provider to a local or pseudonymous principal.
  bindingId @0 :Data;
  provider @1 :Text;
  subjectHash @2 :Data;
  principalId @3 :Data;
  tenant @4 :Text;
  acceptedClaims @5 :List(Text);
  expiresAtMs @6 :UInt64;
  policyProfile @7 :ProfileRef;
  resourceProfile @8 :ProfileRef;
  schemaVersion @9 :UInt32;
  storeEpoch @10 :UInt64;
  recordVersion @11 :UInt64;
  policyEpoch @12 :UInt64;
  previousHash @13 :Data;
  contentHash @14 :Data;
  # Appended to the seed's struct:
  recordId @15 :Data;
  state @16 :BindingState;
  createdAtMs @17 :UInt64;
  updatedAtMs @18 :UInt64;
}

enum CredentialKind @0xeeaa6726e4637baa {
  password @0;
  # verifier holds an Argon2id hash, algorithm its parameters.
  sshPublicKey @1;
  # verifier holds the public key in SSH wire form.
  enrolmentCode @2;
  # verifier holds the SHA-256 of a one-time code; consumed by its first use.
}

enum CredentialState @0x8bbc420deb28c595 {
  active @0;
  consumed @1;
  disabled @2;
}

struct CredentialRecord @0xe9274a9ef9c300f2 {
  # A way to prove to be a principal. No interface ever returns `verifier`.
  recordId @0 :Data;
  principalId @1 :Data;
  kind @2 :CredentialKind;
  state @3 :CredentialState;
  label @4 :Text;
  algorithm @5 :Text;
  # For instance "argon2id;v=19;m=19456;t=2;p=1".
  salt @6 :Data;
  verifier @7 :Data;
  expiresAtMs @8 :UInt64;
  # 0: does not expire.
  schemaVersion @9 :UInt32;
  storeEpoch @10 :UInt64;
  recordVersion @11 :UInt64;
  policyEpoch @12 :UInt64;
  previousHash @13 :Data;
  contentHash @14 :Data;
  createdAtMs @15 :UInt64;
  updatedAtMs @16 :UInt64;
}

enum Slot @0xd595e45c6c07006d {
  # A place in a session bundle (ARCHITECTURE 6). Ordinals are stable; the order is the order bundles are printed in.
  terminal @0;
  session @1;
  home @2;
  config @3;
  cache @4;
  tmp @5;
  logs @6;
  logSink @7;
  launcher @8;
  approval @9;
  credentials @10;
  keyring @11;
  status @12;
  login @13;
  help @14;
  accountReader @15;
  accountManager @16;
  profileReader @17;
  roleDirectory @18;
  planner @19;
  storeInspector @20;
  approvalReviewer @21;
  auditReader @22;
  sessionDirectory @23;
  resourceProfileManager @24;
  policyManager @25;
  storeMaintainer @26;
  keyBackup @27;
  identity @28;
  services @29;
  secured @30;
  supervisor @31;
}

enum SlotAccess @0x8c691ef9d538d572 {
  # How much of the slot's interface the grant carries.
  full @0;
  readOnly @1;
  writeOnly @2;
  ownOnly @3;
  redacted @4;
  ephemeral @5;
  # Full, but on storage that ends with the session.
}

struct SlotRule @0xcefdff853debbc79 {
  slot @0 :Slot;
  access @1 :SlotAccess;
}

struct BundleFragment @0xd226a0e204abe206 {
  # A named group of slots that a profile or a role selects.
  name @0 :Text;
  slots @1 :List(SlotRule);
  # Ascending by slot.
}

struct RoleDefinition @0x929b5aab0b174f0d {
  # One role of the catalogue (seed 002, "Roles"). It selects fragments and eligibility and is never authority.
  name @0 :Text;
  summary @1 :Text;
  administrative @2 :Bool;
  # Bound and removed by policy-admin only, never by account-admin.
  manifestOnly @3 :Bool;
  # Bound by a seed manifest only.
  kinds @4 :List(PrincipalKind);
  # Principal kinds that may carry it, ascending.
  fragments @5 :List(Text);
  # Fragments it adds to a bundle now, sorted.
  leases @6 :List(Text);
  # Fragments a session may ask a lease of, sorted.
}

enum ProgramArguments @0x8e50df2d1b0f63bf {
  # Which arguments a program may be given.
  none @0;
  listed @1;
  # Those that one of the patterns matches.
  any @2;
}

enum ProgramAccess @0x9da29f41e74e45ec {
  # How much of a namespace of the session a launched program holds.
  own @0;
  # The namespace `apps/NAME` in it, to read and write.
  readOnly @1;
  # All of it, to read.
}

struct ProgramHolding @0xc75402427b6024ac {
  slot @0 :Slot;
  # home, config, cache or tmp.
  access @1 :ProgramAccess;
}

struct ProgramRule @0x985ff0055ef6b47a {
  # A program that launchers may start, and under which conditions. It selects and limits; it is never authority.
  name @0 :Text;
  summary @1 :Text;
  path @2 :Text;
  # Plain and absolute.
  sha256 @3 :Data;
  # Of the file, 32 bytes; empty: whatever is there is started.
  arguments @4 :ProgramArguments;
  patterns @5 :List(Text);
  # Sorted; `*` stands for any characters, also none. Only with `listed`.
  maxArguments @6 :UInt32;
  maxArgumentBytes @7 :UInt32;
  # Of all arguments together.
  postures @8 :List(Text);
  # The launcher postures that have it, sorted, at least one. A program of `measured-binary` has a sha256.
  holds @9 :List(ProgramHolding);
  # What it may claim of its session, ascending by slot.
  reads @10 :List(Text);
  # Further paths of the machine it can see, read-only, sorted.
  asCaller @11 :Bool;
  # It acts as whoever starts it, by a duplicate of their token; it has a sha256.
}

struct PolicyVersion @0xee1b667ec9270c49 {
  # An immutable set of role definitions and bundle fragments. Bundles as of an older sequence are reproduced from it.
  recordId @0 :Data;
  versionId @1 :Data;
  roles @2 :List(RoleDefinition);
  # Sorted by name.
  fragments @3 :List(BundleFragment);
  # Sorted by name.
  schemaVersion @4 :UInt32;
  storeEpoch @5 :UInt64;
  recordVersion @6 :UInt64;
  policyEpoch @7 :UInt64;
  previousHash @8 :Data;
  contentHash @9 :Data;
  createdAtMs @10 :UInt64;
  updatedAtMs @11 :UInt64;
  programs @12 :List(ProgramRule);
  # What launchers may start, sorted by name. None in policy versions of before.
}

struct SeedManifest @0xeac187949ef16677 {
  # What a store was seeded from.
  recordId @0 :Data;
  name @1 :Text;
  sourceSha256 @2 :Data;
  # Of the manifest file's bytes.
  accounts @3 :List(Data);
  # recordIds of the accounts it seeded, sorted.
  schemaVersion @4 :UInt32;
  storeEpoch @5 :UInt64;
  recordVersion @6 :UInt64;
  policyEpoch @7 :UInt64;
  previousHash @8 :Data;
  contentHash @9 :Data;
  createdAtMs @10 :UInt64;
  updatedAtMs @11 :UInt64;
  source @12 :Data;
  # The manifest file itself, so that a recovery does not end for want of it. Empty in stores of before.
}

struct StoreKey @0xf5e31fdaa476ca41 {
  # The public half of the key that signs the store's checkpoints from this version on. There is one such record; each
  # further version is one rotation, which the key before has signed for.
  recordId @0 :Data;
  publicKey @1 :Data;
  # Raw Ed25519, 32 bytes.
  statement @2 :Text;
  # Signed note by which the key before names this one; docs/format.md has its text. Empty in the first version of a store epoch.
  schemaVersion @3 :UInt32;
  storeEpoch @4 :UInt64;
  recordVersion @5 :UInt64;
  policyEpoch @6 :UInt64;
  previousHash @7 :Data;
  contentHash @8 :Data;
  createdAtMs @9 :UInt64;
  updatedAtMs @10 :UInt64;
}
