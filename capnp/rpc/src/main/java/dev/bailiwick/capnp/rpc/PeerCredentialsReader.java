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
 * with a send buffer size that no other socket has. The descriptor that shows the mark, and then a second, different one, is the
 * socket's: any other keeps its size, and can show one of them at most. Descriptors are handed out lowest first, so the search
 * starts beside the last one found.
 *
 * <p>The kernel makes a size smaller that is above its maximum ({@code net.core.wmem_max}), and would make marks alike by that. So
 * a mark counts only if the socket has it as it was asked for, and where the maximum leaves too few to choose from nobody is told
 * for anybody.
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

    /** So many sizes there must be to choose from. */
    private static final int FEWEST_MARKS = 4_096;

    /** How far from the last descriptor found the search goes before it looks at all of them. */
    private static final int NEIGHBOURHOOD = 64;

    private static final int MOST_DESCRIPTORS = 1 << 20;
    private static final int MOST_MISSES = 1 << 16;

    private final MethodHandle getsockopt;
    private final RandomGenerator random;
    private int lastFound;
    private int mostMark = MOST_MARK;

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
        try (Arena arena = Arena.ofConfined()) {
            return read(
                    new Buffer() {
                        @Override
                        public int size() throws IOException {
                            return socket.getOption(StandardSocketOptions.SO_SNDBUF);
                        }

                        @Override
                        public void resize(int bytes) throws IOException {
                            socket.setOption(StandardSocketOptions.SO_SNDBUF, bytes);
                        }
                    },
                    new Options(arena));
        }
    }

    /** The send buffer of the socket in question, from its side. Sizes are in bytes, as the JDK tells them. */
    interface Buffer {
        int size() throws IOException;

        void resize(int bytes) throws IOException;
    }

    /** What the kernel tells of descriptors. */
    interface Descriptors {
        /** The send buffer's size as the JDK tells it, half of what the kernel does; -1 if the descriptor is no open socket. */
        int sendBuffer(int descriptor) throws IOException;

        /** Who connected there. */
        PeerCredentials peer(int descriptor) throws IOException;
    }

    /** As {@link #read(SocketChannel)}, of whatever has such a buffer. */
    PeerCredentials read(Buffer buffer, Descriptors descriptors) throws IOException {
        int original = buffer.size();
        try {
            int firstMark = mark(buffer, original, original);
            int descriptor = search(descriptors, firstMark);
            int secondMark = mark(buffer, original, firstMark);
            if (descriptor < 0 || descriptors.sendBuffer(descriptor) != secondMark) {
                throw new IOException("cannot tell who connected: the socket's descriptor was not found");
            }
            lastFound = descriptor;
            return descriptors.peer(descriptor);
        } finally {
            buffer.resize(original);
        }
    }

    /** Gives the socket a send buffer that tells it from others, and is neither of those two sizes. */
    private int mark(Buffer buffer, int original, int former) throws IOException {
        while (mostMark - LEAST_MARK >= FEWEST_MARKS) {
            int mark = random.nextInt(LEAST_MARK, mostMark);
            if (mark == original || mark == former) {
                continue;
            }
            buffer.resize(mark);
            int size = buffer.size();
            if (size == mark) {
                return mark;
            }
            mostMark = Math.min(size, mark); // the kernel's maximum, or below it
        }
        throw new IOException("cannot tell who connected: the kernel does not let sockets have send buffers of up to "
                + (LEAST_MARK + FEWEST_MARKS) + " bytes; raise net.core.wmem_max");
    }

    /** The descriptor of a socket with that send buffer, -1 if there is none. */
    private int search(Descriptors options, int marked) throws IOException {
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
    private final class Options implements Descriptors {
        private final MemorySegment value;
        private final MemorySegment length;

        Options(Arena arena) {
            value = arena.allocate(12, 4);
            length = arena.allocate(ValueLayout.JAVA_INT);
        }

        @Override
        public int sendBuffer(int descriptor) throws IOException {
            return get(descriptor, SO_SNDBUF, 4) ? value.get(ValueLayout.JAVA_INT, 0) / 2 : -1;
        }

        @Override
        public PeerCredentials peer(int descriptor) throws IOException {
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
