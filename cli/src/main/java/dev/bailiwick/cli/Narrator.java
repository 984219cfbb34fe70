package dev.bailiwick.cli;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/** Tells a person what is being done, and keeps what was shown to hold. Used by one thread. */
final class Narrator {
    private static final String INDENT = "     ";

    private final PrintStream out;
    private final Style style;
    private final boolean aloud;
    private final List<String> shown = new ArrayList<>();
    private int steps;

    /** A narrator who prints; one who is not to be heard only checks. */
    Narrator(PrintStream out, Style style, boolean aloud) {
        this.out = out;
        this.style = style;
        this.aloud = aloud;
    }

    /** Begins the next step. */
    void step(String title) {
        steps++;
        say("");
        say(style.accent(String.format("%3d", steps)) + "  " + style.bold(title));
    }

    /** Shows the command that does what is done now, at the prompt of whoever gives it. */
    void command(String who, String line) {
        say(INDENT + style.dim(who + "$ " + line));
    }

    /** Shows an answer. */
    void answer(String text) {
        text.lines().forEach(line -> say(line.isEmpty() ? "" : INDENT + line));
    }

    /**
     * Shows that a claim holds.
     *
     * @throws CommandFailure when it does not
     */
    void check(String claim, boolean holds) {
        if (!holds) {
            say(INDENT + style.bad("✗") + " " + claim);
            throw CommandFailure.of(
                    ExitStatus.INTERNAL,
                    "quickstart",
                    "step " + steps + " did not do what it says: " + claim,
                    "please report this, with the output above");
        }
        say(INDENT + style.good("✓") + " " + claim);
        shown.add(claim);
    }

    int steps() {
        return steps;
    }

    /** The claims that held, in order. */
    List<String> shown() {
        return List.copyOf(shown);
    }

    private void say(String line) {
        if (aloud) {
            out.println(line);
            out.flush();
        }
    }
}
