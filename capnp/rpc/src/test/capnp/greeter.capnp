@0x9d3f5a17c2b8e604;
# The example of the documentation.

using Java = import "/capnp/java.capnp";
$Java.package("dev.bailiwick.capnp.rpc.example");

interface Greeter {
  greet @0 (name :Text) -> (greeting :Text);
  # Greets somebody by name.

  friend @1 () -> (greeter :Greeter);
  # Another greeter.

  tell @2 (listener :Listener) -> ();
  # Tells the listener the news.

  linger @3 () -> ();
  # Returns when nobody waits for it any more.
}

interface Listener {
  hear @0 (news :Text) -> ();
}
