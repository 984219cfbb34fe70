@0xb6a3f1c27de94d05;
# The terminal that a client brings with it (seed 002, "Default Session Resources").

using Java = import "/capnp/java.capnp";
using A = import "annotations.capnp";
$Java.package("dev.bailiwick.schema.gen");
$Java.outerClassname("Terminals");

struct TerminalInfo @0xcf0b6a4a2c1d7e93 {
  type @0 :Text;
  # As in TERM, for instance "xterm-256color"; "dumb" where nothing is known.
  columns @1 :UInt16;
  rows @2 :UInt16;
  # 0: unknown.
}

interface TerminalSession @0xe5d0c3b7a8f14629 {
  # A terminal. The client serves it; what a session holds is that object behind the session's membrane. It answers "revoked: " once the
  # session has ended or was taken up with another terminal, and is of no more use once the client is gone.
  info @0 () -> (info :TerminalInfo) $A.methodClass(read);
  read @1 (limit :UInt32) -> (data :Data, end :Bool) $A.methodClass(read) $A.waits;
  # Waits until there is something; at most `limit` bytes and at most 64 KiB. `end`: nothing more will come.
  write @2 (data :Data) -> () $A.methodClass(write);
  # At most 64 KiB a call.
}
