package dev.bailiwick.torture;

import dev.bailiwick.cli.Bailiwickd;
import dev.bailiwick.daemon.IssuedCode;
import dev.bailiwick.daemon.StoreLocation;
import dev.bailiwick.daemon.StoreMaker;
import dev.bailiwick.profiles.SeedManifest;
import dev.bailiwick.profiles.SeedPlan;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/**
 * As {@link LinearPart}, but as a daemon's clients see it: processes with connections of their own read and compare-and-set accounts by
 * calls over its socket.
 */
final class LinearSocketPart implements Part {
    private static final int PROCESSES = 3;
    private static final int CONNECTIONS = 4;
    private static final int CALLS = 100;
    private static final int STOP_SECONDS = 30;

    @Override
    public String name() {
        return "linear-socket";
    }

    @Override
    public Outcome run(Run run) throws IOException, InterruptedException {
        SplittableRandom random = run.random(this);
        Path folder = run.folder(this);
        StoreLocation store = StoreLocation.of(folder.resolve("store"), Optional.empty());
        String code = code(StoreMaker.make(store, plan(run.manifest()), InstantSource.system(), new SecureRandom()));
        Path socket = folder.resolve("socket");
        ChildJvm jvm = ChildJvm.in(folder);
        Histories histories = new Histories();
        try (Child daemon = Child.start(
                jvm.command(
                        Bailiwickd.class,
                        List.of(
                                "--store",
                                store.directory().toString(),
                                "--anchor",
                                store.anchor().toString(),
                                "--socket",
                                socket.toString(),
                                "--stop-on-eof")),
                folder.resolve("daemon.log"))) {
            daemon.line();
            try (SocketClient operator = SocketClient.enrolled(socket, code, "operator", random.split())) {
                operator.createAccounts();
                rounds(run, histories, operator, clients(jvm, socket, operator.reference(), folder, random));
            }
        }
        return histories.outcome("%d connections of %d processes over the daemon's socket"
                .formatted(PROCESSES * CONNECTIONS, PROCESSES));
    }

    private static SeedPlan plan(Path manifest) throws IOException {
        return switch (SeedManifest.parse(manifest)) {
            case SeedManifest.Parsed(var plan) -> plan;
            case SeedManifest.Refused refused -> throw new IllegalStateException(refused.toString());
        };
    }

    private static String code(List<IssuedCode> codes) {
        return codes.stream()
                .filter(code -> code.name().equals(SocketClient.OPERATOR))
                .map(IssuedCode::code)
                .findFirst()
                .orElseThrow();
    }

    private static List<Child> clients(
            ChildJvm jvm, Path socket, String reference, Path folder, SplittableRandom random) throws IOException {
        List<Child> clients = new ArrayList<>();
        for (int process = 0; process < PROCESSES; process++) {
            List<String> arguments = List.of(
                    socket.toString(),
                    reference,
                    "process" + process,
                    "" + random.nextLong(),
                    "" + CONNECTIONS,
                    "" + CALLS);
            clients.add(Child.start(
                    jvm.command(LinearSocketChild.class, arguments), folder.resolve("client" + process + ".log")));
        }
        return clients;
    }

    private static void rounds(Run run, Histories histories, SocketClient operator, List<Child> clients)
            throws IOException {
        try {
            for (int round = 0; round < run.times(10, 300); round++) {
                List<Register> initial = new ArrayList<>();
                for (int account = 0; account < SocketClient.ACCOUNTS; account++) {
                    initial.add(operator.read(account));
                }
                for (Child client : clients) {
                    client.begin(round);
                }
                List<Recording> recordings = new ArrayList<>();
                for (Child client : clients) {
                    for (String line = client.line(); !line.equals(LinearSocketChild.END); line = client.line()) {
                        recordings.add(Recording.parse(line));
                    }
                }
                histories.check("round " + round, initial, recordings);
            }
        } finally {
            clients.forEach(Child::close);
        }
    }

    /** A process that answers in lines. It ends when its input does. */
    private record Child(Process process, BufferedReader out, Path log) implements AutoCloseable {
        static Child start(List<String> command, Path log) throws IOException {
            Process process =
                    new ProcessBuilder(command).redirectError(log.toFile()).start();
            return new Child(process, process.inputReader(StandardCharsets.UTF_8), log);
        }

        void begin(int round) throws IOException {
            Writer in = process.outputWriter(StandardCharsets.US_ASCII);
            in.write("round " + round + "\n");
            in.flush();
        }

        String line() throws IOException {
            String line = out.readLine();
            if (line == null) {
                throw new IllegalStateException("a process ended: " + Files.readString(log));
            }
            return line;
        }

        @Override
        public void close() {
            try {
                process.getOutputStream().close();
                if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
                    process.destroyForcibly();
                }
            } catch (IOException | InterruptedException e) {
                process.destroyForcibly();
            }
        }
    }
}
