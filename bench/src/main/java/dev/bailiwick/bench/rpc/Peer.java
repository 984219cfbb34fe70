package dev.bailiwick.bench.rpc;

import dev.bailiwick.bench.rpc.schema.Bench;
import dev.bailiwick.capnp.rpc.CallContext;
import dev.bailiwick.capnp.rpc.Calls;
import dev.bailiwick.capnp.rpc.Limits;
import dev.bailiwick.capnp.rpc.RemoteCall;
import dev.bailiwick.capnp.rpc.RpcConnection;
import dev.bailiwick.capnp.rpc.UnixConnection;
import dev.bailiwick.capnp.rpc.UnixListener;
import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/**
 * The Java side of the benchmarks, as a process: what {@code src/main/cpp/peer.c++} is in C++, with the same arguments and the
 * same commands.
 */
final class Peer {
    private static final int QUESTION_BYTES = 48;
    private static final int ANSWER_BYTES = 680;
    private static final int MOST_CONNECTIONS = 12_000;

    private Peer() {}

    /** Runs in one of the modes {@code serve}, {@code drive}, {@code raw-serve}, {@code raw-drive} and others on a socket. */
    static void main(String[] arguments) throws IOException, InterruptedException {
        Path socket = Path.of(arguments[1]);
        switch (arguments[0]) {
            case "serve" -> serve(socket);
            case "drive" -> {
                try (RpcConnection connection = UnixConnection.connect(socket);
                        Bench.Client bench = connection.bootstrap(Bench.factory)) {
                    obey(command -> drive(bench, command));
                }
            }
            case "drive-virtual" -> {
                try (RpcConnection connection = UnixConnection.connect(socket);
                        Bench.Client bench = connection.bootstrap(Bench.factory)) {
                    obey(command -> onVirtualThread(() -> drive(bench, command)));
                }
            }
            case "idle" -> {
                List<RpcConnection> idle = new ArrayList<>();
                obey(command -> onVirtualThread(() -> connect(socket, command.count(), idle)));
            }
            case "slow" -> {
                try (RpcConnection connection = SlowReader.connect(socket);
                        Bench.Client bench = connection.bootstrap(Bench.factory)) {
                    obey(command -> {
                        for (int i = 0; i < command.count(); i++) {
                            var request = bench.blobRequest();
                            request.params().setBytes(command.size());
                            var _ = request.send();
                        }
                    });
                }
            }
            case "raw-serve" -> rawServe(socket);
            case "raw-drive" -> {
                try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
                    channel.connect(UnixDomainSocketAddress.of(socket));
                    obey(command -> rawDrive(channel, command.count()));
                }
            }
            default -> throw new IllegalArgumentException("unknown mode " + arguments[0]);
        }
    }

    /** What is to be done how often; the size is the number of outstanding calls, or of bytes. */
    private record Command(String what, int size, int count) {}

    private interface Action {
        void run(Command command) throws IOException, InterruptedException;
    }

    private interface Body {
        void run() throws IOException, InterruptedException;
    }

    private static void obey(Action action) throws IOException, InterruptedException {
        BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
        for (String line = commands.readLine(); line != null; line = commands.readLine()) {
            String[] words = line.split(" ", 3);
            Command command = new Command(words[0], Integer.parseInt(words[1]), Integer.parseInt(words[2]));
            if (command.what().equals("memory")) {
                System.out.println(usedHeap());
                continue;
            }
            long start = System.nanoTime();
            action.run(command);
            System.out.println(System.nanoTime() - start);
        }
    }

    /** Bytes of the heap in use after a collection. */
    private static long usedHeap() {
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    private static void onVirtualThread(Body body) throws InterruptedException {
        Thread.ofVirtual()
                .start(() -> {
                    try {
                        body.run();
                    } catch (IOException | InterruptedException failed) {
                        throw new IllegalStateException(failed);
                    }
                })
                .join();
    }

    // ---- RPC

    /** The object measured. */
    static final class Server implements Bench.Server {
        private byte[] content = {};

        @Override
        public CompletionStage<?> small(CallContext<Bench.SmallParams.Reader, Bench.SmallResults.Builder> call) {
            call.results().setNumber(call.params().getNumber());
            return Calls.DONE;
        }

        @Override
        public CompletionStage<?> blob(CallContext<Bench.BlobParams.Reader, Bench.BlobResults.Builder> call) {
            int bytes = call.params().getBytes();
            if (content.length != bytes) {
                content = new byte[bytes];
                Arrays.fill(content, (byte) 7);
            }
            call.results(bytes / 8 + 16).initData(bytes).asByteBuffer().put(content);
            return Calls.DONE;
        }
    }

    private static void serve(Path socket) throws IOException, InterruptedException {
        try (var _ = UnixListener.open(
                socket,
                PosixFilePermissions.fromString("rw-------"),
                peer -> Bench.client(new Server()),
                Limits.DEFAULT,
                MOST_CONNECTIONS)) {
            System.out.println("ready");
            obey(command -> {
                throw new IllegalArgumentException("a server only tells its memory");
            });
            new CountDownLatch(1).await(); // until killed
        }
    }

    private static void drive(Bench.Client bench, Command command) {
        switch (command.what()) {
            case "small" -> small(bench, command.size(), command.count());
            case "latency" -> latencies(bench, command.count());
            case "blob" -> blobs(bench, command.size(), command.count());
            default -> throw new IllegalArgumentException("unknown command " + command);
        }
    }

    /** Makes small calls, so many of them outstanding: the oldest is waited for before another is made. */
    static void small(Bench.Client bench, int depth, int count) {
        Queue<RemoteCall<Bench.SmallResults.Reader, ?>> outstanding = new ArrayDeque<>(depth);
        for (int i = 0; i < count + depth; i++) {
            if (i >= depth) {
                @Nullable RemoteCall<Bench.SmallResults.Reader, ?> oldest = outstanding.poll();
                if (oldest == null) {
                    throw new IllegalStateException("a call is missing");
                }
                try (var response = oldest.join()) {
                    require(response.get().getNumber() == i - depth);
                }
            }
            if (i < count) {
                var request = bench.smallRequest();
                request.params().setNumber(i);
                request.params().setText("hello");
                outstanding.add(request.send());
            }
        }
    }

    /** Makes small calls one after another, and prints the 50th and 99th percentile of what they took. */
    private static void latencies(Bench.Client bench, int count) {
        long[] took = new long[count];
        for (int i = 0; i < count; i++) {
            long start = System.nanoTime();
            small(bench, 1, 1);
            took[i] = System.nanoTime() - start;
        }
        Arrays.sort(took);
        System.out.println(took[count / 2] + " " + took[count * 99 / 100]);
    }

    /** Opens so many connections, makes a call over each, and keeps them. */
    private static void connect(Path socket, int count, List<RpcConnection> kept) throws IOException {
        for (int i = 0; i < count; i++) {
            RpcConnection connection = UnixConnection.connect(socket);
            kept.add(connection);
            try (Bench.Client bench = connection.bootstrap(Bench.factory)) {
                small(bench, 1, 1);
            }
        }
    }

    private static void blobs(Bench.Client bench, int bytes, int count) {
        for (int i = 0; i < count; i++) {
            var request = bench.blobRequest();
            request.params().setBytes(bytes);
            try (var response = request.send().join()) {
                ByteBuffer data = response.get().getData().asByteBuffer();
                require(data.remaining() == bytes && data.get(bytes - 1) == 7);
            }
        }
    }

    private static void require(boolean answeredRightly) {
        if (!answeredRightly) {
            throw new IllegalStateException("a call was answered wrongly");
        }
    }

    // ---- without RPC

    private static void rawServe(Path socket) throws IOException {
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(socket));
            System.out.println("ready");
            ByteBuffer question = ByteBuffer.allocateDirect(QUESTION_BYTES);
            ByteBuffer answer = ByteBuffer.allocateDirect(ANSWER_BYTES);
            while (true) {
                try (SocketChannel peer = server.accept()) {
                    while (readFully(peer, question)) {
                        peer.write(answer.clear());
                    }
                }
            }
        }
    }

    private static void rawDrive(SocketChannel channel, int count) throws IOException {
        ByteBuffer question = ByteBuffer.allocateDirect(QUESTION_BYTES);
        ByteBuffer answer = ByteBuffer.allocateDirect(ANSWER_BYTES);
        for (int i = 0; i < count; i++) {
            channel.write(question.clear());
            if (!readFully(channel, answer)) {
                throw new EOFException("the other end is gone");
            }
        }
    }

    private static boolean readFully(SocketChannel channel, ByteBuffer buffer) throws IOException {
        buffer.clear();
        while (buffer.hasRemaining()) {
            if (channel.read(buffer) < 0) {
                return false;
            }
        }
        return true;
    }
}
