package dev.bailiwick.capnp.rpc.example;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.bailiwick.capnp.rpc.CallContext;
import dev.bailiwick.capnp.rpc.Calls;
import dev.bailiwick.capnp.rpc.InMemorySturdyRefs;
import dev.bailiwick.capnp.rpc.Limits;
import dev.bailiwick.capnp.rpc.Membrane;
import dev.bailiwick.capnp.rpc.MembranePolicy;
import dev.bailiwick.capnp.rpc.RpcConnection;
import dev.bailiwick.capnp.rpc.RpcException;
import dev.bailiwick.capnp.rpc.SturdyLimits;
import dev.bailiwick.capnp.rpc.SturdyObject;
import dev.bailiwick.capnp.rpc.SturdyOwner;
import dev.bailiwick.capnp.rpc.SturdyRefs;
import dev.bailiwick.capnp.rpc.UnixConnection;
import dev.bailiwick.capnp.rpc.UnixListener;
import dev.bailiwick.capnp.rpc.persistent.Persistent;
import dev.bailiwick.capnp.rpc.persistent.Restorer;
import dev.bailiwick.capnp.rpc.persistent.SturdyRef;
import java.io.IOException;
import java.nio.channels.Pipe;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs what the documentation shows. Its regions are the documentation's snippets, which {@code SnippetsTest} compares. */
class TutorialTest {
    private final List<String> printed = Collections.synchronizedList(new ArrayList<>());

    private void print(Object line) {
        printed.add(line.toString());
    }

    private static String greet(Greeter.Client greeter, String name) {
        var request = greeter.greetRequest();
        request.params().setName(name);
        try (var response = request.send().join()) {
            return response.get().getGreeting().toString();
        }
    }

    @Test
    void anObjectIsCalledInTheSameProcess() {
        // region call
        try (Greeter.Client greeter = Greeter.client(new Polite())) {
            var request = greeter.greetRequest();
            request.params().setName("Ada");
            try (var response = request.send().join()) {
                print(response.get().getGreeting());
            }
        }
        // endregion
        assertThat(printed).containsExactly("good day, Ada");
    }

    @Test
    void theFirstProgramRuns() throws IOException {
        Hello.main(new String[] {"Ada", "Grace"});
    }

    @Test
    void anObjectIsServedAndCalledOverASocket(@TempDir Path folder) throws IOException {
        Path socket = folder.resolve("greeter");
        // region serve
        UnixListener listener = UnixListener.open(
                socket,
                PosixFilePermissions.fromString("rw-------"), // who may connect
                peer -> Greeter.client(new Polite()), // what a peer finds; peer says its pid, uid and gid
                Limits.DEFAULT,
                1_000); // connections at a time
        // endregion
        try (listener) {
            // region connect
            try (RpcConnection connection = UnixConnection.connect(socket);
                    Greeter.Client greeter = connection.bootstrap(Greeter.factory)) {
                print(greet(greeter, "Ada"));
            }
            // endregion
        }
        assertThat(printed).containsExactly("good day, Ada");
    }

    @Test
    void anyPairOfChannelsWillDo() throws IOException {
        Pipe there = Pipe.open();
        Pipe back = Pipe.open();
        // region channels
        RpcConnection server =
                RpcConnection.open(there.source(), back.sink(), Greeter.client(new Polite()), Limits.DEFAULT);
        RpcConnection client = RpcConnection.open(back.source(), there.sink(), Limits.DEFAULT);
        // endregion
        try (server;
                client;
                Greeter.Client greeter = client.bootstrap(Greeter.factory)) {
            assertThat(greet(greeter, "Ada")).isEqualTo("good day, Ada");
        }
    }

    @Test
    void aCapabilityIsCalledBeforeItIsThere() {
        try (Greeter.Client greeter = Greeter.client(new Polite())) {
            // region pipelining
            try (var call = greeter.friendRequest().send();
                    Greeter.Client friend = call.pipeline().getGreeter()) {
                print(greet(friend, "Grace"));
            }
            // endregion
        }
        assertThat(printed).containsExactly("good day, Grace");
    }

    @Test
    void aCallNeedNotBeWaitedFor() {
        try (Greeter.Client greeter = Greeter.client(new Polite())) {
            // region futures
            var request = greeter.greetRequest();
            request.params().setName("Ada");
            CompletionStage<String> greeting = request.send().stage().thenApply(response -> {
                try (response) {
                    return response.get().getGreeting().toString();
                }
            });
            // endregion
            assertThat(greeting.toCompletableFuture().join()).isEqualTo("good day, Ada");
        }
    }

    @Test
    void anObjectCallsBack() {
        try (Greeter.Client greeter = Greeter.client(new Chatty())) {
            // region callback
            Listener.Server printer = new Listener.Server() {
                @Override
                public CompletionStage<?> hear(
                        CallContext<Listener.HearParams.Reader, Listener.HearResults.Builder> call) {
                    print(call.params().getNews());
                    return Calls.DONE;
                }
            };
            try (Listener.Client listener = Listener.client(printer)) {
                var request = greeter.tellRequest();
                request.params().setListener(listener);
                request.send().await();
            }
            // endregion
        }
        assertThat(printed).containsExactly("it rains");
    }

