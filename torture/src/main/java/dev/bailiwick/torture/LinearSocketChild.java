package dev.bailiwick.torture;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * A process with some connections to a daemon, each used by a client of its own. For each line on standard input all of them make their
 * calls at once and each call is told in a line, and then {@link #END}.
 */
final class LinearSocketChild {
    /** Follows the last call of a round. */
    static final String END = "end";

    private LinearSocketChild() {}

    /** Arguments: the socket, a session's reference, a word for the process, its seed, how many connections, and the calls of each. */
    static void main(String[] arguments) throws IOException, InterruptedException, ExecutionException {
        SplittableRandom random = new SplittableRandom(Long.parseLong(arguments[3]));
        int connections = Integer.parseInt(arguments[4]);
        int calls = Integer.parseInt(arguments[5]);
        List<SocketClient> clients = new ArrayList<>();
        for (int i = 0; i < connections; i++) {
            clients.add(
                    SocketClient.resumed(Path.of(arguments[0]), arguments[1], arguments[2] + "-" + i, random.split()));
        }
        try (BufferedReader rounds = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
                ExecutorService threads = Executors.newFixedThreadPool(connections)) {
            while (rounds.readLine() != null) {
                List<Callable<List<Recording>>> work = new ArrayList<>();
                clients.forEach(client -> work.add(() -> client.calls(calls)));
                StringBuilder told = new StringBuilder();
                for (Future<List<Recording>> done : threads.invokeAll(work)) {
                    done.get().forEach(each -> told.append(each.line()).append('\n'));
                }
                System.out.println(told.append(END));
            }
        } finally {
            clients.forEach(SocketClient::close);
        }
    }
}
