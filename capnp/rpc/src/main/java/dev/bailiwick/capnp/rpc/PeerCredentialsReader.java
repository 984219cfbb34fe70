package dev.bailiwick.capnp.rpc;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import java.util.random.RandomGenerator;

/**
 * Reads {@code SO_PEERCRED} from a socket of the JDK's, which by itself tells names but neither process nor numeric user.
 *
 * <p>The system call wants a file descriptor, and the JDK does not give that away. But it lets us mark the socket from its side:
 * with a send buffer size that no other socket has. The descriptor that shows the mark, and then a second one chosen anew, is
 * the socket's. Descriptors are handed out lowest first, so the search starts beside the last one found.
 *
 * <p>One reader serves one listener, whose accepting thread is the only one to use it.
 */
final class PeerCredentialsReader {
    // From the Linux headers, the same on all its 64-bit platforms but some the JDK does not run on.
    private static final int SOL_SOCKET = 1;
    private static final int SO_SNDBUF = 7;
    private static final int SO_PEERCRED = 17;

    /** Buffer sizes to mark with, in bytes: above the kernel's minimum, and below its usual maximum of 212,992. */
    private static final int LEAST_MARK = 8_192;

    private static final int MOST_MARK = 98_304;

    /** How far from the last descriptor found the search goes before it looks at all of them. */
    private static final int NEIGHBOURHOOD = 64;

    private static final int MOST_DESCRIPTORS = 1 << 20;
    private static final int MOST_MISSES = 1 << 16;

    private final MethodHandle getsockopt;
    private final RandomGenerator random;
    private int lastFound;

    @SuppressWarnings("restricted") // the one native call of this module; programs run with --enable-native-access
    PeerCredentialsReader(RandomGenerator random) {
        Linker linker = Linker.nativeLinker();
        this.random = random;
        this.getsockopt = linker.downcallHandle(
                linker.defaultLookup().findOrThrow("getsockopt"),
                FunctionDescriptor.of(
                        ValueLayout.JAVA_INT,
                        ValueLayout.JAVA_INT,
                        ValueLayout.JAVA_INT,
                        ValueLayout.JAVA_INT,
                        ValueLayout.ADDRESS,
                        ValueLayout.ADDRESS));
    }

    /** @throws IOException if the credentials cannot be told for certain; the connection must then be refused */
    PeerCredentials read(SocketChannel socket) throws IOException {
        int original = socket.getOption(StandardSocketOptions.SO_SNDBUF);
        try (Arena arena = Arena.ofConfined()) {
            Options options = new Options(arena);
            int descriptor = search(options, mark(socket, original));
            int secondMark = mark(socket, original);
            if (descriptor < 0 || options.sendBuffer(descriptor) != secondMark) {
                throw new IOException("cannot tell who connected: the socket's descriptor was not found");
            }
            lastFound = descriptor;
            return options.peer(descriptor);
        } finally {
            socket.setOption(StandardSocketOptions.SO_SNDBUF, original);
        }
    }

    /** Gives the socket a send buffer that tells it from others; returns the size as the JDK reports it. */
    private int mark(SocketChannel socket, int original) throws IOException {
        int marked = original;
        while (marked == original) {
            socket.setOption(StandardSocketOptions.SO_SNDBUF, random.nextInt(LEAST_MARK, MOST_MARK));
            marked = socket.getOption(StandardSocketOptions.SO_SNDBUF);
        }
        return marked;
    }

    /** The descriptor of a socket with that send buffer, -1 if there is none. */
    private int search(Options options, int marked) throws IOException {
        int from = Math.max(0, lastFound - NEIGHBOURHOOD);
        int to = lastFound + NEIGHBOURHOOD;
        for (int descriptor = from; descriptor < to; descriptor++) {
            if (options.sendBuffer(descriptor) == marked) {
                return descriptor;
            }
        }
        int misses = 0;
        for (int descriptor = 0; descriptor < MOST_DESCRIPTORS && misses < MOST_MISSES; descriptor++) {
            int size = options.sendBuffer(descriptor);
            if (size == marked) {
                return descriptor;
            }
            misses = size < 0 ? misses + 1 : 0;
        }
        return -1;
    }

    /** Asks for socket options by descriptor. */
    private final class Options {
        private final MemorySegment value;
        private final MemorySegment length;

        Options(Arena arena) {
            value = arena.allocate(12, 4);
            length = arena.allocate(ValueLayout.JAVA_INT);
        }

        /** The send buffer's size as the JDK tells it, half of what the kernel does; -1 if the descriptor is no open socket. */
        int sendBuffer(int descriptor) throws IOException {
            return get(descriptor, SO_SNDBUF, 4) ? value.get(ValueLayout.JAVA_INT, 0) / 2 : -1;
        }

        PeerCredentials peer(int descriptor) throws IOException {
            if (!get(descriptor, SO_PEERCRED, 12)) {
                throw new IOException("cannot tell who connected: the kernel gives no peer credentials");
            }
            return new PeerCredentials(
                    value.getAtIndex(ValueLayout.JAVA_INT, 0),
                    value.getAtIndex(ValueLayout.JAVA_INT, 1),
                    value.getAtIndex(ValueLayout.JAVA_INT, 2));
        }

        private boolean get(int descriptor, int option, int bytes) throws IOException {
            length.set(ValueLayout.JAVA_INT, 0, bytes);
            try {
                return (int) getsockopt.invokeExact(descriptor, SOL_SOCKET, option, value, length) == 0
                        && length.get(ValueLayout.JAVA_INT, 0) == bytes;
            } catch (Throwable impossible) {
                // invokeExact declares it, so that no narrower clause compiles; the call itself throws nothing.
                throw new IOException("cannot tell who connected: getsockopt failed", impossible);
            }
        }
    }
}
