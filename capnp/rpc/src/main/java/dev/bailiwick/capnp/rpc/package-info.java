/**
 * Cap'n Proto RPC for Java: objects are called through capabilities, alike whether they live in this process or at the other
 * end of a connection. Knows nothing of accounts; the schema compiler generates the typed clients and servers on top of it.
 *
 * <h2>From nothing to a call in one page</h2>
 *
 * A schema file says what can be called:
 *
 * <pre>{@code
 * interface Greeter {
 *   greet @0 (name :Text) -> (greeting :Text);
 *   # Greets somebody by name.
 *
 *   friend @1 () -> (greeter :Greeter);
 *   # Another greeter.
 *
 *   tell @2 (listener :Listener) -> ();
 *   # Tells the listener the news.
 *
 *   linger @3 () -> ();
 *   # Returns when nobody waits for it any more.
 * }
 * }</pre>
 *
 * The compiler makes of it {@code Greeter.Server}, to implement, and {@code Greeter.Client}, to call. An object; whatever it does
 * not implement fails as unimplemented:
 *
 * <pre>{@code
 * final class Polite implements Greeter.Server {
 *     @Override
 *     public CompletionStage<?> greet(CallContext<Greeter.GreetParams.Reader, Greeter.GreetResults.Builder> call) {
 *         String name = call.params().getName().toString();
 *         if (name.isEmpty()) {
 *             throw RpcException.failed("a greeting needs a name");
 *         }
 *         call.results().setGreeting("good day, " + name);
 *         return Calls.DONE;
 *     }
 *
 *     @Override
 *     public CompletionStage<?> friend(CallContext<Greeter.FriendParams.Reader, Greeter.FriendResults.Builder> call) {
 *         try (Greeter.Client friend = Greeter.client(new Polite())) {
 *             call.results().setGreeter(friend); // the message takes a reference of its own
 *         }
 *         return Calls.DONE;
 *     }
 * }
 * }</pre>
 *
 * Calling it, here in the same process:
 *
 * <pre>{@code
 * try (Greeter.Client greeter = Greeter.client(new Polite())) {
 *     var request = greeter.greetRequest();
 *     request.params().setName("Ada");
 *     try (var response = request.send().join()) {
 *         print(response.get().getGreeting());
 *     }
 * }
 * }</pre>
 *
 * and across a socket, where nothing changes but where the first client comes from. One process serves:
 *
 * <pre>{@code
 * UnixListener listener = UnixListener.open(
 *         socket,
 *         PosixFilePermissions.fromString("rw-------"), // who may connect
 *         peer -> Greeter.client(new Polite()), // what a peer finds; peer says its pid, uid and gid
 *         Limits.DEFAULT,
 *         1_000); // connections at a time
 * }</pre>
 *
 * another calls:
 *
 * <pre>{@code
 * try (RpcConnection connection = UnixConnection.connect(socket);
 *         Greeter.Client greeter = connection.bootstrap(Greeter.factory)) {
 *     print(greet(greeter, "Ada"));
 * }
 * }</pre>
 *
 * A capability in results can be called before the results are there; both calls travel in one round trip:
 *
 * <pre>{@code
 * try (var call = greeter.friendRequest().send();
 *         Greeter.Client friend = call.pipeline().getGreeter()) {
 *     print(greet(friend, "Grace"));
 * }
 * }</pre>
 *
 * <h2>Rules of the house</h2>
 *
 * <ul>
 *   <li><b>Who gets a client closes it.</b> Getters of capability fields, {@code share()}, {@code castAs}, pipelines and
 *       bootstraps give one each. Setters take a reference of their own. A response is closed when it is read.
 *   <li><b>An object's methods run one at a time</b>, in call order, never on a caller's stack: they may block and need no
 *       locks. See {@link dev.bailiwick.capnp.rpc.CapabilityServer}.
 *   <li><b>Failures are {@link dev.bailiwick.capnp.rpc.RpcException}s</b> with a type that says what the caller can do. A method
 *       throws them; anything else it throws reaches the caller as an internal error and the log in full.
 *   <li><b>What is given out can be taken back</b> if it was given through a {@link dev.bailiwick.capnp.rpc.Membrane}.
 *   <li><b>What shall outlast its connection is saved</b> as a sturdy reference: {@link dev.bailiwick.capnp.rpc.SturdyRefs}.
 *   <li><b>A peer can take only so much</b>: {@link dev.bailiwick.capnp.rpc.Limits}.
 * </ul>
 *
 * <h2>What is spoken</h2>
 *
 * The published protocol at level 1, with C++ vats tested against in both roles: bootstrap, calls, every kind of return, finish,
 * promises and their resolution, embargoes, release, abort. Messages of level 3 and above (provide, accept, join) are answered
 * as unimplemented, and a capability of a third vat is reached through its vine. File descriptors are not passed. The results of
 * a call that is forwarded to the vat it came from do not pass through this one.
 */
@NullMarked
package dev.bailiwick.capnp.rpc;

import org.jspecify.annotations.NullMarked;
