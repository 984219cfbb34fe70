package dev.bailiwick.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bailiwick.accountstore.StoreTables;
import dev.bailiwick.capnp.rpc.CapabilityClient;
import dev.bailiwick.capnp.rpc.Request;
import dev.bailiwick.capnp.rpc.Response;
import dev.bailiwick.capnp.rpc.RpcException;
import dev.bailiwick.engine.Engine;
import dev.bailiwick.engine.EngineLimits;
import dev.bailiwick.engine.RocksEngine;
import dev.bailiwick.engine.RocksOptions;
import dev.bailiwick.engine.StoreOwner;
import dev.bailiwick.engine.Table;
import dev.bailiwick.schema.Canonical;
import dev.bailiwick.schema.gen.CredentialRecord;
import dev.bailiwick.schema.gen.SessionBundle;
import dev.bailiwick.schema.gen.TerminalSession;
import dev.bailiwick.storage.StorageTables;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.capnproto.StructBuilder;
import org.capnproto.Text;
import org.capnproto.TextList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Calls every method that can be reached from an account administrator's capabilities, on a live store with recognisable secrets, and
 * reads every byte that comes back over the wire: no home, no verifier and no key is in it (seed 002, Gate 2).
 */
class SeparationTest {
    private static final String HOME_CONTENT = "what only alice and her home know";
    private static final int TRIES = 12;

    /** Whom changes are tried on: not the administrator, whose session has to last. */
    private static final List<String> NAMES =
            List.of("alice", "bob", "recovery", "guest", "standard", "local-user", "home", "/", "nobody");

    @TempDir
    Path directory;

    private final Random random = new Random(42);
    private final List<byte[]> ids = new ArrayList<>(List.of(new byte[0], new byte[16]));
    private final Set<String> called = new HashSet<>();
    private final Set<Class<?>> explored = new HashSet<>();

    @Test
    void noMethodOfAnAccountAdministratorGivesAHomeAVerifierOrAKey() throws Exception {
        try (Site site = Site.running(directory)
                        .withAccount("alice", "alices secret password")
                        .withAccount("bob", "bobs password");
                Tap tap = Tap.before(site.socket(), directory.resolve("tap.sock"))) {
            site.withInput("alice", HOME_CONTENT, "home", "put", "diary").ok();
            site.withInput("alice", HOME_CONTENT, "keyring", "seal", "diary").ok();
            assertThat(site.store().resolve("keyring.key")).exists();
            site.stop();
            List<byte[]> secrets = secrets(site);
            assertThat(secrets).hasSizeGreaterThan(6);
            site.serve();

            try (LiveSession session = LiveSession.password(
                    Connection.to(tap.socket()),
                    "operator",
                    Site.OPERATOR_PASSWORD.getBytes(StandardCharsets.UTF_8),
                    TerminalSession.factory.nullClient())) {
                SessionBundle.Reader bundle = session.bundle();
                List<CapabilityClient> roots = List.of(
                        bundle.getAccountReader(),
                        bundle.getAccountManager(),
                        bundle.getProfileReader(),
                        bundle.getRoleDirectory(),
                        bundle.getPlanner(),
                        bundle.getStoreInspector());
                for (CapabilityClient root : roots) {
                    assertThat(root.isNull()).isFalse();
                    explore(root);
                }
                roots.forEach(CapabilityClient::close);
            }
            byte[] heard = tap.heard();

            System.out.println(called.size() + " methods, " + heard.length + " bytes heard: " + called);
            assertThat(called)
                    .contains(
                            "AccountStoreReader.rawRecord",
                            "AccountStoreReader.bindings",
                            "AccountStoreManager.issueEnrolment",
                            "AccountStoreManager.createBinding",
                            "ResourceProfileManager.update",
                            "PolicyProfileManager.create",
                            "StoreInspector.checkpoint",
                            "AuthorityBroker.plan");
            assertThat(contains(heard, "alice".getBytes(StandardCharsets.UTF_8)))
                    .as("the tap hears answers")
                    .isTrue();
            for (byte[] secret : secrets) {
                assertThat(contains(heard, secret))
                        .as("a secret that begins with %02x", secret[0])
                        .isFalse();
            }
        }
    }

