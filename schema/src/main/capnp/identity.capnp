@0xe3423f2bafa8ea4f;
# Who somebody is: tokens, services and impersonation (seeds 000, 001, 003 and 004). A token is looked at when access to a secured object is
# decided. It never decides what is in a bundle.

using Java = import "/capnp/java.capnp";
using Record = import "record.capnp";
using A = import "annotations.capnp";
using Denial = import "denial.capnp".Denial;
using Namespace = import "namespace.capnp".Namespace;
$Java.package("dev.bailiwick.schema.gen");
$Java.outerClassname("Identities");

enum ImpersonationLevel @0xcf5a34f7df2e36c7 {
  # How far a service may go with its client's identity. The client states it when it connects, and it does not change.
  anonymous @0;
  # It cannot learn who the client is.
  identification @1;
  # It reads who the client is, and cannot act as the client.
  impersonation @2;
  # It acts as the client on this machine.
  delegation @3;
  # And may forward the client's identity to another machine.
}

enum TokenType @0xcd835a81bb7fcd11 {
  primary @0;
  impersonation @1;
}

struct TokenGroup @0xdf88c9a247bee69c {
  sid @0 :Text;
  name @1 :Text;
  # Where there is one.
  attributes @2 :UInt32;
  # Bits: mandatory 0x1, enabled by default 0x2, enabled 0x4, owner 0x8, for denials only 0x10, resource 0x20000000, logon id 0xC0000000.
}

struct TokenPrivilege @0xd2dfb97cc5ddfb4d {
  # One that the token has, or had and used.
  name @0 :Text;
  present @1 :Bool;
  enabled @2 :Bool;
  enabledByDefault @3 :Bool;
  used @4 :Bool;
}

struct Token @0xbbf13db5986f54ed {
  # What a token says at one moment. It is a description; nothing can be done with it.
  user @0 :Text;
  # SID.
  userName @1 :Text;
  # Where there is one.
  groups @2 :List(TokenGroup);
  privileges @3 :List(TokenPrivilege);
  # In the order of their bits.
  type @4 :TokenType;
  level @5 :ImpersonationLevel;
  # Of an impersonation token.
  integrity @6 :Text;
  # "untrusted", "low", "medium", "high" or "system".
  tokenId @7 :UInt64;
  modifiedId @8 :UInt64;
  # Another one after each change.
  logonSession @9 :UInt64;
  logonType @10 :Text;
  source @11 :Text;
  # What made it.
  claims @12 :List(Record.Attribute);
}

struct Flow @0xcf8ce4a01924a31d {
  # A flow of execution of a session, and as whom it acts.
  id @0 :UInt64;
  # 0: the session's own. A flow that impersonates has an id of its own, and is gone when it reverts.
  description @1 :Text;
  # For people.
  impersonating @2 :Bool;
  token @3 :Token;
  # As whom it acts: the client's while it impersonates.
  primary @4 :Token;
  # As whom it acts when it does not.
  decidesAs @5 :Text;
  # The SID that accesses are decided for: Anonymous where the level allows no more than to identify.
  decidesAsName @6 :Text;
}

struct FlowResult @0xac6f60508ae165ae {
  union {
    denied @0 :Denial;
    # "not-found" for a flow that is over.
    flow @1 :Flow;
  }
}

struct FlowsResult @0x8b6f3237088e49a3 {
  union {
    denied @0 :Denial;
    flows @1 :List(Flow);
    # In the order of their ids.
  }
}

enum PrivilegeAction @0x84ae2d81eaa84c02 {
  disable @0;
  enable @1;
  remove @2;
  # For good.
}

struct PrivilegeChange @0xe42315809154af45 {
  name @0 :Text;
  action @1 :PrivilegeAction;
}

struct AdjustResult @0xe2dbaccab943ee30 {
  union {
    denied @0 :Denial;
    # "unknown-privilege", "duplicate-privilege", "privilege-not-held", "too-large". Nothing was changed.
    adjusted @1 :List(TokenPrivilege);
    # As those changed stood before.
  }
}

