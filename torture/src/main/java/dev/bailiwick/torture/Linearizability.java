package dev.bailiwick.torture;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Whether there is one order of all calls on a register that explains each answer and in which no call comes before another that had
 * returned when it began: the search of Wing and Gong, with Lowe's memory of what was tried. Registers are independent of each other,
 * so each is checked on its own.
 */
final class Linearizability {
    private Linearizability() {}

    /** A question, or its answer, in the list of what is not yet in order. */
    private static final class Event {
        private final int operation;
        private final Operation.@Nullable Call call;
        private @Nullable Event answer;
        private @Nullable Event before;
        private @Nullable Event after;

        Event(int operation, Operation.@Nullable Call call) {
            this.operation = operation;
            this.call = call;
        }

        /** Takes this question and its answer out. */
        void lift() {
            unlink(this);
            unlink(answerOf(this));
        }

        /** Puts both back where they were; only in the reverse order of taking out. */
        void unlift() {
            link(answerOf(this));
            link(this);
        }

        private static Event answerOf(Event question) {
            Event answer = question.answer;
            if (answer == null) {
                throw new IllegalStateException("a question without an answer");
            }
            return answer;
        }

        private static void unlink(Event event) {
            if (event.before != null) {
                event.before.after = event.after;
            }
            if (event.after != null) {
                event.after.before = event.before;
            }
        }

        private static void link(Event event) {
            if (event.before != null) {
                event.before.after = event;
            }
            if (event.after != null) {
                event.after.before = event;
            }
        }
    }

    /** A question that was put in order, and what the register held before it. */
    private record Choice(Event question, Register before) {}

    /** Which operations are in order, and what the register holds then: no need to try the same again. */
    private record Tried(BitSet ordered, Register register) {}

    /** Whether the history of a register that held {@code initial} can be explained. */
    static boolean holds(Register initial, List<Operation> history) {
        Event head = eventsOf(history);
        Register register = initial;
        BitSet ordered = new BitSet(history.size());
        Set<Tried> tried = new HashSet<>();
        Deque<Choice> choices = new ArrayDeque<>();
        Event event = head.after;
        while (event != null) {
            if (event.call != null) {
                Optional<Register> next = event.call.after(register);
                if (next.isPresent()) {
                    ordered.set(event.operation);
                    if (tried.add(new Tried((BitSet) ordered.clone(), next.get()))) {
                        choices.push(new Choice(event, register));
                        register = next.get();
                        event.lift();
                        event = head.after;
                        continue;
                    }
                    ordered.clear(event.operation);
                }
                event = event.after;
            } else {
                // An answer that had come before what is left began: something chosen earlier must have been another.
                Choice last = choices.poll();
                if (last == null) {
                    return false;
                }
                register = last.before();
                ordered.clear(last.question().operation);
                last.question().unlift();
                event = last.question().after;
            }
        }
        return true;
    }

    /** All questions and answers in the order of time, behind a head. */
    private static Event eventsOf(List<Operation> history) {
        record At(long time, Event event) {}
        List<At> times = new ArrayList<>();
        for (int i = 0; i < history.size(); i++) {
            Operation operation = history.get(i);
            Event question = new Event(i, operation.call());
            Event answer = new Event(i, null);
            question.answer = answer;
            times.add(new At(operation.invoked(), question));
            times.add(new At(operation.returned(), answer));
        }
        times.sort(Comparator.comparingLong(At::time));
        Event head = new Event(-1, null);
        Event last = head;
        for (At at : times) {
            last.after = at.event();
            at.event().before = last;
            last = at.event();
        }
        return head;
    }
}
