@0xecc48ab8a13270a3;
# Annotations that tell the Java generator where a schema file's types go.
#
# Import this file as `using Java = import "/capnp/java.capnp";`: the generator's launcher puts the folder that holds
# this file's own folder on the import path. Both annotations are required in every file Java is generated for.

annotation package @0x9ab82ca7572d47fb (file) :Text;
# The Java package of every class generated for the file, for example "dev.bailiwick.schema".

annotation outerClassname @0xa13be2f919b9e43a (file) :Text;
# The class that holds what Java cannot declare outside a class: the file's top-level constants and annotation ids.
# It is written only when the file declares any.
