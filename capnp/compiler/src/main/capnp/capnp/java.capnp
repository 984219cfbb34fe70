@0xecc48ab8a13270a3;
# Annotations that tell the Java generator where a schema file's types go.
#
# Import this file as `using Java = import "/capnp/java.capnp";`: the generator's launcher puts the folder that holds
# this file's own folder on the import path. A file needs a package; the others are for those that ask for them.

annotation package @0x9ab82ca7572d47fb (file) :Text;
# The Java package of every class generated for the file, for example "dev.bailiwick.schema".

annotation outerClassname @0xa13be2f919b9e43a (file) :Text;
# The class that holds what Java cannot declare outside a class: the file's top-level constants and annotation ids.
# It is written only when the file declares any.

annotation dataOnly @0xb7a1e5d2c0934f68 (file) :Void;
# The file's types never hold capabilities, not even where a field is AnyPointer. They are then generated for the runtime
# that reads and writes messages alone, without the RPC library, and their type parameters are AnyPointer.
