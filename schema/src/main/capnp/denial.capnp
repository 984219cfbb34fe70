@0x9605a5fb6efd0dd7;
# The typed refusal that every interface answers with. In a file of its own, because C++ cannot compile files that import
# each other.

using Java = import "/capnp/java.capnp";
$Java.package("dev.bailiwick.schema.gen");
$Java.outerClassname("Denials");

struct Denial @0x86ada8d9b62b3f95 {
  # A typed refusal. `code` is stable, `message` is for people, `hint` says what to do next and may be empty.
  code @0 :Text;
  message @1 :Text;
  hint @2 :Text;
}
