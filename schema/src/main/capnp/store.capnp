@0xdd6598c9c9041e4e;
# Reading and changing accounts, profiles and roles. Reading and changing are different objects (seed 002, Gate 2).

using Java = import "/capnp/java.capnp";
using Record = import "record.capnp";
using Journal = import "journal.capnp";
using A = import "annotations.capnp";
using Denial = import "denial.capnp".Denial;
$Java.package("dev.bailiwick.schema.gen");
$Java.outerClassname("Stores");

struct AccountResult @0xafc631711c7c6fe9 {
  union {
    found @0 :Record.AccountRecord;
    denied @1 :Denial;
    # "not-found", "corrupt".
  }
}

struct HistoryEntry @0xe4815f0100505286 {
  account @0 :Record.AccountRecord;
  sequence @1 :UInt64;
  timeMs @2 :UInt64;
  operation @3 :Text;
  actor @4 :Journal.Actor;
  actorName @5 :Text;
  # The actor's account name where there is one.
  approval @6 :Data;
}

interface AccountStoreReader @0xda1cc6ba23f61af6 {
  # Lookups. Nothing reachable from here changes anything or shows a verifier.
  lookup @0 (name :Text, atSequence :UInt64) -> (result :AccountResult) $A.methodClass(read);
  # `atSequence` 0 means the newest state, here and below. Otherwise it is the state after that journal entry, and names are those of
  # then; a name that was nobody's then is taken as one of now. A sequence that the journal has not reached is "not-found".
  list @1 (after :Text, limit :UInt32, atSequence :UInt64) -> (accounts :List(Record.AccountRecord), next :Text)
      $A.methodClass(read);
  # In nameKey order; `next` is empty at the end.
  history @2 (name :Text, atSequence :UInt64) -> (result :HistoryResult) $A.methodClass(read);
  # A name that was given up leads to the account that had it last.
  rawRecord @3 (name :Text) -> (result :RawResult) $A.methodClass(read);
  # The stored canonical bytes of the current version.
  sequenceAt @4 (timeMs :UInt64) -> (sequence :UInt64) $A.methodClass(read);
  # The newest journal entry of that time or before; 0 if there is none.
  prove @5 (name :Text, version :UInt64, size :UInt64) -> (result :ProofResult) $A.methodClass(read);
  # That the account's version (0: the newest of that size) is in the journal of `size` entries (0: all of them).
  bindings @6 (after :Data, limit :UInt32) -> (bindings :List(BindingInfo), next :Data) $A.methodClass(read);
  # External bindings in the order of their ids, disabled ones too; `next` is empty at the end.
  binding @7 (bindingId :Data) -> (result :BindingResult) $A.methodClass(read);
  records @8 (kind :Record.RecordKind, principalId :Data, after :Data, limit :UInt32) -> (ids :List(Data), next :Data)
      $A.methodClass(read);
  # The records of a kind in the order of their ids; `next` is empty at the end. With a principal, the account, the role bindings and the
  # credentials that are or were its, all at once; nothing of other kinds.
  versions @9 (kind :Record.RecordKind, recordId :Data, atSequence :UInt64, limit :UInt32) -> (result :VersionsResult)
      $A.methodClass(read);
  # The newest `limit` versions of a record as of that journal entry, at most 1024.
  proveRecord @10 (kind :Record.RecordKind, recordId :Data, version :UInt64, size :UInt64) -> (result :ProofResult)
      $A.methodClass(read);
  # As `prove`, of a record of any kind but credential: a proof holds the record, and that one its verifier.
  services @11 (after :Text, limit :UInt32) -> (accounts :List(Record.AccountRecord), next :Text)
      $A.methodClass(read);
  # The accounts of services in the order of the services' names; `next` is empty at the end.
  service @12 (name :Text) -> (result :AccountResult) $A.methodClass(read);
  # The account of that service.
}

struct CredentialFacts @0xa7d95be0c6413f28 {
  # What may be seen of a Record.CredentialRecord: all but salt and verifier.
  recordId @0 :Data;
  principalId @1 :Data;
  kind @2 :Record.CredentialKind;
  state @3 :Record.CredentialState;
  label @4 :Text;
  algorithm @5 :Text;
  expiresAtMs @6 :UInt64;
  schemaVersion @7 :UInt32;
  storeEpoch @8 :UInt64;
  recordVersion @9 :UInt64;
  policyEpoch @10 :UInt64;
  previousHash @11 :Data;
  contentHash @12 :Data;
  createdAtMs @13 :UInt64;
  updatedAtMs @14 :UInt64;
}

