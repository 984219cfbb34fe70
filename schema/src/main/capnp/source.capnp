@0xa2026a9185c7154a;
# What a source of outside identities serves: a program of the site's own, on a Unix socket that the daemon is told of. It says who somebody
# is. Nothing that it says makes a token, a session or a privilege.

using Java = import "/capnp/java.capnp";
using A = import "annotations.capnp";
$Java.package("dev.bailiwick.schema.gen");
$Java.outerClassname("Sources");

struct OutsidePrincipal @0xd092a6a79fe2c7e7 {
  # Somebody whom a source knows. Every SID is below the domain that the daemon was told for the source; one that is not refuses all of it.
  user @0 :Text;
  # Such as "S-1-5-21-7-8-9-1013", in the one text that a SID has.
  groups @1 :List(Text);
  # At most 240, none of them twice, and not the user's.
  displayName @2 :Text;
  # For people: at most 128 UTF-16 units without control characters; may be empty. It is shown behind the source's name and decides nothing.
}

struct ResolveResult @0xa8ca51fd79ca85d1 {
  union {
    known @0 :OutsidePrincipal;
    # First, so that an answer with nothing in it is not taken for "unknown".
    unknown @1 :Void;
    # The source knows for sure that it has no such name: the next one is asked. A source that cannot say fails the call.
  }
}

interface IdentitySource @0xc7885c40d874fd8c {
  # The object that a connection to the source's socket offers.
  resolve @0 (name :Text) -> (result :ResolveResult) $A.methodClass(read);
  # Who that is. The name is as a service's definition has it, without trimming or change of case, at most 512 UTF-16 units. An answer takes
  # at most 5 s and 64 KiB; the connection is closed after it.
}
