package dev.bailiwick.torture;

import java.util.ArrayList;
import java.util.List;

/** Checks the histories of a run, a round after the other, and counts what was in them. */
final class Histories {
    private final List<String> failures = new ArrayList<>();
    private int histories;
    private long calls;
    private long swaps;
    private long conflicts;

    /**
     * Checks one round.
     *
     * @param initial what each register held before it
     * @param recordings all calls of all clients
     */
    void check(String round, List<Register> initial, List<Recording> recordings) {
        for (int account = 0; account < initial.size(); account++) {
            int number = account;
            List<Operation> history = recordings.stream()
                    .filter(each -> each.account() == number)
                    .map(Recording::operation)
                    .toList();
            histories++;
            calls += history.size();
            for (Operation operation : history) {
                switch (operation.call()) {
                    case Operation.Swapped swapped -> swaps++;
                    case Operation.Refused refused -> conflicts++;
                    case Operation.Read read -> {}
                    case Operation.Unanswered unanswered -> {}
                }
            }
            if (!Linearizability.holds(initial.get(account), history)) {
                failures.add(round + ": no order explains " + history);
            }
        }
    }

    /** For whatever else went wrong. */
    void fail(String failure) {
        failures.add(failure);
    }

    Outcome outcome(String clients) {
        return new Outcome(
                "%,d histories of %s: %,d calls, %,d swaps, %,d conflicts; %,d histories without an order"
                        .formatted(histories, clients, calls, swaps, conflicts, failures.size()),
                failures);
    }
}