struct RecordVersion @0xe1b80f72d4a96c53 {
  # One version of a record of any kind, and the journal entry that wrote it.
  union {
    account @0 :Record.AccountRecord;
    resourceProfile @1 :Record.ResourceProfile;
    policyProfile @2 :Record.PolicyProfile;
    roleBinding @3 :Record.RoleBinding;
    externalBinding @4 :Record.ExternalIdentityBinding;
    policyVersion @5 :Record.PolicyVersion;
    credential @6 :CredentialFacts;
    seedManifest @7 :Record.SeedManifest;
    storeKey @8 :Record.StoreKey;
  }
  sequence @9 :UInt64;
  timeMs @10 :UInt64;
  operation @11 :Text;
  actor @12 :Journal.Actor;
  actorName @13 :Text;
  # The actor's account name where there is one.
  approval @14 :Data;
}

struct VersionsResult @0x8ff31c6ae5d70b49 {
  union {
    versions @0 :List(RecordVersion);
    # Oldest first.
    denied @1 :Denial;
  }
}

enum ProviderKind @0xd68ac27199a5e923 {
  # What sort of provider vouches for an outside subject.
  oidc @0;
  passkey @1;
  cloud @2;
  certificate @3;
}

struct BindingInfo @0x8c0ca8403c0b1b0f {
  binding @0 :Record.ExternalIdentityBinding;
  accountName @1 :Text;
  # Of the principal it admits the subject as.
}

struct BindingResult @0x98a664c6a509161e {
  union {
    found @0 :BindingInfo;
    denied @1 :Denial;
  }
}

struct BindingChange @0xd945ed36b1dd4412 {
  union {
    committed :group {
      binding @0 :BindingInfo;
      sequence @1 :UInt64;
    }
    conflict :group {
      currentVersion @2 :UInt64;
      currentHash @3 :Data;
    }
    denied @4 :Denial;
  }
}

struct ProofResult @0xc76d174d47a42a62 {
  union {
    proof @0 :Text;
    # The proof file, as docs/format.md describes it.
    denied @1 :Denial;
  }
}

struct HistoryResult @0xc2fd1cf52c0cb147 {
  union {
    entries @0 :List(HistoryEntry);
    # Oldest first.
    denied @1 :Denial;
  }
}

struct RawResult @0xdd2d2672c8fce04f {
  union {
    bytes @0 :Data;
    denied @1 :Denial;
  }
}

struct MutationResult @0xc0444506bb911117 {
  union {
    committed :group {
      account @0 :Record.AccountRecord;
      sequence @1 :UInt64;
    }
    conflict :group {
      currentVersion @2 :UInt64;
      currentHash @3 :Data;
    }
    denied @4 :Denial;
  }
}

struct CreateResult @0xdeb3c21abecc5c6f {
  union {
    created :group {
      account @0 :Record.AccountRecord;
      sequence @1 :UInt64;
      enrolmentCode @2 :Data;
      # One-time code for the first credential; shown once, stored hashed. Empty when the call was carried out before.
      codeExpiresAtMs @3 :UInt64;
    }
    denied @4 :Denial;
  }
}

