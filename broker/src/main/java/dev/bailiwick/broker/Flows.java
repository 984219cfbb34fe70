package dev.bailiwick.broker;

import dev.bailiwick.identity.ExecutionFlow;
import dev.bailiwick.identity.FlowId;
import dev.bailiwick.identity.LiveToken;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The flows of execution of one session, and as whom each of them acts: its own, number 0; those of programs that have a token of their
 * own, further ones of a service and those that act as their caller; and one for each client that it acts as. Thread-safe.
 */
final class Flows {
    /** One more is not to be had. */
    static final Refusal TOO_MANY = new Refusal(
            "too-many-flows",
            "a session has at most " + Limits.FLOWS_PER_SESSION + " flows of execution",
            "revert some, or wait until some end");

    /** A flow, and what it is of, for people. */
    record Entry(ExecutionFlow flow, String description) {
        long id() {
            return flow.id().value();
        }
    }

    private final NavigableMap<Long, Entry> entries = new TreeMap<>(); // guarded by itself
    private final Entry main;
    private long last; // guarded by entries

    /** The flows of a session that has that token. */
    Flows(LiveToken primary, String description) {
        this.main = new Entry(ExecutionFlow.start(new FlowId(0), primary), description);
        entries.put(0L, main);
    }

    /** The session's own. */
    Entry main() {
        return main;
    }

    /** One more flow, on that token; empty if there are as many as there may be. */
    Optional<Entry> start(LiveToken primary, String description) {
        synchronized (entries) {
            if (entries.size() >= Limits.FLOWS_PER_SESSION) {
                return Optional.empty();
            }
            last++;
            Entry entry = new Entry(ExecutionFlow.start(new FlowId(last), primary), description);
            entries.put(last, entry);
            return Optional.of(entry);
        }
    }

    /** The flow is over. Its number is not used again. */
    void end(Entry entry) {
        var _ = entry.flow().revert();
        synchronized (entries) {
            entries.remove(entry.id(), entry);
        }
    }

    /** The flow of that number, while it lives. */
    Optional<Entry> find(long id) {
        synchronized (entries) {
            return Optional.ofNullable(entries.get(id));
        }
    }

    /** All of them, in the order of their numbers. */
    List<Entry> all() {
        synchronized (entries) {
            return List.copyOf(entries.values());
        }
    }
}
