package dev.bailiwick.capnp.rpc.example;

import dev.bailiwick.capnp.rpc.Limits;
import dev.bailiwick.capnp.rpc.RpcConnection;
import dev.bailiwick.capnp.rpc.UnixConnection;
import dev.bailiwick.capnp.rpc.UnixListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** The first program: an object is served on a socket, and called over it. */
final class Hello {
    private Hello() {}

    // region hello
    public static void main(String[] names) throws IOException {
        Path socket = Files.createTempDirectory("hello").resolve("socket");
        try (UnixListener listener = UnixListener.open(
                        socket,
                        PosixFilePermissions.fromString("rw-------"),
                        peer -> Greeter.client(new Polite()),
                        Limits.DEFAULT,
                        10);
                RpcConnection connection = UnixConnection.connect(listener.socket());
                Greeter.Client greeter = connection.bootstrap(Greeter.factory)) {
            for (String name : names) {
                var request = greeter.greetRequest();
                request.params().setName(name);
                try (var response = request.send().join()) {
                    System.out.println(response.get().getGreeting());
                }
            }
        }
        Files.delete(socket.getParent());
    }
    // endregion
}
