package dev.bailiwick.torture;

import dev.bailiwick.accountstore.Account;
import dev.bailiwick.accountstore.AnchorMode;
import dev.bailiwick.accountstore.CommitResult;
import dev.bailiwick.accountstore.Stored;
import dev.bailiwick.torture.Subject.Side;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * What runs in a virtual machine whose power is cut. It commits from several threads and opens the store anew now and then. Each
 * acknowledged commit is written past the file system to the same disk, and not flushed: so the log of the disk's writes says when
 * it was acknowledged, and nothing is made durable by saying so.
 */
final class PowerChild {
    static final int WRITERS = 4;

    private static final int SHARED = PowerWitness.PAIRS - 1;
    private static final Duration ANCHOR_INTERVAL = Duration.ofMillis(200);

    private final FileChannel disk;
    private final long from;

    private PowerChild(FileChannel disk, long from) {
        this.disk = disk;
        this.from = from;
    }

    /**
     * Arguments: the store, the disk, where on it the marks begin, how often to open the store, and the commits of each thread each
     * time.
     */
    static void main(String[] arguments) throws IOException, InterruptedException {
        int lives = Integer.parseInt(arguments[3]);
        int commits = Integer.parseInt(arguments[4]);
        try (FileChannel disk = FileChannel.open(Path.of(arguments[1]), StandardOpenOption.WRITE, pastThePageCache())) {
            PowerChild child = new PowerChild(disk, Long.parseLong(arguments[2]));
            for (int life = 0; life < lives; life++) {
                child.live(Path.of(arguments[0]), life, commits);
            }
        }
    }

    /** By name, because the compiler refuses to see the class, and there is no other way to write to a disk without flushing it. */
    private static OpenOption pastThePageCache() {
        try {
            for (Object option :
                    Class.forName("com.sun.nio.file.ExtendedOpenOption").getEnumConstants()) {
                if (option instanceof OpenOption direct && option.toString().equals("DIRECT")) {
                    return direct;
                }
            }
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException("this JDK has no module jdk.unsupported", e);
        }
        throw new IllegalStateException("this JDK cannot open files for direct access");
    }

    private void live(Path store, int life, int commits) throws InterruptedException {
        // A commit takes another way to the disk when the anchor follows later.
        Subject subject = life % 2 == 0
                ? Subject.at(store)
                : Subject.at(store).anchored(new AnchorMode.Interval(ANCHOR_INTERVAL));
        try (Subject.Session session = subject.open(new SplittableRandom())) {
            List<Thread> writers = new ArrayList<>();
            for (int writer = 0; writer < WRITERS; writer++) {
                int number = writer;
                writers.add(Thread.ofPlatform()
                        .start(() -> write(session, number, "life" + life + "-" + number + "-", commits)));
            }
            for (Thread writer : writers) {
                writer.join();
            }
        }
    }

    private void write(Subject.Session session, int number, String prefix, int commits) {
        for (int i = 0; i < commits; i++) {
            int pair = i % 3 == 2 ? SHARED : number;
            Stored<Account> left = session.newest(pair, Side.LEFT);
            Stored<Account> right = session.newest(pair, Side.RIGHT);
            String word = prefix + i;
            if (session.write(left, right, word) instanceof CommitResult.Committed(var receipt)) {
                mark(number, new Acknowledged(receipt.sequence(), pair, word));
            }
        }
    }

    /** Where the thread marked the one before: the log keeps both. */
    private void mark(int number, Acknowledged acknowledged) {
        ByteBuffer block =
                ByteBuffer.allocateDirect(2 * PowerWitness.MARK_BYTES).alignedSlice(PowerWitness.MARK_BYTES);
        block.limit(PowerWitness.MARK_BYTES);
        block.put(acknowledged.line().getBytes(StandardCharsets.US_ASCII)).rewind();
        try {
            disk.write(block, from + (long) number * PowerWitness.MARK_BYTES);
        } catch (IOException e) {
            throw new IllegalStateException("the disk cannot be written", e);
        }
    }
}