    @Test
    void theTapWouldHearAHome() throws Exception {
        try (Site site = Site.running(directory).withAccount("alice", "alices secret password");
                Tap tap = Tap.before(site.socket(), directory.resolve("tap.sock"))) {
            site.withInput("alice", HOME_CONTENT, "home", "put", "diary").ok();
            try (LiveSession session = LiveSession.password(
                            Connection.to(tap.socket()),
                            "alice",
                            "alices secret password".getBytes(StandardCharsets.UTF_8),
                            TerminalSession.factory.nullClient());
                    var home = session.bundle().getHome()) {
                var request = home.getRequest();
                request.params().setPath("diary");
                try (var response = request.send().join();
                        var blob = response.get().getResult().getBlob()) {
                    var read = blob.readRequest();
                    read.params().setLength(1000);
                    read.send().join().close();
                }
            }

            assertThat(contains(tap.heard(), HOME_CONTENT.getBytes(StandardCharsets.UTF_8)))
                    .isTrue();
        }
    }

    // ---- what must not be heard ----

    private List<byte[]> secrets(Site site) throws IOException {
        List<byte[]> secrets = new ArrayList<>(List.of(
                HOME_CONTENT.getBytes(StandardCharsets.UTF_8),
                "alices secret password".getBytes(StandardCharsets.UTF_8),
                Site.OPERATOR_PASSWORD.getBytes(StandardCharsets.UTF_8)));
        List<Table> tables = Stream.concat(StoreTables.ALL.stream(), StorageTables.all().stream())
                .toList();
        Table records = tables.stream()
                .filter(table -> table.name().equals("records"))
                .findFirst()
                .orElseThrow();
        try (Engine engine = RocksEngine.open(new RocksOptions(
                site.store(),
                tables,
                RocksOptions.Mode.READ_ONLY,
                StoreOwner.thisProcess(Optional.empty()),
                EngineLimits.DEFAULT))) {
            engine.read(view -> {
                view.scan(records, new byte[0], null, (key, value) -> {
                    ids.add(Arrays.copyOfRange(key, 1, 17));
                    if (key[0] == 6) { // RecordKind.credential
                        var credential = Canonical.reader(value).getRoot(CredentialRecord.factory);
                        secrets.add(credential.getVerifier().toArray());
                        secrets.add(credential.getSalt().toArray());
                    }
                    return true;
                });
                return true;
            });
        }
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.filter(file -> file.getFileName().toString().contains("key"))
                    .filter(Files::isRegularFile)
                    .toList()) {
                byte[] key = Files.readAllBytes(file);
                // The seed of an Ed25519 key is what its encoding ends with, whatever the file's own form.
                secrets.add(key.length <= 32 ? key : Arrays.copyOfRange(key, key.length - 32, key.length));
                secrets.add(key);
            }
        }
        return secrets.stream().filter(secret -> secret.length >= 8).toList();
    }

    private static boolean contains(byte[] text, byte[] part) {
        // Byte for byte as characters: a search that the JDK does fast.
        return new String(text, StandardCharsets.ISO_8859_1).contains(new String(part, StandardCharsets.ISO_8859_1));
    }

    // ---- every method ----

    private void explore(CapabilityClient capability) throws ReflectiveOperationException {
        Class<?> type = capability.getClass();
        if (!explored.add(type)) {
            return;
        }
        List<Method> methods = Arrays.stream(type.getMethods())
                .filter(method -> method.getName().endsWith("Request") && method.getParameterCount() == 0)
                .sorted(Comparator.comparing(Method::getName))
                .toList();
        assertThat(methods).as(type.getName()).isNotEmpty();
        for (Method method : methods) {
            String name = method.getName();
            called.add(type.getDeclaringClass().getSimpleName() + "."
                    + name.substring(0, name.length() - "Request".length()));
            for (int i = 0; i < TRIES; i++) {
                call(capability, method, i > 0);
            }
        }
    }

    private void call(CapabilityClient capability, Method method, boolean plausible)
            throws ReflectiveOperationException {
        Request<?, ?, ?> request = (Request<?, ?, ?>) method.invoke(capability);
        if (plausible) {
            fill(request.params(), 0);
        }
        try (Response<?> response = request.send().join()) {
            follow(response.get());
        } catch (RpcException refused) {
            assertThat(refused.reason())
                    .as(method.getName() + " went wrong inside")
                    .doesNotContain("NullPointer", "IllegalState");
        }
    }

    /** Sets every field that a value can be made for. */
    private void fill(Object builder, int depth) throws ReflectiveOperationException {
        for (Method method : builder.getClass().getMethods()) {
            if (method.getDeclaringClass() == StructBuilder.class || method.getParameterCount() != 1) {
                continue;
            }
            Class<?> type = method.getParameterTypes()[0];
            if (method.getName().startsWith("set") && !method.getName().contains("_")) {
                if (type == String.class) {
                    method.invoke(builder, NAMES.get(random.nextInt(NAMES.size())));
                } else if (type == byte[].class) {
                    method.invoke(builder, (Object) ids.get(random.nextInt(ids.size())));
                } else if (type == long.class) {
                    method.invoke(builder, (long) random.nextInt(4));
                } else if (type == int.class) {
                    method.invoke(builder, random.nextInt(300));
                } else if (type == boolean.class) {
                    method.invoke(builder, random.nextBoolean());
                } else if (type.isEnum()) {
                    method.invoke(builder, type.getEnumConstants()[random.nextInt(type.getEnumConstants().length - 1)]);
                }
            } else if (method.getName().startsWith("init") && method.getReturnType() == TextList.Builder.class) {
                ((TextList.Builder) method.invoke(builder, 1))
                        .set(0, new Text.Reader(NAMES.get(random.nextInt(NAMES.size()))));
            }
        }
        for (Method method : builder.getClass().getMethods()) {
            boolean struct = method.getName().startsWith("init")
                    && method.getParameterCount() == 0
                    && StructBuilder.class.isAssignableFrom(method.getReturnType());
            if (struct && depth < 3 && random.nextBoolean()) {
                fill(method.invoke(builder), depth + 1);
            }
        }
    }

    /** Explores every capability in a result. */
    private void follow(Object struct) throws ReflectiveOperationException {
        for (Method method : struct.getClass().getMethods()) {
            if (!method.getName().startsWith("get")
                    || method.getName().equals("getClass")
                    || method.getParameterCount() != 0) {
                continue;
            }
            Class<?> type = method.getReturnType();
            boolean capability = CapabilityClient.class.isAssignableFrom(type);
            boolean nested =
                    type.getSimpleName().equals("Reader") && type.getName().startsWith("dev.bailiwick.schema.gen.");
            if ((!capability && !nested) || !isSet(struct, method.getName().substring("get".length()))) {
                continue;
            }
            Object value;
            try {
                value = method.invoke(struct);
            } catch (InvocationTargetException otherArm) {
                continue;
            }
            if (value instanceof CapabilityClient found) {
                try (found) {
                    if (!found.isNull()) {
                        explore(found);
                    }
                }
            } else {
                follow(value);
            }
        }
    }

    /** Whether a field is there, where the schema leaves that open. */
    private static boolean isSet(Object struct, String field) throws ReflectiveOperationException {
        for (String asking : List.of("is" + field, "has" + field)) {
            try {
                if (!(boolean) struct.getClass().getMethod(asking).invoke(struct)) {
                    return false;
                }
            } catch (NoSuchMethodException always) {
                // Such a field is always there.
            }
        }
        return true;
    }

    // ---- the wire ----

    /** Passes one connection on to a daemon, and keeps what the daemon says. */
    private static final class Tap implements AutoCloseable {
        private final Path socket;
        private final ServerSocketChannel server;
        private final ByteArrayOutputStream heard = new ByteArrayOutputStream();

        private Tap(Path socket, ServerSocketChannel server) {
            this.socket = socket;
            this.server = server;
        }

        static Tap before(Path daemon, Path socket) throws IOException {
            ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
            server.bind(UnixDomainSocketAddress.of(socket));
            Tap tap = new Tap(socket, server);
            Thread.ofVirtual().start(() -> tap.pass(daemon));
            return tap;
        }

        Path socket() {
            return socket;
        }

        byte[] heard() {
            synchronized (heard) {
                return heard.toByteArray();
            }
        }

        private void pass(Path daemon) {
            try (SocketChannel near = server.accept();
                    SocketChannel far = SocketChannel.open(UnixDomainSocketAddress.of(daemon))) {
                Thread asking = Thread.ofVirtual().start(() -> copy(near, far, false));
                copy(far, near, true);
                near.shutdownInput();
                asking.join();
            } catch (IOException | InterruptedException over) {
                // The test is over.
            }
        }

        private void copy(SocketChannel from, SocketChannel to, boolean keep) {
            ByteBuffer buffer = ByteBuffer.allocate(64 << 10);
            try {
                while (from.read(buffer.clear()) >= 0) {
                    buffer.flip();
                    if (keep) {
                        synchronized (heard) {
                            heard.write(buffer.array(), 0, buffer.limit());
                        }
                    }
                    while (buffer.hasRemaining()) {
                        to.write(buffer);
                    }
                }
                to.shutdownOutput();
            } catch (IOException over) {
                // One of the two has gone.
            }
        }

        @Override
        public void close() throws IOException {
            server.close();
        }
    }
}