interface AccountStoreManager @0xa6cf164e03d546b0 {
  # Changes accounts. `expect` 0 means "the version current when the call is handled"; otherwise exactly that version.
  # `transactionId` may be empty, or 16 bytes that the caller chose: the same call under the same id, by the same principal, is then
  # carried out once and answered alike, also after a restart; another call under it is denied with "transaction-id-taken".
  create @0 (name :Text, displayName :Text, roles :List(Text), resourceProfile :Text, policyProfile :Text,
      transactionId :Data) -> (result :CreateResult) $A.methodClass(control);
  setStatus @1 (name :Text, status :Record.AccountStatus, expect :UInt64, transactionId :Data)
      -> (result :MutationResult) $A.methodClass(control);
  # When it answers, the capabilities of the account's sessions that the new status forbids are revoked.
  addRole @2 (name :Text, role :Text, expect :UInt64, transactionId :Data) -> (result :MutationResult)
      $A.methodClass(control);
  removeRole @3 (name :Text, role :Text, expect :UInt64, transactionId :Data) -> (result :MutationResult)
      $A.methodClass(control);
  setProfiles @4 (name :Text, resourceProfile :Text, policyProfile :Text, expect :UInt64, transactionId :Data)
      -> (result :MutationResult) $A.methodClass(control);
  # An empty name leaves that profile as it is.
  issueEnrolment @5 (name :Text) -> (result :CreateResult) $A.methodClass(control);
  # A fresh one-time code; earlier unspent codes of the account stop working.
  rename @6 (name :Text, newName :Text, expect :UInt64, transactionId :Data) -> (result :MutationResult)
      $A.methodClass(control);
  createBinding @7 (name :Text, provider :Text, providerKind :ProviderKind, tenant :Text, subject :Text,
      acceptedClaims :List(Text), expiresAtMs :UInt64, policyProfile :Text, resourceProfile :Text, transactionId :Data)
      -> (result :BindingChange) $A.methodClass(control);
  # Admits an outside subject as the account's principal, until then. The subject is not stored, only its hash (docs/format.md). A
  # disabled binding of that subject to the same account is put in force again. Empty profiles: those named "external".
  disableBinding @8 (bindingId :Data, expect :UInt64, transactionId :Data) -> (result :BindingChange)
      $A.methodClass(control);
  resourceProfiles @9 () -> (manager :ResourceProfileManager) $A.methodClass(transfer);
  policyProfiles @10 () -> (manager :PolicyProfileManager) $A.methodClass(transfer);
  # Objects of their own, so that changing profiles can be passed on without changing accounts.
  defineService @11 (name :Text, definition :Record.ServiceIdentity, resourceProfile :Text, policyProfile :Text,
      expect :UInt64, transactionId :Data) -> (result :MutationResult) $A.methodClass(control);
  # Makes the account `name`, of the service of that name, if there is no such service, and else a new version of its account with this
  # definition in place of the one before. `definition.serviceName` is left empty. Empty profiles: those named "service" for a new account,
  # and those it has for another one. A service that runs goes on as it was started.
}

struct ResourceProfileChange @0xcf0fc37e4844db20 {
  union {
    committed :group {
      profile @0 :Record.ResourceProfile;
      sequence @1 :UInt64;
    }
    conflict :group {
      currentVersion @2 :UInt64;
      currentHash @3 :Data;
    }
    denied @4 :Denial;
  }
}

interface ResourceProfileManager @0xabca70969eedfc99 {
  # Changes resource profiles. Of what is passed, the store sets profileId, versionId and all chain fields itself; they are left empty.
  # `expect` and `transactionId` are as in AccountStoreManager.
  create @0 (profile :Record.ResourceProfile, transactionId :Data) -> (result :ResourceProfileChange)
      $A.methodClass(control);
  update @1 (name :Text, profile :Record.ResourceProfile, expect :UInt64, transactionId :Data)
      -> (result :ResourceProfileChange) $A.methodClass(control);
  # A new version of the profile of that name; versions before it stay as they are. Another name in `profile` renames it.
}

struct PolicyProfileChange @0xc7da2096d3af6f53 {
  union {
    committed :group {
      profile @0 :Record.PolicyProfile;
      sequence @1 :UInt64;
    }
    conflict :group {
      currentVersion @2 :UInt64;
      currentHash @3 :Data;
    }
    denied @4 :Denial;
  }
}

interface PolicyProfileManager @0xdc1348f558f8236d {
  # Changes policy profiles, as ResourceProfileManager does resource profiles. A profile never gives by itself what administrative
  # roles give, and whoever changes it newly allows no administrative role that they do not have.
  create @0 (profile :Record.PolicyProfile, transactionId :Data) -> (result :PolicyProfileChange)
      $A.methodClass(control);
  update @1 (name :Text, profile :Record.PolicyProfile, expect :UInt64, transactionId :Data)
      -> (result :PolicyProfileChange) $A.methodClass(control);
}

struct ProfileHistoryEntry @0x98d63aef10e22752 {
  union {
    resourceProfile @0 :Record.ResourceProfile;
    policyProfile @1 :Record.PolicyProfile;
  }
  sequence @2 :UInt64;
  timeMs @3 :UInt64;
  operation @4 :Text;
  actor @5 :Journal.Actor;
  actorName @6 :Text;
  approval @7 :Data;
}

