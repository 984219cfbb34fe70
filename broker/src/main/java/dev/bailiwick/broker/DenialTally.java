package dev.bailiwick.broker;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Counts refusals that cost a caller nothing to repeat, so that repeating them does not make the audit chain grow: of each kind from each
 * operating-system user the first is noted, and one entry says how many followed within {@link Limits#DENIAL_WINDOW}. Kept in memory
 * only. Thread-safe.
 */
final class DenialTally {
    /**
     * What is counted together.
     *
     * @param subject what it was done to or by, where that is counted apart; empty where not
     */
    record Key(int uid, SessionSource source, String kind, String code, String subject) {
        Key(int uid, SessionSource source, String kind, String code) {
            this(uid, source, kind, code, "");
        }
    }

    /** How many followed the first. */
    record Count(Key key, long more) {}

    private static final class Window {
        final Instant until;
        long more;

        Window(Instant until) {
            this.until = until;
        }
    }

    /** What is counted when there are too many to count apart. */
    private static final String MANY = "many";

    private final Map<Key, Window> windows = new HashMap<>();
    private final List<Count> over = new ArrayList<>();

    /** Whether this is the first of its window, and so to be noted; otherwise it is counted. */
    synchronized boolean isFirst(Key asked, Instant now) {
        Key key = windows.containsKey(asked) || windows.size() < Limits.DENIAL_ENTRIES ? asked : among(asked);
        Window window = windows.get(key);
        if (window != null && now.isBefore(window.until)) {
            window.more++;
            return false;
        }
        if (window != null) {
            close(key, window);
        }
        windows.put(key, new Window(now.plus(Limits.DENIAL_WINDOW)));
        return true;
    }

    /** The first of a window could not be noted: the next one is the first. What was counted meanwhile is told of all the same. */
    synchronized void unnoted(Key asked) {
        Key key = windows.containsKey(asked) ? asked : among(asked);
        Window window = windows.remove(key);
        if (window != null) {
            close(key, window);
        }
    }

    /** Among those that are not counted apart. */
    private static Key among(Key asked) {
        return new Key(-1, asked.source(), asked.kind(), MANY);
    }

    private void close(Key key, Window window) {
        if (window.more > 0) {
            over.add(new Count(key, window.more));
        }
    }

    /** What was counted in windows that are over. */
    synchronized List<Count> take(Instant now) {
        windows.entrySet().removeIf(entry -> {
            boolean past = !now.isBefore(entry.getValue().until);
            if (past) {
                close(entry.getKey(), entry.getValue());
            }
            return past;
        });
        List<Count> taken = List.copyOf(over);
        over.clear();
        return taken;
    }
}