interface TokenHolder @0xb8b8f1f0286e787a {
  # The token of whoever holds this.
  show @0 (flow :UInt64) -> (result :FlowResult) $A.methodClass(read);
  flows @1 () -> (flows :List(Flow)) $A.methodClass(read);
  adjustPrivileges @2 (changes :List(PrivilegeChange)) -> (result :AdjustResult) $A.methodClass(control);
  # All of it or nothing. Enabling one that is not there fails; disabling or removing one that is not there does nothing. Adds none, ever.
  resetPrivileges @3 () -> (result :FlowResult) $A.methodClass(control);
  # Those enabled by default are enabled, all others are not. What was removed does not come back.
}

struct ServiceLine @0x92aae56e6e4c05e2 {
  name @0 :Text;
  sid @1 :Text;
  # The service's own, S-1-5-80-...
  listening @2 :Bool;
  # Whether it takes connections now.
}

struct ConnectionInfo @0xe7038d84bd637936 {
  id @0 :UInt64;
  service @1 :Text;
  level @2 :ImpersonationLevel;
}

struct ExchangeResult @0xf2559405a21f4f18 {
  union {
    denied @0 :Denial;
    body @1 :Data;
  }
}

interface ServiceConnection @0xaf621b731ff800ab {
  # A client's end of one connection. It ends with the client's session, with the service, and when nobody holds it any more.
  info @0 () -> (info :ConnectionInfo, client :Flow) $A.methodClass(read);
  # `client`: as whom the service sees the client, as far as the level lets it.
  request @1 (body :Data) -> (result :ExchangeResult) $A.methodClass(write);
  # At most 1 MiB there and back. What it means is between the client and the service.
  close @2 () -> () $A.methodClass(control);
}

struct ConnectResult @0xac3a11d147dee880 {
  # `connection` stands outside the union so that it can be pipelined; it is null unless connected.
  connection @0 :ServiceConnection;
  union {
    denied @1 :Denial;
    # "not-found", "not-listening", "too-many-connections", "connection-refused".
    connected @2 :ConnectionInfo;
  }
}

interface ServiceDirectory @0xc38ec968858c3ea8 {
  # The services of this store that run, and connections to them.
  list @0 () -> (services :List(ServiceLine)) $A.methodClass(read);
  connect @1 (name :Text, level :ImpersonationLevel) -> (result :ConnectResult) $A.methodClass(transfer);
  # The service sees whoever holds this, up to the level, for as long as the connection lasts; what their token holds then counts.
}

interface ServiceFront @0xca85f1150c4d0791 {
  # What a service answers one connection with.
  request @0 (body :Data) -> (body :Data) $A.methodClass(write);
}

interface ServiceAcceptor @0x9c39c91f2e22d51c {
  # Serves a service's connections; the service makes it.
  accept @0 (connection :IncomingConnection) -> (front :ServiceFront) $A.methodClass(transfer);
  # Null refuses the connection.
}

struct ListenResult @0xcd36d96d7f2c850d {
  union {
    denied @0 :Denial;
    listening @1 :Void;
  }
}

interface ServiceListener @0xf3153b7083c22d53 {
  # Held by the binary of a service that was started. Connections come in as long as that runs.
  listen @0 (acceptor :ServiceAcceptor) -> (result :ListenResult) $A.methodClass(control);
  # In place of any acceptor before.
}

struct ActingResult @0xf15098dd61eb5571 {
  # `acting` stands outside the union so that it can be pipelined; it is null unless impersonating.
  acting @0 :ActingIdentity;
  union {
    denied @1 :Denial;
    # "privilege-not-held": SeImpersonatePrivilege is not present and enabled in the service's token.
    impersonating @2 :Flow;
  }
}

