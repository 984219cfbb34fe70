package dev.bailiwick.capnp.rpc;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The memory that a listener's peers make this process keep, of all together and of each user. Each connection has an
 * {@link Account}, which it brings up to date when it has read, written or let go of its lock.
 *
 * <p>INVARIANT (bounded memory): what is kept is at most what the limits say, and for each connection what one message or one
 * method's results add before that connection is aborted. Safe for use by any thread.
 */
final class ListenerBudget {
    /** Changes that are not worth telling all the others of, in bytes. */
    static final long SLACK = 4 << 10;

    /** What an idle connection takes, and what may be untold. */
    static final long CONNECTION_BYTES = (4 << 10) + SLACK;

    private final long most;
    private final long mostOfOneUser;
    private final AtomicLong taken = new AtomicLong();
    private final Map<Integer, User> users = new ConcurrentHashMap<>();

    ListenerBudget(long most, long mostOfOneUser) {
        this.most = most;
        this.mostOfOneUser = mostOfOneUser;
    }

    /** An account for a connection that is nobody's to bound. */
    static Account unbounded() {
        return new ListenerBudget(Long.MAX_VALUE, Long.MAX_VALUE).open(0);
    }

    /** An account for a connection of that user's, to be closed with it. */
    Account open(int uid) {
        User user = users.compute(uid, (id, known) -> {
            User opened = known == null ? new User(id) : known;
            opened.accounts++;
            return opened;
        });
        return new Account(this, user);
    }

    /** Bytes taken by all, as far as they were told. */
    long taken() {
        return taken.get();
    }

    private void leave(User user) {
        users.computeIfPresent(user.uid, (uid, known) -> --known.accounts == 0 ? null : known);
    }

    /** What one user's connections take. */
    private static final class User {
        final int uid;
        final AtomicLong taken = new AtomicLong();
        int accounts; // guarded by the map's entry

        User(int uid) {
            this.uid = uid;
        }
    }

    /** What one connection takes. */
    static final class Account {
        private final ListenerBudget budget;
        private final User user;
        private volatile LongSupplier unwritten = () -> 0;
        private volatile long kept;
        private volatile long incomplete;
        private volatile long told; // written under this
        private volatile @Nullable String beyond;
        private boolean isClosed; // guarded by this

        private Account(ListenerBudget budget, User user) {
            this.budget = budget;
            this.user = user;
            tell();
        }

        /** From now on the bytes that are not written count as well. */
        void count(LongSupplier bytes) {
            unwritten = bytes;
        }

        /** Notes the bytes of calls, results and tables; false if they are too many. By one thread at a time. */
        boolean keep(long bytes) {
            kept = bytes;
            return update();
        }

        /** Notes the bytes of a message of which a part has come; false if they are too many. By one thread at a time. */
        boolean receive(long bytes) {
            incomplete = bytes;
            return update();
        }

        /** Looks how much there is now; false if this connection has taken more when there was no more to be had. */
        boolean update() {
            if (Math.abs(now() - told) >= SLACK) {
                tell();
            }
            return beyond == null;
        }

        /** Why this connection must end, in words for its peer; null if it need not. */
        @Nullable
        String beyond() {
            return beyond;
        }

        /** Gives everything back. Does nothing the second time. */
        synchronized void close() {
            if (!isClosed) {
                isClosed = true;
                move(-told);
                budget.leave(user);
            }
        }

        private long now() {
            return CONNECTION_BYTES + kept + incomplete + unwritten.getAsLong();
        }

        private synchronized void tell() {
            if (isClosed) {
                return;
            }
            long change = now() - told;
            move(change);
            if (change > 0 && user.taken.get() > budget.mostOfOneUser) {
                beyond = "connections of user " + Integer.toUnsignedString(user.uid)
                        + " have more bytes kept here than one user may; send less at a time, read what is sent, or close some";
            } else if (change > 0 && budget.taken.get() > budget.most) {
                beyond = "this listener's peers have as many bytes kept here as there may be; try again later";
            }
        }

        private synchronized void move(long change) {
            told += change;
            user.taken.addAndGet(change);
            budget.taken.addAndGet(change);
        }
    }
}
