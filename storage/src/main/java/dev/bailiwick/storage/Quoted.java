package dev.bailiwick.storage;

/** Input as a message may show it: in quotes, short, and without anything a terminal would obey. */
final class Quoted {
    private static final int SHOWN = 120;

    private Quoted() {}

    static String of(String input) {
        StringBuilder shown = new StringBuilder("\"");
        input.codePoints().limit(SHOWN).forEach(c -> append(shown, c));
        if (input.codePointCount(0, input.length()) > SHOWN) {
            shown.append("...");
        }
        return shown.append('"').toString();
    }

    private static void append(StringBuilder shown, int c) {
        switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> shown.append(String.format("\\u{%x}", c));
            default -> {
                if (c == '"' || c == '\\') {
                    shown.append('\\');
                }
                shown.appendCodePoint(c);
            }
        }
    }
}
