package dev.bailiwick.torture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bailiwick.torture.Operation.Call;
import dev.bailiwick.torture.Operation.Read;
import dev.bailiwick.torture.Operation.Refused;
import dev.bailiwick.torture.Operation.Swapped;
import dev.bailiwick.torture.Operation.Unanswered;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** The checker, on histories of which it is known whether an order explains them. */
class LinearizabilityTest {
    private static final Register NEW = new Register(1, "a");
    private final List<Operation> history = new ArrayList<>();

    // ---- good ones ----

    @Test
    void aHistoryWithoutCallsHolds() {
        holds();
    }

    @Test
    void oneClientAfterAnotherHolds() {
        call(1, 2, new Read(NEW));
        call(3, 4, new Swapped(1, "b"));
        call(5, 6, new Read(new Register(2, "b")));
        call(7, 8, new Refused(1, 2));
        holds();
    }

    @Test
    void aReadDuringASwapMayShowEither() {
        call(1, 10, new Swapped(1, "b"));
        call(2, 3, new Read(NEW));
        call(4, 5, new Read(new Register(2, "b")));
        holds();
    }

    @Test
    void anOrderThatIsNotThatOfTheBeginningsIsFound() {
        call(1, 20, new Swapped(3, "d"));
        call(2, 19, new Swapped(2, "c"));
        call(3, 18, new Swapped(1, "b"));
        call(21, 22, new Read(new Register(4, "d")));
        holds();
    }

    @Test
    void aSwapWithoutAnAnswerMayHaveHappenedOrNot() {
        call(1, Operation.NEVER, new Unanswered(1, "b"));
        call(2, 3, new Read(NEW));
        holds();
        call(4, 5, new Read(new Register(2, "b")));
        holds();
    }

    @Test
    void oneOfTwoThatExpectTheSameIsRefused() {
        call(1, 10, new Swapped(1, "b"));
        call(2, 9, new Refused(1, 2));
        holds();
    }

    // ---- bad ones ----

    @Test
    void anOldValueReadAfterANewOneDoesNotHold() {
        call(1, 10, new Swapped(1, "b"));
        call(2, 3, new Read(new Register(2, "b")));
        call(4, 5, new Read(NEW));
        doesNotHold();
    }

    @Test
    void anAcknowledgedSwapThatIsNotSeenDoesNotHold() {
        call(1, 2, new Swapped(1, "b"));
        call(3, 4, new Read(NEW));
        doesNotHold();
    }

    @Test
    void twoSwapsOfOneVersionDoNotHold() {
        call(1, 10, new Swapped(1, "b"));
        call(2, 9, new Swapped(1, "c"));
        doesNotHold();
    }

    @Test
    void aValueNobodyWroteDoesNotHold() {
        call(1, 10, new Swapped(1, "b"));
        call(2, 9, new Read(new Register(2, "c")));
        doesNotHold();
    }

    @Test
    void aSwapSeenBeforeItBeganDoesNotHold() {
        call(1, 2, new Read(new Register(2, "b")));
        call(3, 4, new Swapped(1, "b"));
        doesNotHold();
    }

    @Test
    void aConflictWithTheExpectedVersionDoesNotHold() {
        call(1, 2, new Refused(1, 1));
        doesNotHold();
    }

    @Test
    void aConflictWithAVersionLongGoneDoesNotHold() {
        call(1, 2, new Swapped(1, "b"));
        call(3, 4, new Swapped(2, "c"));
        call(5, 6, new Refused(1, 2));
        doesNotHold();
    }

    @Test
    void aSwapWithoutAnAnswerThatWasSeenAndIsGoneDoesNotHold() {
        call(1, Operation.NEVER, new Unanswered(1, "b"));
        call(2, 3, new Read(new Register(2, "b")));
        call(4, 5, new Read(NEW));
        doesNotHold();
    }

    @Test
    void aRefusedSwapThatHappenedDoesNotHold() {
        call(1, 2, new Swapped(1, "b"));
        call(3, 4, new Refused(1, 2));
        call(5, 6, new Read(new Register(3, "c")));
        doesNotHold();
    }

    // ---- many ----

    @Test
    void whatAnAtomicRegisterAnsweredHoldsAndOneWrongAnswerDoesNot() {
        long seed = Long.getLong("bailiwick.seed", System.nanoTime());
        System.out.println("seed " + seed + " (rerun with -Dbailiwick.seed=" + seed + ")");
        SplittableRandom random = new SplittableRandom(seed);
        for (int round = 0; round < 200; round++) {
            List<Operation> real = ofAnAtomicRegister(random, 5, 40);
            assertThat(Linearizability.holds(NEW, real)).as("%s", real).isTrue();

            List<Integer> reads = new ArrayList<>();
            for (int i = 0; i < real.size(); i++) {
                if (real.get(i).call() instanceof Read) {
                    reads.add(i);
                }
            }
            if (!reads.isEmpty()) {
                int wrong = reads.get(random.nextInt(reads.size()));
                assertThat(Linearizability.holds(NEW, with(real, wrong, read -> new Register(read.version(), "never"))))
                        .isFalse();
                // Later than all that was written, and so than anything it can have seen.
                assertThat(Linearizability.holds(NEW, with(real, wrong, read -> new Register(1000, read.value()))))
                        .isFalse();
            }
        }
    }

    @Test
    void anAnswerBeforeItsQuestionIsNoOperation() {
        assertThatThrownBy(() -> new Operation("c", 2, 2, new Read(NEW))).isInstanceOf(IllegalArgumentException.class);
    }

    private static List<Operation> with(List<Operation> history, int which, UnaryOperator<Register> wrong) {
        List<Operation> changed = new ArrayList<>(history);
        Operation right = history.get(which);
        Register seen = ((Read) right.call()).seen();
        changed.set(
                which, new Operation(right.client(), right.invoked(), right.returned(), new Read(wrong.apply(seen))));
        return changed;
    }

    /** Each call takes effect at one moment between its beginning and its answer; clients make one call after another. */
    private static List<Operation> ofAnAtomicRegister(SplittableRandom random, int clients, int callsEach) {
        Register register = NEW;
        long time = 0;
        List<Operation> history = new ArrayList<>();
        long[] began = new long[clients];
        Call[] answers = new Call[clients];
        Register[] seen = new Register[clients];
        int[] made = new int[clients];
        while (history.size() < clients * callsEach) {
            int client = random.nextInt(clients);
            time++;
            if (made[client] == callsEach) {
                continue;
            }
            if (began[client] == 0) {
                began[client] = time;
            } else if (answers[client] == null) {
                Register expected = seen[client];
                if (expected == null || random.nextBoolean()) {
                    answers[client] = new Read(register);
                    seen[client] = register;
                } else if (expected.version() == register.version()) {
                    register = new Register(register.version() + 1, client + "-" + time);
                    answers[client] = new Swapped(expected.version(), register.value());
                } else {
                    answers[client] = new Refused(expected.version(), register.version());
                }
            } else {
                history.add(new Operation("client" + client, began[client], time, answers[client]));
                began[client] = 0;
                answers[client] = null;
                made[client]++;
            }
        }
        return history;
    }

    private void call(long invoked, long returned, Call call) {
        history.add(new Operation("client" + history.size(), invoked, returned, call));
    }

    private void holds() {
        assertThat(Linearizability.holds(NEW, history)).isTrue();
    }

    private void doesNotHold() {
        assertThat(Linearizability.holds(NEW, history)).isFalse();
    }
}
