package dev.bailiwick.capnp.compiler;

import java.util.ArrayList;
import java.util.List;

/** Turns a schema's doc comment, plain text with the odd {@code `code`}, into a Javadoc comment that means the same. */
final class Javadoc {
    private Javadoc() {}

    /**
     * The comment, delimiters included.
     *
     * @param tags lines for its end that are Javadoc already, such as block tags
     */
    static String comment(String text, List<String> tags) {
        List<String> lines = new ArrayList<>();
        boolean paragraph = false;
        for (String line : (Iterable<String>) escaped(text.strip()).lines()::iterator) {
            if (line.isBlank()) {
                paragraph = true;
                continue;
            }
            if (paragraph) {
                lines.add("");
            }
            lines.add((paragraph ? "<p>" : "") + line.strip());
            paragraph = false;
        }
        if (!lines.isEmpty() && !tags.isEmpty()) {
            lines.add("");
        }
        lines.addAll(tags);
        if (lines.size() == 1) {
            return "/** " + lines.getFirst() + " */";
        }
        StringBuilder out = new StringBuilder("/**\n");
        lines.forEach(line -> out.append(line.isEmpty() ? " *" : " * " + line).append('\n'));
        return out.append(" */").toString();
    }

    /** Text that neither javadoc's markup, nor the end of a comment, nor a Unicode escape can be read into. */
    private static String escaped(String text) {
        StringBuilder out = new StringBuilder();
        int at = 0;
        while (at < text.length()) {
            char c = text.charAt(at);
            int end = c == '`' ? text.indexOf('`', at + 1) : -1;
            if (end > at + 1) {
                String code = text.substring(at + 1, end);
                out.append(isPlainCode(code) ? "{@code " + code + "}" : "`" + escaped(code) + "`");
                at = end + 1;
                continue;
            }
            switch (c) {
                case '&' -> out.append("&amp;");
                case '<' -> out.append("&lt;");
                case '>' -> out.append("&gt;");
                case '@' -> out.append("&#64;");
                case '{' -> out.append("&#123;");
                case '}' -> out.append("&#125;");
                case '\\' -> out.append("&#92;");
                case '/' -> out.append(at > 0 && text.charAt(at - 1) == '*' ? "&#47;" : "/");
                default -> out.append(c);
            }
            at++;
        }
        return out.toString();
    }

    private static boolean isPlainCode(String code) {
        return code.chars().noneMatch(c -> c == '{' || c == '}' || c == '\\' || c == '\n') && !code.contains("*/");
    }
}
