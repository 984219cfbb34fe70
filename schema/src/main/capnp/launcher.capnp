@0xd8e1b05f3a7c4296;
# Starting approved programs as real processes (seed 002, "Default Session Resources"; ARCHITECTURE 6).

using Java = import "/capnp/java.capnp";
using A = import "annotations.capnp";
using Denial = import "denial.capnp".Denial;
using Terminal = import "terminal.capnp";
using Namespace = import "namespace.capnp".Namespace;
using Identity = import "identity.capnp";
using LogSink = import "log.capnp".LogSink;
$Java.package("dev.bailiwick.schema.gen");
$Java.outerClassname("Launchers");

struct ApprovedProgram @0xa4f7d60e91b3c258 {
  # A program that this session may start.
  name @0 :Text;
  summary @1 :Text;
  path @2 :Text;
  measured @3 :Bool;
  # Only a file of a stated SHA-256 is started.
  arguments @4 :Text;
  # Which arguments it takes, for people.
  asCaller @5 :Bool;
  # It acts as whoever starts it: it holds `identity`, `services` and `secured` of ProgramCaps by a duplicate of their token.
}

struct ExitStatus @0xf39c1b7e0d5a8462 {
  code @0 :Int32;
  # What the program gave back; 128 and the signal's number if one ended it.
  signal @1 :UInt32;
  # 0: none. A program that gives back 129 to 192 by itself cannot be told from one that a signal ended.
  reason @2 :Text;
  # Why it was ended, where the launcher ended it: "revoked: ...", "quota-exceeded: ...".
}

interface Process @0xc17d4e2fa6b8039b {
  # One started program and everything it started. All of it is ended when the grant of the launcher goes, and when nobody holds
  # this any more.
  info @0 () -> (name :Text, pid :UInt32, startedAtMs :UInt64, limits :List(Text)) $A.methodClass(read);
  # `pid` is the program's own, as the daemon sees it; 0 once it has ended. `limits`: what is in force, and used, for people.
  wait @1 () -> (status :ExitStatus) $A.methodClass(read) $A.waits;
  # Answers when it has ended.
  end @2 () -> () $A.methodClass(control);
  # Kills it and everything it started.
  read @3 (limit :UInt32) -> (data :Data, end :Bool) $A.methodClass(read) $A.waits;
  # Of its standard output and error, where it has no terminal: at most `limit` bytes (0: as many as there are) and at most
  # 64 KiB. Waits until there is something. `end`: nothing more will come.
  write @4 (data :Data, end :Bool) -> () $A.methodClass(write);
  # To its standard input, where it has no terminal: at most 64 KiB, and answers when there is room for more. `end`: nothing more
  # will come.
}

struct LaunchResult @0x9f1a63c8e2d7b504 {
  # `process` stands outside the union so that it can be pipelined; it is null unless started.
  process @0 :Process;
  union {
    denied @1 :Denial;
    started @2 :Void;
  }
}

interface Launcher @0xeb240f96c5d3817a {
  # Starts approved programs, and nothing else.
  list @0 () -> (programs :List(ApprovedProgram), limits :List(Text)) $A.methodClass(read);
  launch @1 (name :Text, arguments :List(Text), terminal :Terminal.TerminalSession) -> (result :LaunchResult)
      $A.methodClass(control);
  # `terminal` may be null.
}

struct ProgramCaps @0xb0e95d2a7f14c683 {
  # What a launched program holds: less than the session that started it. Null: it does not hold that.
  home @0 :Namespace;
  config @1 :Namespace;
  cache @2 :Namespace;
  tmp @3 :Namespace;
  terminal @4 :Terminal.TerminalSession;
  program @5 :Text;
  # The name it was launched by.
  # Appended, for the programs of a service, which the supervisor starts. A program that acts as its caller holds `identity`, `services` and
  # `secured` of these.
  identity @6 :Identity.TokenHolder;
  # The token that this program was started with.
  logSink @7 :LogSink;
  services @8 :Identity.ServiceDirectory;
  secured @9 :Identity.SecuredDirectories;
  # Both as the token of `identity`.
  listener @10 :Identity.ServiceListener;
  # Only of the service's binary.
}

struct ClaimResult @0xd5c82f0b13e69a47 {
  caps @0 :ProgramCaps;
  union {
    denied @1 :Denial;
    granted @2 :Void;
  }
}