struct ProfileHistoryResult @0x86f607bb008faa69 {
  union {
    entries @0 :List(ProfileHistoryEntry);
    # Oldest first.
    denied @1 :Denial;
  }
}

struct ResourceProfileResult @0xc149c80e1f1a3177 {
  union {
    found @0 :Record.ResourceProfile;
    denied @1 :Denial;
  }
}

struct PolicyProfileResult @0xd51e4eabefe19e44 {
  union {
    found @0 :Record.PolicyProfile;
    denied @1 :Denial;
  }
}

interface ResourceProfileReader @0xf184e928788e18fc {
  list @0 () -> (profiles :List(Record.ResourceProfile)) $A.methodClass(read);
  show @1 (name :Text) -> (result :ResourceProfileResult) $A.methodClass(read);
  history @2 (name :Text) -> (result :ProfileHistoryResult) $A.methodClass(read);
}

interface RoleDirectory @0xfaba7c13c0493914 {
  # The role catalogue in force, and who has what.
  list @0 () -> (roles :List(Record.RoleDefinition)) $A.methodClass(read);
  show @1 (name :Text) -> (result :RoleResult) $A.methodClass(read);
  policyProfiles @2 () -> (profiles :List(Record.PolicyProfile)) $A.methodClass(read);
  policyProfile @3 (name :Text) -> (result :PolicyProfileResult) $A.methodClass(read);
  policyProfileHistory @4 (name :Text) -> (result :ProfileHistoryResult) $A.methodClass(read);
}

struct RoleResult @0xbee87e11bce5e7be {
  union {
    found :group {
      role @0 :Record.RoleDefinition;
      members @1 :List(Text);
      # Account names, sorted.
    }
    denied @2 :Denial;
  }
}

struct StoreHead @0x859b015216651cfd {
  storeId @0 :Data;
  storeEpoch @1 :UInt64;
  policyEpoch @2 :UInt64;
  journalSize @3 :UInt64;
  journalRoot @4 :Data;
  auditSize @5 :UInt64;
  auditRoot @6 :Data;
  anchorSize @7 :UInt64;
  anchorPath @8 :Text;
  anchorMode @9 :Text;
  # "strict", "interval" or "none".
  rollbackDetection @10 :Text;
  # What a rollback could take away unnoticed, in words.
}

struct Finding @0xf537b15813c73cbc {
  # One thing that `verify` found wrong.
  code @0 :Text;
  what @1 :Text;
  # The record, entry or index row, in text form.
  message @2 :Text;
}

struct VerifyReport @0xc633be1941dd57b0 {
  journalEntries @0 :UInt64;
  recordVersions @1 :UInt64;
  indexRows @2 :UInt64;
  auditEntries @3 :UInt64;
  findings @4 :List(Finding);
  head @5 :StoreHead;
  elapsedMs @6 :UInt64;
  storageRows @7 :UInt64;
  # Rows of namespaces, blobs and session logs.
  bytes @8 :UInt64;
  # Of the records' keys and values, 0 if damage ended the count; namespaces, blobs and session logs are left out.
}

interface VerifyWatcher @0xe6023d3a968dde01 {
  # Is told how far a verification has come, a few times a second at most. Nobody waits for its answers.
  progress @0 (rows :UInt64, parts :UInt32, of :UInt32) -> () $A.methodClass(write);
}

struct ScrubState @0xe6fb1a1a9224655f {
  # Of the check that goes over all that is stored, again and again.
  running @0 :Bool;
  # False where no daemon runs it; the rest is then empty.
  rows @1 :UInt64;
  # Checked in the pass under way.
  passes @2 :UInt64;
  # Finished, ever.
  lastFinishedAtMs @3 :UInt64;
  # 0: none yet.
  position @4 :Text;
  # Table and key that it goes on after.
  findings @5 :List(Finding);
  # Of this pass and the one before.
  stopped @6 :Text;
  # Why it does not go on any more; empty while it does.
}

interface StoreInspector @0xa09a81c5a3e1ccbb {
  # Integrity inspection: sizes, hashes and findings, no content.
  head @0 () -> (head :StoreHead) $A.methodClass(read);
  verify @1 (watcher :VerifyWatcher) -> (report :VerifyReport) $A.methodClass(read);
  # `watcher` may be null.
  checkpoint @2 () -> (note :Text, publicKey :Text) $A.methodClass(read);
  # A signed C2SP checkpoint of the newest head, and the verifier key line that checks it.
  consistency @3 (from :UInt64, to :UInt64) -> (result :ProofResult) $A.methodClass(read);
  # That the journal of `from` entries is the beginning of that of `to` (0: all of it).
  scrubStatus @4 () -> (scrub :ScrubState) $A.methodClass(read);
  scrubRun @5 () -> (scrub :ScrubState) $A.methodClass(read);
  # Takes the check that runs in the background through a whole pass now, at full speed. Does nothing where none is running.
}

