package dev.bailiwick.capnp.rpc;

/** Text from a peer as it may stand in a log or on a terminal: one line, not long, with nothing in it that is obeyed. */
public final class OneLine {
    /** Characters of a text that are shown. */
    private static final int SHOWN = 2100;

    private OneLine() {}

    /**
     * The text, in which whatever could begin a line, steer a terminal or reorder what is read is written as
     * {@code \}{@code u{hex}}, and which is cut where it is longer than a reason may be.
     */
    public static String of(String text) {
        int end = 0;
        while (end < text.length() && end < SHOWN && isPlain(text.charAt(end))) {
            end++;
        }
        if (end == text.length()) {
            return text;
        }
        StringBuilder line = new StringBuilder(text.length() + 16);
        text.codePoints().limit(SHOWN).forEach(point -> {
            if (isObeyed(point)) {
                line.append("\\u{").append(Integer.toHexString(point)).append('}');
            } else {
                line.appendCodePoint(point);
            }
        });
        return text.codePointCount(0, text.length()) > SHOWN
                ? line.append("...").toString()
                : line.toString();
    }

    private static boolean isPlain(char c) {
        return c >= ' ' && c < 0x7f;
    }

    private static boolean isObeyed(int point) {
        return switch (Character.getType(point)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.UNASSIGNED -> true;
            default -> false; // letters, marks, numbers, punctuation, symbols, spaces
        };
    }
}
