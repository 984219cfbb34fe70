@0xaee6c16be8aaca42;
# What programs write their logs to. In a file of its own, because C++ cannot compile files that import each other.

using Java = import "/capnp/java.capnp";
using A = import "annotations.capnp";
using Denial = import "denial.capnp".Denial;
$Java.package("dev.bailiwick.schema.gen");
$Java.outerClassname("Logs");

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
