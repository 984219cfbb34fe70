package dev.bailiwick.torture;

import dev.bailiwick.accountstore.Account;
import dev.bailiwick.accountstore.CommitResult;
import dev.bailiwick.accountstore.Stored;
import dev.bailiwick.torture.Subject.Side;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * The process that is killed: threads commit, each to two pairs of its own and all of them to one they share, by compare-and-set.
 * Each acknowledged commit is a line on standard output, written at once.
 */
final class KillChild {
    private KillChild() {}

    /** How many pairs of accounts so many threads write to. */
    static int pairs(int writers) {
        return 2 * writers + 1;
    }

    /** Arguments: the store, a word for this process, how many threads, and how many commits each of them makes. */
    static void main(String[] arguments) throws InterruptedException {
        int threads = Integer.parseInt(arguments[2]);
        int commits = Integer.parseInt(arguments[3]);
        try (Subject.Session session = Subject.at(Path.of(arguments[0])).open(new SplittableRandom());
                FileOutputStream out = new FileOutputStream(FileDescriptor.out)) {
            List<Thread> writers = new ArrayList<>();
            for (int writer = 0; writer < threads; writer++) {
                Writer work = new Writer(session, out, arguments[1] + "-" + writer + "-", writer, threads);
                // Threads of both sorts, because a commit takes different ways for them.
                Thread.Builder builder = writer % 2 == 0 ? Thread.ofPlatform() : Thread.ofVirtual();
                writers.add(builder.start(() -> work.write(commits)));
            }
            for (Thread writer : writers) {
                writer.join();
            }
        } catch (IOException e) {
            throw new IllegalStateException("the pipe is closed", e);
        }
    }

    private record Writer(Subject.Session session, FileOutputStream out, String prefix, int number, int threads) {
        void write(int commits) {
            for (int i = 0; i < commits; i++) {
                // So that about one of them all is at the shared pair at any time, and now and then two are.
                int pair = i % threads == number ? 2 * threads : 2 * number + i % 2;
                Stored<Account> left = session.newest(pair, Side.LEFT);
                Stored<Account> right = session.newest(pair, Side.RIGHT);
                String word = prefix + i;
                switch (session.write(left, right, word)) {
                    case CommitResult.Committed(var receipt) -> tell(new Acknowledged(receipt.sequence(), pair, word));
                    case CommitResult.Conflict conflict -> {
                        // Another thread was first with the shared pair.
                    }
                    case CommitResult.Rejected rejected -> throw new IllegalStateException(rejected.toString());
                }
            }
        }

        /** In one write, which no other thread's comes between. */
        private void tell(Acknowledged acknowledged) {
            try {
                out.write(acknowledged.line().getBytes(StandardCharsets.US_ASCII));
            } catch (IOException e) {
                throw new IllegalStateException("the pipe is closed", e);
            }
        }
    }
}