struct RotationResult @0xd2371aad383288c2 {
  union {
    rotated :group {
      sequence @0 :UInt64;
      # Of the journal entry that records it.
      publicKey @1 :Text;
      # The verifier key line from now on.
    }
    denied @2 :Denial;
  }
}

struct RebuildResult @0xf6e821de4bd50c1f {
  union {
    rebuilt :group {
      rows @0 :UInt64;
      # There are now.
      written @1 :UInt64;
      # Of these, rows that were missing or wrong.
      removed @2 :UInt64;
      # Rows that no record derives.
    }
    denied @3 :Denial;
  }
}

struct AuditLine @0x9c1d8f3a52b7e604 {
  record @0 :Journal.AuditRecord;
  actorName @1 :Text;
  # The actor's account name where there is one.
}

struct AuditResult @0xb5e07c46d91f2a83 {
  union {
    lines @0 :List(AuditLine);
    # Oldest first.
    denied @1 :Denial;
  }
}

interface StoreMaintainer @0x941574cc4d3e3849 {
  # What changes the store's own workings and no record of anybody. Given to whoever opened the store's directory; sessions lease it for
  # repair, and are then denied all but rebuildIndexes.
  rotateKey @0 () -> (result :RotationResult) $A.methodClass(control);
  # Lets a new key sign checkpoints, named by the one in use.
  rebuildIndexes @1 () -> (result :RebuildResult) $A.methodClass(control);
  # Derives the index anew from the records. Damaged records are refused, not guessed.
  audit @2 (from :UInt64, limit :UInt32) -> (result :AuditResult) $A.methodClass(read);
  # The audit chain from that sequence on; at most 1000 lines at a time, and none at its end.
}

interface AuditReader @0xb4e8207cf19da653 {
  # Reads the audit chain. Names principals and sessions; shows no content of anybody's and no secret.
  query @0 (principal :Text, kind :Text, sinceMs :UInt64, untilMs :UInt64, from :UInt64, limit :UInt32)
      -> (result :AuditResult, next :UInt64) $A.methodClass(read);
  # Entries from that sequence on that match all that is given: the name of an account that did it or that it was done to, a kind or its
  # beginning, times from `sinceMs` on and before `untilMs` (0: no bound). `next` is where to go on, 0 at the end; there may be more though
  # a page is short or empty.
  verify @1 () -> (entries :UInt64, findings :List(Finding), head :StoreHead) $A.methodClass(read);
  # Links, hashes and the root of the whole audit chain.
}

struct PolicyChange @0xedc06f8b23a1d574 {
  union {
    committed :group {
      policyVersion @0 :Record.PolicyVersion;
      sequence @1 :UInt64;
    }
    conflict :group {
      currentVersion @2 :UInt64;
      currentHash @3 :Data;
    }
    denied @4 :Denial;
  }
}

interface PolicyManager @0xf70a3ce6d945b182 {
  # Changes roles, fragments and policy profiles, and who has administrative roles. Leads to no end resource, and nothing that is done
  # through it makes its holder's own bundle wider.
  show @0 () -> (policyVersion :Record.PolicyVersion) $A.methodClass(read);
  publish @1 (policyVersion :Record.PolicyVersion, expect :UInt64, transactionId :Data) -> (result :PolicyChange)
      $A.methodClass(control);
  # A new policy version, in force for every session when this answers: what rested on the one before is revoked, and planned anew where
  # a session is taken up again. Of what is passed, the store sets ids and chain fields itself; they are left empty.
  policyProfiles @2 () -> (manager :PolicyProfileManager) $A.methodClass(transfer);
  addRole @3 (name :Text, role :Text, expect :UInt64, transactionId :Data) -> (result :MutationResult)
      $A.methodClass(control);
  removeRole @4 (name :Text, role :Text, expect :UInt64, transactionId :Data) -> (result :MutationResult)
      $A.methodClass(control);
}
