package dev.bailiwick.cli;

import java.util.Map;

/** How people-facing text is set: with colour on a terminal that wants it, otherwise plain. */
enum Style {
    PLAIN,
    COLOURED;

    /** Colour needs a terminal that can show it, and nobody having asked for none (no-color.org). */
    static Style forStream(boolean isTerminal, Map<String, String> environment) {
        boolean unwanted = !environment.getOrDefault("NO_COLOR", "").isEmpty()
                || environment.getOrDefault("TERM", "").equals("dumb");
        return isTerminal && !unwanted ? COLOURED : PLAIN;
    }

    String bold(String text) {
        return set("1", text);
    }

    String dim(String text) {
        return set("2", text);
    }

    String good(String text) {
        return set("32", text);
    }

    String bad(String text) {
        return set("31", text);
    }

    String accent(String text) {
        return set("36", text);
    }

    private String set(String attribute, String text) {
        return this == PLAIN || text.isEmpty() ? text : "\033[" + attribute + "m" + text + "\033[0m";
    }
}