    @Test
    void whatWasGivenThroughAMembraneIsTakenBack() {
        // region membrane
        Set<String> allowed = Set.of("greet", "friend");
        Membrane membrane = new Membrane(
                crossing -> crossing.method()
                                .filter(method -> allowed.contains(method.name()))
                                .isPresent()
                        ? MembranePolicy.Decision.PASS
                        : MembranePolicy.Decision.refuse(RpcException.failed("guests may only greet")),
                List.of(Greeter.SCHEMA)); // which interfaces it knows, also of objects that are elsewhere or promised
        // endregion
        try (Greeter.Client inside = Greeter.client(new Chatty());
                Greeter.Client guests = membrane.wrap(inside, Greeter.factory)) {
            assertThatThrownBy(() -> guests.lingerRequest().send().await()).hasMessage("guests may only greet");
        }
        // region revoke
        try (Greeter.Client inside = Greeter.client(new Polite());
                Greeter.Client guests = membrane.wrap(inside, Greeter.factory);
                var call = guests.friendRequest().send();
                Greeter.Client friend = call.pipeline().getGreeter()) {
            print(greet(friend, "Ada"));
            membrane.revoke("the party is over"); // guests, friend, and whatever was got from them
            print(greet(friend, "Ada")); // throws
        } catch (RpcException revoked) {
            print(revoked.reason());
        }
        // endregion
        assertThat(printed).containsExactly("good day, Ada", "revoked: the party is over");
    }

    @Test
    void aFailureSaysWhatTheCallerCanDo() {
        try (Greeter.Client greeter = Greeter.client(new Polite())) {
            // region errors
            try {
                greet(greeter, "");
            } catch (RpcException failure) {
                print(
                        switch (failure.type()) {
                            case FAILED -> "no use trying again: " + failure.reason();
                            case OVERLOADED -> "try again later: " + failure.reason();
                            case DISCONNECTED -> "connect again: " + failure.reason();
                            case UNIMPLEMENTED -> "try an older way: " + failure.reason();
                        });
            }
            // endregion
        }
        assertThat(printed).containsExactly("no use trying again: a greeting needs a name");
    }

    @Test
    void aCallThatIsGivenUpIsCancelled() {
        try (Greeter.Client greeter = Greeter.client(new Chatty())) {
            // region cancellation
            var call = greeter.lingerRequest().send();
            call.cancel(); // or close(), which also gives the response up
            // endregion
            // As cancelled if the method had not begun, otherwise as the method chose.
            await().until(call.stage().toCompletableFuture()::isDone);
        }
    }

    @Test
    void aPeerIsGivenLessThanTheDefaults(@TempDir Path folder) throws IOException {
        Path socket = folder.resolve("greeter");
        try (UnixListener listener = UnixListener.open(
                socket,
                PosixFilePermissions.fromString("rw-------"),
                peer -> Greeter.client(new Polite()),
                Limits.DEFAULT,
                1)) {
            assertThat(listener.socket()).exists();
            // region limits
            Limits small = Limits.DEFAULT.withMessageBytes(64 << 10).withCalls(100, 100);
            RpcConnection connection = UnixConnection.connect(socket, small);
            // endregion
            try (connection;
                    Greeter.Client greeter = connection.bootstrap(Greeter.factory)) {
                assertThat(greet(greeter, "Ada")).isEqualTo("good day, Ada");
                assertThatThrownBy(() -> greet(greeter, "x".repeat(65_536)))
                        .isInstanceOf(RpcException.class)
                        .hasMessageContaining("limit of 65536");
            }
        }
    }

    @Test
    void aCapabilityIsSavedAndRestored() {
        // region save
        SturdyRefs refs = new SturdyRefs(
                new InMemorySturdyRefs(), InstantSource.system(), new SecureRandom(), SturdyLimits.DEFAULT);
        SturdyOwner ada = new SturdyOwner("ada".getBytes(StandardCharsets.UTF_8));
        SturdyObject front = new SturdyObject("front door".getBytes(StandardCharsets.UTF_8));

        byte[] token;
        try (Greeter.Client plain = Greeter.client(new Polite());
                Greeter.Client greeter = refs.saveable(plain, Greeter.factory, ada, front);
                // from here on as Ada, perhaps at the other end of a connection
                Persistent.Client persistent = greeter.castAs(Persistent.factory);
                var response = persistent.saveRequest().send().join()) {
            token = response.get()
                    .getSturdyRef()
                    .getAs(SturdyRef.factory)
                    .getToken()
                    .toArray();
        }
        // endregion
        // region restore
        // given only to peers that proved to be Ada
        Restorer.Client restorer = refs.restorer(
                ada,
                record -> record.object().equals(front) ? Optional.of(Greeter.client(new Polite())) : Optional.empty());

        // as Ada, on another connection
        var request = restorer.restoreRequest();
        request.params().initRef().setToken(token);
        try (var call = request.send();
                Greeter.Client greeter = call.pipeline().getCap().asCapability(Greeter.factory)) {
            print(greet(greeter, "Ada"));
        }
        // endregion
        restorer.close();
        assertThat(printed).containsExactly("good day, Ada");
    }
}
