package dev.bailiwick.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.bailiwick.capnp.rpc.CallContext;
import dev.bailiwick.capnp.rpc.Calls;
import dev.bailiwick.capnp.rpc.Limits;
import dev.bailiwick.capnp.rpc.RpcException;
import dev.bailiwick.capnp.rpc.UnixListener;
import dev.bailiwick.identity.IdentityAnswer;
import dev.bailiwick.identity.IdentityRouter;
import dev.bailiwick.identity.RefusalCode;
import dev.bailiwick.identity.Refused;
import dev.bailiwick.identity.RouteResult;
import dev.bailiwick.identity.Sid;
import dev.bailiwick.schema.gen.IdentitySource;
import dev.bailiwick.schema.gen.ResolveResult;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import org.capnproto.Text;
import org.capnproto.Void;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sources that answer, and those that do everything else, each over a socket of its own. */
class SourceClientTest {
    private static final Sid DOMAIN = Sid.parse("S-1-5-21-7-8-9");
    private static final Sid BACKUP = Sid.parse("S-1-5-21-7-8-9-1013");
    private static final Duration SHORT = Duration.ofMillis(300);
    private static final Duration LONG = Duration.ofMinutes(1);

    @TempDir
    private Path directory = Path.of("/");

    private final List<AutoCloseable> open = new ArrayList<>();

    @AfterEach
    void over() throws Exception {
        for (AutoCloseable each : open.reversed()) {
            each.close();
        }
    }

    private Path socket() {
        return directory.resolve("s");
    }

    private SourceClient client(Duration answer) {
        return new SourceClient(new OutsideSource("corp", DOMAIN, socket()), answer);
    }

    /** A source that answers so. */
    private void serving(BiFunction<String, ResolveResult.Builder, CompletionStage<?>> how) throws IOException {
        open.add(UnixListener.open(
                socket(), SocketPlace.EVERYBODY, peer -> IdentitySource.client(new Served(how)), Limits.DEFAULT, 64));
    }

    private record Served(BiFunction<String, ResolveResult.Builder, CompletionStage<?>> how)
            implements IdentitySource.Server {
        @Override
        public CompletionStage<?> resolve(
                CallContext<IdentitySource.ResolveParams.Reader, IdentitySource.ResolveResults.Builder> call) {
            return how.apply(call.params().getName().toString(), call.results().initResult());
        }
    }

    private static CompletionStage<?> known(
            ResolveResult.Builder result, String user, String display, List<String> groups) {
        var principal = result.initKnown();
        principal.setUser(user);
        principal.setDisplayName(display);
        var list = principal.initGroups(groups.size());
        for (int i = 0; i < groups.size(); i++) {
            list.set(i, new Text.Reader(groups.get(i)));
        }
        return Calls.DONE;
    }

