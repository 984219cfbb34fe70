package dev.bailiwick.qemu.probe;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteOptions;

/**
 * A key-value store in RocksDB behind a Unix socket, in miniature what the daemon is.
 *
 * <pre>
 *   storage-probe serve STORE SOCKET      answers until it is killed
 *   storage-probe ask SOCKET WORD...      one request: put KEY VALUE | scribble KEY VALUE | get KEY
 * </pre>
 *
 * {@code put} answers once the value is synced, {@code scribble} without any sync.
 */
public final class StorageProbe {
    private static final int ABSENT = 4;

    private StorageProbe() {}

    /** Exit code 4: no such key. */
    public static void main(String[] arguments) throws IOException, RocksDBException {
        switch (arguments[0]) {
            case "serve" -> serve(Path.of(arguments[1]), Path.of(arguments[2]));
            case "ask" -> System.exit(ask(Path.of(arguments[1]), words(arguments, 2)));
            default -> throw new IllegalArgumentException("unknown verb '" + arguments[0] + "'");
        }
    }

    private static String words(String[] arguments, int from) {
        return String.join(" ", Arrays.copyOfRange(arguments, from, arguments.length));
    }

    private static void serve(Path store, Path socket) throws IOException, RocksDBException {
        try (RocksDB db = RocksDB.open(store.toString());
                WriteOptions synced = new WriteOptions().setSync(true);
                WriteOptions lazy = new WriteOptions().setSync(false);
                ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            // Whoever sees the socket can connect: it gets its name only when somebody listens.
            Path unready = socket.resolveSibling(socket.getFileName() + ".new");
            server.bind(UnixDomainSocketAddress.of(unready));
            Files.move(unready, socket);
            while (true) {
                try (SocketChannel caller = server.accept()) {
                    String[] request = line(caller).split(" ", -1);
                    caller.write(UTF_8.encode(
                            switch (request[0]) {
                                case "put" -> put(db, synced, request[1], request[2]);
                                case "scribble" -> put(db, lazy, request[1], request[2]);
                                case "get" -> get(db, request[1]);
                                default -> "what?\n";
                            }));
                }
            }
        }
    }

    private static String put(RocksDB db, WriteOptions options, String key, String value) throws RocksDBException {
        db.put(options, key.getBytes(UTF_8), value.getBytes(UTF_8));
        return "ok\n";
    }

    private static String get(RocksDB db, String key) throws RocksDBException {
        byte[] value = db.get(key.getBytes(UTF_8));
        return value == null ? "absent\n" : new String(value, UTF_8) + "\n";
    }

    private static int ask(Path socket, String request) throws IOException {
        try (SocketChannel server = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
            server.write(UTF_8.encode(request + "\n"));
            String answer = line(server);
            System.out.println(answer);
            return answer.equals("absent") ? ABSENT : 0;
        }
    }

    private static String line(SocketChannel channel) throws IOException {
        String line = new BufferedReader(new InputStreamReader(Channels.newInputStream(channel), UTF_8)).readLine();
        return line == null ? "" : line;
    }
}
