package dev.bailiwick.torture;

import java.util.Optional;

/**
 * A commit that the child was told is durable.
 *
 * @param sequence of its journal entry
 * @param pair which it wrote
 * @param word that it gave both accounts
 */
record Acknowledged(long sequence, int pair, String word) {
    /** A line for the pipe. */
    String line() {
        return sequence + " " + pair + " " + word + " .\n";
    }

    /** Empty for a line that the kill cut short, which acknowledges nothing. */
    static Optional<Acknowledged> parse(String line) {
        String[] words = line.split(" ", -1);
        return words.length == 4 && words[3].equals(".")
                ? Optional.of(new Acknowledged(Long.parseLong(words[0]), Integer.parseInt(words[1]), words[2]))
                : Optional.empty();
    }
}
