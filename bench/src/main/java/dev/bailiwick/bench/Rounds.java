package dev.bailiwick.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/**
 * Measures subjects in turns: one round measures each once, so that whatever else the machine does in the meantime befalls all
 * of them alike. Not thread-safe.
 */
public final class Rounds {
    private final int rounds;

    /** @param rounds how often each subject is measured, not counting one warm-up round; odd, so that there is a median */
    public Rounds(int rounds) {
        if (rounds < 1 || rounds % 2 == 0) {
            throw new IllegalArgumentException("the number of rounds must be odd");
        }
        this.rounds = rounds;
    }

    /** As many times the rounds, or one more, so that there is a median: for what is measured in shorter turns. */
    public Rounds times(int factor) {
        return new Rounds(rounds * factor | 1);
    }

    /** Something that can be measured again and again. */
    @FunctionalInterface
    public interface Subject {
        /** Measures once; the result is in the subject's unit, such as operations per second. */
        double measure() throws IOException, InterruptedException;
    }

    /** The median of each subject, in the order given. */
    public SequencedMap<String, Double> medians(SequencedMap<String, Subject> subjects)
            throws IOException, InterruptedException {
        Map<String, List<Double>> measured = new LinkedHashMap<>();
        for (int round = -1; round < rounds; round++) {
            for (Map.Entry<String, Subject> subject : subjects.entrySet()) {
                double value = subject.getValue().measure();
                if (round >= 0) {
                    measured.computeIfAbsent(subject.getKey(), key -> new ArrayList<>())
                            .add(value);
                }
            }
        }
        SequencedMap<String, Double> medians = new LinkedHashMap<>();
        measured.forEach((name, values) -> medians.put(name, median(values)));
        return medians;
    }

    private static double median(List<Double> values) {
        Collections.sort(values);
        return values.get(values.size() / 2);
    }
}