    /** A program on the socket that does that to everybody who connects. */
    private void raw(Peer peer) throws IOException {
        ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(socket()));
        open.add(server);
        Thread.ofVirtual().start(() -> {
            try {
                while (true) {
                    SocketChannel connection = server.accept();
                    open.add(connection);
                    peer.does(connection);
                }
            } catch (IOException e) {
                // The test is over.
            }
        });
    }

    private interface Peer {
        void does(SocketChannel connection) throws IOException;
    }

    private static String why(IdentityAnswer answer) {
        return answer instanceof IdentityAnswer.Unavailable(String why) ? why : answer.toString();
    }

    @Test
    void whomASourceKnowsItAssertsWithGroupsAndANameForPeople() throws IOException {
        serving((name, result) -> name.equals(" CORP\\Backup")
                ? known(result, BACKUP.toString(), "Backup of Corp", List.of("S-1-5-21-7-8-9-2000"))
                : unknown(result));
        SourceClient client = client(LONG);

        assertThat(client.ask(" CORP\\Backup"))
                .isEqualTo(new IdentityAnswer.Asserted(BACKUP, List.of(Sid.parse("S-1-5-21-7-8-9-2000"))));
        assertThat(client.displayName(BACKUP)).contains("Backup of Corp");
        assertThat(client.ask("CORP\\Backup")).as("verbatim").isEqualTo(new IdentityAnswer.Unknown());
        assertThat(client.displayName(DOMAIN)).isEmpty();
    }

    private static CompletionStage<?> unknown(ResolveResult.Builder result) {
        result.setUnknown(Void.VOID);
        return Calls.DONE;
    }

    @Test
    void aSidOutsideOfItsDomainIsRefusedWhole() throws IOException {
        serving((name, result) -> switch (name) {
            case "system" -> known(result, "S-1-5-18", "SYSTEM", List.of());
            case "other" -> known(result, "S-1-5-21-7-8-10-1013", "", List.of());
            case "grouped" -> known(result, BACKUP.toString(), "", List.of("S-1-5-32-544"));
            case "itself" -> known(result, DOMAIN.toString(), "", List.of());
            default -> unknown(result);
        });
        SourceClient client = client(LONG);
        IdentityRouter router = new IdentityRouter(List.of(client));

        for (String name : List.of("system", "other", "grouped", "itself")) {
            assertThat(router.route(name))
                    .as(name)
                    .isInstanceOfSatisfying(
                            Refused.class, refused -> assertThat(refused.code()).isEqualTo(RefusalCode.OUTSIDE_DOMAIN));
        }
        assertThat(client.displayName(Sid.parse("S-1-5-18"))).isEmpty();
    }

    @Test
    void whatIsNoAnswerIsNotTakenForUnknown() throws IOException {
        serving((name, result) -> switch (name) {
            case "empty" -> Calls.DONE;
            case "no sid" -> known(result, "nobody", "", List.of());
            case "no group" -> known(result, BACKUP.toString(), "", List.of("S-1-5-21-7-8-9-01"));
            case "two lines" -> known(result, BACKUP.toString(), "Backup\nSYSTEM", List.of());
            case "backwards" -> known(result, BACKUP.toString(), "Backup\u202e", List.of());
            case "long" -> known(result, BACKUP.toString(), "b".repeat(129), List.of());
            default -> Calls.failed(RpcException.failed("the directory is away, says SYSTEM"));
        });
        SourceClient client = client(LONG);

        for (String name : List.of("empty", "no sid", "no group", "two lines", "backwards", "long")) {
            assertThat(why(client.ask(name))).as(name).isEqualTo("its answer is not one");
        }
        assertThat(why(client.ask("anything else")))
                .as("without a word of the source's")
                .isEqualTo("it failed");
        assertThat(client.displayName(BACKUP)).isEmpty();
    }

    @Test
    void anAnswerThatIsTooLargeIsNoAnswer() throws IOException {
        serving((name, result) -> known(result, BACKUP.toString(), "d".repeat(70_000), List.of()));

        assertThat(why(client(LONG).ask("backup"))).isEqualTo("the connection to it ended");
    }

    @Test
    void tooManyGroupsAreRefusedByTheRouter() throws IOException {
        List<String> many = new ArrayList<>();
        for (int i = 0; i <= dev.bailiwick.identity.Limits.ASSERTED_GROUPS; i++) {
            many.add(DOMAIN + "-" + (5000 + i));
        }
        serving((name, result) ->
                known(result, BACKUP.toString(), "", name.equals("most") ? many.subList(1, many.size()) : many));
        IdentityRouter router = new IdentityRouter(List.of(client(LONG)));

        assertThat(router.route("more"))
                .isInstanceOfSatisfying(
                        Refused.class, refused -> assertThat(refused.code()).isEqualTo(RefusalCode.LIMIT_EXCEEDED));
        assertThat(router.route("most")).isInstanceOf(RouteResult.Routed.class);
    }

    @Test
    void aSourceThatHangsIsWaitedForNoLongerThanAnAnswerMayTake() throws IOException {
        serving((name, result) ->
                name.equals("backup") ? new CompletableFuture<>() : known(result, BACKUP.toString(), "", List.of()));
        SourceClient client = client(SHORT);

        assertThat(why(client.ask("backup"))).isEqualTo("it did not answer within 300 ms");
        assertThat(client(LONG).ask("another")).isInstanceOf(IdentityAnswer.Asserted.class);
    }

    @Test
    void soIsOneThatTakesAConnectionAndSaysNothing() throws IOException {
        raw(connection -> {});

        assertThat(why(client(SHORT).ask("backup"))).isEqualTo("it did not answer within 300 ms");
    }

    @Test
    void soIsOneThatTakesNoConnections() throws IOException {
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(socket()), 1);

            SourceClient client = client(SHORT);
            for (int i = 0; i < 2 * SourceClient.QUESTIONS; i++) {
                // The first wait in the queue of the socket; for the rest the kernel has no room in it.
                assertThat(why(client.ask("backup")))
                        .isIn("it did not answer within 300 ms", "nobody takes connections on its socket");
            }
        }
    }

    @Test
    void aSourceThatDiesOrTalksNonsenseIsNoSource() throws IOException {
        assertThat(why(client(LONG).ask("backup"))).isEqualTo("nobody takes connections on its socket");
        raw(connection -> {
            connection.write(ByteBuffer.wrap("HTTP/1.1 200 OK\r\n\r\n{\"user\":\"S-1-5-18\"}"
                    .getBytes(java.nio.charset.StandardCharsets.US_ASCII)));
            connection.close();
        });

        assertThat(why(client(LONG).ask("backup"))).isEqualTo("the connection to it ended");
    }

    @Test
    void aSourceThatDiesWhileItIsAskedIsNotWaitedFor() throws IOException {
        raw(connection -> {
            ByteBuffer some = ByteBuffer.allocate(16);
            connection.read(some);
            connection.close();
        });

        assertThat(why(client(LONG).ask("backup"))).isEqualTo("the connection to it ended");
    }

    @Test
    void anObjectOfAnotherInterfaceIsNoSource() throws IOException {
        open.add(UnixListener.open(
                socket(),
                SocketPlace.EVERYBODY,
                peer -> dev.bailiwick.schema.gen.ServiceFront.client(new Another()),
                Limits.DEFAULT,
                64));

        assertThat(why(client(LONG).ask("backup"))).isEqualTo("what serves on its socket is no identity source");
    }

    private record Another() implements dev.bailiwick.schema.gen.ServiceFront.Server {}

    @Test
    void questionsAtATimeAreBounded() throws IOException {
        CompletableFuture<Void> all = new CompletableFuture<>();
        serving((name, result) -> all.thenAccept(go -> unknown(result)));
        SourceClient client = client(LONG);
        List<CompletableFuture<IdentityAnswer>> asked = new ArrayList<>();
        for (int i = 0; i < SourceClient.QUESTIONS; i++) {
            CompletableFuture<IdentityAnswer> answer = new CompletableFuture<>();
            asked.add(answer);
            Thread.ofVirtual().start(() -> answer.complete(client.ask("backup")));
        }

        await().atMost(LONG).until(() -> client.questions() == SourceClient.QUESTIONS);
        assertThat(why(client.ask("one more"))).isEqualTo("it has 16 questions to answer already");
        all.complete(Void.VOID);
        assertThat(asked).allSatisfy(answer -> assertThat(answer.join()).isEqualTo(new IdentityAnswer.Unknown()));
    }
}
