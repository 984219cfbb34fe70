package dev.bailiwick.capnp.rpc;

import static dev.bailiwick.capnp.rpc.SturdyRefStoreContract.ADA;
import static org.assertj.core.api.Assertions.assertThat;

import dev.bailiwick.capnp.rpc.persistent.Persistent;
import dev.bailiwick.capnp.rpc.persistent.Seal;
import dev.bailiwick.capnp.rpc.persistent.SturdyRef;
import dev.bailiwick.capnp.rpc.testing.Counter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Saving and restoring with a stock C++ vat, which knows the published {@code persistent.capnp} and not ours. */
@Tag("native-tools")
class CppPersistenceTest {
    private static final SturdyObject COUNTER = new SturdyObject(new byte[] {1});

    @TempDir
    static Path build;

    @TempDir
    Path folder;

    private final Adder adder = new Adder();
    private final SturdyRefs refs =
            new SturdyRefs(new InMemorySturdyRefs(), InstantSource.system(), new SecureRandom(), SturdyLimits.DEFAULT);

    @BeforeAll
    static void compile() throws IOException, InterruptedException {
        for (String schema : List.of("src/test/capnp/counter.capnp", "src/main/capnp/sturdy.capnp")) {
            run(
                    "capnp",
                    "compile",
                    "-I../compiler/src/main/capnp",
                    "--src-prefix=" + Path.of(schema).getParent(),
                    "-oc++:" + build,
                    schema);
        }
        run(
                "g++",
                "-std=c++17",
                "-O1",
                "-o",
                build.resolve("sturdy").toString(),
                "-I" + build,
                "src/test/cpp/sturdy.c++",
                build.resolve("counter.capnp.c++").toString(),
                build.resolve("sturdy.capnp.c++").toString(),
                "-lcapnp-rpc",
                "-lcapnp",
                "-lkj-async",
                "-lkj");
    }

    private static List<String> run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return output.lines().toList();
    }

    private List<String> sturdy(String mode, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                build.resolve("sturdy").toString(), mode, folder.resolve("s").toString()));
        command.addAll(List.of(arguments));
        return run(command.toArray(String[]::new));
    }

    private UnixListener listen(UnixListener.BootstrapFactory factory) throws IOException {
        return UnixListener.open(
                folder.resolve("s"), PosixFilePermissions.fromString("rw-------"), factory, Limits.DEFAULT, 4);
    }

    @Test
    void aStockClientSavesOurObjectAndRestoresItAfterwards() throws IOException, InterruptedException {
        List<String> saved;
        try (UnixListener listener = listen(peer -> {
            try (Counter.Client counter = adder.client()) {
                return refs.saveable(counter, Counter.factory, ADA, COUNTER);
            }
        })) {
            saved = sturdy("save");
            assertThat(listener.socket()).exists();
        }
        assertThat(saved).singleElement().asString().matches("[0-9a-f]{64}");
        assertThat(refs.list(ADA)).singleElement().satisfies(record -> {
            assertThat(record.label()).isEqualTo("from C++");
            assertThat(record.hash())
                    .isEqualTo(SturdyToken.of(HexFormat.of().parseHex(saved.getFirst()))
                            .orElseThrow()
                            .hash());
        });
        try (UnixListener listener = listen(peer -> refs.restorer(ADA, record -> Optional.of(adder.client())))) {
            List<String> restored = sturdy("restore", saved.getFirst());
            assertThat(restored).hasSize(2);
            assertThat(restored.getFirst()).isEqualTo("3");
            assertThat(restored.getLast()).contains(SturdyRefs.UNKNOWN);
            assertThat(listener.socket()).exists();
        }
    }

    @Test
    void ourClientSavesAStockServersObject() throws IOException {
        Path socket = folder.resolve("theirs");
        Process server = new ProcessBuilder(build.resolve("sturdy").toString(), "serve", socket.toString())
                .redirectErrorStream(true)
                .start();
        try {
            assertThat(server.inputReader().readLine()).isEqualTo("ready");
            try (RpcConnection connection = UnixConnection.connect(socket);
                    Persistent.Client theirs = connection.bootstrap(Persistent.factory)) {
                var request = theirs.saveRequest();
                request.params().initSealFor().initAs(Seal.factory).setOwner(ADA.bytes());
                try (var response = request.send().join()) {
                    assertThat(response.get()
                                    .getSturdyRef()
                                    .getAs(SturdyRef.factory)
                                    .getToken()
                                    .toArray())
                            .asString(StandardCharsets.UTF_8)
                            .isEqualTo("saved for ada");
                }
            }
        } finally {
            server.destroy();
        }
    }
}