interface IncomingConnection @0x9c4526a521f3b99f {
  # A service's end of one connection.
  info @0 () -> (info :ConnectionInfo) $A.methodClass(read);
  identify @1 () -> (result :FlowResult) $A.methodClass(read);
  # Who the client is; denied as "anonymous" where it connected so.
  impersonate @2 () -> (result :ActingResult) $A.methodClass(transfer);
  # From now on there is one more flow of execution, which acts as the client as far as the level and the integrity of the service's token let
  # it. Other flows of the service go on as they were.
}

interface ActingIdentity @0xd4bbb78418a8219d {
  # A flow that acts as a client. Everything that is opened through it is judged as the client, and is gone when it is reverted or the
  # connection ends.
  show @0 () -> (flow :Flow) $A.methodClass(read);
  secured @1 () -> (secured :SecuredDirectories) $A.methodClass(transfer);
  services @2 () -> (services :ServiceDirectory) $A.methodClass(transfer);
  # A service that is connected to through it sees the client.
  revert @3 () -> () $A.methodClass(control);
}

struct SecuredResult @0xf5274c3b98d6964b {
  # `namespace` stands outside the union so that it can be pipelined; it is null unless opened.
  namespace @0 :Namespace;
  union {
    denied @1 :Denial;
    # "access-denied", with the walk through the descriptor in the message; "not-found".
    opened @2 :Void;
  }
}

struct AccessResult @0xebf8729b75cd2187 {
  union {
    denied @0 :Denial;
    explanation :group {
      granted @1 :Bool;
      # Whether all of `access` is granted.
      steps @2 :List(Text);
      # What was looked at, in order, for people.
      descriptor @3 :Text;
      # SDDL.
    }
  }
}

interface SecuredDirectories @0xb7da03a28e2f5e63 {
  # The data directories of services, by the name of the service, as far as the descriptor of each lets the token of this flow in. Each
  # operation is judged again, by the token as it is then.
  open @0 (service :Text) -> (result :SecuredResult) $A.methodClass(transfer);
  explain @1 (service :Text, access :Text) -> (result :AccessResult) $A.methodClass(read);
  # `access`: "read", "write", "delete" or "full".
}

struct ServiceState @0xec31d09b0040aa24 {
  account @0 :Record.AccountRecord;
  sid @1 :Text;
  running @2 :Bool;
  # The rest counts only while it runs, but for lastEnd.
  sessionId @3 :Data;
  pid @4 :UInt32;
  startedAtMs @5 :UInt64;
  recordVersion @6 :UInt64;
  # Of the account, whose definition it was started with.
  listening @7 :Bool;
  connections @8 :UInt32;
  token @9 :Token;
  lastEnd @10 :Text;
  # How it ended last, for people; empty if it has not run since the daemon started.
}

struct ServiceResult @0xca23db8e71cb614c {
  union {
    denied @0 :Denial;
    # "not-found", "already-running", "not-started", "identity-unknown", "identity-unavailable", "hook-failed", and what a launcher says.
    service @1 :ServiceState;
  }
}

struct ServiceCommandResult @0xe46e468daffe2522 {
  union {
    denied @0 :Denial;
    # "not-started", "not-defined", "timed-out", and what a launcher says.
    exited :group {
      code @1 :Int32;
      output @2 :Text;
      # Its first bytes, for people.
    }
  }
}

interface ServiceSupervisor @0xf9f9e849007660d5 {
  # Starts and stops services. It leads to nothing that they hold.
  list @0 (after :Text, limit :UInt32) -> (services :List(ServiceState), next :Text) $A.methodClass(read);
  show @1 (name :Text) -> (result :ServiceResult) $A.methodClass(read);
  start @2 (name :Text) -> (result :ServiceResult) $A.methodClass(control);
  # When it answers, startPre has run, the binary is running, and startPost has run.
  stop @3 (name :Text, reason :Text) -> (result :ServiceResult) $A.methodClass(control);
  # When it answers, its processes have ended, and what it held is revoked.
  health @4 (name :Text) -> (result :ServiceCommandResult) $A.methodClass(read);
  reload @5 (name :Text) -> (result :ServiceCommandResult) $A.methodClass(control);
}
